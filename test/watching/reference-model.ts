// What a viewer must be told, worked out the slow way: from the list of everything that was acknowledged, by plain loops over
// the words of the product's description. It shares no code with the service.

export interface ModelItem {
  readonly id: string
  readonly title: string
  readonly durationMs: number
  readonly creditsStartMs: number | null
  /** Its turn in its show, from 0; null for what stands outside the order, and for a movie. */
  readonly turn: number | null
  readonly isSpecial: boolean
}

export interface ModelEvent {
  readonly at: number
  readonly eventId: string
  readonly positionMs: number
  readonly watchedMs: number | null
}

/** One sitting with one item. A stream has a start of its own; without one, its first event is the start. */
export interface ModelSitting {
  readonly item: ModelItem
  readonly start: { readonly at: number, readonly positionMs: number } | null
  readonly events: ModelEvent[]
}

export interface ModelMark {
  readonly item: ModelItem
  readonly watched: boolean
  readonly saidAt: number
  readonly watchedAt: number
}

/** Everything that one profile said. Of marks on the same item the last counts. */
export interface Told {
  readonly sittings: ModelSitting[]
  readonly marks: ModelMark[]
  readonly again: Array<{ readonly title: string, readonly at: number }>
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
export interface ModelPlay {
  item: string
  startedAt: number
  lastWatchedAt: number
  positionMs: number
  watchedMs: number
}

/** A sitting, summed up. */
interface Summary {
  item: ModelItem
  startedAt: number
  startPositionMs: number
  stoppedAt: number
  positionMs: number
  /** The later of its stop and its start: a slow clock does not turn time round. */
  lastAt: number
  watchedMs: number
  /** The last moment at or past the mark, and what had been played by then; null when it never came so far. */
  end: { at: number, watchedMs: number } | null
  leftAtEnd: boolean
}

function markOf (item: ModelItem): number {
  const ninety = Math.ceil(item.durationMs * 0.9)
  return Math.min(item.creditsStartMs ?? ninety, item.durationMs - 1_000)
}

function summarise ({ item, start, events }: ModelSitting): Summary | null {
  const ordered = [...events].sort((a, b) =>
    a.at - b.at || (a.eventId < b.eventId ? -1 : a.eventId > b.eventId ? 1 : a.positionMs - b.positionMs)
  )
  const newest = ordered.at(-1)
  if (newest === undefined) return null
  const [earliest] = [...events].sort((a, b) => a.at - b.at || a.positionMs - b.positionMs)
  const startedAt = Math.min(start?.at ?? Infinity, start === null ? earliest!.at : Infinity)
  const startPositionMs = start?.positionMs ?? earliest!.positionMs
  let furthest = startPositionMs
  let told: number | null = null
  for (const event of events) {
    furthest = Math.max(furthest, event.positionMs)
    if (event.watchedMs !== null) told = Math.max(told ?? 0, event.watchedMs)
  }
  const watchedMs = told ?? furthest - startPositionMs
  const past = events.filter((event) => event.positionMs >= markOf(item))
  let end: Summary['end'] = null
  if (past.length > 0) {
    const toldAtEnd = past.filter((event) => event.watchedMs !== null).map((event) => event.watchedMs!)
    end = {
      at: Math.max(...past.map((event) => event.at)),
      watchedMs: told === null ? watchedMs : toldAtEnd.length > 0 ? Math.max(...toldAtEnd) : told,
    }
  }
  // Nothing happened: it opened and closed at the same place. What was reported without a stream needs a place or a time.
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

/** One sitting in its turn: what the round had come to with it. */
interface Step {
  summary: Summary
  roundMs: number
  isStarted: boolean
  finishedAt: number | null
  endedAt: number | null
}

/** Walks the sittings of one item in the order they began; a finish ends the round. */
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
    const roundMs = before + summary.watchedMs
    const isStarted = roundMs >= Math.min(60_000, durationMs / 100)
    const isFinished = summary.end !== null && before + summary.end.watchedMs >= durationMs / 2
    steps.push({
      summary,
      roundMs,
      isStarted,
      finishedAt: isFinished ? summary.end!.at : null,
      endedAt: isStarted && summary.end !== null ? summary.end.at : null,
    })
    before = isFinished ? 0 : roundMs
  }
  return steps
}

