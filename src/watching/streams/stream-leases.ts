// Stream leases of an account: acquire, renew with the playback position, end and remove. Each is one atomic update of
// the account's streams document, whose schema enforces the stream limit.
import mongoose, { Types } from 'mongoose'
import {
  AccountStreams,
  findStreamLeases,
  isLeaseLive,
  LEASE_EVENT_FIELDS,
  type StoredStreams,
  type StreamLease,
} from '../../../models/account-streams.js'
import { mergeIntoLeases } from '../../../models/stream-lease-writes.js'
import { updateWithPipeline } from '../../../models/upsert.js'
import { applyPlay, type ItemBase, type ItemState } from '../../domain/item-state.js'
import type { PlanLimits } from '../../domain/plans.js'
import {
  countPlayingTimeFrom,
  dateOrNull,
  limitToRuntime,
  type PlayProgress,
  type ProgressEvent,
} from '../../domain/progress.js'
import type { ProfileRef } from '../deps.js'
import { leaseMergeExpressions } from '../progress-merge.js'
import { createStreamId } from './stream-id.js'

/** A lease ends this long after its last renewal. */
export const LEASE_TTL_MS = 60_000

/** The fields that a new lease does not choose. */
type InitialFields =
  | '_id'
  | 'expiresAt'
  | 'retainedUntil'
  | 'endReason'
  | 'state'
  | 'at'
  | 'eventId'
  | 'positionMs'
  | 'furthestMs'
  | 'watchedMs'
  | 'reachedEndAt'
  | 'reachedEndWatchedMs'
  | 'flushedAt'
  | 'readAt'
  | 'servedMs'
  | 'restart'

export type LeaseRequest = Omit<StreamLease, InitialFields>

export type LeaseResult =
  | { readonly isAcquired: true, readonly lease: StreamLease }
  | {
    readonly isAcquired: false,
    readonly holders: StreamLease[],
    /** The plan was changed after the limits were read: the resolution exceeds the new limit. */
    readonly exceedsHeight: boolean,
  }

/** A stream that ends to make room for another one. */
export interface TakeOver {
  readonly streamId: string
  /** Only a stream of this profile ends; null for any profile of the account. */
  readonly profileId: string | null
}

/**
 * Acquires a lease when the plan allows another stream.
 * @param limitRevision version of the account that `limits` were read at, so that an old limit never replaces a new one
 * @param takeOver stream that the same update ends, to make room
 */
export async function acquireLease (
  accountId: string,
  limits: PlanLimits,
  limitRevision: number,
  request: LeaseRequest,
  takeOver: TakeOver | null,
  now: Date,
): Promise<LeaseResult> {
  const lease: StreamLease = {
    ...request,
    _id: createStreamId(now),
    expiresAt: new Date(now.getTime() + LEASE_TTL_MS),
    retainedUntil: null,
    endReason: null,
    state: 'playing',
    at: null,
    eventId: '',
    positionMs: request.startPositionMs,
    furthestMs: request.startPositionMs,
    watchedMs: null,
    reachedEndAt: null,
    reachedEndWatchedMs: null,
    flushedAt: null,
    readAt: null,
    servedMs: 0,
    restart: null,
  }
  const others = takeOver === null ? '$leases' : endLeasesWhere(isTakenOver(takeOver), now)
  await updateStreams(
    accountId,
    [
      ...limitStages(limits, limitRevision),
      { $set: { leases: { $concatArrays: [others, [{ $literal: lease }]] } } },
    ],
    now,
    true,
  )
  const { leases = [], maxHeight = 0 } = await AccountStreams.findById(accountId).lean<StoredStreams>() ?? {}
  if (leases.some(({ _id }) => _id.equals(lease._id))) return { isAcquired: true, lease }
  const exceedsHeight = Math.max(lease.videoHeight, lease.maxHeight) > maxHeight
  return { isAcquired: false, holders: leases.filter((one) => isLeaseLive(one, now)), exceedsHeight }
}

function isTakenOver ({ streamId, profileId }: TakeOver): object {
  const isStream = { $eq: ['$$lease._id', new Types.ObjectId(streamId)] }
  if (profileId === null) return isStream
  return { $and: [isStream, { $eq: ['$$lease.profile', new Types.ObjectId(profileId)] }] }
}

