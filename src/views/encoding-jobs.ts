// View of encoding jobs.
import type { StoredEncodingJob } from '../../models/encoding-job.js'
import type { EncodingJob } from '../schemas/encoding-jobs.js'

export function toEncodingJob (job: StoredEncodingJob): EncodingJob {
  return {
    id: job._id.toString(),
    itemId: job.item.toString(),
    titleId: job.title.toString(),
    edition: job.edition,
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
