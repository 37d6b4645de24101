// Flushes stream leases to the history: first the play, then the watch history entry, then the mark on the lease.
// Each step can be repeated, so a crash between two steps neither loses nor duplicates anything.
import {
  findStreamLeases,
  isDueForRemoval,
  type StoredStreams,
  type StreamLease,
} from '../../../models/account-streams.js'
import type { ItemState } from '../../domain/item-state.js'
import type { TitleState } from '../../domain/next-up.js'
import { isEmptyPlay, lastEventAt } from '../../domain/progress.js'
import { publishMeasurement, type Measurements } from '../../measurements.js'
import type { ProfileRef, WatchingDeps } from '../deps.js'
import { mergePlays, type PlaySubject } from '../history/plays.js'
import { findTitleBefore, writePlays } from '../history/write-plays.js'
import { removeIfWatched } from '../lists/wishlist.js'
import { saveEstimate } from './lease-reads.js'
import { hasUnflushedEvents } from './resume-position.js'
import {
  findLease,
  findStreamsDueForRemoval,
  markFlushed,
  removeLease,
  rescheduleRemoval,
  toLeaseProgress,
} from './stream-leases.js'

/** Attempts to remove a lease that receives events at the same time. */
const MAX_ATTEMPTS = 5
const ACCOUNT_BATCH_SIZE = 100

/** Describes what a lease plays; a deleted title is named by its ID. */
function toLeaseSubject (watching: WatchingDeps, lease: StreamLease): PlaySubject {
  const item = watching.catalogue.findItem(lease.item.toString())
  const title = watching.catalogue.findTitle(lease.title.toString())
  return {
    title: lease.title.toString(),
    item: lease.item.toString(),
    season: lease.season,
    episode: lease.episode,
    titleName: title?.title ?? lease.title.toString(),
    itemName: item?.name ?? null,
    mediaFile: lease.mediaFile.toString(),
  }
}

/** The states after a flush. */
export interface FlushResult {
  readonly state: ItemState
  readonly titleState: TitleState
}

/**
 * Writes the play of a lease to the history and marks the lease as flushed.
 * @returns null when nothing was played, when the stream is private, and when the events are cleared
 */
export async function flushLease (
  watching: WatchingDeps,
  ref: ProfileRef,
  lease: StreamLease,
): Promise<FlushResult | null> {
  const flushed = await writeLeaseToHistory(watching, ref, lease)
  if (flushed !== null) await markFlushed(ref.account, lease)
  return flushed
}

async function writeLeaseToHistory (
  watching: WatchingDeps,
  ref: ProfileRef,
  lease: StreamLease,
): Promise<FlushResult | null> {
  if (lease.private) return null
  const progress = toLeaseProgress(lease)
  const titleId = lease.title.toString()
  const before = await findTitleBefore(watching, ref, titleId)
  if (before === null || lastEventAt(progress) <= before.clearedAt) return null
  const isPlayed = !isEmptyPlay(progress)
  const { restart } = lease
  const write = {
    playKey: lease._id.toString(),
    subject: toLeaseSubject(watching, lease),
    progress,
    isPlayed,
    ...(restart?.watchedMs === undefined ? {} : { restartedAt: restart.at.getTime() }),
  }
  if (!isPlayed) {
    // An unplayed start is stored too, though not listed, so that a late stop finds its play.
    await mergePlays(ref, [write])
    watching.knownTitles.remove(ref.profile, titleId)
    return null
  }
  const projection = await writePlays(watching, ref, titleId, before, [write])
  if (projection === null || lastEventAt(progress) <= projection.clearedAt) return null
  const { items, state: titleState } = projection.watchState
  const state = items.get(lease.item.toString())
  return state === undefined ? null : { state, titleState }
}

/** Flushes the streams of a profile that the history lacks events of. */
export async function flushProfileLeases (watching: WatchingDeps, ref: ProfileRef): Promise<void> {
  for (const lease of await findStreamLeases(ref.account)) {
    const isOwn = lease.profile.toString() === ref.profile
    if (isOwn && hasUnflushedEvents(lease) && !isEmptyPlay(toLeaseProgress(lease))) {
      await flushLease(watching, ref, lease)
    }
  }
}

/** Flushes a lease and removes it, also when events arrive at the same time. */
export async function flushAndRemoveLease (
  watching: WatchingDeps,
  ref: ProfileRef,
  read: StreamLease,
): Promise<FlushResult | null> {
  let flushed: FlushResult | null = null
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const found = attempt === 1 ? read : await findLease(ref, read._id.toString())
    if (found === null) return flushed
    const lease = await saveEstimate(ref, found)
    // The lease is removed, not marked: after a crash in between, the job writes the same again.
    flushed = await writeLeaseToHistory(watching, ref, lease)
    await removeFromWishlistIfWatched(watching, ref, lease, flushed)
    if (await removeLease(ref.account, lease)) return flushed
  }
  return flushed
}

async function removeFromWishlistIfWatched (
  { catalogue }: WatchingDeps,
  ref: ProfileRef,
  lease: StreamLease,
  flushed: FlushResult | null,
): Promise<void> {
  await removeIfWatched(ref, catalogue.findTitle(lease.title.toString()), flushed?.state ?? null)
}

/**
 * Flushes a stream that another device ended. The lease of a private stream remains for the cleanup job: it leaves no
 * play by which the next heartbeat of its player could be recognised.
 */
export async function flushEndedLease (watching: WatchingDeps, ref: ProfileRef, lease: StreamLease): Promise<void> {
  if (!lease.private) await flushAndRemoveLease(watching, ref, lease)
}

/**
 * Flushes and removes the leases that have ended.
 * @returns how many were removed
 */
export async function flushExpiredLeases (watching: WatchingDeps): Promise<number> {
  const now = watching.now()
  let removed = 0
  for (const streams of await findStreamsDueForRemoval(now, ACCOUNT_BATCH_SIZE)) {
    try {
      removed += await flushExpiredLeasesOf(watching, streams, now)
    } catch (error) {
      // A failure for one account does not delay the others.
      watching.warn(error, 'cannot flush the ended streams of an account; the next run retries')
    }
  }
  return removed
}

async function flushExpiredLeasesOf (watching: WatchingDeps, streams: StoredStreams, now: Date): Promise<number> {
  let removed = 0
  for (const ended of streams.leases.filter((one) => isDueForRemoval(one, now))) {
    const ref = { account: streams._id.toString(), profile: ended.profile.toString() }
    const lease = await saveEstimate(ref, ended)
    const flushed = await writeLeaseToHistory(watching, ref, lease)
    await removeFromWishlistIfWatched(watching, ref, lease, flushed)
    if (!await removeLease(streams._id, lease)) continue
    removed++
    publishMeasurement('stream-ended', { reason: endReasonOf(ended) })
  }
  await rescheduleRemoval(streams._id, now)
  return removed
}

function endReasonOf ({ endReason, retainedUntil }: StreamLease): Measurements['stream-ended']['reason'] {
  return endReason ?? (retainedUntil === null ? 'expired' : 'ended')
}
