// Work that a response does not wait for. Failures are logged, and a graceful shutdown waits for running tasks.
import type { FastifyBaseLogger } from 'fastify'

export interface BackgroundTasks {
  /** Starts a task; a failure is logged as "NAME failed". */
  runInBackground(name: string, run: () => Promise<void>): void
  /** Resolves when no task is running. */
  onIdle(): Promise<void>
}

export function createBackgroundTasks (log: Pick<FastifyBaseLogger, 'error'>): BackgroundTasks {
  const running = new Set<Promise<void>>()
  return {
    runInBackground (name, run) {
      // In a later turn of the event loop: the duration of the task does not show in the response time.
      const task = new Promise<void>((resolve) => setImmediate(resolve))
        .then(run)
        .catch((error: unknown) => {
          log.error({ err: error }, `${name} failed`)
        })
        .finally(() => {
          running.delete(task)
        })
      running.add(task)
    },
    async onIdle () {
      while (running.size > 0) await Promise.all(running)
    },
  }
}