/** Applies the limits of a changed plan: ends the newest streams above them, and those above its resolution. */
export async function applyStreamLimit (
  accountId: string,
  limits: PlanLimits,
  limitRevision: number,
  now: Date,
): Promise<void> {
  await updateStreams(accountId, limitStages(limits, limitRevision), now, true)
}

/** Ends the streams of one session; a job flushes their positions. */
export async function endStreamsOfSession (accountId: string, sessionId: string, now: Date): Promise<void> {
  await endStreamsWhere(accountId, { $eq: ['$$lease.session', new Types.ObjectId(sessionId)] }, now)
}

export async function endStreamsOfProfiles (
  accountId: string,
  profileIds: readonly string[],
  now: Date,
): Promise<void> {
  const ids = profileIds.map((id) => new Types.ObjectId(id))
  await endStreamsWhere(accountId, { $in: ['$$lease.profile', ids] }, now)
}

/** Ends one stream by its ID. */
export async function endStream (accountId: string, streamId: string, now: Date): Promise<void> {
  await endStreamsWhere(accountId, { $eq: ['$$lease._id', new Types.ObjectId(streamId)] }, now)
}

async function endStreamsWhere (accountId: string, condition: object, now: Date): Promise<void> {
  await updateStreams(accountId, [{ $set: { leases: endLeasesWhere(condition, now) } }], now, false)
}

/** @param condition expression on `$$lease` */
function endLeasesWhere (condition: object, now: Date): object {
  const isLive = { $gt: ['$$lease.expiresAt', now] }
  const ended = { $mergeObjects: ['$$lease', { expiresAt: now }] }
  return {
    $map: { input: '$leases', as: 'lease', in: { $cond: [{ $and: [condition, isLive] }, ended, '$$lease'] } },
  }
}

function limitStages (limits: PlanLimits, limitRevision: number): mongoose.PipelineStage[] {
  const isNewer = { $gte: [limitRevision, { $ifNull: ['$limitRevision', -1] }] }
  return [
    {
      $set: {
        maxStreams: { $cond: [isNewer, limits.maxStreams, '$maxStreams'] },
        maxHeight: { $cond: [isNewer, limits.maxHeight, '$maxHeight'] },
      },
    },
    { $set: { limitRevision: { $max: ['$limitRevision', limitRevision] } } },
  ]
}

/** Runs a pipeline on the streams of an account; the hook of the schema appends the limit. */
async function updateStreams (
  accountId: string,
  stages: mongoose.PipelineStage[],
  now: Date,
  upsert: boolean,
): Promise<void> {
  await updateWithPipeline(AccountStreams, accountId, stages, { upsert, now })
}

/** `ended-by-plan`: the plan was changed, and its new limits exclude the stream. */
export type LeaseStatus = 'live' | 'ended' | 'ended-by-plan' | 'unknown'

/** Renews a lease and applies the event of the same heartbeat, in one round trip while the stream is live. */
export async function renewLease (
  ref: ProfileRef,
  streamId: string,
  event: ProgressEvent,
  state: StreamLease['state'],
  now: Date,
): Promise<LeaseStatus> {
  const fields = { expiresAt: new Date(now.getTime() + LEASE_TTL_MS), state }
  if (await applyEvent(ref, streamId, event, { liveAt: now, fields })) return 'live'
  const lease = await findLease(ref, streamId)
  if (lease === null) return 'unknown'
  if (isLeaseLive(lease, now)) return 'live'
  // The lease has ended, but its position still counts.
  await applyEvent(ref, streamId, event)
  return lease.endReason === 'plan' ? 'ended-by-plan' : 'ended'
}

/**
 * Applies one event to a lease; an older event never moves the position back.
 * @param renewal fields to write with the event, only if the lease is live at `liveAt`
 * @returns false when nothing changed, or when that is unknown
 */
