// Probes uploaded files in a worker thread with limits on time and memory: a malicious file costs one thread at most.
import { storageUnavailable } from '../../errors.js'
import { createLimitedWorker, type WorkerFailure } from '../limited-worker.js'
import { HEAD_BYTES, sniffContainer } from '../upload/sniff-container.js'
import type { MediaInfo, ProbeOutcome, ProbeRejection, ProbeTask } from './probe-worker.js'
import { openRangeReader } from './range-reader.js'

export type ProbeFailure = ProbeRejection | 'damaged' | Exclude<WorkerFailure, 'error'>

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

/**
 * Files that an earlier version probed are probed again. 1: sample entries of HEVC and AVC, embedded subtitles.
 * 2: embedded subtitles are extracted.
 */
export const PROBE_VERSION = 2

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
  const worker = createLimitedWorker<ProbeTask, ProbeOutcome>(new URL('./probe-worker.js', import.meta.url), {
    timeLimitMs,
    heapLimitMb,
  })
  return {
    async probe (location, sizeBytes) {
      if (sniffContainer(await readHead(location, sizeBytes)) === null) return failure('unknown-format')
      const task = { location: location.toString(), isUrl: location instanceof URL, sizeBytes, timeLimitMs }
      const result = await worker.run(task)
      if (!result.ok) return failure(result.code === 'error' ? 'damaged' : result.code)
      const { value } = result
      if ('isUnavailable' in value) throw storageUnavailable()
      return 'info' in value ? { ok: true, info: value.info } : failure(value.rejection)
    },
    close: worker.close,
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
