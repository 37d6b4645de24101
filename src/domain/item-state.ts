// The watch state of one item, derived from all its plays and its newest watched mark.
import { groupBy } from './arrays.js'
import {
  comparePlays,
  lastEventAt,
  maxOrNull,
  startThresholdMs,
  watchedMsAtEnd,
  watchedMsOfPlay,
  type PlayProgress,
} from './progress.js'

/** Share of the runtime that must be played before an item counts as finished. */
export const REALLY_WATCHED_SHARE = 0.5

/** An item that was marked watched or unwatched by request; times in ms since the epoch. */
export interface WatchedMark {
  readonly watched: boolean
  readonly markedAt: number
  /** When the item was watched; `markedAt` if the request states no time. */
  readonly watchedAt: number
}

/**
 * The watch state of an item; times in ms since the epoch.
 * Each finish starts a new cycle of the item; a rewatch of its title starts a new run.
 */
export interface ItemState {
  /** Newest position, also of an earlier run. */
  readonly positionMs: number
  readonly durationMs: number | null
  /** Playing time in this run since the item was last finished, ms. */
  readonly watchedMs: number
  /** Played long enough in this run, or finished. */
  readonly started: boolean
  /** Finished in any run; only a mark resets it. */
  readonly finished: boolean
  readonly finishedAt: number | null
  readonly lastWatchedAt: number
  /** Newest time at which a cycle of this run counts as started. Orders items and titles; never decreases. */
  readonly activeAt: number | null
  /** Partly watched: belongs to continue watching. */
  readonly isResumable: boolean
  /** Newest time at which the item reached its end in this run, watched or not. Decides the next episode. */
  readonly reachedEndAt: number | null
  /** Start position of the next play: the exact position, or 0 after an end, a mark or a rewatch. */
  readonly resumeMs: number
}

/** The runs through a title: the first viewing and each rewatch. */
export interface RewatchRuns {
  /** Number of the current run; the first is 1. */
  readonly runNumber: number
  /** Start of the current run, ms since the epoch; null for the first. */
  readonly startedAt: number | null
  /** Returns the run of a time. Cancelled runs have numbers of their own, below 1. */
  runNumberAt(time: number): number
}

export const FIRST_RUN: RewatchRuns = { runNumber: 1, startedAt: null, runNumberAt: () => 1 }

/**
 * What earlier plays contribute to the state of an item. A stream lease stores it, so that live state needs no query.
 */
export interface ItemBase {
  /** Playing time in the current cycle, ms. */
  readonly watchedMs: number
  readonly finishedAt: number | null
  readonly reachedEndAt: number | null
  readonly activeAt: number | null
}

export const EMPTY_BASE: ItemBase = { watchedMs: 0, finishedAt: null, reachedEndAt: null, activeAt: null }

/**
 * Derives the state of an item from its plays, in any order, and its newest mark.
 * Playing a finished item again starts a new cycle, and a rewatch starts a new run; the item stays finished.
 * @returns null without plays and marks
 */
export function deriveItemState (
  plays: readonly PlayProgress[],
  mark: WatchedMark | null = null,
  runs: RewatchRuns = FIRST_RUN,
): ItemState | null {
  const newest = findNewest(plays)
  if (newest === null) return mark === null ? null : stateOfMark(mark, runs)
  const counted = playsOfRun(plays, mark, runs)
  const last = findNewest(counted)
  const all = deriveBase(plays, counted, mark, runs)
  if (last === null) return { ...stateOfUncountedPlay(newest, all), lastWatchedAt: lastEventAt(newest) }
  // Overlapping plays form cycles in the order in which they started.
  const before = deriveBase(plays, counted.slice(0, counted.indexOf(last)), mark, runs)
  const { activeAt, finishedAt, reachedEndAt } = all
  return {
    ...applyPlay(before, last),
    started: activeAt !== null || finishedAt !== null,
    finished: finishedAt !== null,
    finishedAt,
    activeAt,
    reachedEndAt,
    positionMs: newest.positionMs,
    lastWatchedAt: lastEventAt(newest),
  }
}

/** Derives what an item's plays so far contribute to a play that starts now. */
export function deriveItemBase (
  plays: readonly PlayProgress[],
  mark: WatchedMark | null,
  runs: RewatchRuns = FIRST_RUN,
): ItemBase {
  return deriveBase(plays, playsOfRun(plays, mark, runs), mark, runs)
}

/** Plays of the current run since the mark, in order. Earlier plays count for their position only. */
function playsOfRun (
  plays: readonly PlayProgress[],
  mark: WatchedMark | null,
  { runNumber, runNumberAt }: RewatchRuns,
): PlayProgress[] {
  return playsSinceMark(plays, mark).filter((play) => runNumberAt(lastEventAt(play)) === runNumber)
}

function playsSinceMark (plays: readonly PlayProgress[], mark: WatchedMark | null): PlayProgress[] {
  return plays.filter((play) => mark === null || lastEventAt(play) > mark.markedAt).sort(comparePlays)
}