export async function applyEvent (
  ref: ProfileRef,
  streamId: string,
  event: ProgressEvent,
  renewal?: { readonly liveAt: Date, readonly fields: Pick<StreamLease, 'expiresAt' | 'state'> },
): Promise<boolean> {
  const match = { streamId, profileId: ref.profile }
  const merged = leaseMergeExpressions(event)
  if (renewal === undefined) return await mergeIntoLeases(ref.account, match, [merged], LEASE_EVENT_FIELDS)
  return await mergeIntoLeases(
    ref.account,
    { ...match, liveAt: renewal.liveAt },
    [merged, renewal.fields],
    [...LEASE_EVENT_FIELDS, 'expiresAt', 'state'],
  )
}

export async function findLease (ref: ProfileRef, streamId: string): Promise<StreamLease | null> {
  const leases = await findStreamLeases(ref.account)
  return leases.find(({ _id, profile }) => _id.toString() === streamId && profile.toString() === ref.profile) ?? null
}

/**
 * Removes a lease.
 * @returns false when an event or a renewal arrived since it was read; the lease remains then
 */
export async function removeLease (accountId: Types.ObjectId | string, lease: StreamLease): Promise<boolean> {
  const result = await AccountStreams.updateOne({ _id: accountId }, {
    $pull: { leases: { _id: lease._id, at: lease.at, expiresAt: lease.expiresAt } },
  })
  return result.modifiedCount > 0
}

/** Records that the history has the newest event of a lease, unless a newer one arrived. */
export async function markFlushed (accountId: Types.ObjectId | string, { _id, at }: StreamLease): Promise<void> {
  const match = { streamId: _id, condition: { $eq: ['$$lease.at', at] } }
  await mergeIntoLeases(accountId, match, [{ flushedAt: at }], ['flushedAt'])
}

/** Finds accounts with a lease that has ended and is due for removal. */
export async function findStreamsDueForRemoval (now: Date, limit: number): Promise<StoredStreams[]> {
  // The lower bound excludes documents with null, and keeps the query inside the index.
  const removalDueAt = mongoose.trusted({ $gt: new Date(0), $lte: now })
  return await AccountStreams.find({ removalDueAt }).limit(limit).lean<StoredStreams[]>()
}

/** Recomputes when an account is due for removal of leases again. */
export async function rescheduleRemoval (accountId: Types.ObjectId | string, now: Date): Promise<void> {
  // The hook of the schema computes the value after every pipeline.
  await updateStreams(accountId.toString(), [{ $set: { removalDueAt: null } }], now, false)
}

/** Maps a lease to the progress of its play since it was last removed, within the runtime. */
export function toLeaseProgress (lease: StreamLease): PlayProgress {
  const { restart } = lease
  const progress = {
    startedAt: (restart?.at ?? lease.startedAt).getTime(),
    startPositionMs: restart?.positionMs ?? lease.startPositionMs,
    at: lease.at?.getTime() ?? 0,
    eventId: lease.eventId,
    positionMs: lease.positionMs,
    durationMs: lease.durationMs,
    furthestMs: lease.furthestMs,
    watchedMs: lease.watchedMs,
    reachedEndAt: lease.reachedEndAt?.getTime() ?? null,
    reachedEndWatchedMs: lease.reachedEndWatchedMs,
  }
  return limitToRuntime(countPlayingTimeFrom(progress, restart?.watchedMs ?? 0), lease.durationMs)
}

export function toStoredBase ({ watchedMs, finishedAt, reachedEndAt, activeAt }: ItemBase): StreamLease['base'] {
  return {
    watchedMs,
    finishedAt: dateOrNull(finishedAt),
    reachedEndAt: dateOrNull(reachedEndAt),
    activeAt: dateOrNull(activeAt),
  }
}

/** Derives the current state of the item that a lease plays. */
export function toLeaseItemState (lease: StreamLease): ItemState {
  const { watchedMs, finishedAt, reachedEndAt, activeAt } = lease.base
  const base: ItemBase = {
    watchedMs,
    finishedAt: finishedAt?.getTime() ?? null,
    reachedEndAt: reachedEndAt?.getTime() ?? null,
    activeAt: activeAt?.getTime() ?? null,
  }
  return applyPlay(base, toLeaseProgress(lease))
}
