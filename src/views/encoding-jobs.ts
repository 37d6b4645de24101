// Views of encoding jobs and their steps.
import type { StoredEncodingJob } from '../../models/encoding-job.js'
import type { Catalogue } from '../catalogue/store/catalogue.js'
import type { StoredEncodingStep } from '../../models/encoding-step.js'
import type { StoredWork } from '../../models/attempt.js'
import type { EncodingJob, EncodingStep } from '../schemas/encoding-jobs.js'

/** @param steps of any jobs */
export function toEncodingJob (
  catalogue: Pick<Catalogue, 'findTitle' | 'findItem'>,
  job: StoredEncodingJob,
  steps: readonly StoredEncodingStep[],
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
    ...toAttempt(job),
    steps: steps.filter((step) => step.job.equals(job._id)).map(toStep),
    sizeBytes: job.sizeBytes,
    sha256: job.sha256,
    createdAt: job.createdAt.toISOString(),
  }
}

const toStep = (step: StoredEncodingStep): EncodingStep => ({
  kind: step.kind,
  state: step.state,
  ...toAttempt(step),
})

function toAttempt (
  { state, progress, attempts, nextAttemptAt, failure, logTail }: StoredWork,
): Pick<EncodingStep, 'progress' | 'attempts' | 'nextAttemptAt' | 'reason' | 'logTail'> {
  return {
    progress,
    attempts,
    nextAttemptAt: state === 'waiting' ? nextAttemptAt.toISOString() : null,
    reason: failure === null ? null : { code: failure.code, text: failure.text },
    logTail,
  }
}
