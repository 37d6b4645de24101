// From a live slot to the history: the play's row first, then the profile's entry, then the slot is marked. Each step can
// be repeated, so a crash between any two loses and doubles nothing.
import { findProfileWatching } from '../../../models/account.js'
import type { Types } from 'mongoose'
import {
  findStreamLeases,
  isDueForRemoval,
  type StoredStreams,
  type StreamLease,
} from '../../../models/account-streams.js'
import { Play } from '../../../models/play.js'
import type { TitleState } from '../../domain/next-up.js'
import { isEmptyPlay, lastMoment, type ItemState, type PlayProgress } from '../../domain/progress.js'
import { mergePlay, type PlaySubject } from '../history/plays.js'
import { clearedUntil, findEntry, projectTitle, type Projection } from '../history/projection.js'
import {
  findLease,
  findStreamsDueForRemoval,
  markFlushed,
  removeLease,
  rescheduleRemoval,
  toLeaseProgress,
} from './stream-leases.js'
import { FLUSH_INTERVAL_MS, type ProfileRef, type WatchingDeps } from '../watching.js'
import { hasUnflushedEvents } from './resume-position.js'
import { dropIfWatched } from '../lists/wishlist.js'

const MAX_TRIES = 5
const SWEEP_BATCH = 100

/** Names what a slot plays; a title that is gone is remembered by its id. */
function subjectOf (watching: WatchingDeps, slot: StreamLease): PlaySubject {
  const item = watching.catalogue.findItem(slot.item.toString())
  const title = watching.catalogue.findTitle(slot.title.toString())
  return {
    title: slot.title.toString(),
    item: slot.item.toString(),
    season: slot.season,
    episode: slot.episode,
    titleName: title?.title ?? slot.title.toString(),
    itemName: item?.name ?? null,
    mediaFile: slot.mediaFile.toString(),
  }
}

/** What a flush brought to the history. */
export interface Flushed {
  readonly state: ItemState
  readonly title: TitleState
}

/**
 * Writes a slot's play to the history.
 * @returns null when nothing was played, or privately
 */
export async function flushLease (
  watching: WatchingDeps,
  watcher: ProfileRef,
  slot: StreamLease,
): Promise<Flushed | null> {
  if (slot.private) return null
  const facts = toLeaseProgress(slot)
  const titleId = slot.title.toString()
  const profile = await findProfileWatching(watcher.account, watcher.profile)
  if (profile === null) return null
  if (lastMoment(facts) <= clearedUntil(profile, await findEntry(profile, titleId))) return null
  const isPlayed = !isEmptyPlay(facts)
  // A start that never played leaves a row that no reader shows, so that a stop which comes much later still finds its play.
  const play = await mergePlay(watcher, slot._id.toString(), subjectOf(watching, slot), facts, isPlayed)
  if (!isPlayed) return null
  const projection = await projectTitle(watching, watcher, titleId, {}, profile)
  if (projection === null || await wasClearedMeanwhile(play, facts, projection)) return null
  await markFlushed(watcher.account, slot)
  const state = projection.reading.items.get(slot.item.toString())
  return state === undefined ? null : { state, title: projection.reading.state }
}

/** A play that was written while the viewer cleared it goes again. */
export async function wasClearedMeanwhile (
  play: Types.ObjectId,
  facts: PlayProgress,
  { clearedAt }: Projection,
): Promise<boolean> {
  if (lastMoment(facts) > clearedAt) return false
  await Play.deleteOne({ _id: play })
  return true
}

/** Brings what a profile is playing right now to the history, where others read it. */
export async function flushLive (watching: WatchingDeps, watcher: ProfileRef): Promise<void> {
  for (const slot of await findStreamLeases(watcher.account)) {
    if (
      slot.profile.toString() === watcher.profile && hasUnflushedEvents(slot) && !isEmptyPlay(toLeaseProgress(slot))
    ) {
      await flushLease(watching, watcher, slot)
    }
  }
}

/** Flushes a slot and gives it back, however many events come in meanwhile. */
export async function flushAndRemove (
  watching: WatchingDeps,
  watcher: ProfileRef,
  streamId: string,
): Promise<Flushed | null> {
  let flushed: Flushed | null = null
  for (let i = 0; i < MAX_TRIES; i++) {
    const slot = await findLease(watcher, streamId)
    if (slot === null) return flushed
    flushed = await flushLease(watching, watcher, slot)
    await dropIfWatched(watcher, watching.catalogue.findTitle(slot.title.toString()), flushed?.state ?? null)
    if (await removeLease(watcher.account, slot)) return flushed
  }
  return flushed
}

/**
 * Brings a stream that somebody else ended to the history. A private one leaves no row that its player's next heartbeat
 * could be recognised by: the sweeper takes its slot a little later.
 */
export async function flushEnded (watching: WatchingDeps, watcher: ProfileRef, slot: StreamLease): Promise<void> {
  if (!slot.private) await flushAndRemove(watching, watcher, slot._id.toString())
}

/** Flushes the slots whose lease ran out and removes exactly what was flushed. */
export async function flushExpiredLeases (watching: WatchingDeps): Promise<number> {
  const now = watching.now()
  let swept = 0
  for (const streams of await findStreamsDueForRemoval(now, SWEEP_BATCH)) {
    // One account that cannot be swept does not hold up the others.
    await sweepAccount(watching, streams, now).then((count) => {
      swept += count
    }, (error: unknown) => {
      watching.warn(error, 'an expired stream could not be flushed; it will be tried again')
    })
  }
  return swept
}

async function sweepAccount (watching: WatchingDeps, streams: StoredStreams, now: Date): Promise<number> {
  let swept = 0
  for (const slot of streams.slots.filter((one) => isDueForRemoval(one, now))) {
    const flushed = await flushLease(watching, watcherOf(streams._id, slot), slot)
    await dropIfWatched(
      watcherOf(streams._id, slot),
      watching.catalogue.findTitle(slot.title.toString()),
      flushed?.state ?? null,
    )
    if (await removeLease(streams._id, slot)) swept++
  }
  await rescheduleRemoval(streams._id, now)
  return swept
}

function watcherOf (account: Types.ObjectId, slot: StreamLease): ProfileRef {
  return { account: account.toString(), profile: slot.profile.toString() }
}

/** Remembers when each running stream was last flushed by this process; another process flushing too does no harm. */
export interface FlushSchedule {
  /** True at most once a period a stream; a paused stream is flushed at once. */
  isDue(streamId: string, isPaused: boolean, now: Date): boolean
  forget(streamId: string): void
}

export function createFlushSchedule (): FlushSchedule {
  const flushedAt = new Map<string, number>()
  return {
    isDue (streamId, isPaused, now) {
      const last = flushedAt.get(streamId)
      if (last === undefined && !isPaused) {
        flushedAt.set(streamId, now.getTime())
        return false
      }
      if (!isPaused && now.getTime() - (last ?? 0) < FLUSH_INTERVAL_MS) return false
      flushedAt.set(streamId, now.getTime())
      dropOld(flushedAt, now.getTime())
      return true
    },
    forget: (streamId) => {
      flushedAt.delete(streamId)
    },
  }
}

/** Streams that were never stopped leave the table after a while. */
function dropOld (flushedAt: Map<string, number>, now: number): void {
  if (flushedAt.size < 10_000) return
  for (const [id, at] of flushedAt) if (now - at > 10 * FLUSH_INTERVAL_MS) flushedAt.delete(id)
}
