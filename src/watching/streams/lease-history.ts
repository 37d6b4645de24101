// What a stream lease knows of the history: what earlier plays contribute to its live state, and where its own play was
// removed. The lease stores both, so that live state needs no query; each change of the history updates them.
import { isDeepStrictEqual } from 'node:util'
import { findStreamLeases, isLeaseLive, LEASE_EVENT_FIELDS, type StreamLease } from '../../../models/account-streams.js'
import { derivePlayId, findPlaysOfTitle, toPlayProgress, viewingId, type StoredPlay } from '../../../models/play.js'
import { mergeIntoLeases } from '../../../models/stream-lease-writes.js'
import { deriveItemBase, EMPTY_BASE, type ItemBase } from '../../domain/item-state.js'
import { mergePlayProgress, type PlayProgress } from '../../domain/progress.js'
import { wouldStartRewatch } from '../../domain/rewatch-runs.js'
import type { ProfileRef, WatchingDeps } from '../deps.js'
import { deriveTitleWatchState, type TitleWatchState } from '../history/title-watch-state.js'
import { leaseRestartExpressions, leaseRestoreExpressions } from '../progress-merge.js'
import { toStoredBase } from './stream-leases.js'

/**
 * Derives what the plays of an item contribute to a play that starts at a time. One that starts a rewatch continues
 * none of them.
 */
export function deriveBaseOfPlay (
  { events, outline, runs }: Pick<TitleWatchState, 'events' | 'outline' | 'runs'>,
  itemId: string,
  startedAt: number,
): { readonly base: ItemBase, readonly startsRewatch: boolean } {
  const plays = events.plays.filter((play) => play.item === itemId).map(({ progress }) => progress)
  const mark = events.marks.find((one) => one.item === itemId)?.mark ?? null
  const base = deriveItemBase(plays, mark, runs)
  const startsRewatch = wouldStartRewatch(events, outline, itemId, startedAt)
  return { base: startsRewatch ? { ...EMPTY_BASE, finishedAt: base.finishedAt } : base, startsRewatch }
}

const RESTART_FIELDS = [...LEASE_EVENT_FIELDS, 'restart'] as const

/** Starts the plays of streams again whose history is being removed: of one stream, of a title, or of the profile. */
export async function restartLeases (
  ref: ProfileRef,
  which: { readonly streamId?: string, readonly titleId?: string },
  at: Date,
): Promise<void> {
  const match = { ...which, profileId: ref.profile, condition: { $lte: ['$$lease.startedAt', at] } }
  await mergeIntoLeases(ref.account, match, [leaseRestartExpressions(at)], RESTART_FIELDS)
}

/** Updates the live streams of a profile after a change of its history, or that of one title. */
export async function refreshLeases (
  { catalogue, now }: WatchingDeps,
  ref: ProfileRef,
  titleId: string | null,
): Promise<void> {
  const leases = (await findStreamLeases(ref.account)).filter((lease) =>
    lease.profile.toString() === ref.profile && !lease.private && isLeaseLive(lease, now()) &&
    (titleId === null || lease.title.toString() === titleId)
  )
  for (const lease of leases) {
    const records = await findPlaysOfTitle(ref.profile, lease.title)
    const base = toStoredBase(deriveBase(catalogue, ref, lease, records))
    const restored = findRestoredProgress(ref, lease, records)
    if (restored === null && isDeepStrictEqual(base, lease.base)) continue
    const changes = [{ base: { $literal: base } }, ...(restored === null ? [] : [restoreOf(lease, restored)])]
    await mergeIntoLeases(ref.account, { streamId: lease._id }, changes, ['base', ...RESTART_FIELDS])
  }
}

/** Merges the plays of a lease that were removed, and are restored now; null without any. */
function findRestoredProgress (
  ref: ProfileRef,
  lease: StreamLease,
  records: readonly StoredPlay[],
): PlayProgress | null {
  const { restart = null } = lease
  if (restart === null) return null
  const [first, ...rest] = records
    .filter((record) => isPlayOfLease(ref, lease, record) && record.startedAt < restart.at)
    .map(toPlayProgress)
  return first === undefined ? null : rest.reduce(mergePlayProgress, first)
}

/** A restored play that continues a removed one starts where that was removed. */
function restoreOf ({ startedAt }: StreamLease, restored: PlayProgress): object {
  const at = new Date(restored.startedAt)
  const { startPositionMs: positionMs, watchedBeforeMs: watchedMs = 0 } = restored
  return leaseRestoreExpressions(restored, at > startedAt ? { at, positionMs, watchedMs } : null)
}

/** The plays that started before that of the lease count, as when it started. */
function deriveBase (
  catalogue: WatchingDeps['catalogue'],
  ref: ProfileRef,
  lease: StreamLease,
  records: readonly StoredPlay[],
): ItemBase {
  const isEarlier = (record: StoredPlay): boolean =>
    record.kind !== 'play' || (!isPlayOfLease(ref, lease, record) && record.startedAt <= lease.startedAt)
  const watchState = deriveTitleWatchState(catalogue, lease.title.toString(), records.filter(isEarlier))
  return deriveBaseOfPlay(watchState, lease.item.toString(), lease.startedAt.getTime()).base
}

function isPlayOfLease (ref: ProfileRef, lease: StreamLease, play: StoredPlay): boolean {
  return viewingId(play).equals(derivePlayId(ref.profile, lease._id.toString()))
}

/** Finds the stream that writes a play, live or not yet flushed; null when none does. */
export async function findLeaseOfPlay (ref: ProfileRef, play: StoredPlay): Promise<StreamLease | null> {
  return (await findStreamLeases(ref.account)).find((lease) => isPlayOfLease(ref, lease, play)) ?? null
}
