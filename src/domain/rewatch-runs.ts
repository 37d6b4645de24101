// Watching something again: the plays of a title fall into passes. A pass begins by a call, or by itself when the first
// episode (or the movie) of something finished is played again; one that was undone counts for nothing.
import { endsOf, isStart, lastMoment, type RewatchRuns, type PlayProgress, type WatchedMark } from './progress.js'
import { groupBy } from './arrays.js'
import { compareOrderKeys, isLastInOrder, opensTitle, type WatchOrderKey, type TitleOutline } from './watch-order.js'

/** Somebody asked to begin again at `since`; with `until`, they undid at that moment the pass that began at `since`. */
export interface RunMark {
  readonly since: number
  readonly until: number | null
}

export interface PlayOfTitle {
  readonly item: string
  /** Null for a special without a place. */
  readonly place: WatchOrderKey | null
  readonly facts: PlayProgress
}

export interface MarkOfTitle {
  readonly item: string
  readonly place: WatchOrderKey | null
  readonly mark: WatchedMark
}

/** Everything that was ever said of one title by one profile. */
export interface TitleEvents {
  readonly plays: readonly PlayOfTitle[]
  /** At most one an item. */
  readonly marks: readonly MarkOfTitle[]
  readonly passMarks: readonly RunMark[]
}

interface UndonePass {
  readonly since: number
  readonly until: number
}

/** An item brought to its end at a moment; a mark is known only from when it was made. */
interface KnownEnd {
  readonly at: number
  readonly knownAt: number
  readonly place: WatchOrderKey | null
  readonly finished: boolean
}

/** Works out the passes of a title, whatever the order in which its events became known. */
export function findRewatchRuns (events: TitleEvents, outline: TitleOutline): RewatchRuns {
  const undoneAt = undonePasses(events)
  const starts: number[] = []
  for (const { at, isAsked } of possibleStarts(events, outline)) {
    if (undoneAt(at) !== -1) continue
    if (isAsked || isFinishedAt(at, starts.at(-1) ?? -Infinity, events, outline, undoneAt)) starts.push(at)
  }
  return {
    number: starts.length + 1,
    since: starts.at(-1) ?? null,
    passAt (moment) {
      const aside = undoneAt(moment)
      return aside === -1 ? starts.filter((start) => start <= moment).length + 1 : -aside
    },
  }
}

/** Finds the pass that was undone and that a moment belongs to: its number from 0, or -1. */
type UndoneAt = (moment: number) => number

function undonePasses ({ passMarks }: TitleEvents): UndoneAt {
  const undone = passMarks.filter((mark): mark is UndonePass => mark.until !== null)
  return (moment) => undone.findIndex(({ since, until }) => since <= moment && moment < until)
}

/** When a pass may have begun, in order: by a call, or with a play that was long enough to be meant. */
function possibleStarts (
  { plays, passMarks }: TitleEvents,
  outline: TitleOutline,
): Array<{ at: number, isAsked: boolean }> {
  const asked = passMarks.filter(({ until }) => until === null).map(({ since }) => ({ at: since, isAsked: true }))
  const played = plays.filter(({ item, facts }) => opensTitle(outline, item) && isStart(facts)).map(({ facts }) => ({
    at: facts.startedAt,
    isAsked: false,
  }))
  return [...asked, ...played].sort((a, b) => a.at - b.at || Number(b.isAsked) - Number(a.isAsked))
}

/** What was brought to its end in the pass that began at `since`, known before a moment. */
function knownEnds ({ plays, marks }: TitleEvents, since: number, moment: number, undoneAt: UndoneAt): KnownEnd[] {
  const ofPass = plays.filter(({ facts }) =>
    lastMoment(facts) >= since && facts.startedAt < moment && undoneAt(lastMoment(facts)) === -1
  )
  const markOf = new Map(marks.map(({ item, mark }) => [item, mark]))
  const played = [...groupBy(ofPass, ({ item }) => item)].flatMap(([item, ofItem]) => {
    const mark = markOf.get(item)
    const isAfterMark = (facts: PlayProgress): boolean => mark === undefined || lastMoment(facts) > mark.at
    const [after, before] = [
      ofItem.filter(({ facts }) => isAfterMark(facts)),
      ofItem.filter(({ facts }) => !isAfterMark(facts)),
    ]
    // Rounds do not reach over a mark, and what was taken back ended nothing.
    const ends = [
      ...endsOf(after.map(({ facts }) => facts)),
      ...(mark?.watched === false ? [] : endsOf(before.map(({ facts }) => facts))),
    ]
    return ends.map(({ at, finished }) => ({ at, knownAt: at, place: ofItem[0]?.place ?? null, finished }))
  })
  const marked = marks.filter(({ mark }) => mark.watched).map(({ place, mark }) => ({
    at: mark.watchedAt,
    knownAt: mark.at,
    place,
    finished: true,
  }))
  return [...played, ...marked].filter(({ at, knownAt }) => knownAt >= since && knownAt < moment && undoneAt(at) === -1)
}

/** A movie is finished when it was watched, a show when nothing aired follows what was brought to its end last. */
function isFinishedAt (
  moment: number,
  since: number,
  events: TitleEvents,
  { kind, order }: TitleOutline,
  undoneAt: UndoneAt,
): boolean {
  const known = knownEnds(events, since, moment, undoneAt)
  if (kind === 'movie') return known.some(({ finished }) => finished)
  const newest = known.filter(hasPlace).sort((a, b) => b.at - a.at || compareOrderKeys(b.place, a.place))[0]
  return newest !== undefined && isLastInOrder(order, newest.place, new Date(moment))
}

function hasPlace (end: KnownEnd): end is KnownEnd & { readonly place: WatchOrderKey } {
  return end.place !== null
}

/** True when playing an item now would begin a new pass. */
export function wouldStartRewatch (events: TitleEvents, outline: TitleOutline, item: string, now: number): boolean {
  const last = findRewatchRuns(events, outline).since ?? -Infinity
  return opensTitle(outline, item) && isFinishedAt(now, last, events, outline, undonePasses(events))
}
