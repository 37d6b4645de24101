// "normflix ingest --watch": ingests files when they appear in the folders, until the command ends.
import { setTimeout as sleep } from 'node:timers/promises'
import { findFiles, type FoundFile, type StoredAs } from '../transfer/ingest/find-files.js'
import type { IngestResult } from '../transfer/ingest/ingest-file.js'

/** Longest time between two scans. */
const SCAN_INTERVAL_MS = 5_000

/** A file that has changed within this time may still be copied: a network may pause. */
const DEFAULT_UNCHANGED_MS = 30_000

/** Time until a file is tried again: its title may be added later, or the storage may have room. */
const RETRY_INTERVALS_MS: Readonly<Partial<Record<IngestResult['status'], number>>> = {
  unmatched: SCAN_INTERVAL_MS,
  ambiguous: SCAN_INTERVAL_MS,
  failed: 60_000,
}

export interface WatchClock {
  /** A monotonic time, ms. */
  now(): number
  /** Ends early when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

const PROCESS_CLOCK: WatchClock = {
  now: () => performance.now(),
  sleep: async (ms, signal) => {
    await sleep(ms, undefined, { signal }).catch(() => undefined)
  },
}

export interface WatchOptions {
  /** Files and folders. */
  readonly paths: readonly string[]
  readonly signal: AbortSignal
  /** Time without a change after which a file is complete. */
  readonly unchangedMs?: number
  readonly clock?: WatchClock
  ingest(files: readonly FoundFile[]): Promise<IngestResult[]>
  /** Receives results that are new. @param problem why nothing could be ingested; null: nothing prevents it */
  report(results: readonly IngestResult[], problem: string | null): void
}

interface Sighting {
  readonly version: string
  /** When a scan found this version first, by the clock of the watch. */
  readonly since: number
}

interface Attempt {
  readonly version: string
  readonly result: IngestResult
  /** What the newest version that was ingested became; null: none was. */
  readonly storedAs: StoredAs | null
  /** By the clock of the watch. */
  readonly at: number
}

/** Scans until the signal aborts. A scan that fails is reported and repeated. */
export async function watchFiles ({
  paths,
  signal,
  unchangedMs = DEFAULT_UNCHANGED_MS,
  clock = PROCESS_CLOCK,
  ingest,
  report,
}: WatchOptions): Promise<void> {
  let sightings = new Map<string, Sighting>()
  const tried = new Map<string, Attempt>()
  let lastProblem: string | null = null

  function isDue (file: FoundFile): boolean {
    const sighting = sightings.get(file.path)
    if (sighting === undefined || clock.now() - sighting.since < unchangedMs) return false
    const attempt = tried.get(file.path)
    return attempt?.version !== sighting.version || isRetried(attempt, clock.now())
  }

  async function scan (): Promise<void> {
    const files = await findFiles(paths)
    sightings = new Map(files.map((file) => [file.path, sight(file, sightings.get(file.path), clock.now())]))
    for (const path of tried.keys()) if (!sightings.has(path)) tried.delete(path)
    const due = files.filter(isDue).map((file) => ({ ...file, storedAs: tried.get(file.path)?.storedAs ?? null }))
    if (due.length === 0) return
    const changed: IngestResult[] = []
    for (const result of await ingest(due)) {
      const { status, reason, file } = result
      const known = tried.get(file.path)
      if (status === 'ingested' || known?.result.status !== status || known.result.reason !== reason) {
        changed.push(result)
      }
      const storedAs = result.storedAs ?? file.storedAs
      tried.set(file.path, { version: versionOf(file), result, storedAs, at: clock.now() })
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
    await clock.sleep(Math.min(SCAN_INTERVAL_MS, unchangedMs), signal)
  }
}

function sight (file: FoundFile, known: Sighting | undefined, now: number): Sighting {
  const version = versionOf(file)
  return known?.version === version ? known : { version, since: now }
}

function isRetried ({ result, at }: Attempt, now: number): boolean {
  const interval = RETRY_INTERVALS_MS[result.status]
  return interval !== undefined && now - at >= interval
}

function versionOf ({ sizeBytes, modifiedAt }: FoundFile): string {
  return `${sizeBytes} ${modifiedAt}`
}
