// The encoding queue: encodes masters in the background, one at a time, and runs their steps. A process claims
// each job; after a crash the claim expires, and another attempt of any process continues. A process without a job
// helps with those of others.
import { findEncodingJob, type StoredEncodingJob } from '../../../models/encoding-job.js'
import { runAttempt } from '../attempts.js'
import { detectionAttempts } from '../markers/detection-state.js'
import { removeChunks, removeJobObjects, removeSteps } from '../object-cleanup.js'
import { findChunkClaims } from './chunks/chunk-state.js'
import { createChunkHelper } from './chunks/help-encoding.js'
import { encodeMaster } from './encode-master.js'
import type { EncodingDeps } from './encoding-deps.js'
import { jobAttempts } from './job-state.js'
import { replaceMasters } from './replace-masters.js'
import { ProgramStoppedError } from './run-program.js'
import { saveError, TOO_MANY_CRASHES } from './save-error.js'
import { removeAbandonedFolders } from './scratch-folders.js'
import { createStepQueue } from './steps/step-queue.js'
import { stepAttempts } from './steps/step-state.js'

export interface Encoding {
  /** Queues a job. */
  enqueue(jobId: string): void
  /** Runs the steps that are due, beside the encoding of masters. */
  startSteps(): void
  /** Queues all jobs and steps that are due, removes what crashed processes left behind, and replaces masters. */
  processPending(): Promise<void>
  /** Resolves when the queue is empty, no master is being encoded, and no step runs. */
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
  const steps = createStepQueue(deps, shutdown.signal)
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
    await runAttempt({
      attempts: jobAttempts,
      now,
      shutdown: shutdown.signal,
      tooManyCrashes: TOO_MANY_CRASHES,
      async run (attempt, signal) {
        await encodeMaster(deps, attempt, signal)
        if (await jobAttempts.saveSuccess(attempt)) steps.start()
      },
      async saveError (attempt, error) {
        await saveError(deps, jobAttempts, attempt, job, error, 'The service could not encode the master.')
      },
    }, job)
    await removeObjectsOfEndedJob(job)
  }

  /** Deleted or cancelled during the attempt: what the attempt wrote after that belongs to nothing. */
  async function removeObjectsOfEndedJob (job: StoredEncodingJob): Promise<void> {
    const current = await findEncodingJob(job._id)
    if (current === null) {
      await removeJobObjects(deps, [job])
    } else if (current.state === 'cancelled' || current.state === 'failed') {
      await removeChunks(deps, [job._id])
      await removeSteps(deps, [job._id])
    }
  }

  async function removeLeftovers (): Promise<void> {
    await removeAbandonedFolders(config.dataDir, async (claimIds) => [
      ...await jobAttempts.findClaims(),
      ...await findChunkClaims(claimIds),
      ...await stepAttempts.findClaims(),
      ...await detectionAttempts.findClaims(),
    ])
  }

  return {
    enqueue (jobId) {
      if (!isEager) return
      queue.add(jobId)
      start()
    },
    startSteps () {
      if (isEager) steps.start()
    },
    async processPending () {
      await removeLeftovers()
      await replaceMasters(deps)
      for (const jobId of await jobAttempts.listDueIds(now())) queue.add(jobId)
      start()
      steps.start()
    },
    async onIdle () {
      while (running !== null || queue.size > 0) {
        start()
        await running
      }
      await steps.onIdle()
    },
    async close () {
      shutdown.abort()
      queue.clear()
      await running
      await steps.onIdle()
    },
  }
}
