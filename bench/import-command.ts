// The import as it runs in earnest: the command line in a process of its own, its memory watched.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import type { Cleanup } from './cleanup.js'
import { readPeakRss } from './process-memory.js'

const COMMAND_LINE = fileURLToPath(new URL('../src/cli/main.js', import.meta.url))
const LOOK_AT_MEMORY_EVERY_MS = 50

/** What the command tells of itself in the end. */
interface Summary {
  readonly total: number
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly refused: number
}

export interface ImportRun extends Summary {
  /** From the start of the process to its end. */
  readonly seconds: number
  /** Bytes; null where the system does not tell. */
  readonly peakRss: number | null
}

export interface ImportOptions {
  readonly databaseUri: string
  readonly dataDir: string
  /** A file's name, or NDJSON for standard input. */
  readonly from: string | Iterable<string>
  readonly isDryRun?: boolean
}

/** @throws Error when it fails, or refuses anything */
export async function runImport (
  cleanup: Cleanup,
  { databaseUri, dataDir, from, isDryRun = false }: ImportOptions,
): Promise<ImportRun> {
  const isFile = typeof from === 'string'
  const started = performance.now()
  const child = spawn(process.execPath, [
    '--enable-source-maps',
    COMMAND_LINE,
    'import',
    isFile ? from : '-',
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
  }, LOOK_AT_MEMORY_EVERY_MS)
  try {
    const said = Promise.all([text(child.stdout), text(child.stderr)])
    // A command that ends before its input does has a reason, which it tells.
    if (isFile) child.stdin.end()
    else await pipeline(Readable.from(from), child.stdin).catch(() => undefined)
    await ended
    const seconds = (performance.now() - started) / 1_000
    const [output, errors] = await said
    if (child.exitCode !== 0) throw new Error(`the import ended with ${child.exitCode}:\n${errors.slice(-2_000)}`)
    const summary = JSON.parse(output) as Summary
    if (summary.refused > 0) {
      throw new Error(`the import refused ${summary.refused} of its own lines:\n${errors.slice(0, 2_000)}`)
    }
    return { ...summary, seconds, peakRss }
  } finally {
    clearInterval(timer)
  }
}
