// The stream leases of one account in one small document, so that one atomic write decides which streams may play.
// The hooks enforce the plan's limits on concurrent streams and on resolution, on every write method.
import mongoose, { Schema, type PipelineStage, type Types } from 'mongoose'
import './mongoose-settings.js'
import {
  REPLACE_METHODS,
  rootSegment,
  UnguardedWriteError,
  withoutPositions,
  writtenPathsOfQuery,
  type WrittenPath,
} from './write-guards.js'
import { reportWritesOf } from './write-notifications.js'

export interface StreamLease {
  _id: Types.ObjectId
  profile: Types.ObjectId
  /** The session that plays; the stream ends with it. */
  session: Types.ObjectId
  title: Types.ObjectId
  item: Types.ObjectId
  season: number | null
  episode: number | null
  mediaFile: Types.ObjectId
  device: string | null
  private: boolean
  /** State in the last heartbeat. */
  state: 'playing' | 'paused'
  /** Resolution of the media file, pixels; 0 when unknown. */
  videoHeight: number
  /** Highest resolution that the stream may switch to, pixels. */
  maxHeight: number
  startedAt: Date
  /** The stream has ended from then on, unless a heartbeat renews the lease. */
  expiresAt: Date
  /** Until when a stream that ended early is stored for its next heartbeat; null while it is live. */
  retainedUntil: Date | null
  /** Why the plan ended the stream; null for every other end. */
  endReason: 'plan' | null
  startPositionMs: number
  durationMs: number | null
  /** Position from which the item counts as finished, ms; null when its runtime is unknown. */
  completionThresholdMs: number | null
  /** What earlier plays of the item contribute to its state, so that the live state needs no query. */
  base: { watchedMs: number, finishedAt: Date | null, reachedEndAt: Date | null, activeAt: Date | null }
  /** Client time of the newest event; null without events. */
  at: Date | null
  eventId: string
  positionMs: number
  furthestMs: number
  /** As the client counts it since the start of the stream, like `reachedEndWatchedMs`. */
  watchedMs: number | null
  reachedEndAt: Date | null
  reachedEndWatchedMs: number | null
  /** The newest event in the history; equal to `at` when nothing is pending. */
  flushedAt: Date | null
  /** True: the position is estimated from reads if the client reports none. */
  estimatePosition: boolean
  /** Last read of the media, if the position is estimated; null without reads. */
  readAt: Date | null
  /** Playing time of the video that was sent, if the position is estimated, ms. */
  servedMs: number
  /** When its play was removed from the history, and the position then: the play starts again there. */
  restart?: LeaseRestart | null
}

export interface LeaseRestart {
  /** Events up to this time are ignored. */
  at: Date
  positionMs: number
  /** `watchedMs` then, which the client continues to count from; missing when an earlier version restarted the play. */
  watchedMs?: number
}

export interface StoredStreams {
  /** ID of the account. */
  _id: Types.ObjectId
  /** Copies of the account's limits. */
  maxStreams: number
  maxHeight: number
  /** Version of the account that the limits were copied from: an older copy never replaces a newer one. */
  limitRevision: number
  leases: StreamLease[]
  /** When the first lease is due for removal, or earlier; null when none is. */
  removalDueAt: Date | null
}

/** Bounds the document. Only a client that starts streams in a loop reaches it. */
const MAX_STORED_LEASES = 32

/**
 * Exceeds the time between two heartbeats: the next one still finds a private stream, which leaves no play, and the
 * reason of a stream that the plan ended.
 */
const RETENTION_MS = 15_000

/** `expiresAt` of a lease that lost its place: ended by every clock, and not null, so that it is removed. */
const ENDED = new Date(1)

const restartSchema = new Schema<LeaseRestart>({ at: Date, positionMs: Number, watchedMs: Number }, { _id: false })

