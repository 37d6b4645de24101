// The merge rule of plays as the database executes it: expressions for stored plays and for stream leases.
// `mergePlayProgress` in src/domain/progress.ts is the same rule in memory, in the same order; a test compares them.
import type { LeaseRestart } from '../../models/account-streams.js'
import { countPlayingTimeFrom, dateOrNull, type ProgressEvent, type PlayProgress } from '../domain/progress.js'

/**
 * Builds the expressions that merge progress into a stored play. One stage sets `isNewest` and `isFirst`, the next
 * stage the fields.
 *
 * 1. The newest event, by (`at`, `eventId`, `positionMs`, `durationMs`), sets these four fields.
 * 2. The first start, by (`startedAt`, `startPositionMs`), sets these two fields.
 * 3. `furthestMs`, `watchedMs`, `reachedEndAt` and `reachedEndWatchedMs` keep the maximum; null is the least value.
 * 4. `watchedBeforeMs` keeps the minimum. Playing times are compared with it, as clients count them.
 */
export function playMergeExpressions (
  progress: PlayProgress,
): { readonly isNewest: object, readonly isFirst: object, readonly fields: Readonly<Record<string, unknown>> } {
  const at = new Date(progress.at)
  const startedAt = new Date(progress.startedAt)
  // A literal, because an event ID may start with "$".
  const eventId = { $literal: progress.eventId }
  const isInsert = { $eq: [{ $type: '$at' }, 'missing'] }
  const isNewest = isLexicographically('$lt', [
    ['$at', at],
    ['$eventId', eventId],
    ['$positionMs', progress.positionMs],
    ['$durationMs', progress.durationMs],
  ])
  const isFirst = isLexicographically('$gt', [
    ['$startedAt', startedAt],
    ['$startPositionMs', progress.startPositionMs],
  ])
  const { watchedBeforeMs: beforeMs = 0 } = progress
  const storedBeforeMs = { $ifNull: ['$watchedBeforeMs', 0] }
  const commonBeforeMs = beforeMs === 0 ? 0 : { $cond: [isInsert, beforeMs, { $min: [storedBeforeMs, beforeMs] }] }
  const maxTimeOrNull = (path: string, timeMs: number | null): object => {
    const counted = [{ $add: [path, storedBeforeMs] }, timeMs === null ? null : timeMs + beforeMs]
    return { $ifNull: [{ $subtract: [{ $max: counted }, commonBeforeMs] }, null] }
  }
  return {
    isNewest: { $or: [isInsert, isNewest] },
    isFirst: { $or: [isInsert, isFirst] },
    fields: {
      startedAt: { $cond: ['$isFirst', startedAt, '$startedAt'] },
      startPositionMs: { $cond: ['$isFirst', progress.startPositionMs, '$startPositionMs'] },
      at: { $cond: ['$isNewest', at, '$at'] },
      eventId: { $cond: ['$isNewest', eventId, '$eventId'] },
      positionMs: { $cond: ['$isNewest', progress.positionMs, '$positionMs'] },
      durationMs: { $cond: ['$isNewest', progress.durationMs, '$durationMs'] },
      furthestMs: { $max: ['$furthestMs', progress.furthestMs] },
      watchedMs: maxTimeOrNull('$watchedMs', progress.watchedMs),
      reachedEndAt: maxOrNull('$reachedEndAt', dateOrNull(progress.reachedEndAt)),
      reachedEndWatchedMs: maxTimeOrNull('$reachedEndWatchedMs', progress.reachedEndWatchedMs),
      watchedBeforeMs: beforeMs === 0
        ? { $cond: [{ $gt: ['$watchedBeforeMs', 0] }, 0, '$watchedBeforeMs'] }
        : commonBeforeMs,
    },
  }
}

/** Compares stored fields with new values: the first pair that differs decides; null and missing precede all values. */
function isLexicographically (
  operator: '$lt' | '$gt',
  pairs: ReadonlyArray<[path: string, value: unknown]>,
): object {
  const [first, ...rest] = pairs
  if (first === undefined) return { $literal: false }
  const [path, value] = first
  return {
    $or: [{ [operator]: [path, value] }, { $and: [{ $eq: [path, value] }, isLexicographically(operator, rest)] }],
  }
}

function maxOrNull (path: string, value: unknown): object {
  return { $ifNull: [{ $max: [path, value] }, null] }
}

