// View of encoding jobs.
import type { StoredEncodingJob } from '../../models/encoding-job.js'
import type { Catalogue } from '../catalogue/store/catalogue.js'
import type { EncodingJob } from '../schemas/encoding-jobs.js'

export function toEncodingJob (
  catalogue: Pick<Catalogue, 'findTitle' | 'findItem'>,
  job: StoredEncodingJob,
): EncodingJob {
  const title = catalogue.findTitle(job.title.toString())
  const episode = title?.kind === 'show' ? catalogue.findItem(job.item.toString()) : null
  return {
    id: job._id.toString(),
    itemId: job.item.toString(),
    titleId: job.title.toString(),
    title: title?.title ?? null,
    season: episode?.season ?? null,
    episode: episode?.episode ?? null,
    edition: job.edition,
    replacesId: job.replaces?.toString() ?? null,
    state: job.state,
    progress: job.progress,
    attempts: job.attempts,
    nextAttemptAt: job.state === 'waiting' ? job.nextAttemptAt.toISOString() : null,
    reason: job.failure === null ? null : { code: job.failure.code, text: job.failure.text },
    logTail: job.logTail,
    sizeBytes: job.sizeBytes,
    sha256: job.sha256,
    createdAt: job.createdAt.toISOString(),
  }
}
