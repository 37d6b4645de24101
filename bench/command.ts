// What every benchmark does on the command line: options, steps with their times on standard error, an end that cleans up.
import { InvalidArgumentError, type Command } from 'commander'
import ora, { type Ora } from 'ora'
import { NoDatabaseError } from '../src/database/resolve-server.js'
import { Interrupted, runWithCleanup, type Cleanup } from './cleanup.js'

/** Reads an option. @throws InvalidArgumentError */
export function wholeNumber (text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < 1) throw new InvalidArgumentError('It is a whole number of at least 1.')
  return value
}

/** Standard error: the table alone is output. */
const spinner: Ora = ora({ discardStdin: false })

/** Says what is done, how far it is, and how long it took. */
export async function step<T> (title: string, work: (progress: (text: string) => void) => Promise<T>): Promise<T> {
  const started = Date.now()
  const seconds = (): string => `${((Date.now() - started) / 1_000).toFixed(1)} s`
  spinner.start(title)
  const result = await work((text) => {
    spinner.text = `${title} … ${text}, ${seconds()}`
  })
  spinner.succeed(`${title}: ${seconds()}`)
  return result
}

function explain (error: unknown): string {
  if (error instanceof NoDatabaseError) return error.message
  return error instanceof Error ? error.stack ?? error.message : String(error)
}

/** Runs a benchmark with the options of its command line, and ends the process. */
export async function runBenchmark<Options> (
  program: Command,
  measure: (cleanup: Cleanup, options: Options) => Promise<void>,
): Promise<void> {
  program.action(async (options: Options) => {
    try {
      await runWithCleanup(async (cleanup) => {
        cleanup.add(() => {
          spinner.stop()
        })
        await measure(cleanup, options)
      })
      process.exit(0)
    } catch (error) {
      if (error instanceof Interrupted) process.exit(130)
      console.error(explain(error))
      process.exit(1)
    }
  })
  await program.parseAsync()
}
