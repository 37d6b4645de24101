// The actions of the reference implementation, and what it takes from the plays of one item.
export interface ModelItem {
  readonly id: string
  readonly title: string
  readonly durationMs: number
  readonly creditsStartMs: number | null
  /** Index in the watch order of its show, from 0; null for a special outside the order, and for a movie. */
  readonly orderIndex: number | null
  readonly isSpecial: boolean
}

/** Times are in ms since the epoch. */
export interface ModelEvent {
  readonly at: number
  readonly eventId: string
  readonly positionMs: number
  readonly watchedMs: number | null
}

export interface ModelPlay {
  readonly item: ModelItem
  /** The start of a stream; null without a stream: then the first event is the start. */
  readonly start: { readonly at: number, readonly positionMs: number } | null
  readonly events: ModelEvent[]
}

export interface ModelMark {
  readonly item: ModelItem
  readonly watched: boolean
  readonly markedAt: number
  readonly watchedAt: number
}

/** All acknowledged actions of one profile. Of several marks of an item, the last counts. */
export interface ModelActions {
  readonly plays: ModelPlay[]
  readonly marks: ModelMark[]
  readonly rewatches: Array<{ readonly title: string, readonly at: number }>
  readonly hidden: Array<{ readonly title: string, readonly at: number }>
}

/** The summary of a play. */
export interface Summary {
  item: ModelItem
  startedAt: number
  startPositionMs: number
  stoppedAt: number
  positionMs: number
  /** The later of stop and start: with a slow client clock, the stop may precede the start. */
  lastAt: number
  watchedMs: number
  /** The last time at or past the completion threshold, and the playing time until then; null when never reached. */
  end: { at: number, watchedMs: number } | null
  leftAtEnd: boolean
}

function completionThresholdMs (item: ModelItem): number {
  const ninetyPercent = Math.ceil(item.durationMs * 0.9)
  return Math.min(item.creditsStartMs ?? ninetyPercent, item.durationMs - 1_000)
}

/** All event IDs of the generated actions are ASCII, so that comparing UTF-16 code units is enough. */
export function summarise ({ item, start, events: allEvents }: ModelPlay): Summary | null {
  const events = allEvents
    // A player that failed to start reports an early position and no playing time.
    .filter(({ watchedMs, positionMs }) => start === null || watchedMs !== 0 || positionMs >= start.positionMs)
    .map((event) => ({ ...event, positionMs: Math.min(event.positionMs, item.durationMs) }))
  const ordered = [...events].sort((a, b) =>
    a.at - b.at || (a.eventId < b.eventId ? -1 : a.eventId > b.eventId ? 1 : a.positionMs - b.positionMs)
  )
  const newest = ordered.at(-1)
  if (newest === undefined) return null
  const [earliest] = [...events].sort((a, b) => a.at - b.at || a.positionMs - b.positionMs)
  const startedAt = Math.min(start?.at ?? Infinity, start === null ? earliest!.at : Infinity)
  const startPositionMs = start?.positionMs ?? earliest!.positionMs
  let furthest = startPositionMs
  let reported: number | null = null
  for (const event of events) {
    furthest = Math.max(furthest, event.positionMs)
    if (event.watchedMs !== null) reported = Math.max(reported ?? 0, event.watchedMs)
  }
  const watchedMs = reported ?? furthest - startPositionMs
  const past = events.filter((event) => event.positionMs >= completionThresholdMs(item))
  let end: Summary['end'] = null
  if (past.length > 0) {
    const reportedAtEnd = past.filter((event) => event.watchedMs !== null).map((event) => event.watchedMs!)
    end = {
      at: Math.max(...past.map((event) => event.at)),
      watchedMs: reported === null ? watchedMs : reportedAtEnd.length > 0 ? Math.max(...reportedAtEnd) : reported,
    }
  }
  // A stream that never left its start position played nothing; without a stream, any position or time counts.
  const isEmpty = start === null
    ? events.every((event) => event.positionMs === 0 && (event.watchedMs ?? 0) === 0)
    : watchedMs === 0 && events.every((event) => event.positionMs <= startPositionMs) &&
      newest.positionMs === startPositionMs
  if (isEmpty) return null
  return {
    item,
    startedAt,
    startPositionMs,
    stoppedAt: newest.at,
    positionMs: newest.positionMs,
    lastAt: Math.max(newest.at, startedAt),
    watchedMs,
    end,
    leftAtEnd: end !== null && end.at >= newest.at,
  }
}

/** One play, and the playing time of its cycle: of the plays since the item was last finished. */
export interface Step {
  summary: Summary
  cycleMs: number
  isStarted: boolean
  finishedAt: number | null
  endedAt: number | null
}

/** Walks the plays of one item in the order of their starts; a finish starts a new cycle. */
export function walk (summaries: readonly Summary[]): Step[] {
  const steps: Step[] = []
  let before = 0
  for (
    const summary of [...summaries].sort((a, b) =>
      a.startedAt - b.startedAt || a.startPositionMs - b.startPositionMs || a.stoppedAt - b.stoppedAt ||
      a.positionMs - b.positionMs
    )
  ) {
    const { durationMs } = summary.item
    const cycleMs = before + summary.watchedMs
    const isStarted = cycleMs >= Math.min(60_000, durationMs / 100)
    const isFinished = summary.end !== null && before + summary.end.watchedMs >= durationMs / 2
    steps.push({
      summary,
      cycleMs,
      isStarted,
      finishedAt: isFinished ? summary.end!.at : null,
      endedAt: isStarted && summary.end !== null ? summary.end.at : null,
    })
    before = isFinished ? 0 : cycleMs
  }
  return steps
}
