// "normflix jobs --watch": shows the jobs until none is left.
import mongoose from 'mongoose'
import { setTimeout as wait } from 'node:timers/promises'
import { EncodingJob, type StoredEncodingJob } from '../../models/encoding-job.js'
import { createJobsView, jobKey, type WatchedJob } from './jobs-view.js'
import { listJobs, type JobRow } from './list-work.js'

const REFRESH_INTERVAL_MS = 1_000
const MAX_WATCHED = 10_000

export interface WatchJobsOptions {
  /** Rows that a terminal shows at most. */
  readonly limit: number
  readonly signal: AbortSignal
  readonly output: NodeJS.WriteStream
}

/**
 * Shows the jobs that are processed until none is left, or until the signal aborts.
 * @returns the number of jobs that failed since the start
 */
export async function watchJobs ({ limit, signal, output }: WatchJobsOptions): Promise<number> {
  const view = createJobsView(output, limit)
  let processing = new Map<string, JobRow>()
  const ended = new Map<string, WatchedJob>()
  try {
    do {
      const previous = processing
      const { rows } = await listJobs({ state: 'processing', limit: MAX_WATCHED })
      processing = new Map(rows.map((row) => [jobKey(row), row]))
      // A job that is repeated by a request is processed again.
      for (const key of processing.keys()) ended.delete(key)
      const vanished = [...previous].filter(([key]) => !processing.has(key)).map(([, row]) => row)
      for (const job of await readOutcomes(vanished)) ended.set(jobKey(job), job)
      view.show([...processing.values(), ...ended.values()])
      if (processing.size === 0) break
      await wait(REFRESH_INTERVAL_MS, undefined, { signal }).catch(() => undefined)
    } while (!signal.aborted)
  } finally {
    view.stop()
  }
  return [...ended.values()].filter(({ state }) => state === 'failed').length
}

async function readOutcomes (jobs: readonly JobRow[]): Promise<WatchedJob[]> {
  if (jobs.length === 0) return []
  const { rows } = await listJobs({ state: 'failed', limit: MAX_WATCHED })
  const failed = new Map(rows.map((row) => [jobKey(row), row]))
  const ids = jobs.flatMap(({ job, id }) => job === 'encoding' ? id : [])
  const done = (await EncodingJob.find({ _id: mongoose.trusted({ $in: ids }), state: 'done' } as never)
    .select('_id').lean<StoredEncodingJob[]>()).map(({ _id }) => _id.toString())
  return jobs.map((job) => {
    const isCancelled = job.job === 'encoding' && !done.includes(job.id)
    return failed.get(jobKey(job)) ??
      (isCancelled ? { ...job, state: 'cancelled' } : { ...job, state: 'ready', progress: 1 })
  })
}
