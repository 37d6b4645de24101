// A reference implementation of the watch state: plain loops over all acknowledged actions, written from the product
// description. It shares no code with the service.
import {
  summarise,
  walk,
  type ModelActions,
  type ModelItem,
  type ModelMark,
  type Summary,
} from './reference-plays.js'

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
