// Stream slots: taking one, renewing it with the live position, giving it back. Each is one atomic write by account id.
import mongoose, { Types } from 'mongoose'
import {
  AccountStreams,
  findStreamLeases,
  isLeaseLive,
  type StoredStreams,
  type StreamLease,
} from '../../../models/account-streams.js'
import { isDuplicateKey } from '../../../models/upsert.js'
import type { PlanLimits } from '../../domain/plans.js'
import { playOn, type ItemState, type PlayProgress, type ProgressEvent } from '../../domain/progress.js'
import { timeOrNull } from '../dates.js'
import { LEASE_TTL_MS, type ProfileRef } from '../watching.js'

export interface LeaseRequest extends
  Omit<
    StreamLease,
    | '_id'
    | 'expiresAt'
    | 'keptUntil'
    | 'at'
    | 'eventId'
    | 'positionMs'
    | 'furthestMs'
    | 'watchedMs'
    | 'endAt'
    | 'endWatchedMs'
    | 'flushedAt'
    | 'state'
  > {}

export type LeaseResult =
  | { readonly taken: true, readonly slot: StreamLease }
  | { readonly taken: false, readonly holders: StreamLease[] }

/**
 * Takes a slot if the plan has one left; `takeOver` ends another stream of the account in the same write.
 * The account's limits come with the version they were read at, so that a newer limit is never undone.
 */
export async function acquireLease (
  accountId: string,
  limits: PlanLimits,
  limitRevision: number,
  request: LeaseRequest,
  takeOver: string | null,
  now: Date,
): Promise<LeaseResult> {
  const slot: StreamLease = {
    ...request,
    _id: new Types.ObjectId(),
    expiresAt: new Date(now.getTime() + LEASE_TTL_MS),
    keptUntil: null,
    state: 'playing',
    at: null,
    eventId: '',
    positionMs: request.startPositionMs,
    furthestMs: request.startPositionMs,
    watchedMs: null,
    endAt: null,
    endWatchedMs: null,
    flushedAt: null,
  }
  const ended = takeOver === null ? '$slots' : endingSlots({ $eq: ['$$slot._id', new Types.ObjectId(takeOver)] }, now)
  await updateStreams(
    accountId,
    [
      ...limitStages(limits, limitRevision),
      { $set: { slots: { $concatArrays: [ended, [{ $literal: slot }]] } } },
    ],
    now,
    true,
  )
  const slots = await findStreamLeases(accountId)
  return slots.some((one) => one._id.equals(slot._id))
    ? { taken: true, slot }
    : { taken: false, holders: slots.filter((one) => isLeaseLive(one, now)) }
}

/** Brings a plan change to the streams: over a lower limit the newest lose their lease. */
export async function applyStreamLimit (
  accountId: string,
  limits: PlanLimits,
  limitRevision: number,
  now: Date,
): Promise<void> {
  await updateStreams(accountId, limitStages(limits, limitRevision), now, true)
}

/** Ends the streams of one session; their positions are flushed by the sweeper. */
export async function endStreamsOfSession (accountId: string, sessionId: string, now: Date): Promise<void> {
  await updateStreams(
    accountId,
    [{ $set: { slots: endingSlots({ $eq: ['$$slot.session', new Types.ObjectId(sessionId)] }, now) } }],
    now,
    false,
  )
}

export async function endStreamsOfProfiles (
  accountId: string,
  profileIds: readonly string[],
  now: Date,
): Promise<void> {
  const ids = profileIds.map((id) => new Types.ObjectId(id))
  await updateStreams(accountId, [{ $set: { slots: endingSlots({ $in: ['$$slot.profile', ids] }, now) } }], now, false)
}

/** Ends one stream by id. */
export async function endStream (accountId: string, streamId: string, now: Date): Promise<void> {
  await updateStreams(
    accountId,
    [{ $set: { slots: endingSlots({ $eq: ['$$slot._id', new Types.ObjectId(streamId)] }, now) } }],
    now,
    false,
  )
}

function endingSlots (condition: unknown, now: Date): object {
  const isLive = { $gt: ['$$slot.expiresAt', now] }
  return {
    $map: {
      input: '$slots',
      as: 'slot',
      in: { $cond: [{ $and: [condition, isLive] }, { $mergeObjects: ['$$slot', { expiresAt: now }] }, '$$slot'] },
    },
  }
}

function limitStages (limits: PlanLimits, limitRevision: number): object[] {
  const isNewer = { $gte: [limitRevision, { $ifNull: ['$limitRevision', -1] }] }
  return [
    { $set: { maxStreams: { $cond: [isNewer, limits.maxStreams, '$maxStreams'] } } },
    { $set: { limitRevision: { $max: ['$limitRevision', limitRevision] } } },
  ]
}

/** Runs a pipeline on an account's streams; the schema's hook applies the limit after it. */
async function updateStreams (accountId: string, stages: object[], now: Date, upsert: boolean): Promise<void> {
  const pipeline = stages as never
  try {
    await AccountStreams.updateOne({ _id: accountId }, pipeline, { upsert, updatePipeline: true, now } as never)
  } catch (error) {
    // Two first starts at once: the other made the document, so this is an update now.
    if (!isDuplicateKey(error)) throw error
    await AccountStreams.updateOne({ _id: accountId }, pipeline, { updatePipeline: true, now } as never)
  }
}

export type LeaseState = 'live' | 'ended' | 'unknown'

