// Runs jobs at intervals, or when they are due: a slow run is never overlapped or queued, a failure is logged, and
// stopping waits for runs.
import type { FastifyBaseLogger } from 'fastify'
import { AsyncTask, SimpleIntervalJob, ToadScheduler } from 'toad-scheduler'
import { publishMeasurement } from '../measurements.js'

interface NamedJob {
  /** Unique; appears in the log. */
  readonly name: string
  run(): Promise<unknown>
}

export interface PeriodicJob extends NamedJob {
  readonly intervalMs: number
}

/** A job that knows when it is due. */
export interface PlannedJob extends NamedJob {
  /** Calls `runNow` at once, and each time the job is due, never during a run. @returns a function that stops it */
  plan(runNow: () => Promise<void>): () => void
}

export type Job = PeriodicJob | PlannedJob

export interface Scheduler {
  /** Runs each job once, then at its interval; a job that is still running is skipped. */
  start(): void
  /** Prevents further runs and resolves when no job is running. */
  stop(): Promise<void>
}

export function createScheduler (log: Pick<FastifyBaseLogger, 'warn'>, jobs: readonly Job[]): Scheduler {
  // Timers do not keep the process alive.
  const scheduler = new ToadScheduler({ unref: true })
  /** By name of the job. */
  const running = new Map<string, Promise<void>>()
  let stopPlanned: Array<() => void> = []

  async function runJob ({ name, run }: NamedJob): Promise<void> {
    const startedAt = performance.now()
    const publish = (result: 'succeeded' | 'failed'): void => {
      publishMeasurement('job-run', { job: name, result, seconds: (performance.now() - startedAt) / 1_000 })
    }
    try {
      await run()
      publish('succeeded')
    } catch (error) {
      publish('failed')
      log.warn({ err: error }, `job "${name}" failed; it runs again later`)
    }
  }

  async function runAlone (job: NamedJob): Promise<void> {
    const run = runJob(job)
    running.set(job.name, run)
    await run
    running.delete(job.name)
  }

  return {
    start () {
      for (const job of jobs) {
        if ('plan' in job) {
          stopPlanned.push(job.plan(async () => {
            await runAlone(job)
          }))
          continue
        }
        const task = new AsyncTask(job.name, async () => {
          if (running.has(job.name)) {
            publishMeasurement('job-run', { job: job.name, result: 'skipped', seconds: 0 })
            return
          }
          await runAlone(job)
        })
        const schedule = { milliseconds: job.intervalMs, runImmediately: true }
        scheduler.addSimpleIntervalJob(new SimpleIntervalJob(schedule, task, { id: job.name, preventOverrun: false }))
      }
    },
    async stop () {
      scheduler.stop()
      for (const stop of stopPlanned) stop()
      stopPlanned = []
      await Promise.all(running.values())
    },
  }
}
