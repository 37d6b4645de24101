// Probes uploaded files in a worker thread with limits on time and memory: a malicious file costs one thread at most.
import { Piscina } from 'piscina'
import { DomainError, storageUnavailable } from '../../errors.js'
import { HEAD_BYTES, sniffContainer } from '../upload/sniff-container.js'
import type { MediaInfo, ProbeOutcome, ProbeRejection, ProbeTask } from './probe-worker.js'
import { openRangeReader } from './range-reader.js'

export type ProbeFailure = ProbeRejection | 'damaged' | 'time-limit' | 'memory-limit' | 'closed'

/** `reason` completes the sentence "The file was received, but …". */
export type ProbeResult =
  | { readonly ok: true, readonly info: MediaInfo }
  | { readonly ok: false, readonly code: ProbeFailure, readonly reason: string }

export interface MediaProber {
  /**
   * Reads the properties of a media file. Files are probed one at a time. Never rejects because of the contents.
   * @param location local path, or a URL that supports range requests
   * @throws DomainError 503 `storage-unavailable` if the URL does not respond
   */
  probe(location: string | URL, sizeBytes: number): Promise<ProbeResult>
  close(): Promise<void>
}

const TIME_LIMIT_MS = 30_000
const HEAP_LIMIT_MB = 512

const REASONS: Readonly<Record<ProbeFailure, string>> = {
  'unknown-format': 'it is not a media file of a supported format',
  'no-video-track': 'it has no video track',
  'unknown-codec': 'its video codec is unknown',
  damaged: 'it is damaged or incomplete',
  'time-limit': 'reading it took too long',
  'memory-limit': 'reading it took too much memory',
  closed: 'the service is stopping',
}

/**
 * Creates a prober with one worker thread.
 * @param timeLimitMs per file, without the time in the queue
 */
export function createMediaProber (timeLimitMs = TIME_LIMIT_MS, heapLimitMb = HEAP_LIMIT_MB): MediaProber {
  const pool = new Piscina<ProbeTask, ProbeOutcome>({
    filename: new URL('./probe-worker.js', import.meta.url).href,
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: 10_000,
    resourceLimits: { maxOldGenerationSizeMb: heapLimitMb },
  })
  // A file may crash the thread after its result was returned; an unhandled error event would end the process.
  pool.on('error', () => {})
  let isClosed = false
  let lastTask: Promise<unknown> = Promise.resolve()

  async function runTask (task: ProbeTask): Promise<ProbeResult> {
    if (isClosed) return failure('closed')
    const signal = AbortSignal.timeout(timeLimitMs)
    try {
      const outcome = await pool.run(task, { signal })
      if ('isUnavailable' in outcome) throw storageUnavailable()
      return 'info' in outcome ? { ok: true, info: outcome.info } : failure(outcome.rejection)
    } catch (error) {
      if (error instanceof DomainError) throw error
      if (isClosed) return failure('closed')
      if (signal.aborted) return failure('time-limit')
      return failure(
        error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? 'memory-limit'
          : 'damaged',
      )
    }
  }

  return {
    async probe (location, sizeBytes) {
      if (sniffContainer(await readHead(location, sizeBytes)) === null) return failure('unknown-format')
      const task = { location: location.toString(), isUrl: location instanceof URL, sizeBytes }
      const result = lastTask.then(async () => await runTask(task))
      lastTask = result.catch(() => undefined)
      return await result
    },
    async close () {
      isClosed = true
      await pool.destroy()
    },
  }
}

function failure (code: ProbeFailure): ProbeResult {
  return { ok: false, code, reason: REASONS[code] }
}

async function readHead (location: string | URL, sizeBytes: number): Promise<Buffer> {
  const reader = await openRangeReader(location, sizeBytes)
  try {
    return Buffer.from(await reader.read(0, Math.min(HEAD_BYTES, await reader.sizeBytes())))
  } finally {
    await reader.close()
  }
}
