// Work that an answer does not wait for: counted, so that a stop waits for it; its failures are logged, not lost.
import type { FastifyBaseLogger } from 'fastify'

export interface BackgroundTasks {
  runInBackground(what: string, work: () => Promise<void>): void
  /** Resolves when nothing is under way any more. */
  onIdle(): Promise<void>
}

export function createBackgroundTasks (log: Pick<FastifyBaseLogger, 'error'>): BackgroundTasks {
  const running = new Set<Promise<void>>()
  return {
    runInBackground (what, work) {
      // Begun in a turn of its own: how long it takes does not show in the answer.
      const task = new Promise<void>((resolve) => setImmediate(resolve))
        .then(work)
        .catch((error: unknown) => {
          log.error({ err: error }, `${what} failed`)
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
