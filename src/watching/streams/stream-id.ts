// IDs of streams. An ID contains the second in which its stream started, so that an event can be compared with the
// start of its play without a read, also after the lease was removed.
import { Types } from 'mongoose'

/** Creates the ID of a stream that starts now. */
export function createStreamId (now: Date): Types.ObjectId {
  const seconds = Math.floor(now.getTime() / 1_000).toString(16).padStart(8, '0')
  return new Types.ObjectId(seconds + new Types.ObjectId().toString().slice(seconds.length))
}

/**
 * Returns when a stream started, to the second.
 * @param playKey key of a play; only those of streams are stream IDs
 * @returns ms since the epoch; null for other plays
 */
export function findStreamStart (playKey: string | null): number | null {
  return playKey !== null && /^[0-9a-f]{24}$/u.test(playKey)
    ? new Types.ObjectId(playKey).getTimestamp().getTime()
    : null
}
