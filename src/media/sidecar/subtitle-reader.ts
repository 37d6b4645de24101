// Reads uploaded subtitles and indexes of seek thumbnails in a worker thread with limits on time and memory.
import { DomainError, unavailable } from '../../errors.js'
import { createLimitedWorker, FAILURE_REASONS } from '../limited-worker.js'
import type { SubtitleOutcome, SubtitleSource, SubtitleTask } from './subtitle-worker.js'

export const MAX_SUBTITLE_BYTES = 2 * 1024 ** 2

export interface ReadSubtitle {
  readonly webVtt: Buffer
  /** Cues that were left out. */
  readonly unreadableCues: number
}

export interface SubtitleReader {
  /**
   * Converts a subtitle file to WebVTT. WebVTT keeps its styles and positions.
   * @throws DomainError 422 `unreadable-subtitle`
   */
  readSubtitle(source: SubtitleSource): Promise<ReadSubtitle>
  /**
   * Converts a WebVTT index of seek thumbnails.
   * @throws DomainError 422 `unreadable-thumbnails`
   */
  readThumbnailIndex(index: Uint8Array): Promise<Buffer>
  close(): Promise<void>
}

const TIME_LIMIT_MS = 10_000
const HEAP_LIMIT_MB = 256

/**
 * Creates a reader with one worker thread.
 * @param timeLimitMs per file, without the time in the queue
 */
export function createSubtitleReader (timeLimitMs = TIME_LIMIT_MS, heapLimitMb = HEAP_LIMIT_MB): SubtitleReader {
  const worker = createLimitedWorker<SubtitleTask, SubtitleOutcome>(new URL('./subtitle-worker.js', import.meta.url), {
    timeLimitMs,
    heapLimitMb,
  })

  async function read (task: SubtitleTask): Promise<ReadSubtitle> {
    const result = await worker.run(task)
    if (!result.ok) {
      if (result.code === 'closed') {
        throw unavailable('stopping', 'The server is shutting down. Send the file again.', 1)
      }
      throw unreadable(task.kind, FAILURE_REASONS[result.code])
    }
    if ('rejection' in result.value) throw unreadable(task.kind, result.value.rejection)
    const { webVtt: { buffer, byteOffset, byteLength }, unreadableCues } = result.value
    return { webVtt: Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength), unreadableCues }
  }

  return {
    readSubtitle: async (source) => await read({ kind: 'subtitle', source }),
    readThumbnailIndex: async (index) => (await read({ kind: 'thumbnails', index })).webVtt,
    close: worker.close,
  }
}

function unreadable (kind: SubtitleTask['kind'], reason: string): DomainError {
  return new DomainError(422, `unreadable-${kind}`, 'Unreadable file', `${reason} Nothing was stored.`)
}
