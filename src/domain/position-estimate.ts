// Estimates the position of a player that reports none, from when and how much media it read.

/** Reads of one stream; times in ms since the epoch. */
export interface StreamReads {
  readonly startedAt: number
  readonly startPositionMs: number
  readonly durationMs: number | null
  /** Last read. */
  readonly readAt: number
  /** Playing time of the video that was sent. */
  readonly servedMs: number
}

/** The start position plus the time that passed, but not more than was sent, and not beyond the end. */
export function estimatePositionMs ({ startedAt, startPositionMs, durationMs, readAt, servedMs }: StreamReads): number {
  const playedMs = Math.max(0, Math.min(readAt - startedAt, servedMs))
  return Math.min(startPositionMs + playedMs, durationMs ?? Infinity)
}