/** A cycle ends with its run, but an item that was finished in any run stays finished. */
function deriveBase (
  plays: readonly PlayProgress[],
  counted: readonly PlayProgress[],
  mark: WatchedMark | null,
  { runNumber, runNumberAt }: RewatchRuns,
): ItemBase {
  const base = accumulatePlays(counted)
  const playsOfOtherRuns = groupBy(
    playsSinceMark(plays, mark).filter((play) => runNumberAt(lastEventAt(play)) !== runNumber),
    (play) => runNumberAt(lastEventAt(play)),
  )
  const watchedAt = mark?.watched === true ? mark.watchedAt : null
  const isMarkOfRun = mark !== null && runNumberAt(mark.markedAt) === runNumber
  const finishedInOtherRuns = [...playsOfOtherRuns.values()].map((ofRun) => accumulatePlays(ofRun).finishedAt)
  return {
    ...base,
    finishedAt: [watchedAt, ...finishedInOtherRuns].reduce(maxOrNull, base.finishedAt),
    reachedEndAt: isMarkOfRun ? maxOrNull(base.reachedEndAt, watchedAt) : base.reachedEndAt,
  }
}

function accumulatePlays (ordered: readonly PlayProgress[]): ItemBase {
  return ordered.reduce(addPlay, EMPTY_BASE)
}

function addPlay (base: ItemBase, play: PlayProgress): ItemBase {
  const { finishedAt, activeAt, reachedEndAt } = applyPlay(base, play)
  const hasFinished = finishTimeOf(base.watchedMs, play) !== null
  return { watchedMs: hasFinished ? 0 : base.watchedMs + watchedMsOfPlay(play), finishedAt, activeAt, reachedEndAt }
}

/** Time at which a play finished its item: it reached the end after enough of the runtime was played. */
function finishTimeOf (watchedBeforeMs: number, play: PlayProgress): number | null {
  if (play.reachedEndAt === null || play.durationMs === null) return null
  const watchedMs = watchedBeforeMs + watchedMsAtEnd(play)
  return watchedMs >= play.durationMs * REALLY_WATCHED_SHARE ? play.reachedEndAt : null
}

/** A time at which an item reached its end, and whether it counts as finished then. */
export interface ItemEnd {
  readonly at: number
  readonly finished: boolean
}

/** Lists each time that the plays of one item, in any order, reached its end after a start. */
export function findItemEnds (plays: readonly PlayProgress[]): ItemEnd[] {
  const ends: ItemEnd[] = []
  let base = EMPTY_BASE
  for (const play of [...plays].sort(comparePlays)) {
    if (play.reachedEndAt !== null && isStartedWith(base, play)) {
      ends.push({ at: play.reachedEndAt, finished: finishTimeOf(base.watchedMs, play) !== null })
    }
    base = addPlay(base, play)
  }
  return ends
}

/** Derives the state of an item whose newest play continues from what earlier plays contribute. */
export function applyPlay (base: ItemBase, play: PlayProgress): ItemState {
  const watchedMs = base.watchedMs + watchedMsOfPlay(play)
  const finishedAt = maxOrNull(finishTimeOf(base.watchedMs, play), base.finishedAt)
  const isStarted = isStartedWith(base, play)
  const isAtEnd = play.reachedEndAt !== null && play.reachedEndAt >= play.at
  const activeAt = isStarted ? maxOrNull(lastEventAt(play), base.activeAt) : base.activeAt
  return {
    positionMs: play.positionMs,
    durationMs: play.durationMs,
    watchedMs,
    started: activeAt !== null || finishedAt !== null,
    finished: finishedAt !== null,
    finishedAt,
    lastWatchedAt: lastEventAt(play),
    activeAt,
    isResumable: isStarted && !isAtEnd,
    // Seeking to the end without playing the item changes nothing.
    reachedEndAt: isStarted ? maxOrNull(play.reachedEndAt, base.reachedEndAt) : base.reachedEndAt,
    resumeMs: isAtEnd ? 0 : play.positionMs,
  }
}

/** True when the current cycle counts as started with this play. */
function isStartedWith (base: ItemBase, play: PlayProgress): boolean {
  return base.watchedMs + watchedMsOfPlay(play) >= startThresholdMs(play.durationMs)
}

function findNewest (plays: readonly PlayProgress[]): PlayProgress | null {
  return plays.reduce<PlayProgress | null>(
    (best, play) =>
      best === null || (lastEventAt(play) - lastEventAt(best) || comparePlays(play, best)) > 0 ? play : best,
    null,
  )
}

/** State when no play counts in this run or since the mark: the newest play gives its position and nothing else. */
function stateOfUncountedPlay (
  newest: PlayProgress,
  { finishedAt, reachedEndAt }: ItemBase,
): Omit<ItemState, 'lastWatchedAt'> {
  return {
    positionMs: newest.positionMs,
    durationMs: newest.durationMs,
    watchedMs: 0,
    started: finishedAt !== null,
    finished: finishedAt !== null,
    finishedAt,
    activeAt: null,
    isResumable: false,
    reachedEndAt,
    resumeMs: 0,
  }
}

function stateOfMark (mark: WatchedMark, { runNumber, runNumberAt }: RewatchRuns): ItemState | null {
  if (!mark.watched) return null
  return {
    positionMs: 0,
    durationMs: null,
    watchedMs: 0,
    started: true,
    finished: true,
    finishedAt: mark.watchedAt,
    lastWatchedAt: mark.watchedAt,
    activeAt: null,
    isResumable: false,
    reachedEndAt: runNumberAt(mark.markedAt) === runNumber ? mark.watchedAt : null,
    resumeMs: 0,
  }
}
