// Runs the command line as a separate process.
import { spawn, type ChildProcess } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import path from 'node:path'
import type { TestApp } from './app.js'

export const SECRETS = {
  PASSWORD_PEPPER: 'q8Zt4Wm1Xc7Rb2Ny6Lk9Pd3Vh5Sj0Gf-p',
  SIGNING_KEYS: 'k1:q8Zt4Wm1Xc7Rb2Ny6Lk9Pd3Vh5Sj0Gf-k',
}

/** Path of a command on the PATH; null if it is not installed. */
export function findCommand (name: string): string | null {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter)
  return folders.map((folder) => path.join(folder, name)).find(isExecutable) ?? null
}

/** Whether a file exists and this user may execute it. */
export function isExecutable (file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Variables that a process of the service needs to start, and to be measured in a run with coverage. */
export function inheritedVariables (): Record<string, string> {
  const names = ['PATH', 'NODE_OPTIONS', 'TEST_COVERAGE_FOLDER']
  return Object.fromEntries(names.flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value]]
  }))
}

export interface CommandResult {
  /** Exit code; null after a signal. */
  readonly code: number | null
  readonly out: string
  readonly err: string
}

interface RunOptions {
  readonly variables?: Record<string, string>
  /** Written to standard input. */
  readonly input?: string
  /** Receives the process, for example to end it early. */
  onStart?(child: ChildProcess): void
}

/** Runs a command on the database of an app and returns its output. */
export async function runCommand (
  { databaseUri, config }: Pick<TestApp, 'databaseUri' | 'config'>,
  words: readonly string[],
  { variables = {}, input, onStart }: RunOptions = {},
): Promise<CommandResult> {
  const env = {
    ...inheritedVariables(),
    NODE_ENV: 'test',
    MONGODB_URI: databaseUri,
    DATA_DIR: config.dataDir,
    ...SECRETS,
    ...variables,
  }
  const child = spawn(process.execPath, ['dist/src/cli/main.js', ...words], {
    env,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  const output = { out: '', err: '' }
  child.stdout?.on('data', (chunk) => {
    output.out += String(chunk)
  })
  child.stderr?.on('data', (chunk) => {
    output.err += String(chunk)
  })
  child.stdin?.end(input)
  onStart?.(child)
  return await new Promise((resolve) =>
    child.on('close', (code) => {
      resolve({ code, ...output })
    })
  )
}
