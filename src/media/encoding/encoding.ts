// The encoding queue: encodes masters in the background, one at a time. A process claims each job; after a crash the
// claim expires, and another attempt of any process continues.
import mongoose, { Types } from 'mongoose'
import { EncodingJob, findEncodingJob, type StoredEncodingJob } from '../../../models/encoding-job.js'
import { removeJobObjects } from '../object-cleanup.js'
import { encodeMaster } from './encode-master.js'
import { EncodingFailedError, type EncodingDeps } from './encoding-deps.js'
import { claimJob, listDueJobs, MAX_ATTEMPTS, saveFailure, saveSuccess, type RunningJob } from './job-state.js'
import { replaceMasters } from './replace-masters.js'
import { ProgramStoppedError } from './run-program.js'
import { removeAbandonedFolders } from './scratch-folders.js'

export interface Encoding {
  /** Queues a job. */
  enqueue(jobId: string): void
  /** Queues all jobs that are due, removes what crashed processes left behind, and replaces masters. */
  processPending(): Promise<void>
  /** Resolves when the queue is empty and no master is being encoded. */
  onIdle(): Promise<void>
  close(): Promise<void>
}

/**
 * Creates the encoding queue.
 * @param isEager false: only `processPending` starts encoding
 */
export function createEncoding (deps: EncodingDeps, isEager = true): Encoding {
  const { config, log, now } = deps
  const queue = new Set<string>()
  const shutdown = new AbortController()
  let running: Promise<void> | null = null

  function start (): void {
    running ??= processQueue().finally(() => {
      running = null
    })
  }

  async function processQueue (): Promise<void> {
    while (!shutdown.signal.aborted) {
      const [jobId] = queue
      if (jobId === undefined) return
      queue.delete(jobId)
      await runJob(jobId).catch((error: unknown) => {
        // The claim expires: the next run of the job tries again.
        log.warn({ err: error }, 'encoding of a master failed; it will be tried again')
      })
    }
  }

  async function runJob (jobId: string): Promise<void> {
    const job = await findEncodingJob(jobId)
    if (job === null) return
    const attempt: RunningJob = { job, claimId: new Types.ObjectId(), progress: 0 }
    const claimLost = new AbortController()
    const claim = await claimJob(attempt, now, () => {
      claimLost.abort()
    })
    if (claim === null) return
    try {
      if (job.attempts >= MAX_ATTEMPTS) {
        throw new EncodingFailedError('encoding-failed', 'Each attempt ended with a crash.', { isFinal: true })
      }
      await encodeMaster(deps, attempt, AbortSignal.any([shutdown.signal, claimLost.signal]))
      await claim.stopRenewing()
      await saveSuccess(attempt)
    } catch (error) {
      await claim.stopRenewing()
      await endAttempt(attempt, error, async () => {
        await claim.release()
      })
    }
  }

  async function endAttempt (attempt: RunningJob, error: unknown, release: () => Promise<void>): Promise<void> {
    if (error instanceof ProgramStoppedError) {
      await release()
      // Deleted during the attempt: what the attempt wrote after the deletion belongs to nothing.
      if (await findEncodingJob(attempt.job._id) === null) await removeJobObjects(deps, [attempt.job])
      return
    }
    const { code, message, options } = error instanceof EncodingFailedError
      ? error
      : { code: 'encoding-failed', message: 'The service could not encode the master.', options: {} }
    if (!(error instanceof EncodingFailedError)) log.warn({ err: error }, 'an attempt to encode a master failed')
    await saveFailure(attempt, { code, text: message }, now(), options)
  }

  async function removeLeftovers (): Promise<void> {
    const isRunning = { claim: mongoose.trusted({ $ne: null }), state: 'running' as const }
    const jobs = await EncodingJob.find(isRunning as never).select('claim').lean<StoredEncodingJob[]>()
    const claims = new Set(jobs.map(({ claim }) => claim?.toString()))
    await removeAbandonedFolders(config.dataDir, (claimId) => claims.has(claimId))
  }

  return {
    enqueue (jobId) {
      if (!isEager) return
      queue.add(jobId)
      start()
    },
    async processPending () {
      await removeLeftovers()
      await replaceMasters(deps)
      for (const jobId of await listDueJobs(now())) queue.add(jobId)
      start()
    },
    async onIdle () {
      while (running !== null || queue.size > 0) {
        start()
        await running
      }
    },
    async close () {
      shutdown.abort()
      queue.clear()
      await running
    },
  }
}
