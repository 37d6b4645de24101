// Runs scripts and shell commands as processes of their own, without a database.
import { spawn } from 'node:child_process'
import type { CommandResult } from './run-command.js'

interface ProcessOptions {
  /** Added to the variables of the test. */
  readonly variables?: Readonly<Record<string, string>>
  readonly directory?: string
}

/** Runs a command to its end, whatever its exit code. */
export async function runProcess (
  command: string,
  words: readonly string[],
  { variables = {}, directory }: ProcessOptions = {},
): Promise<CommandResult> {
  const child = spawn(command, words, {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(directory === undefined ? {} : { cwd: directory }),
  })
  const output = { out: '', err: '' }
  child.stdout.on('data', (chunk) => {
    output.out += String(chunk)
  })
  child.stderr.on('data', (chunk) => {
    output.err += String(chunk)
  })
  return await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      resolve({ code, ...output })
    })
  })
}

/** Runs a Node script of this project. */
export const runNodeScript = async (words: readonly string[], options?: ProcessOptions): Promise<CommandResult> =>
  await runProcess(process.execPath, words, { ...options, variables: { NODE_OPTIONS: '', ...options?.variables } })
