// The stream slots of one account: leases with the live position, one small document, so that one atomic write decides
// who may play. The plan's limit on streams is enforced here, on every write verb.
import mongoose, { Schema, type PipelineStage, type Types } from 'mongoose'
import {
  REPLACE_METHODS,
  rootSegment,
  withoutPositions,
  writtenPaths,
  UnguardedWriteError,
  type AnyUpdate,
} from './write-guards.js'

export interface StreamLease {
  _id: Types.ObjectId
  profile: Types.ObjectId
  /** The session that plays: ending it ends the stream. */
  session: Types.ObjectId
  title: Types.ObjectId
  item: Types.ObjectId
  season: number | null
  episode: number | null
  mediaFile: Types.ObjectId
  device: string | null
  private: boolean
  /** `playing` or `paused`, as the last heartbeat said. */
  state: 'playing' | 'paused'
  /** Height cap of the plan when the stream started, in pixels. */
  maxHeight: number
  startedAt: Date
  /** The lease: the slot is free from this moment on. */
  expiresAt: Date
  /** Set once a private stream is over: its player is told so until then. */
  retainedUntil: Date | null
  startPositionMs: number
  durationMs: number | null
  /** Where the item counts as over, ms; null when its runtime is unknown. */
  completionThresholdMs: number | null
  /** What earlier plays of the item left, so that the live state needs no look at them. */
  base: { watchedMs: number, finishedAt: Date | null, reachedEndAt: Date | null, activeAt: Date | null }
  /** The client's time of the newest event; null until one came. */
  at: Date | null
  eventId: string
  positionMs: number
  furthestMs: number
  watchedMs: number | null
  reachedEndAt: Date | null
  reachedEndWatchedMs: number | null
  /** The newest event that has reached the history; equal to `at` when nothing is pending. */
  flushedAt: Date | null
}

export interface StoredStreams {
  /** The account's id. */
  _id: Types.ObjectId
  maxStreams: number
  /** The version of the account that `maxStreams` was copied from: an older copy never overwrites a newer. */
  limitRevision: number
  leases: StreamLease[]
  /** Not later than the first slot is to be swept; null when there is nothing to sweep. */
  removalDueAt: Date | null
}

/** Live and not yet swept slots together; only a client that starts streams in a loop comes near. */
const STORED_SLOTS_LIMIT = 32

/**
 * A private stream leaves no row that a late heartbeat could be recognised by: its slot stays, over, for longer than
 * the time between two heartbeats.
 */
const PRIVATE_STAYS_MS = 15_000

/** The lease of a slot that was counted as free: over by any clock, and not null, so that it is swept. */
const ENDED = new Date(1)

const slotSchema = new Schema<StreamLease>({
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
  maxHeight: { type: Number, required: true },
  startedAt: { type: Date, required: true },
  expiresAt: { type: Date, required: true },
  retainedUntil: { type: Date, default: null },
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
})

const accountStreamsSchema = new Schema<StoredStreams>({
  _id: { type: Schema.Types.ObjectId, required: true },
  maxStreams: { type: Number, required: true },
  limitRevision: { type: Number, default: 0 },
  leases: { type: [slotSchema], default: [] },
  removalDueAt: { type: Date, default: null },
}, { collection: 'streams', versionKey: false })

// The sweeper's look-up. Not a TTL index: that would delete positions that are not in the history yet.
accountStreamsSchema.index({ removalDueAt: 1 })

/** The paths inside a slot that heartbeats and flushes write; none of them takes a slot. */
const FREE_SLOT_PATHS = new Set(
  [
    'expiresAt',
    'state',
    'at',
    'eventId',
    'positionMs',
    'furthestMs',
    'watchedMs',
    'reachedEndAt',
    'reachedEndWatchedMs',
    'flushedAt',
  ]
    .map((name) => `leases.${name}`),
)

/**
 * Checks an update of streams. Pipelines may do anything: the limit is applied after their last stage. Operators may
 * write the live values of slots and remove slots, but not add or replace any.
 * @throws UnguardedWriteError
 */
function guardUpdate (update: AnyUpdate): void {
  for (const { operator, path } of writtenPaths(update)) {
    if (
      operator === 'pipeline' || operator === '$pull' ||
      !['leases', 'maxStreams', 'limitRevision'].includes(rootSegment(path))
    ) continue
    if (FREE_SLOT_PATHS.has(withoutPositions(path))) continue
    throw new UnguardedWriteError(`streams: "${path}" is written by a pipeline, not by ${operator}`)
  }
}

