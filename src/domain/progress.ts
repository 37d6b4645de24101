// What was watched, worked out from events alone. Every fact of a play merges by newest, maximum or minimum, so that the
// order, repetition and batching of events never change the outcome; everything a reader sees is derived from those facts.
import { groupBy } from './arrays.js'

/** Watched this long, or this share of the runtime: the item was started. */
export const STARTED_AFTER_MS = 60_000
export const STARTED_SHARE = 0.01
/** Where an item without a credits marker counts as over, as a share of its runtime. */
export const FINISHED_SHARE = 0.9
/** Within this of the end an item is over, wherever its marker is. */
export const END_MARGIN_MS = 1_000
/** How much of the runtime must really have been played for an item to count as watched. */
export const REALLY_WATCHED_SHARE = 0.5

/** Where something is at one moment, as a client reports it; times in ms since the epoch. */
export interface ProgressEvent {
  readonly positionMs: number
  readonly at: number
  /** How much was really played so far in this play, in ms; clients may leave it out. */
  readonly watchedMs: number | null
  /** Breaks ties between events of the same moment. */
  readonly eventId: string
}

/** What an item's end is judged by. */
export interface ItemTiming {
  readonly durationMs: number | null
  readonly creditsStartMs: number | null
}

/** The merged facts of one play (one sitting with one item). */
export interface PlayProgress {
  /** Its first moment, and where it began. */
  readonly startedAt: number
  readonly startPositionMs: number
  /** Its newest moment: the exact stop. 0 while nothing was ever reported: a start is no event, and loses to every one. */
  readonly at: number
  readonly eventId: string
  readonly positionMs: number
  readonly durationMs: number | null
  readonly furthestMs: number
  /** The most that the client said it played; null when it never said. */
  readonly watchedMs: number | null
  /** The newest moment at or past the finish mark; null when never there. */
  readonly endAt: number | null
  /** The most that the client said it had played when at or past the mark. */
  readonly endWatchedMs: number | null
}

/**
 * Where an item counts as over, in ms from its start; null when its runtime is unknown.
 * A credits marker wins over the share of the runtime, and neither lies behind the last second.
 */
export function completionThresholdMs (timing: ItemTiming): number | null {
  if (timing.durationMs === null) return null
  const end = Math.max(0, timing.durationMs - END_MARGIN_MS)
  return Math.min(timing.creditsStartMs ?? Math.ceil(timing.durationMs * FINISHED_SHARE), end)
}

/** The facts of a play that is known by one event alone. */
export function toPlayProgressOfEvent (event: ProgressEvent, timing: ItemTiming): PlayProgress {
  const mark = completionThresholdMs(timing)
  const isPastMark = mark !== null && event.positionMs >= mark
  return {
    startedAt: event.at,
    startPositionMs: event.positionMs,
    at: event.at,
    eventId: event.eventId,
    positionMs: event.positionMs,
    durationMs: timing.durationMs,
    furthestMs: event.positionMs,
    watchedMs: event.watchedMs,
    endAt: isPastMark ? event.at : null,
    endWatchedMs: isPastMark ? event.watchedMs : null,
  }
}

/** Merges what two sources know of the same play; commutative, associative and idempotent. */
export function mergePlayProgress (a: PlayProgress, b: PlayProgress): PlayProgress {
  const newest = compareMoments(a, b) >= 0 ? a : b
  const first = compareStarts(a, b) <= 0 ? a : b
  return {
    startedAt: first.startedAt,
    startPositionMs: first.startPositionMs,
    at: newest.at,
    eventId: newest.eventId,
    positionMs: newest.positionMs,
    durationMs: newest.durationMs,
    furthestMs: Math.max(a.furthestMs, b.furthestMs),
    watchedMs: maxOrNull(a.watchedMs, b.watchedMs),
    endAt: maxOrNull(a.endAt, b.endAt),
    endWatchedMs: maxOrNull(a.endWatchedMs, b.endWatchedMs),
  }
}

/** Later time first, then the higher event id, then (the same id sent with other numbers) the further position. */
function compareMoments (a: PlayProgress, b: PlayProgress): number {
  return a.at - b.at || compareText(a.eventId, b.eventId) || a.positionMs - b.positionMs ||
    (a.durationMs ?? -1) - (b.durationMs ?? -1)
}

function compareStarts (a: PlayProgress, b: PlayProgress): number {
  return a.startedAt - b.startedAt || a.startPositionMs - b.startPositionMs
}

/** A total order over facts, so that a fold never depends on how they were read. */
function comparePlays (a: PlayProgress, b: PlayProgress): number {
  return compareStarts(a, b) || compareMoments(a, b) || a.furthestMs - b.furthestMs ||
    (a.watchedMs ?? -1) - (b.watchedMs ?? -1) || (a.endAt ?? -1) - (b.endAt ?? -1) ||
    (a.endWatchedMs ?? -1) - (b.endWatchedMs ?? -1)
}

function compareText (a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function maxOrNull (a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b)
}