const leaseSchema = new Schema<StreamLease>({
  profile: { type: Schema.Types.ObjectId, required: true },
  session: { type: Schema.Types.ObjectId, required: true },
  title: { type: Schema.Types.ObjectId, required: true },
  item: { type: Schema.Types.ObjectId, required: true },
  season: { type: Number, default: null },
  episode: { type: Number, default: null },
  mediaFile: { type: Schema.Types.ObjectId, required: true },
  device: { type: String, default: null },
  private: { type: Boolean, default: false },
  state: { type: String, enum: ['playing', 'paused'], default: 'playing' },
  videoHeight: { type: Number, required: true },
  maxHeight: { type: Number, required: true },
  startedAt: { type: Date, required: true },
  expiresAt: { type: Date, required: true },
  retainedUntil: { type: Date, default: null },
  endReason: { type: String, enum: ['plan', null], default: null },
  startPositionMs: { type: Number, required: true },
  durationMs: { type: Number, default: null },
  completionThresholdMs: { type: Number, default: null },
  base: {
    watchedMs: { type: Number, default: 0 },
    finishedAt: { type: Date, default: null },
    reachedEndAt: { type: Date, default: null },
    activeAt: { type: Date, default: null },
  },
  at: { type: Date, default: null },
  eventId: { type: String, default: '' },
  positionMs: { type: Number, required: true },
  furthestMs: { type: Number, required: true },
  watchedMs: { type: Number, default: null },
  reachedEndAt: { type: Date, default: null },
  reachedEndWatchedMs: { type: Number, default: null },
  flushedAt: { type: Date, default: null },
  estimatePosition: { type: Boolean, default: false },
  readAt: { type: Date, default: null },
  servedMs: { type: Number, default: 0 },
  restart: { type: restartSchema, default: undefined },
})

const accountStreamsSchema = new Schema<StoredStreams>({
  _id: { type: Schema.Types.ObjectId, required: true },
  maxStreams: { type: Number, required: true },
  maxHeight: { type: Number, required: true },
  limitRevision: { type: Number, default: 0 },
  leases: { type: [leaseSchema], default: [] },
  removalDueAt: { type: Date, default: null },
}, { collection: 'streams', versionKey: false })

// The job that flushes ended streams. Not a TTL index, which would delete positions that the history lacks.
accountStreamsSchema.index({ removalDueAt: 1 })

/** The fields of a lease that an event writes. */
export const LEASE_EVENT_FIELDS = [
  'at',
  'eventId',
  'positionMs',
  'furthestMs',
  'watchedMs',
  'reachedEndAt',
  'reachedEndWatchedMs',
] as const

/** Fields of a lease that heartbeats, flushes and changes of the history write; no limit depends on them. */
export const UNGUARDED_LEASE_FIELDS: ReadonlySet<keyof StreamLease> = new Set([
  ...LEASE_EVENT_FIELDS,
  'state',
  'flushedAt',
  'readAt',
  'servedMs',
  'restart',
  'base',
])
const UNGUARDED_LEASE_PATHS = new Set([...UNGUARDED_LEASE_FIELDS].map((name) => `leases.${name}`))
const GUARDED_ROOTS = new Set(['leases', 'maxStreams', 'maxHeight', 'limitRevision'])

/**
 * Checks an update with operators: it may write the playback fields of leases, renew live leases and remove leases.
 * Pipelines may write any path, because the limits are applied after their last stage.
 * @throws UnguardedWriteError
 */
function assertWrites (
  paths: readonly WrittenPath[],
  arrayFilters: ReadonlyArray<Record<string, unknown>>,
): void {
  for (const { operator, path } of paths) {
    if (operator === 'pipeline' || operator === '$pull' || !GUARDED_ROOTS.has(rootSegment(path))) continue
    if (UNGUARDED_LEASE_PATHS.has(withoutPositions(path)) || isRenewal(path, arrayFilters)) continue
    throw new UnguardedWriteError(`streams: "${path}" is written by a pipeline, not by ${operator}`)
  }
}

/** True for the expiry of leases that an array filter selects by expiry: an ended lease must not be revived. */
function isRenewal (path: string, arrayFilters: ReadonlyArray<Record<string, unknown>>): boolean {
  const identifier = /^leases\.\$\[(\w+)\]\.expiresAt$/.exec(path)?.[1]
  return identifier !== undefined && arrayFilters.some((filter) => `${identifier}.expiresAt` in filter)
}

/**
 * Appends the limits to a pipeline. Afterwards at most `maxStreams` leases are live, the oldest ones, and none is above
 * `maxHeight`. A new lease beyond the limits is dropped. An older one ends and waits for its flush. Array elements are
 * mapped, because expressions of the fallback server do not read paths through arrays.
 */