export class ReferenceModel {
  constructor (readonly items: readonly ModelItem[], readonly told: Told) {}

  private summaries (of: (item: ModelItem) => boolean): Summary[] {
    return this.told.sittings.filter(({ item }) => of(item)).map(summarise).filter((one) => one !== null)
  }

  private mark (item: ModelItem): ModelMark | null {
    return this.told.marks.filter((one) => one.item.id === item.id).at(-1) ?? null
  }

  /** The moments at which the passes of a title began, after the first. */
  private passStarts (title: string): number[] {
    const items = this.items.filter((item) => item.title === title)
    const isMovie = items.length === 1
    const order = items.filter((item) => item.turn !== null).sort((a, b) => a.turn! - b.turn!)
    const opening = isMovie ? items : order.filter((item, i) => i === 0 || item === order.find((one) => !one.isSpecial))
    /** What came to its end in a pass, known before a moment; neither passes nor marks carry rounds over. */
    const endsOf = (
      since: number,
      moment: number,
    ): Array<{ at: number, knownAt: number, turn: number | null, finished: boolean }> => {
      const ends: Array<{ at: number, knownAt: number, turn: number | null, finished: boolean }> = []
      for (const item of items) {
        const mark = this.mark(item)
        const ofPass = this.summaries((one) => one === item).filter(({ lastAt, startedAt }) =>
          lastAt >= since && startedAt < moment
        )
        const parts = [
          ofPass.filter(({ lastAt }) => mark === null || lastAt > mark.saidAt),
          mark?.watched === false ? [] : ofPass.filter(({ lastAt }) => mark !== null && lastAt <= mark.saidAt),
        ]
        for (const { endedAt, finishedAt } of parts.flatMap((part) => walk(part))) {
          if (endedAt !== null) {
            ends.push({ at: endedAt, knownAt: endedAt, turn: item.turn, finished: finishedAt !== null })
          }
        }
        if (mark?.watched === true) {
          ends.push({ at: mark.watchedAt, knownAt: mark.saidAt, turn: item.turn, finished: true })
        }
      }
      return ends.filter((end) => end.knownAt < moment && end.knownAt >= since)
    }
    const moments = [
      ...this.told.again.filter((one) => one.title === title).map(({ at }) => ({ at, asked: true })),
      ...this.summaries((item) => opening.includes(item)).filter(({ watchedMs, item }) =>
        watchedMs >= Math.min(60_000, item.durationMs / 100)
      ).map(({ startedAt }) => ({ at: startedAt, asked: false })),
    ].sort((a, b) => a.at - b.at || Number(b.asked) - Number(a.asked))
    const starts: number[] = []
    for (const { at, asked } of moments) {
      const known = endsOf(starts.at(-1) ?? -Infinity, at)
      const newest = known.filter(({ turn }) => turn !== null).sort((a, b) => b.at - a.at || b.turn! - a.turn!)[0]
      const isFinished = isMovie
        ? known.some(({ finished }) => finished)
        : newest !== undefined && newest.turn === order.length - 1
      if (asked || isFinished) starts.push(at)
    }
    return starts
  }