/** How much of a play was really watched: as the client said, else from where it began to the furthest it came. */
export function watchedIn (play: PlayProgress): number {
  return play.watchedMs ?? Math.max(0, play.furthestMs - play.startPositionMs)
}

function watchedAtEnd (play: PlayProgress): number {
  return play.watchedMs === null ? watchedIn(play) : play.endWatchedMs ?? play.watchedMs
}

/** The moment a play is ordered by among others: a device whose clock is slow never ends before it began. */
export function lastMoment (play: PlayProgress): number {
  return Math.max(play.at, play.startedAt)
}

/** Nothing was played: it opened and closed at the same place, and was nowhere else. */
export function isEmptyPlay (play: PlayProgress): boolean {
  return watchedIn(play) === 0 && play.positionMs === play.startPositionMs && play.furthestMs <= play.startPositionMs
}

/** Somebody said that an item was watched, or was not. */
export interface WatchedMark {
  readonly watched: boolean
  /** When it was said. */
  readonly at: number
  /** When it was watched, as they remember it; the same as `at` when not told. */
  readonly watchedAt: number
}

/** What was watched of an item, as everybody is told. Rounds end with each finish; passes are those of its title. */
export interface ItemState {
  /** The newest place of all, whatever became of it. */
  readonly positionMs: number
  readonly durationMs: number | null
  /** Really watched in the running round: in this pass, since the item was last finished. */
  readonly watchedMs: number
  /** Watched long enough at some time in this pass, or finished. */
  readonly started: boolean
  /** Watched at some time; only an explicit call takes it back. */
  readonly finished: boolean
  readonly finishedAt: number | null
  readonly lastWatchedAt: number
  /** The newest moment at which a round of this pass counted as started; orders items and titles. It only grows. */
  readonly activeAt: number | null
  /** Half-seen: has a place in continue watching. */
  readonly isResumable: boolean
  /** When the item was last brought to its end in this pass, even without being watched; orders what comes next. */
  readonly endedAt: number | null
  /** Where a new play begins: the exact place, or 0 when the item was left at its end, marked, or begun again since. */
  readonly resumeMs: number
}

/** Tells to which pass of its title a moment belongs. Passes that were undone have numbers of their own, below 1. */
export interface RewatchRuns {
  /** The running pass; the first is 1. */
  readonly number: number
  /** When it began, ms since the epoch; null for the first. */
  readonly since: number | null
  passAt(moment: number): number
}

export const FIRST_RUN: RewatchRuns = { number: 1, since: null, passAt: () => 1 }

/** What earlier plays leave to the next one, kept with a running stream so that its state needs no look back. */
export interface ItemBase {
  /** Really watched in the running round before this play. */
  readonly watchedMs: number
  readonly finishedAt: number | null
  readonly endedAt: number | null
  readonly activeAt: number | null
}

/**
 * Folds all plays of one item, in any order, and the newest mark on it.
 * A finished item that is played again begins a new round: its place is kept again, and it stays finished. A new pass of
 * its title begins everything anew, but does not take back that it was finished.
 * @returns null when nothing was played and nothing marked
 */
export function deriveItemState (
  plays: readonly PlayProgress[],
  mark: WatchedMark | null = null,
  passes: RewatchRuns = FIRST_RUN,
): ItemState | null {
  const newest = newestOf(plays)
  if (newest === null) return mark === null ? null : markedOnly(mark, passes)
  const counted = playsOfPass(plays, mark, passes)
  const last = newestOf(counted)
  const all = baseOf(plays, counted, mark, passes)
  if (last === null) return { ...unplayed(newest, all), lastWatchedAt: lastMoment(newest) }
  // Rounds go by the order in which sittings began, also where two of them overlapped.
  const before = baseOf(plays, counted.slice(0, counted.indexOf(last)), mark, passes)
  const { activeAt, finishedAt, endedAt } = all
  return {
    ...playOn(before, last),
    started: activeAt !== null || finishedAt !== null,
    finished: finishedAt !== null,
    finishedAt,
    activeAt,
    endedAt,
    positionMs: newest.positionMs,
    lastWatchedAt: lastMoment(newest),
  }
}

/** What an item's plays so far leave to a play that begins now. */
export function baseFor (
  plays: readonly PlayProgress[],
  mark: WatchedMark | null,
  passes: RewatchRuns = FIRST_RUN,
): ItemBase {
  return baseOf(plays, playsOfPass(plays, mark, passes), mark, passes)
}

/** What counts in the running pass, in order: plays before a mark count for nothing but their position. */
function playsOfPass (
  plays: readonly PlayProgress[],
  mark: WatchedMark | null,
  { number, passAt }: RewatchRuns,
): PlayProgress[] {
  return playsSince(plays, mark).filter((play) => passAt(lastMoment(play)) === number)
}

function playsSince (plays: readonly PlayProgress[], mark: WatchedMark | null): PlayProgress[] {
  return plays.filter((play) => mark === null || lastMoment(play) > mark.at).sort(comparePlays)
}

