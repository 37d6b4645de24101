// Decides when a heartbeat also flushes its stream to the history. The schedule is local to the process: a flush by
// another process at the same time is harmless.

/** A playing stream is flushed at least this often. Pages add the live position, so they do not wait for it. */
const FLUSH_INTERVAL_MS = 10 * 60_000
/** Above this size, streams that were never stopped are dropped. */
const MAX_SCHEDULED_STREAMS = 10_000
const STALE_AFTER_MS = 2 * FLUSH_INTERVAL_MS

export interface FlushSchedule {
  /** Returns true at most once per interval for a playing stream, and always for a paused one. */
  isDue(streamId: string, isPaused: boolean, now: Date): boolean
  remove(streamId: string): void
}

export function createFlushSchedule (): FlushSchedule {
  const flushedAt = new Map<string, number>()
  return {
    isDue (streamId, isPaused, now) {
      const last = flushedAt.get(streamId)
      if (last === undefined && !isPaused) {
        flushedAt.set(streamId, now.getTime())
        return false
      }
      if (!isPaused && now.getTime() - (last ?? 0) < FLUSH_INTERVAL_MS) return false
      flushedAt.set(streamId, now.getTime())
      dropStaleStreams(flushedAt, now.getTime())
      return true
    },
    remove (streamId) {
      flushedAt.delete(streamId)
    },
  }
}

function dropStaleStreams (flushedAt: Map<string, number>, now: number): void {
  if (flushedAt.size < MAX_SCHEDULED_STREAMS) return
  for (const [id, at] of flushedAt) if (now - at > STALE_AFTER_MS) flushedAt.delete(id)
}
