// The merge rule of plays as the database executes it: a pipeline for stored plays, array filters for stream leases.
// `mergePlayProgress` in src/domain/progress.ts is the same rule in memory, in the same order; a test compares them.
import type { ProgressEvent, PlayProgress } from '../domain/progress.js'
import { dateOrNull } from './deps.js'

/**
 * Builds the expressions that merge progress into a stored play. One stage sets `isNewest` and `isFirst`, the next
 * stage the fields.
 *
 * 1. The newest event, by (`at`, `eventId`, `positionMs`, `durationMs`), sets these four fields.
 * 2. The first start, by (`startedAt`, `startPositionMs`), sets these two fields.
 * 3. `furthestMs`, `watchedMs`, `reachedEndAt` and `reachedEndWatchedMs` keep the maximum; null is the least value.
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
      watchedMs: maxOrNull('$watchedMs', progress.watchedMs),
      reachedEndAt: maxOrNull('$reachedEndAt', dateOrNull(progress.reachedEndAt)),
      reachedEndWatchedMs: maxOrNull('$reachedEndWatchedMs', progress.reachedEndWatchedMs),
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
 * Builds the update that merges one event into a stream lease, in one round trip and without reading it.
 * The start and the duration of a lease do not change, so only `at`, `eventId` and `positionMs` decide which is newest.
 * @param matchLease filter for the lease, with the given identifier as prefix of its paths
 */
export function leaseMergeUpdate (
  event: ProgressEvent,
  matchLease: (identifier: string) => Record<string, unknown>,
): {
  readonly $set: Record<string, unknown>,
  readonly $max: Record<string, unknown>,
  readonly arrayFilters: Array<Record<string, unknown>>,
} {
  const at = new Date(event.at)
  const { eventId, positionMs, watchedMs } = event
  const isNewest = {
    $or: [
      { 'newest.at': null },
      { 'newest.at': { $lt: at } },
      { 'newest.at': at, 'newest.eventId': { $lt: eventId } },
      { 'newest.at': at, 'newest.eventId': eventId, 'newest.positionMs': { $lt: positionMs } },
    ],
  }
  // Ignores the event of a player that failed to start: `isFailedStart` in memory.
  const startsUpTo = (identifier: string): object => ({ [`${identifier}.startPositionMs`]: { $lte: positionMs } })
  return {
    $set: {
      // `at` is last: the fallback server evaluates the filter for each path and must still find the old value.
      'leases.$[newest].positionMs': positionMs,
      'leases.$[newest].eventId': eventId,
      'leases.$[newest].at': at,
    },
    $max: {
      'leases.$[own].furthestMs': positionMs,
      ...(watchedMs === null ? {} : { [`leases.$[${watchedMs === 0 ? 'played' : 'own'}].watchedMs`]: watchedMs }),
      'leases.$[ended].reachedEndAt': at,
      ...(watchedMs === null ? {} : { 'leases.$[ended].reachedEndWatchedMs': watchedMs }),
    },
    arrayFilters: [
      matchLease('own'),
      { $and: [matchLease('newest'), ...(watchedMs === 0 ? [startsUpTo('newest')] : []), isNewest] },
      ...(watchedMs === 0 ? [{ $and: [matchLease('played'), startsUpTo('played')] }] : []),
      { ...matchLease('ended'), 'ended.completionThresholdMs': { $lte: positionMs } },
    ],
  }
}