/** Rounds never reach over passes, but what was finished in any pass stays finished. */
function baseOf (
  plays: readonly PlayProgress[],
  counted: readonly PlayProgress[],
  mark: WatchedMark | null,
  { number, passAt }: RewatchRuns,
): ItemBase {
  const base = foldRounds(counted)
  const others = groupBy(
    playsSince(plays, mark).filter((play) => passAt(lastMoment(play)) !== number),
    (play) => passAt(lastMoment(play)),
  )
  const watchedAt = mark?.watched === true ? mark.watchedAt : null
  const finishedBefore = [...others.values()].map((ofPass) => foldRounds(ofPass).finishedAt)
  return {
    ...base,
    finishedAt: [watchedAt, ...finishedBefore].reduce(maxOrNull, base.finishedAt),
    endedAt: mark !== null && passAt(mark.at) === number ? maxOrNull(base.endedAt, watchedAt) : base.endedAt,
  }
}

function foldRounds (ordered: readonly PlayProgress[]): ItemBase {
  return ordered.reduce(afterPlay, { watchedMs: 0, finishedAt: null, endedAt: null, activeAt: null })
}

function afterPlay (base: ItemBase, play: PlayProgress): ItemBase {
  const { finishedAt, activeAt, endedAt } = playOn(base, play)
  const hasFinished = finishOf(base.watchedMs, play) !== null
  return { watchedMs: hasFinished ? 0 : base.watchedMs + watchedIn(play), finishedAt, activeAt, endedAt }
}

/** When a play brought its item to the end, if half of it was really watched by then. */
function finishOf (watchedBeforeMs: number, play: PlayProgress): number | null {
  if (play.endAt === null || play.durationMs === null) return null
  return watchedBeforeMs + watchedAtEnd(play) >= play.durationMs * REALLY_WATCHED_SHARE ? play.endAt : null
}

/** An end that a play brought its item to, and whether it counts as watched by then. */
export interface ItemEnd {
  readonly at: number
  readonly finished: boolean
}

/** Every time that plays of one item, in any order, brought it to its end after it had been started. */
export function endsOf (plays: readonly PlayProgress[]): ItemEnd[] {
  const ends: ItemEnd[] = []
  let base = foldRounds([])
  for (const play of [...plays].sort(comparePlays)) {
    if (play.endAt !== null && isActiveAfter(base, play)) {
      ends.push({ at: play.endAt, finished: finishOf(base.watchedMs, play) !== null })
    }
    base = afterPlay(base, play)
  }
  return ends
}

/** True when a play by itself is long enough to count as a start. */
export function isStart (play: PlayProgress): boolean {
  return watchedIn(play) >= startedAfter(play.durationMs)
}

/** The state of an item whose newest play goes on from what earlier ones left. */
export function playOn (base: ItemBase, play: PlayProgress): ItemState {
  const watchedMs = base.watchedMs + watchedIn(play)
  const finishedAt = maxOrNull(finishOf(base.watchedMs, play), base.finishedAt)
  const isActive = isActiveAfter(base, play)
  const leftAtEnd = play.endAt !== null && play.endAt >= play.at
  const activeAt = isActive ? maxOrNull(lastMoment(play), base.activeAt) : base.activeAt
  return {
    positionMs: play.positionMs,
    durationMs: play.durationMs,
    watchedMs,
    started: activeAt !== null || finishedAt !== null,
    finished: finishedAt !== null,
    finishedAt,
    lastWatchedAt: lastMoment(play),
    activeAt,
    isResumable: isActive && !leftAtEnd,
    // Opening something and jumping to its end without playing it changes nothing.
    endedAt: isActive ? maxOrNull(play.endAt, base.endedAt) : base.endedAt,
    resumeMs: leftAtEnd ? 0 : play.positionMs,
  }
}

/** True when the running round counts as started with this play. */
function isActiveAfter (base: ItemBase, play: PlayProgress): boolean {
  return base.watchedMs + watchedIn(play) >= startedAfter(play.durationMs)
}

function startedAfter (durationMs: number | null): number {
  return durationMs === null ? STARTED_AFTER_MS : Math.max(1, Math.min(STARTED_AFTER_MS, durationMs * STARTED_SHARE))
}

function newestOf (plays: readonly PlayProgress[]): PlayProgress | null {
  return plays.reduce<PlayProgress | null>(
    (best, play) =>
      best === null || (lastMoment(play) - lastMoment(best) || comparePlays(play, best)) > 0 ? play : best,
    null,
  )
}

/** Nothing was played in this pass, or since the mark: the newest play keeps its exact position and counts for nothing else. */
function unplayed (newest: PlayProgress, { finishedAt, endedAt }: ItemBase): Omit<ItemState, 'lastWatchedAt'> {
  return {
    positionMs: newest.positionMs,
    durationMs: newest.durationMs,
    watchedMs: 0,
    started: finishedAt !== null,
    finished: finishedAt !== null,
    finishedAt,
    activeAt: null,
    isResumable: false,
    endedAt,
    resumeMs: 0,
  }
}

function markedOnly (mark: WatchedMark, { number, passAt }: RewatchRuns): ItemState | null {
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
    endedAt: passAt(mark.at) === number ? mark.watchedAt : null,
    resumeMs: 0,
  }
}
