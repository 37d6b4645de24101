// The encoding queue: encodes masters in the background, one at a time. A process claims each job; after a crash the
// claim expires, and another attempt of any process continues. A process without a job helps with those of others.
import mongoose, { Types } from 'mongoose'
import { EncodingJob, findEncodingJob, type StoredEncodingJob } from '../../../models/encoding-job.js'
import { findDetectionClaims } from '../markers/detection-state.js'
import { removeChunks, removeJobObjects } from '../object-cleanup.js'
import { findChunkClaims } from './chunks/chunk-state.js'
import { createChunkHelper } from './chunks/help-encoding.js'
import { encodeMaster } from './encode-master.js'
import { EncodingFailedError, type EncodingDeps } from './encoding-deps.js'
import { claimJob, hasCrashedTooOften, listDueJobs, saveFailure, saveSuccess, type RunningJob } from './job-state.js'
import { explainByStorage } from './plan-master.js'
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
  const encodeChunkOfOthers = createChunkHelper(deps, shutdown.signal)
  let running: Promise<void> | null = null

  function start (): void {
    running ??= processQueue().finally(() => {
      running = null
    })
  }

  async function processQueue (): Promise<void> {
    while (!shutdown.signal.aborted) {
      const [jobId] = queue
      if (jobId === undefined) {
        if (await help()) continue
        return
      }
      queue.delete(jobId)
      await runJob(jobId).catch((error: unknown) => {
        // The claim expires: the next run of the job tries again.
        log.warn({ err: error }, 'encoding of a master failed; it will be tried again')
      })
    }
  }

  /** @returns whether there was a chunk to encode */
  async function help (): Promise<boolean> {
    return await encodeChunkOfOthers().catch((error: unknown) => {
      if (!(error instanceof ProgramStoppedError)) {
        log.warn({ err: error }, 'this process could not help with a master; it will try again')
      }
      return false
    })
  }

  async function runJob (jobId: string): Promise<void> {
    const job = await findEncodingJob(jobId)
    if (job === null) return
    const attempt: RunningJob = {
      job,
      claimId: new Types.ObjectId(),
      progress: job.isChunked ? job.progress : 0,
    }
    const claimLost = new AbortController()
    const claim = await claimJob(attempt, now, () => {
      claimLost.abort()
    })
    if (claim === null) return
    try {
      if (hasCrashedTooOften(job)) {
        throw new EncodingFailedError('encoding-failed', 'Each attempt ended with a crash.', {
          isFinal: true,
          isBegun: false,
        })
      }
      await encodeMaster(deps, attempt, AbortSignal.any([shutdown.signal, claimLost.signal]))
      await claim.stopRenewing()
      await saveSuccess(attempt)
    } catch (error) {
      const explained = await explainByStorage(deps, job, error)
      await claim.stopRenewing()
      await endAttempt(attempt, explained, async () => {
        await claim.release()
      })
    }
  }

  async function endAttempt (attempt: RunningJob, error: unknown, release: () => Promise<void>): Promise<void> {
    if (error instanceof ProgramStoppedError) {
      await release()
    } else {
      const { code, message, options } = error instanceof EncodingFailedError
        ? error
        : { code: 'encoding-failed', message: 'The service could not encode the master.', options: {} }
      if (!(error instanceof EncodingFailedError)) log.warn({ err: error }, 'an attempt to encode a master failed')
      await saveFailure(attempt, { code, text: message }, now(), options)
    }
    await removeObjectsOfEndedJob(attempt.job)
  }

  /** Deleted or cancelled during the attempt: what the attempt wrote after that belongs to nothing. */
  async function removeObjectsOfEndedJob (job: StoredEncodingJob): Promise<void> {
    const current = await findEncodingJob(job._id)
    if (current === null) await removeJobObjects(deps, [job])
    else if (current.state === 'cancelled' || current.state === 'failed') await removeChunks(deps, [job._id])
  }

  async function removeLeftovers (): Promise<void> {
    await removeAbandonedFolders(config.dataDir, async (claimIds) => {
      const isRunning = { claim: mongoose.trusted({ $ne: null }), state: 'running' as const }
      const jobs = await EncodingJob.find(isRunning as never).select('claim').lean<StoredEncodingJob[]>()
      return [
        ...jobs.flatMap(({ claim }) => claim?.toString() ?? []),
        ...await findChunkClaims(claimIds),
        ...await findDetectionClaims(),
      ]
    })
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
