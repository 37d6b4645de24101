// Clean-up of what a benchmark starts, after success, an error or Ctrl-C.
export type CleanupStep = () => Promise<void> | void

export interface Cleanup {
  /** Adds a step. Call this before the start of what it ends. Steps run in reverse order. */
  add(step: CleanupStep): void
  /** Runs all steps; a step that fails does not prevent the others. */
  run(): Promise<void>
}

export function createCleanup (): Cleanup {
  const steps: CleanupStep[] = []
  return {
    add: (step) => {
      steps.push(step)
    },
    async run () {
      for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
        try {
          await step()
        } catch (error) {
          console.error(error instanceof Error ? error.message : error)
        }
      }
    },
  }
}

/** The user or the parent process stopped the benchmark. */
export class InterruptedError extends Error {}

/**
 * Runs work and cleans up after it. A signal, or the end of the parent process, interrupts the work. A second Ctrl-C
 * ends the process without clean-up.
 */
export async function runWithCleanup (work: (cleanup: Cleanup) => Promise<void>): Promise<void> {
  const cleanup = createCleanup()
  const interrupted = new Promise<never>((_resolve, reject) => {
    for (const event of ['SIGINT', 'SIGTERM', 'disconnect'] as const) {
      process.once(event, () => {
        process.once(event, () => {
          process.exit(130)
        })
        reject(new InterruptedError())
      })
    }
  })
  try {
    await Promise.race([work(cleanup), interrupted])
  } finally {
    await cleanup.run()
  }
}
