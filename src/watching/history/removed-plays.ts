// Events that follow the removal of their play. A removed play stays removed, whatever is reported later; the events
// after its removal are a new play, which has a key of its own, so that the order of events makes no difference.
import type { Types } from 'mongoose'
import { derivePlayId, type StoredPlay } from '../../../models/play.js'
import { countPlayingTimeFrom, lastEventAt, mergePlayProgress, type PlayProgress } from '../../domain/progress.js'
import type { ProfileRef } from '../deps.js'
import type { PlayWrite } from './plays.js'

/**
 * Splits writes at the removals of their plays.
 * @param records of the title; without those of a write, it stays as it is
 * @returns the same objects for the writes that do not change
 */
export function continueRemovedPlays (
  ref: ProfileRef,
  writes: readonly PlayWrite[],
  records: readonly StoredPlay[],
): PlayWrite[] {
  const removedById = new Map(
    records.filter(({ removedAt }) => removedAt !== null).map((record) => [record._id.toString(), record]),
  )
  return removedById.size === 0 ? [...writes] : writes.flatMap((write) => splitWrite(ref, write, removedById))
}

function splitWrite (
  ref: ProfileRef,
  write: PlayWrite,
  removedById: ReadonlyMap<string, StoredPlay>,
): PlayWrite[] {
  const removed = removedById.get(derivePlayId(ref.profile, write.playKey).toString())
  const removedAt = removed?.removedAt?.getTime() ?? Infinity
  if (removed === undefined || lastEventAt(write.progress) <= removedAt) return [write]
  const events = write.events ?? [write.progress]
  const before = events.filter((event) => lastEventAt(event) <= removedAt)
  const isCounted = write.restartedAt !== undefined && write.restartedAt >= removedAt
  const after = events.filter((event) => lastEventAt(event) > removedAt)
    .map((event) => startAfter(isCounted ? event : countSinceRemoval(event, removed), removedAt))
  const { playId = write.playKey, continuedPlay = removed._id } = write
  const playKey = deriveContinuationKey(removed._id, removedAt)
  return [
    ...mergeEvents(write, before),
    ...mergeEvents({ ...write, playKey, playId, continuedPlay }, after)
      .flatMap((continued) => splitWrite(ref, continued, removedById)),
  ]
}

function mergeEvents (write: PlayWrite, events: readonly PlayProgress[]): PlayWrite[] {
  const [first, ...rest] = events
  return first === undefined ? [] : [{ ...write, progress: rest.reduce(mergePlayProgress, first), events }]
}

/** Leaves out the playing time up to the removal. A lower one is that of a client that counts from 0 again. */
function countSinceRemoval (event: PlayProgress, removed: StoredPlay): PlayProgress {
  const { watchedMs, watchedBeforeMs = 0 } = removed
  const removedMs = removed.watchedMsAtRemoval ?? (watchedMs ?? 0) + watchedBeforeMs
  const hasRestarted = event.watchedMs !== null && event.watchedMs + (event.watchedBeforeMs ?? 0) < removedMs
  return countPlayingTimeFrom(event, hasRestarted ? 0 : removedMs)
}

/**
 * A start and an end from before the removal do not count. Merged events do not tell which of them reached the furthest
 * position, so the newest position is the furthest.
 */
function startAfter (event: PlayProgress, removedAt: number): PlayProgress {
  const { at, positionMs, reachedEndAt } = event
  return {
    ...event,
    ...(event.startedAt >= removedAt ? {} : { startedAt: at, startPositionMs: positionMs, furthestMs: positionMs }),
    ...(reachedEndAt === null || reachedEndAt > removedAt ? {} : { reachedEndAt: null, reachedEndWatchedMs: null }),
  }
}

/**
 * Derives the key of the play with the events after a removal. It contains the ID of the removed play instead of its
 * key, because an undo knows the stored plays only.
 * @param removedAt ms since the epoch
 */
export function deriveContinuationKey (removed: Types.ObjectId, removedAt: number): string {
  return `${removed.toString()} ${removedAt}`
}
