// Runs jobs at intervals: a slow run is never overlapped or queued, a failure is logged, and stopping waits for runs.
import type { FastifyBaseLogger } from 'fastify'
import { AsyncTask, SimpleIntervalJob, ToadScheduler } from 'toad-scheduler'

export interface Job {
  /** Unique; appears in the log. */
  readonly name: string
  readonly intervalMs: number
  run(): Promise<unknown>
}

export interface Scheduler {
  /** Runs each job once, then at its interval; a job that is still running is skipped. */
  start(): void
  /** Prevents further runs and resolves when no job is running. */
  stop(): Promise<void>
}

export function createScheduler (log: Pick<FastifyBaseLogger, 'warn'>, jobs: readonly Job[]): Scheduler {
  // Timers do not keep the process alive.
  const scheduler = new ToadScheduler({ unref: true })
  const running = new Set<Promise<void>>()

  async function runJob ({ name, run }: Job): Promise<void> {
    try {
      await run()
    } catch (error) {
      log.warn({ err: error }, `job "${name}" failed; it runs again after its interval`)
    }
  }

  return {
    start () {
      for (const job of jobs) {
        const task = new AsyncTask(job.name, async () => {
          const run = runJob(job)
          running.add(run)
          await run
          running.delete(run)
        })
        const schedule = { milliseconds: job.intervalMs, runImmediately: true }
        scheduler.addSimpleIntervalJob(new SimpleIntervalJob(schedule, task, { id: job.name, preventOverrun: true }))
      }
    },
    async stop () {
      scheduler.stop()
      await Promise.all(running)
    },
  }
}
