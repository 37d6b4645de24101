// Packages media files for HLS in a worker thread with limits on time and memory, from and to any storage.
import { MessageChannel } from 'node:worker_threads'
import { Piscina } from 'piscina'
import type { MediaStorage } from '../../storage/storage.js'
import type { PackageIndex } from './package-index.js'
import type { PackageOutcome, PackageRejection, PackageTask } from './package-worker.js'
import { serveStoragePort } from './storage-port-server.js'

export type PackageFailure = PackageRejection | 'time-limit' | 'memory-limit'

export type PackageResult =
  | {
    readonly ok: true,
    readonly index: PackageIndex,
    /** Numbers of the audio tracks that HLS players do not support, from 0. */
    readonly omittedTracks: readonly number[],
  }
  /** `text` is a sentence for administrators. */
  | { readonly ok: false, readonly code: PackageFailure, readonly text: string }

export interface PackageSource {
  readonly key: string
  readonly sizeBytes: number
  readonly frameRate: number | null
}

export interface PackageOptions {
  /** Receives the progress, from 0 to 1. */
  readonly onProgress?: (progress: number) => void
  readonly signal?: AbortSignal
}

export interface MediaPackager {
  /**
   * Writes a package. Files are packaged one at a time. Without success no object is left behind.
   * @throws PackagingStoppedError after an abort; errors of the storage
   */
  pack(
    storage: MediaStorage,
    source: PackageSource,
    prefix: string,
    options?: PackageOptions,
  ): Promise<PackageResult>
  close(): Promise<void>
}

/** Packaging was aborted. The file itself may be valid. */
export class PackagingStoppedError extends Error {
  constructor () {
    super('packaging was stopped')
    this.name = 'PackagingStoppedError'
  }
}

/** Time without a read or write after which the thread is stopped. The total has no limit, because files are large. */
const STALL_TIMEOUT_MS = 30_000
const HEAP_LIMIT_MB = 512

const TEXTS: Readonly<Record<PackageFailure, string>> = {
  damaged: 'The file is damaged or incomplete.',
  'picture-codec': 'HLS players do not support its video codec.',
  'sound-codec': 'HLS players do not support the codec of one of its audio tracks.',
  'no-key-frames': 'It has too few key frames to be cut into segments.',
  'too-many-sounds': 'It has more audio tracks than can be packaged.',
  'not-regular': 'Its packets cannot be written as fragments.',
  'time-limit': 'Packaging it made no progress for too long.',
  'memory-limit': 'Packaging it took too much memory.',
}

/**
 * Creates a packager with one worker thread.
 * @param stallTimeoutMs time without a read or write after which a file fails
 */
export function createMediaPackager (
  stallTimeoutMs = STALL_TIMEOUT_MS,
  heapLimitMb = HEAP_LIMIT_MB,
): MediaPackager {
  const pool = new Piscina<PackageTask, PackageOutcome>({
    filename: new URL('./package-worker.js', import.meta.url).href,
    // What --import preloads in the main thread, such as a tracer, would be loaded for each thread.
    execArgv: [],
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: 10_000,
    // Its two histograms would take 700 kB, before the first task.
    recordTiming: false,
    resourceLimits: { maxOldGenerationSizeMb: heapLimitMb },
    // Playback takes precedence over packaging. Has no effect without the optional native addon.
    niceIncrement: 10,
  })
  // A file may crash the thread after its result was returned; an unhandled error event would end the process.
  pool.on('error', () => {})
  let isClosed = false
  let lastTask: Promise<unknown> = Promise.resolve()

  const packNow: MediaPackager['pack'] = async (
    storage,
    { key: sourceKey, ...source },
    prefix,
    { onProgress = () => {}, signal } = {},
  ) => {
    const isStopped = (): boolean => isClosed || signal?.aborted === true
    if (isStopped()) throw new PackagingStoppedError()
    const controller = new AbortController()
    const abort = (): void => {
      controller.abort()
    }
    const stallTimer = createStallTimer(stallTimeoutMs, abort)
    signal?.addEventListener('abort', abort)
    const { port1, port2 } = new MessageChannel()
    const server = serveStoragePort(port1, {
      storage,
      sourceKey,
      prefix,
      onProgress,
      onActivity: stallTimer.refresh,
    })
    const commit = async (outcome: PackageOutcome): Promise<PackageResult> => {
      if (!('index' in outcome)) return failureResult(outcome.rejection)
      await server.commit(outcome.index)
      return { ok: true, ...outcome }
    }
    try {
      const task = pool.run({ ...source, port: port2 }, { signal: controller.signal, transferList: [port2] })
      const result = await task.then(commit)
      if (server.failure() !== null) throw server.failure()
      if (!result.ok) await server.abort()
      return result
    } catch (error) {
      await server.abort()
      for (const key of server.keys()) await storage.remove(key)
      if (isStopped()) throw new PackagingStoppedError()
      if (server.failure() !== null) throw server.failure()
      if (stallTimer.hasExpired()) return failureResult('time-limit')
      if (server.isCommitting()) throw error
      return failureResult(
        error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? 'memory-limit'
          : 'not-regular',
      )
    } finally {
      stallTimer.clear()
      signal?.removeEventListener('abort', abort)
      port1.close()
    }
  }

  return {
    async pack (...task) {
      // Time in the queue does not count towards the stall timeout.
      const result = lastTask.then(async () => await packNow(...task))
      lastTask = result.catch(() => undefined)
      return await result
    },
    async close () {
      isClosed = true
      await pool.destroy()
    },
  }
}

function failureResult (code: PackageFailure): PackageResult {
  return { ok: false, code, text: TEXTS[code] }
}

interface StallTimer {
  refresh(): void
  hasExpired(): boolean
  clear(): void
}

function createStallTimer (timeoutMs: number, onExpired: () => void): StallTimer {
  let hasExpired = false
  const timer = setTimeout(() => {
    hasExpired = true
    onExpired()
  }, timeoutMs)
  return {
    refresh: () => {
      if (!hasExpired) timer.refresh()
    },
    hasExpired: () => hasExpired,
    clear: () => {
      clearTimeout(timer)
    },
  }
}