/**
 * Builds an expression that merges one event into a stream lease, without reading it first.
 * The start and the duration of a lease do not change, so only `at`, `eventId` and `positionMs` decide which is newest.
 */
export function leaseMergeExpressions (event: ProgressEvent): object {
  const at = new Date(event.at)
  const { positionMs, watchedMs } = event
  // A literal, because an event ID may start with "$".
  const eventId = { $literal: event.eventId }
  const isNewest = isLexicographically('$lt', [
    ['$$lease.at', at],
    ['$$lease.eventId', eventId],
    ['$$lease.positionMs', positionMs],
  ])
  // Ignores the event of a player that failed to start: `isFailedStart` in memory.
  const startsUpTo = { $lte: ['$$lease.startPositionMs', positionMs] }
  const max = (name: string, value: unknown): object => ({ [name]: { $max: [`$$lease.${name}`, value] } })
  const watched = watchedMs === null ? {} : max('watchedMs', watchedMs)
  const isCounted = { $lt: [{ $ifNull: ['$$lease.restart.at', null] }, at] }
  const hasEnd = { $ne: ['$$lease.completionThresholdMs', null] }
  const ended = { ...max('reachedEndAt', at), ...(watchedMs === null ? {} : max('reachedEndWatchedMs', watchedMs)) }
  const merged = [
    {
      $cond: [
        watchedMs === 0 ? { $and: [startsUpTo, isNewest] } : isNewest,
        { at, eventId, positionMs },
        {},
      ],
    },
    max('furthestMs', positionMs),
    watchedMs === 0 ? { $cond: [startsUpTo, watched, {}] } : watched,
    { $cond: [{ $and: [hasEnd, { $lte: ['$$lease.completionThresholdMs', positionMs] }] }, ended, {}] },
  ]
  // An event from before the removal of the play is ignored; null precedes each time.
  return { $cond: [isCounted, { $mergeObjects: merged }, {}] }
}

/**
 * Builds expressions that start the play of a lease again, because it was removed from the history: what was reported
 * up to that time does not count. An event that arrived since keeps its position and its end, but not its playing time,
 * which includes that of before. If the position is estimated, the play starts at the estimate.
 */
export function leaseRestartExpressions (at: Date): object {
  const hasNewerEvent = { $gt: ['$$lease.at', at] }
  const hasNewerEnd = { $gt: ['$$lease.reachedEndAt', at] }
  const isEstimated = { $and: ['$$lease.estimatePosition', { $eq: ['$$lease.at', null] }] }
  // `estimatePositionMs` in memory. With numbers, because the fallback server does not subtract dates.
  const passedMs = { $subtract: [at.getTime(), { $toLong: '$$lease.startedAt' }] }
  const playedMs = { $max: [0, { $min: [passedMs, '$$lease.servedMs'] }] }
  const estimate = { $min: [{ $add: ['$$lease.startPositionMs', playedMs] }, '$$lease.durationMs'] }
  const positionMs = { $cond: [isEstimated, estimate, '$$lease.positionMs'] }
  return {
    restart: { at, positionMs, watchedMs: { $max: ['$$lease.watchedMs', '$$lease.restart.watchedMs', 0] } },
    positionMs,
    furthestMs: positionMs,
    watchedMs: { $cond: [hasNewerEvent, '$$lease.watchedMs', null] },
    reachedEndAt: { $cond: [hasNewerEnd, '$$lease.reachedEndAt', null] },
    reachedEndWatchedMs: { $cond: [hasNewerEnd, '$$lease.reachedEndWatchedMs', null] },
  }
}

/**
 * Builds expressions that merge the removed play of a lease again, because it was restored.
 * @param restart where the restored play itself starts, after an earlier removal; null if it starts with the stream
 */
export function leaseRestoreExpressions (restored: PlayProgress, restart: LeaseRestart | null): object {
  const { furthestMs, watchedMs, reachedEndAt, reachedEndWatchedMs } = countPlayingTimeFrom(restored, 0)
  return {
    restart: { $literal: restart },
    furthestMs: { $max: ['$$lease.furthestMs', furthestMs] },
    watchedMs: maxOrNull('$$lease.watchedMs', watchedMs),
    reachedEndAt: maxOrNull('$$lease.reachedEndAt', dateOrNull(reachedEndAt)),
    reachedEndWatchedMs: maxOrNull('$$lease.reachedEndWatchedMs', reachedEndWatchedMs),
  }
}
