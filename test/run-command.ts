// The command line as a process of its own, on the database that a service is running on.
import { spawn, type ChildProcess } from 'node:child_process'
import type { TestApp } from './helper.js'

export const SECRETS = {
  PASSWORD_PEPPER: 'q8Zt4Wm1Xc7Rb2Ny6Lk9Pd3Vh5Sj0Gf-p',
  SIGNING_KEYS: 'k1:q8Zt4Wm1Xc7Rb2Ny6Lk9Pd3Vh5Sj0Gf-k',
}

export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

interface RunOptions {
  readonly variables?: Record<string, string>
  readonly input?: string
  /** Given the process, to end it early. */
  onStart?(child: ChildProcess): void
}

export async function runCommand (
  { databaseUri, config }: Pick<TestApp, 'databaseUri' | 'config'>,
  words: readonly string[],
  { variables = {}, input, onStart }: RunOptions = {},
): Promise<Ended> {
  const env = {
    PATH: process.env['PATH'],
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
  const ended = { out: '', err: '' }
  child.stdout?.on('data', (chunk) => {
    ended.out += String(chunk)
  })
  child.stderr?.on('data', (chunk) => {
    ended.err += String(chunk)
  })
  child.stdin?.end(input)
  onStart?.(child)
  return await new Promise((resolve) =>
    child.on('close', (code) => {
      resolve({ code, ...ended })
    })
  )
}
