// "normflix ingest --watch": ingests files when they appear in the folders, until the command ends.
import { setTimeout as sleep } from 'node:timers/promises'
import { findFiles, type FoundFile } from '../transfer/ingest/find-files.js'
import type { IngestResult } from '../transfer/ingest/ingest-file.js'

/** A file that changes within this time is still being copied. */
const SCAN_INTERVAL_MS = 5_000

/** Time until a file is tried again: its title may be added later, or the storage may have room. */
const RETRY_INTERVALS_MS: Readonly<Partial<Record<IngestResult['status'], number>>> = {
  unmatched: SCAN_INTERVAL_MS,
  ambiguous: SCAN_INTERVAL_MS,
  failed: 60_000,
}

export interface WatchOptions {
  /** Files and folders. */
  readonly paths: readonly string[]
  readonly signal: AbortSignal
  ingest(files: readonly FoundFile[]): Promise<IngestResult[]>
  /** Receives results that are new. @param problem why nothing could be ingested; null: nothing prevents it */
  report(results: readonly IngestResult[], problem: string | null): void
}

interface Attempt {
  readonly version: string
  readonly result: IngestResult
  /** By `performance.now`, ms. */
  readonly at: number
}

/** Scans until the signal aborts. A scan that fails is reported and repeated. */
export async function watchFiles ({ paths, signal, ingest, report }: WatchOptions): Promise<void> {
  let previous = new Map<string, string>()
  const tried = new Map<string, Attempt>()
  let lastProblem: string | null = null

  async function scan (): Promise<void> {
    const files = await findFiles(paths)
    const current = new Map(files.map((file) => [file.path, versionOf(file)]))
    const due = files.filter((file) => {
      const version = versionOf(file)
      const attempt = tried.get(file.path)
      return previous.get(file.path) === version && (attempt?.version !== version || isRetried(attempt))
    })
    previous = current
    for (const path of tried.keys()) if (!current.has(path)) tried.delete(path)
    if (due.length === 0) return
    const changed: IngestResult[] = []
    for (const result of await ingest(due)) {
      const { status, reason, file } = result
      const known = tried.get(file.path)?.result
      if (known?.status !== status || known.reason !== reason) changed.push(result)
      tried.set(file.path, { version: versionOf(file), result, at: performance.now() })
    }
    report(changed, null)
  }

  while (!signal.aborted) {
    try {
      await scan()
      lastProblem = null
    } catch (error) {
      if (signal.aborted) return
      const problem = error instanceof Error ? error.message : String(error)
      if (problem !== lastProblem) report([], `The folders could not be ingested, trying again: ${problem}`)
      lastProblem = problem
    }
    await sleep(SCAN_INTERVAL_MS, undefined, { signal }).catch(() => undefined)
  }
}

function isRetried ({ result, at }: Attempt): boolean {
  const interval = RETRY_INTERVALS_MS[result.status]
  return interval !== undefined && performance.now() - at >= interval
}

function versionOf ({ sizeBytes, modifiedAt }: FoundFile): string {
  return `${sizeBytes} ${modifiedAt}`
}