/**
 * Wraps a pipeline so that afterwards no more slots are live than `maxStreams`, the oldest staying:
 * a slot that was not there before is dropped, one that was loses its lease and waits to be flushed. Paths through
 * arrays are mapped, because the embedded server does not read them in expressions.
 */
function withStreamLimit (stages: PipelineStage[], now: Date): PipelineStage[] {
  const live = { $filter: { input: '$leases', as: 'slot', cond: { $gt: ['$$slot.expiresAt', now] } } }
  const staying = { $slice: [{ $map: { input: live, as: 'slot', in: '$$slot._id' } }, '$maxStreams'] }
  const isLeaseLive = { $gt: ['$$slot.expiresAt', now] }
  const stays = { $in: ['$$slot._id', '$staying'] }
  const wasThere = { $in: ['$$slot._id', '$slotsBefore'] }
  const allowed = {
    $filter: {
      input: '$leases',
      as: 'slot',
      cond: { $or: [wasThere, { $and: [stays, { $lt: [{ $size: '$slotsBefore' }, STORED_SLOTS_LIMIT] }] }] },
    },
  }
  const ended = { $mergeObjects: ['$$slot', { expiresAt: now }] }
  // A slot that was given away must not be renewed by a process whose clock is behind.
  const keptUntil = { $ifNull: ['$$slot.retainedUntil', new Date(now.getTime() + PRIVATE_STAYS_MS)] }
  const over = {
    $mergeObjects: ['$$slot', { expiresAt: ENDED, retainedUntil: { $cond: ['$$slot.private', keptUntil, null] } }],
  }
  return [
    { $set: { leases: { $ifNull: ['$leases', []] } } },
    { $set: { slotsBefore: { $map: { input: '$leases', as: 'slot', in: '$$slot._id' } } } },
    ...stages,
    { $set: { staying } },
    {
      $set: {
        leases: {
          $map: { input: allowed, as: 'slot', in: { $cond: [stays, '$$slot', { $cond: [isLeaseLive, ended, over] }] } },
        },
      },
    },
    {
      $set: {
        removalDueAt: {
          $min: {
            $map: { input: '$leases', as: 'slot', in: { $ifNull: ['$$slot.retainedUntil', '$$slot.expiresAt'] } },
          },
        },
      },
    },
    { $unset: ['staying', 'slotsBefore'] },
  ] as PipelineStage[]
}

accountStreamsSchema.pre(['updateOne', 'findOneAndUpdate'], function enforceStreamLimit () {
  const update = this.getUpdate()
  guardUpdate(update)
  if (Array.isArray(update)) {
    this.setUpdate(
      withStreamLimit(update as PipelineStage[], this.getOptions()['now'] as Date | undefined ?? new Date()) as never,
    )
  }
})

accountStreamsSchema.pre([...REPLACE_METHODS, 'updateMany'], function refuse () {
  throw new UnguardedWriteError('streams are updated one account at a time, never replaced')
})

accountStreamsSchema.pre('save', function refuseTooMany () {
  if (this.leases.length > this.maxStreams) throw new UnguardedWriteError('streams: more slots than the plan allows')
})

accountStreamsSchema.pre('insertMany', async function refuseInsertMany () {
  throw new UnguardedWriteError('streams are created by the first start of an account')
})

accountStreamsSchema.pre('bulkWrite', async function refuseBulk () {
  throw new UnguardedWriteError('streams are updated one account at a time')
})

export const AccountStreams = mongoose.model('AccountStreams', accountStreamsSchema)

/** The slots of an account, live or waiting to be flushed; oldest first. */
export async function findStreamLeases (accountId: string | Types.ObjectId): Promise<StreamLease[]> {
  const streams = await AccountStreams.findById(accountId).lean<StoredStreams>()
  return streams?.leases ?? []
}

export function isLeaseLive (slot: Pick<StreamLease, 'expiresAt'>, now: Date): boolean {
  return slot.expiresAt > now
}

/** Whether a slot is over and nobody needs it any more, once it is flushed. */
export function isDueForRemoval (
  slot: Pick<StreamLease, 'expiresAt' | 'retainedUntil' | 'private'>,
  now: Date,
): boolean {
  // Slots from before there was a `keptUntil` have none.
  const keptUntil = slot.retainedUntil ?? null
  if (slot.private) return keptUntil !== null && keptUntil <= now
  return slot.expiresAt <= now
}