  private state (item: ModelItem) {
    const starts = this.passStarts(item.title)
    const passOf = (moment: number): number => starts.filter((start) => start <= moment).length
    const mark = this.mark(item)
    const all = this.summaries((one) => one === item)
    const counting = all.filter(({ lastAt }) => mark === null || lastAt > mark.saidAt)
    const steps = walk(counting.filter(({ lastAt }) => passOf(lastAt) === starts.length))
    const newest = steps.map(({ summary }) => summary).sort((a, b) =>
      a.lastAt - b.lastAt || a.startedAt - b.startedAt || a.stoppedAt - b.stoppedAt
    ).at(-1)
    const present = steps
    const earlierPasses = [...new Set(counting.map(({ lastAt }) => passOf(lastAt)))].filter((pass) =>
      pass !== starts.length
    )
      .flatMap((pass) => walk(counting.filter(({ lastAt }) => passOf(lastAt) === pass)))
    const finishes = [...present, ...earlierPasses].map(({ finishedAt }) => finishedAt).filter((at) => at !== null)
    if (mark?.watched === true) finishes.push(mark.watchedAt)
    const ends = present.map(({ endedAt }) => endedAt).filter((at) => at !== null)
    if (mark?.watched === true && passOf(mark.saidAt) === starts.length) ends.push(mark.watchedAt)
    const activeAt = Math.max(
      ...present.filter(({ isStarted }) => isStarted).map(({ summary }) => summary.lastAt),
      -Infinity,
    )
    const newestOfAll = all.sort((a, b) =>
      a.lastAt - b.lastAt || a.startedAt - b.startedAt || a.stoppedAt - b.stoppedAt
    ).at(-1)
    return {
      mark,
      newestOfAll,
      present: steps.find(({ summary }) => summary === newest),
      finishedAt: finishes.length > 0 ? Math.max(...finishes) : null,
      endedAt: ends.length > 0 ? Math.max(...ends) : null,
      activeAt: Number.isFinite(activeAt) ? activeAt : null,
    }
  }

  progress (item: ModelItem): ModelProgress | null {
    const { mark, newestOfAll, present, finishedAt, activeAt } = this.state(item)
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
      watchedMs: present?.roundMs ?? 0,
      started: activeAt !== null || finishedAt !== null,
      finished: finishedAt !== null,
      finishedAt,
      lastWatchedAt: newestOfAll.lastAt,
    }
  }

  /** Nothing of a title was watched in the running pass. */
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
    const order = items.filter((item) => item.turn !== null).sort((a, b) => a.turn! - b.turn!)
    const states = items.map((item) => ({ item, ...this.state(item) }))
    const turn = (item: ModelItem): number => item.turn ?? -1
    const starts = this.passStarts(title)
    const current =
      states.filter(({ activeAt }) => activeAt !== null).sort((a, b) =>
        b.activeAt! - a.activeAt! || turn(b.item) - turn(a.item)
      )[0]
    const isInOrder = (item: ModelItem): boolean => item.turn !== null || items.length === 1
    const ended =
      states.filter(({ item, endedAt }) => endedAt !== null && isInOrder(item)).sort((a, b) =>
        b.endedAt! - a.endedAt! || turn(b.item) - turn(a.item)
      )[0]
    const activity = Math.max(current?.activeAt ?? 0, ended?.endedAt ?? 0, starts.at(-1) ?? 0)
    const hiddenAt = this.told.hidden.filter((one) => one.title === title).at(-1)?.at ?? -Infinity
    if ((current?.activeAt ?? 0) <= hiddenAt && hiddenAt !== -Infinity) return null
    const pass = starts.length + 1
    const skippedBefore = (place: number | null): number =>
      place === null
        ? 0
        : order.filter((item) =>
          !item.isSpecial && item.turn! < place && states.find((one) => one.item === item)!.endedAt === null
        ).length
    const resume = current !== undefined && current.present !== undefined && current.present.isStarted &&
      !current.present.summary.leftAtEnd
    if (resume) {
      return {
        title,
        kind: 'resume',
        item: current.item.id,
        positionMs: current.present!.summary.positionMs,
        pass,
        skippedBefore: skippedBefore(current.item.turn),
        activity,
      }
    }
    if (ended === undefined) {
      if (pass === 1 || (current !== undefined && isInOrder(current.item))) return null
      return { title, kind: 'next', item: (order[0] ?? items[0])!.id, positionMs: 0, pass, skippedBefore: 0, activity }
    }
    const next = ended.item.turn === null ? undefined : order.find((item) => item.turn! > ended.item.turn!)
    return next === undefined
      ? null
      : {
        title,
        kind: 'next',
        item: next.id,
        positionMs: 0,
        pass,
        skippedBefore: skippedBefore(ended.item.turn),
        activity,
      }
  }

  history (): ModelPlay[] {
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
