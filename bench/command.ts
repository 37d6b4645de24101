// The command line of a benchmark: options, steps with their durations on standard error, and clean-up.
import { InvalidArgumentError, type Command } from 'commander'
import ora, { type Ora } from 'ora'
import { NoDatabaseError } from '../src/database/start-methods.js'
import { InterruptedError, runWithCleanup, type Cleanup } from './cleanup.js'

/** Parses an option. @throws InvalidArgumentError */
export function parsePositiveInteger (text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < 1) throw new InvalidArgumentError('Use an integer of at least 1.')
  return value
}

/** Writes to standard error, so that standard output contains only the tables. */
const spinner: Ora = ora({ discardStdin: false })

/** Runs a step and prints its title, progress and duration. */
export async function runStep<T> (title: string, work: (progress: (text: string) => void) => Promise<T>): Promise<T> {
  const started = Date.now()
  const elapsed = (): string => `${((Date.now() - started) / 1_000).toFixed(1)} s`
  spinner.start(title)
  const result = await work((text) => {
    spinner.text = `${title}: ${text}, ${elapsed()}`
  })
  spinner.succeed(`${title}: ${elapsed()}`)
  return result
}

function describeError (error: unknown): string {
  if (error instanceof NoDatabaseError) return error.message
  return error instanceof Error ? error.stack ?? error.message : String(error)
}

/** Parses the command line, runs a benchmark and ends the process. */
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
      if (error instanceof InterruptedError) process.exit(130)
      console.error(describeError(error))
      process.exit(1)
    }
  })
  await program.parseAsync()
}
