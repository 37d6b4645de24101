// Rewatching: splits the plays of a title into runs. A run starts by request, or when the first episode (or the movie)
// of a finished title is played again. A cancelled run does not count.
import { groupBy } from './arrays.js'
import { findItemEnds, type RewatchRuns, type WatchedMark } from './item-state.js'
import { countsAsStart, lastEventAt, type PlayProgress } from './progress.js'
import { compareOrderKeys, isLastInOrder, opensTitle, type TitleOutline, type WatchOrderKey } from './watch-order.js'

/** A rewatch that was started by request, or a run that was cancelled; times in ms since the epoch. */
export interface RunMark {
  readonly startedAt: number
  /** Null for a started rewatch. */
  readonly cancelledAt: number | null
}

export interface PlayOfTitle {
  readonly item: string
  /** Null for a special without a place in the order. */
  readonly orderKey: WatchOrderKey | null
  readonly progress: PlayProgress
}

export interface MarkOfTitle {
  readonly item: string
  readonly orderKey: WatchOrderKey | null
  readonly mark: WatchedMark
}

/** Everything that one profile has done with one title. */
export interface TitleEvents {
  readonly plays: readonly PlayOfTitle[]
  /** At most one per item. */
  readonly marks: readonly MarkOfTitle[]
  readonly runMarks: readonly RunMark[]
}

interface CancelledRun {
  readonly startedAt: number
  readonly cancelledAt: number
}

/** Index of the cancelled run that a time belongs to; -1 without one. */
type FindCancelledRun = (time: number) => number

/** An item that reached its end. The end of a mark is known from the time of the mark on. */
interface KnownEnd {
  readonly at: number
  readonly knownAt: number
  readonly orderKey: WatchOrderKey | null
  readonly finished: boolean
}

/** Derives the runs of a title from its events, in any order. */
export function findRewatchRuns (events: TitleEvents, outline: TitleOutline): RewatchRuns {
  const findCancelledRun = cancelledRunFinder(events)
  const starts: number[] = []
  for (const { at, isRequested } of possibleStarts(events, outline)) {
    if (findCancelledRun(at) !== -1) continue
    if (isRequested || isFinishedAt(at, starts.at(-1) ?? -Infinity, events, outline, findCancelledRun)) starts.push(at)
  }
  return {
    runNumber: starts.length + 1,
    startedAt: starts.at(-1) ?? null,
    runNumberAt (time) {
      const cancelled = findCancelledRun(time)
      return cancelled === -1 ? starts.filter((start) => start <= time).length + 1 : -cancelled
    },
  }
}

function cancelledRunFinder ({ runMarks }: TitleEvents): FindCancelledRun {
  const cancelled = runMarks.filter((mark): mark is CancelledRun => mark.cancelledAt !== null)
  return (time) => cancelled.findIndex(({ startedAt, cancelledAt }) => startedAt <= time && time < cancelledAt)
}

/** Times at which a run may have started, in order: requests, and plays that are long enough to count as a start. */
function possibleStarts (
  { plays, runMarks }: TitleEvents,
  outline: TitleOutline,
): Array<{ at: number, isRequested: boolean }> {
  const requested = runMarks.filter(({ cancelledAt }) => cancelledAt === null)
    .map(({ startedAt }) => ({ at: startedAt, isRequested: true }))
  const inOrder = new Set(outline.order.map(({ id }) => id))
  const played = plays.filter(({ item, orderKey, progress }) =>
    opensTitle(outline, item, inOrder.has(item) ? null : orderKey) && countsAsStart(progress)
  )
    .map(({ progress }) => ({ at: progress.startedAt, isRequested: false }))
  return [...requested, ...played].sort((a, b) => a.at - b.at || Number(b.isRequested) - Number(a.isRequested))
}

/** Items that reached their end in the run that started at `since`, as far as known before `time`. */
function knownEnds (
  { plays, marks }: TitleEvents,
  since: number,
  time: number,
  findCancelledRun: FindCancelledRun,
): KnownEnd[] {
  const playsOfRun = plays.filter(({ progress }) =>
    lastEventAt(progress) >= since && progress.startedAt < time && findCancelledRun(lastEventAt(progress)) === -1
  )
  const markOfItem = new Map(marks.map(({ item, mark }) => [item, mark]))
  const played = [...groupBy(playsOfRun, ({ item }) => item)].flatMap(([item, playsOfItem]) =>
    endsOfItem(playsOfItem, markOfItem.get(item))
  )
  const marked = marks.filter(({ mark }) => mark.watched).map(({ orderKey, mark }) => ({
    at: mark.watchedAt,
    knownAt: mark.markedAt,
    orderKey,
    finished: true,
  }))
  return [...played, ...marked].filter(({ at, knownAt }) =>
    knownAt >= since && knownAt < time && findCancelledRun(at) === -1
  )
}

/** A cycle does not continue across a mark, and a mark as unwatched removes the ends before it. */
function endsOfItem (plays: readonly PlayOfTitle[], mark: WatchedMark | undefined): KnownEnd[] {
  const isAfterMark = ({ progress }: PlayOfTitle): boolean =>
    mark === undefined || lastEventAt(progress) > mark.markedAt
  const after = plays.filter(isAfterMark)
  const before = mark?.watched === false ? [] : plays.filter((play) => !isAfterMark(play))
  return [after, before].flatMap((part) => findItemEnds(part.map(({ progress }) => progress)))
    .map(({ at, finished }) => ({ at, knownAt: at, orderKey: plays[0]?.orderKey ?? null, finished }))
}

/** A movie is finished once watched; a show when no aired episode follows the one that reached its end last. */
function isFinishedAt (
  time: number,
  since: number,
  events: TitleEvents,
  { kind, order }: TitleOutline,
  findCancelledRun: FindCancelledRun,
): boolean {
  const known = knownEnds(events, since, time, findCancelledRun)
  if (kind === 'movie') return known.some(({ finished }) => finished)
  const newest = known.filter(hasOrderKey).sort((a, b) => b.at - a.at || compareOrderKeys(b.orderKey, a.orderKey))[0]
  return newest !== undefined && isLastInOrder(order, newest.orderKey, new Date(time))
}

function hasOrderKey (end: KnownEnd): end is KnownEnd & { readonly orderKey: WatchOrderKey } {
  return end.orderKey !== null
}

/** True when playing an item now would start a new run. */
export function wouldStartRewatch (events: TitleEvents, outline: TitleOutline, item: string, now: number): boolean {
  const since = findRewatchRuns(events, outline).startedAt ?? -Infinity
  return opensTitle(outline, item) && isFinishedAt(now, since, events, outline, cancelledRunFinder(events))
}
