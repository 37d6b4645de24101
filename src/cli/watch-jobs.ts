// "normflix jobs --watch": shows the jobs until none is left.
import mongoose from 'mongoose'
import { setTimeout as wait } from 'node:timers/promises'
import { EncodingJob } from '../../models/encoding-job.js'
import { EncodingStep, type StoredEncodingStep } from '../../models/encoding-step.js'
import { MarkerDetection } from '../../models/marker-detection.js'
import { STEP_KINDS } from '../domain/vocabulary.js'
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
 * Shows the jobs that wait or are processed until none is left, or until the signal aborts.
 * @returns the number of jobs that failed since the start
 */
export async function watchJobs ({ limit, signal, output }: WatchJobsOptions): Promise<number> {
  const view = createJobsView(output, limit)
  let processing = new Map<string, JobRow>()
  const ended = new Map<string, WatchedJob>()
  try {
    do {
      const previous = processing
      const { rows } = await listJobs({ states: ['waiting', 'processing'], limit: MAX_WATCHED })
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

/** Jobs that can vanish without an end: their documents say whether they are done. */
const DELETABLE_JOBS = ['encoding', ...STEP_KINDS, 'markers'] as const

async function readOutcomes (jobs: readonly JobRow[]): Promise<WatchedJob[]> {
  if (jobs.length === 0) return []
  const lists = await Promise.all(
    (['failed', 'skipped'] as const).map(async (state) => await listJobs({ states: [state], limit: MAX_WATCHED })),
  )
  const unfinished = new Map(lists.flatMap(({ rows }) => rows).map((row) => [jobKey(row), row]))
  const ids = mongoose.trusted({ $in: jobs.filter(isDeletable).map(({ id }) => id) })
  const isDone = { _id: ids, state: 'done' } as never
  const [encodings, detections, steps] = await Promise.all([
    EncodingJob.distinct('_id', isDone),
    MarkerDetection.distinct('_id', isDone),
    EncodingStep.find({ job: ids, state: 'done' } as never).select('job kind').lean<StoredEncodingStep[]>(),
  ])
  const done = new Set([
    ...encodings.map((id) => jobKey({ job: 'encoding', id: String(id) })),
    ...detections.map((id) => jobKey({ job: 'markers', id: String(id) })),
    ...steps.map(({ job, kind }) => jobKey({ job: kind, id: job.toString() })),
  ])
  return jobs.map((job) => {
    const isCancelled = isDeletable(job) && !done.has(jobKey(job))
    return unfinished.get(jobKey(job)) ??
      (isCancelled ? { ...job, state: 'cancelled' } : { ...job, state: 'ready', progress: 1 })
  })
}

const isDeletable = ({ job }: JobRow): boolean => DELETABLE_JOBS.some((one) => one === job)
