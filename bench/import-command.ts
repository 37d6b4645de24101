// Runs the import command in a separate process and measures its memory.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import type { Cleanup } from './cleanup.js'
import { readPeakRss } from './process-usage.js'

const COMMAND_LINE = fileURLToPath(new URL('../src/cli/main.js', import.meta.url))
const MEMORY_SAMPLE_INTERVAL_MS = 50
const MAX_ERROR_CHARACTERS = 2_000

/** The output of the command with `--json`. */
interface Summary {
  readonly total: number
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly refused: number
}

export interface ImportRun extends Summary {
  /** Duration of the process. */
  readonly seconds: number
  /** Bytes; null if unknown. */
  readonly peakRss: number | null
}

export interface ImportOptions {
  readonly databaseUri: string
  readonly dataDir: string
  /** Name of a file, or NDJSON for standard input. */
  readonly source: string | Iterable<string>
  readonly isDryRun?: boolean
}

/** @throws Error when the command fails or rejects a line */
export async function runImport (
  cleanup: Cleanup,
  { databaseUri, dataDir, source, isDryRun = false }: ImportOptions,
): Promise<ImportRun> {
  const isFile = typeof source === 'string'
  const started = performance.now()
  const child = spawn(process.execPath, [
    '--enable-source-maps',
    COMMAND_LINE,
    'import',
    isFile ? source : '-',
    '--json',
    ...(isDryRun ? ['--dry-run'] : []),
  ], {
    env: {
      ...process.env,
      NODE_ENV: 'development',
      MONGODB_URI: databaseUri,
      DATA_DIR: dataDir,
      SEED: 'none',
      LOG_LEVEL: 'warn',
    },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  })
  const ended = once(child, 'close')
  cleanup.add(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    await ended
  })
  let peakRss: number | null = null
  const timer = setInterval(() => {
    peakRss = readPeakRss(child.pid ?? null) ?? peakRss
  }, MEMORY_SAMPLE_INTERVAL_MS)
  try {
    const outputs = Promise.all([text(child.stdout), text(child.stderr)])
    // If the command ends before its input, the pipeline fails, and the exit code below reports the error.
    if (isFile) child.stdin.end()
    else await pipeline(Readable.from(source), child.stdin).catch(() => undefined)
    await ended
    const seconds = (performance.now() - started) / 1_000
    const [output, errors] = await outputs
    if (child.exitCode !== 0) {
      throw new Error(`The import exited with code ${child.exitCode}:\n${errors.slice(-MAX_ERROR_CHARACTERS)}`)
    }
    const summary = JSON.parse(output) as Summary
    if (summary.refused > 0) {
      throw new Error(`The import rejected ${summary.refused} lines:\n${errors.slice(0, MAX_ERROR_CHARACTERS)}`)
    }
    return { ...summary, seconds, peakRss }
  } finally {
    clearInterval(timer)
  }
}