/** Renews a lease and takes in the event that came with it: one round trip while the stream is live. */
export async function renewLease (
  watcher: ProfileRef,
  streamId: string,
  event: ProgressEvent,
  state: StreamLease['state'],
  now: Date,
): Promise<LeaseState> {
  const renewal = { expiresAt: new Date(now.getTime() + LEASE_TTL_MS), state }
  if (await applyEvent(watcher, streamId, event, { liveAt: now, set: renewal })) return 'live'
  const slot = await findLease(watcher, streamId)
  if (slot === null) return 'unknown'
  if (isLeaseLive(slot, now)) return 'live'
  // The lease is lost, the position is not.
  await applyEvent(watcher, streamId, event)
  return 'ended'
}

/**
 * Takes in one event of a stream; an older one never moves the position back.
 * @param renewal written to the slot with the event, only while its lease is live at that moment
 * @returns false when nothing was changed
 */
export async function applyEvent (
  watcher: ProfileRef,
  streamId: string,
  event: ProgressEvent,
  renewal?: { liveAt: Date, set: Partial<StreamLease> },
): Promise<boolean> {
  const at = new Date(event.at)
  // The order matters on the embedded server: it asks the filter again for each path, and must find the old time there.
  const set: Record<string, unknown> = {
    'slots.$[newer].positionMs': event.positionMs,
    'slots.$[newer].eventId': event.eventId,
    'slots.$[newer].at': at,
  }
  for (const [name, value] of Object.entries(renewal?.set ?? {})) set[`slots.$[own].${name}`] = value
  const max: Record<string, unknown> = { 'slots.$[own].furthestMs': event.positionMs, 'slots.$[past].endAt': at }
  if (event.watchedMs !== null) {
    max['slots.$[own].watchedMs'] = event.watchedMs
    max['slots.$[past].endWatchedMs'] = event.watchedMs
  }
  const own = (name: string): Record<string, unknown> => ({
    [`${name}._id`]: new Types.ObjectId(streamId),
    [`${name}.profile`]: new Types.ObjectId(watcher.profile),
    ...(renewal === undefined ? {} : { [`${name}.expiresAt`]: { $gt: renewal.liveAt } }),
  })
  const result = await AccountStreams.updateOne({ _id: watcher.account }, { $set: set, $max: max }, {
    arrayFilters: [
      own('own'),
      {
        $and: [own('newer'), {
          $or: [{ 'newer.at': null }, { 'newer.at': { $lt: at } }, {
            'newer.at': at,
            'newer.eventId': { $lt: event.eventId },
          }, { 'newer.at': at, 'newer.eventId': event.eventId, 'newer.positionMs': { $lt: event.positionMs } }],
        }],
      },
      { ...own('past'), 'past.finishMarkMs': { $lte: event.positionMs } },
    ],
  })
  return result.modifiedCount > 0
}

export async function findLease (watcher: ProfileRef, streamId: string): Promise<StreamLease | null> {
  const slots = await findStreamLeases(watcher.account)
  return slots.find((slot) => slot._id.toString() === streamId && slot.profile.toString() === watcher.profile) ?? null
}

/** Removes a slot, unless something newer came in since it was read. */
export async function removeLease (accountId: Types.ObjectId | string, slot: StreamLease): Promise<boolean> {
  const result = await AccountStreams.updateOne({ _id: accountId }, {
    $pull: { slots: { _id: slot._id, at: slot.at, expiresAt: slot.expiresAt } },
  })
  return result.modifiedCount > 0
}

export async function markFlushed (accountId: Types.ObjectId | string, slot: StreamLease): Promise<void> {
  await AccountStreams.updateOne({ _id: accountId }, { $set: { 'slots.$[flushed].flushedAt': slot.at } }, {
    arrayFilters: [{ 'flushed._id': slot._id, 'flushed.at': slot.at }],
  })
}

/** Accounts with a slot whose lease ran out. */
export async function findStreamsDueForRemoval (now: Date, limit: number): Promise<StoredStreams[]> {
  // A lower bound keeps the query inside the index: documents with nothing to sweep have null.
  return await AccountStreams.find({ sweepAt: mongoose.trusted({ $gt: new Date(0), $lte: now }) }).limit(limit).lean<
    StoredStreams[]
  >()
}

/** Sets when to look at an account again, from what is there now. */
export async function rescheduleRemoval (accountId: Types.ObjectId | string, now: Date): Promise<void> {
  // The hook works it out after every pipeline.
  await updateStreams(accountId.toString(), [{ $set: { sweepAt: null } }], now, false)
}

/** The facts of a running play. */
export function toLeaseProgress (slot: StreamLease): PlayProgress {
  return {
    startedAt: slot.startedAt.getTime(),
    startPositionMs: slot.startPositionMs,
    at: slot.at?.getTime() ?? 0,
    eventId: slot.eventId,
    positionMs: slot.positionMs,
    durationMs: slot.durationMs,
    furthestMs: slot.furthestMs,
    watchedMs: slot.watchedMs,
    endAt: timeOrNull(slot.endAt),
    endWatchedMs: slot.endWatchedMs,
  }
}

/** The live state of the item that a slot plays. */
export function toLeaseItemState (slot: StreamLease): ItemState {
  const { watchedMs, finishedAt, endedAt, activeAt } = slot.base
  const base = {
    watchedMs,
    finishedAt: timeOrNull(finishedAt),
    endedAt: timeOrNull(endedAt),
    activeAt: timeOrNull(activeAt),
  }
  return playOn(base, toLeaseProgress(slot))
}