function appendLimits (stages: PipelineStage[], now: Date): PipelineStage[] {
  const isLive = { $gt: ['$$lease.expiresAt', now] }
  const isStored = { $in: ['$$lease._id', '$leaseIdsBefore'] }
  const fitsHeight = {
    $and: [
      { $lte: ['$$lease.videoHeight', '$maxHeight'] },
      { $or: [isStored, { $lte: ['$$lease.maxHeight', '$maxHeight'] }] },
    ],
  }
  const fitting = { $filter: { input: '$leases', as: 'lease', cond: { $and: [isLive, fitsHeight] } } }
  const granted = { $slice: [{ $map: { input: fitting, as: 'lease', in: '$$lease._id' } }, '$maxStreams'] }
  const isGranted = { $in: ['$$lease._id', '$grantedIds'] }
  const hasRoom = { $lt: [{ $size: '$leaseIdsBefore' }, MAX_STORED_LEASES] }
  const remaining = {
    $filter: { input: '$leases', as: 'lease', cond: { $or: [isStored, { $and: [isGranted, hasRoom] }] } },
  }
  const withHeight = { $mergeObjects: ['$$lease', { maxHeight: { $min: ['$$lease.maxHeight', '$maxHeight'] } }] }
  const retainedUntil = { $ifNull: ['$$lease.retainedUntil', new Date(now.getTime() + RETENTION_MS)] }
  const endedNow = { $mergeObjects: ['$$lease', { expiresAt: now, retainedUntil, endReason: 'plan' }] }
  const isRetained = { $or: ['$$lease.private', { $eq: ['$$lease.endReason', 'plan'] }] }
  // A lease that another one replaced must not be renewed by a process whose clock is behind.
  const endedBefore = {
    $mergeObjects: [
      '$$lease',
      { expiresAt: ENDED, retainedUntil: { $cond: [isRetained, retainedUntil, null] } },
    ],
  }
  const dueTimes = {
    $map: { input: '$leases', as: 'lease', in: { $ifNull: ['$$lease.retainedUntil', '$$lease.expiresAt'] } },
  }
  return [
    { $set: { leases: { $ifNull: ['$leases', []] } } },
    { $set: { leaseIdsBefore: { $map: { input: '$leases', as: 'lease', in: '$$lease._id' } } } },
    ...stages,
    { $set: { grantedIds: granted } },
    {
      $set: {
        leases: {
          $map: {
            input: remaining,
            as: 'lease',
            in: { $cond: [isGranted, withHeight, { $cond: [isLive, endedNow, endedBefore] }] },
          },
        },
      },
    },
    { $set: { removalDueAt: { $min: dueTimes } } },
    { $unset: ['grantedIds', 'leaseIdsBefore'] },
  ] as PipelineStage[]
}

accountStreamsSchema.pre(['updateOne', 'findOneAndUpdate'], function enforceLimits () {
  const update = this.getUpdate()
  const { now = new Date(), arrayFilters = [] } = this.getOptions() as {
    now?: Date,
    arrayFilters?: Array<Record<string, unknown>>,
  }
  assertWrites(writtenPathsOfQuery(this), arrayFilters)
  if (Array.isArray(update)) this.setUpdate(appendLimits(update as PipelineStage[], now) as never)
})

function rejectWrite (): never {
  throw new UnguardedWriteError('streams are written by an update of one account, which appends the limits')
}

accountStreamsSchema.pre([...REPLACE_METHODS, 'updateMany'], rejectWrite)
accountStreamsSchema.pre('save', rejectWrite)
accountStreamsSchema.pre('insertMany', async function rejectInsertMany () {
  rejectWrite()
})
accountStreamsSchema.pre('bulkWrite', async function rejectBulkWrite () {
  rejectWrite()
})

reportWritesOf(accountStreamsSchema, 'streams')

export const AccountStreams = mongoose.model('AccountStreams', accountStreamsSchema)

/** Finds the leases of an account, live ones and ended ones that wait for their flush, oldest first. By the driver. */
export async function findStreamLeases (accountId: string | Types.ObjectId): Promise<StreamLease[]> {
  const streams = await AccountStreams.collection.findOne<StoredStreams>({
    _id: new mongoose.Types.ObjectId(accountId),
  })
  return streams?.leases ?? []
}

export function isLeaseLive (lease: Pick<StreamLease, 'expiresAt'>, now: Date): boolean {
  return lease.expiresAt > now
}

/** True when a lease may be removed once its position is flushed. */
export function isDueForRemoval (
  { expiresAt, retainedUntil, private: isPrivate }: Pick<StreamLease, 'expiresAt' | 'retainedUntil' | 'private'>,
  now: Date,
): boolean {
  if (retainedUntil !== null) return retainedUntil <= now
  return !isPrivate && expiresAt <= now
}
