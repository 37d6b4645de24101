// What a benchmark started and has to end again, however it ends: by itself, by an error, by Ctrl-C.
export type Undo = () => Promise<void> | void

export interface Cleanup {
  /** Remembers how to end something; the last comes first. Called before it is started, so that nothing slips through. */
  add(undo: Undo): void
  /** Ends everything that is remembered; a part that fails does not keep the rest alive. */
  run(): Promise<void>
}

export function createCleanup (): Cleanup {
  const undos: Undo[] = []
  return {
    add: (undo) => {
      undos.push(undo)
    },
    async run () {
      for (let undo = undos.pop(); undo !== undefined; undo = undos.pop()) {
        try {
          await undo()
        } catch (error) {
          console.error(error instanceof Error ? error.message : error)
        }
      }
    },
  }
}

/** Somebody stopped the program. */
export class Interrupted extends Error {}

/**
 * Does the work, then cleans up; a signal, or the end of the program that started this one, cuts the work short. A second
 * Ctrl-C does not wait for the cleaning.
 */
export async function runWithCleanup (work: (cleanup: Cleanup) => Promise<void>): Promise<void> {
  const cleanup = createCleanup()
  const interrupted = new Promise<never>((_resolve, reject) => {
    for (const event of ['SIGINT', 'SIGTERM', 'disconnect'] as const) {
      process.once(event, () => {
        process.once(event, () => {
          process.exit(130)
        })
        reject(new Interrupted())
      })
    }
  })
  try {
    await Promise.race([work(cleanup), interrupted])
  } finally {
    await cleanup.run()
  }
}
