// A reference implementation of the watch state: plain loops over all acknowledged actions, written from the product
// description. It shares no code with the service.

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

export interface ModelProgress {
  positionMs: number
  watchedMs: number
  started: boolean
  finished: boolean
  finishedAt: number | null
  lastWatchedAt: number
}
export interface ModelCard {
  title: string
  kind: 'resume' | 'next'
  item: string
  positionMs: number
  pass: number
  skippedBefore: number
  activity: number
}
export interface ModelHistoryItem {
  item: string
  startedAt: number
  lastWatchedAt: number
  positionMs: number
  watchedMs: number
}

/** The summary of a play. */
interface Summary {
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
function summarise ({ item, start, events: allEvents }: ModelPlay): Summary | null {
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
interface Step {
  summary: Summary
  cycleMs: number
  isStarted: boolean
  finishedAt: number | null
  endedAt: number | null
}

/** Walks the plays of one item in the order of their starts; a finish starts a new cycle. */
function walk (summaries: readonly Summary[]): Step[] {
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

/** An end of an item, and when it was known: the end of a mark only from the time of the mark. */
interface KnownEnd {
  at: number
  knownAt: number
  orderIndex: number | null
  finished: boolean
}

export class ReferenceModel {
  constructor (readonly items: readonly ModelItem[], readonly actions: ModelActions) {}

  private summaries (isIncluded: (item: ModelItem) => boolean): Summary[] {
    return this.actions.plays.filter(({ item }) => isIncluded(item)).map(summarise).filter((one) => one !== null)
  }

  private lastMark (item: ModelItem): ModelMark | null {
    return this.actions.marks.filter((one) => one.item.id === item.id).at(-1) ?? null
  }

  /** The start times of the runs of a title, except the first run. */
  private runStarts (title: string): number[] {
    const items = this.items.filter((item) => item.title === title)
    const isMovie = items.length === 1
    const order = items.filter((item) => item.orderIndex !== null).sort((a, b) => a.orderIndex! - b.orderIndex!)
    const opening = isMovie ? items : order.filter((item, i) => i === 0 || item === order.find((one) => !one.isSpecial))
    /** Ends in a run that are known before a time; a cycle spans neither runs nor marks. */
    const endsBetween = (since: number, before: number): KnownEnd[] => {
      const ends: KnownEnd[] = []
      for (const item of items) {
        const { orderIndex } = item
        const mark = this.lastMark(item)
        const ofRun = this.summaries((one) => one === item).filter(({ lastAt, startedAt }) =>
          lastAt >= since && startedAt < before
        )
        const parts = [
          ofRun.filter(({ lastAt }) => mark === null || lastAt > mark.markedAt),
          mark?.watched === false ? [] : ofRun.filter(({ lastAt }) => mark !== null && lastAt <= mark.markedAt),
        ]
        for (const { endedAt, finishedAt } of parts.flatMap((part) => walk(part))) {
          if (endedAt !== null) {
            ends.push({ at: endedAt, knownAt: endedAt, orderIndex, finished: finishedAt !== null })
          }
        }
        if (mark?.watched === true) {
          ends.push({ at: mark.watchedAt, knownAt: mark.markedAt, orderIndex, finished: true })
        }
      }
      return ends.filter((end) => end.knownAt < before && end.knownAt >= since)
    }
    const candidates = [
      ...this.actions.rewatches.filter((one) => one.title === title).map(({ at }) => ({ at, isRequested: true })),
      ...this.summaries((item) => opening.includes(item)).filter(({ watchedMs, item }) =>
        watchedMs >= Math.min(60_000, item.durationMs / 100)
      ).map(({ startedAt }) => ({ at: startedAt, isRequested: false })),
    ].sort((a, b) => a.at - b.at || Number(b.isRequested) - Number(a.isRequested))
    const starts: number[] = []
    for (const { at, isRequested } of candidates) {
      const ends = endsBetween(starts.at(-1) ?? -Infinity, at)
      const newest = ends.filter(({ orderIndex }) =>
        orderIndex !== null
      ).sort((a, b) => b.at - a.at || b.orderIndex! - a.orderIndex!)[0]
      const isFinished = isMovie
        ? ends.some(({ finished }) =>
          finished
        )
        : newest !== undefined && newest.orderIndex === order.length - 1
      if (isRequested || isFinished) starts.push(at)
    }
    return starts
  }

  private state (item: ModelItem) {
    const starts = this.runStarts(item.title)
    const runAt = (time: number): number => starts.filter((start) => start <= time).length
    const mark = this.lastMark(item)
    const all = this.summaries((one) => one === item)
    const counted = all.filter(({ lastAt }) => mark === null || lastAt > mark.markedAt)
    const current = walk(counted.filter(({ lastAt }) => runAt(lastAt) === starts.length))
    const newest = current.map(({ summary }) => summary).sort((a, b) =>
      a.lastAt - b.lastAt || a.startedAt - b.startedAt || a.stoppedAt - b.stoppedAt
    ).at(-1)
    const earlier = [...new Set(counted.map(({ lastAt }) => runAt(lastAt)))].filter((run) => run !== starts.length)
      .flatMap((run) => walk(counted.filter(({ lastAt }) => runAt(lastAt) === run)))
    const finishes = [...current, ...earlier].map(({ finishedAt }) => finishedAt).filter((at) => at !== null)
    if (mark?.watched === true) finishes.push(mark.watchedAt)
    const ends = current.map(({ endedAt }) => endedAt).filter((at) => at !== null)
    if (mark?.watched === true && runAt(mark.markedAt) === starts.length) ends.push(mark.watchedAt)
    const activeAt = Math.max(
      ...current.filter(({ isStarted }) => isStarted).map(({ summary }) => summary.lastAt),
      -Infinity,
    )
    const newestOfAll = all.sort((a, b) =>
      a.lastAt - b.lastAt || a.startedAt - b.startedAt || a.stoppedAt - b.stoppedAt
    ).at(-1)
    return {
      mark,
      newestOfAll,
      newestStep: current.find(({ summary }) => summary === newest),
      finishedAt: finishes.length > 0 ? Math.max(...finishes) : null,
      endedAt: ends.length > 0 ? Math.max(...ends) : null,
      activeAt: Number.isFinite(activeAt) ? activeAt : null,
    }
  }

  progress (item: ModelItem): ModelProgress | null {
    const { mark, newestOfAll, newestStep, finishedAt, activeAt } = this.state(item)
    if (newestOfAll === undefined) {
      return mark?.watched === true
        ? {
          positionMs: 0,
          watchedMs: 0,
          started: true,
          finished: true,
          finishedAt: mark.watchedAt,
          lastWatchedAt: mark.watchedAt,
        }
        : null
    }
    return {
      positionMs: newestOfAll.positionMs,
      watchedMs: newestStep?.cycleMs ?? 0,
      started: activeAt !== null || finishedAt !== null,
      finished: finishedAt !== null,
      finishedAt,
      lastWatchedAt: newestOfAll.lastAt,
    }
  }

  /** True when nothing of a title was watched in the current run. */
  isUntouched (title: string): boolean {
    return this.items.filter((item) => item.title === title).every((item) => {
      const { activeAt, endedAt } = this.state(item)
      return activeAt === null && endedAt === null
    })
  }

  cards (): ModelCard[] {
    const titles = [...new Set(this.items.map(({ title }) => title))]
    const cards = titles.map((title) => this.card(title)).filter((card) => card !== null)
    return cards.sort((a, b) => b.activity - a.activity || (a.title < b.title ? -1 : 1))
  }

  private card (title: string): ModelCard | null {
    const items = this.items.filter((item) => item.title === title)
    const order = items.filter((item) => item.orderIndex !== null).sort((a, b) => a.orderIndex! - b.orderIndex!)
    const states = items.map((item) => ({ item, ...this.state(item) }))
    const indexOf = (item: ModelItem): number => item.orderIndex ?? -1
    const starts = this.runStarts(title)
    const current =
      states.filter(({ activeAt }) => activeAt !== null).sort((a, b) =>
        b.activeAt! - a.activeAt! || indexOf(b.item) - indexOf(a.item)
      )[0]
    const isInOrder = (item: ModelItem): boolean => item.orderIndex !== null || items.length === 1
    const ended =
      states.filter(({ item, endedAt }) => endedAt !== null && isInOrder(item)).sort((a, b) =>
        b.endedAt! - a.endedAt! || indexOf(b.item) - indexOf(a.item)
      )[0]
    const activity = Math.max(current?.activeAt ?? 0, ended?.endedAt ?? 0, starts.at(-1) ?? 0)
    const hiddenAt = this.actions.hidden.filter((one) => one.title === title).at(-1)?.at ?? -Infinity
    if ((current?.activeAt ?? 0) <= hiddenAt && hiddenAt !== -Infinity) return null
    const pass = starts.length + 1
    const skippedBefore = (orderIndex: number | null): number =>
      orderIndex === null
        ? 0
        : order.filter((item) =>
          !item.isSpecial && item.orderIndex! < orderIndex && states.find((one) => one.item === item)!.endedAt === null
        ).length
    const isResumed = current !== undefined && current.newestStep !== undefined && current.newestStep.isStarted &&
      !current.newestStep.summary.leftAtEnd
    if (isResumed) {
      return {
        title,
        kind: 'resume',
        item: current.item.id,
        positionMs: current.newestStep!.summary.positionMs,
        pass,
        skippedBefore: skippedBefore(current.item.orderIndex),
        activity,
      }
    }
    if (ended === undefined) {
      if (pass === 1 || (current !== undefined && isInOrder(current.item))) return null
      return { title, kind: 'next', item: (order[0] ?? items[0])!.id, positionMs: 0, pass, skippedBefore: 0, activity }
    }
    const { orderIndex: endedIndex } = ended.item
    const next = endedIndex === null ? undefined : order.find((item) => item.orderIndex! > endedIndex)
    return next === undefined
      ? null
      : { title, kind: 'next', item: next.id, positionMs: 0, pass, skippedBefore: skippedBefore(endedIndex), activity }
  }

  history (): ModelHistoryItem[] {
    return this.summaries(() => true)
      .map(({ item, startedAt, lastAt, positionMs, watchedMs }) => ({
        item: item.id,
        startedAt,
        lastWatchedAt: lastAt,
        positionMs,
        watchedMs,
      }))
      .sort((a, b) => b.lastWatchedAt - a.lastWatchedAt || b.positionMs - a.positionMs)
  }
}
