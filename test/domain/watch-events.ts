// Builders of watch events of a show and a movie, and the card that follows from them in words.
import { decideCard, deriveTitleState } from '../../src/domain/next-up.js'
import { mergePlayProgress, playProgressOfEvent } from '../../src/domain/progress.js'
import type { RunMark, TitleEvents } from '../../src/domain/rewatch-runs.js'
import {
  MOVIE_ORDER_KEY,
  type EpisodeInOrder,
  type TitleOutline,
  type WatchOrderKey,
} from '../../src/domain/watch-order.js'

export const DURATION = 1_000_000
export const keyOf = (season: number, episode: number, special = 0): WatchOrderKey => ({ season, episode, special })
export const episode = (season: number, number: number): EpisodeInOrder => ({
  id: `s${season}e${number}`,
  orderKey: keyOf(season, number),
  airDate: null,
})

/** Two seasons, and one special that is placed after the first season; another special has no place in the order. */
const CHRISTMAS: EpisodeInOrder = { id: 's0e1', orderKey: keyOf(1, 3, 2), airDate: null }
export const SHOW: TitleOutline = {
  kind: 'show',
  order: [episode(1, 1), episode(1, 2), episode(1, 3), CHRISTMAS, episode(2, 1), episode(2, 2)],
}
export const MOVIE: TitleOutline = { kind: 'movie', order: [] }
export const ORDER_KEYS = new Map<string, WatchOrderKey | null>([
  ...SHOW.order.map(({ id, orderKey }) => [id, orderKey] as const),
  ['s0e2', null],
  ['movie', MOVIE_ORDER_KEY],
])

/** A play from the start of an item to a position, with all fields reported. */
interface ReportedPlay {
  item: string
  at: number
  positionMs: number
  watchedMs: number
  startedAt: number
}
export const playOf = (item: string, at: number, positionMs = DURATION, watchedMs = positionMs): ReportedPlay => ({
  item,
  at,
  positionMs,
  watchedMs,
  startedAt: at - 1,
})

export interface Events {
  plays?: ReportedPlay[]
  marks?: Array<[item: string, watched: boolean, at: number, watchedAt?: number]>
  runMarks?: RunMark[]
}

export function eventsOf ({ plays = [], marks = [], runMarks = [] }: Events): TitleEvents {
  const timing = { durationMs: DURATION, creditsStartMs: null }
  return {
    plays: plays.map(({ item, at, positionMs, watchedMs, startedAt }) => ({
      item,
      orderKey: ORDER_KEYS.get(item) ?? null,
      progress: mergePlayProgress(
        playProgressOfEvent({ at: startedAt, positionMs: 0, watchedMs: 0, eventId: '' }, timing),
        playProgressOfEvent({ at, positionMs, watchedMs, eventId: '' }, timing),
      ),
    })),
    marks: marks.map(([item, watched, at, watchedAt = at]) => ({
      item,
      orderKey: ORDER_KEYS.get(item) ?? null,
      mark: { watched, markedAt: at, watchedAt },
    })),
    runMarks,
  }
}

export function describe (events: Events, outline: TitleOutline = SHOW): string {
  const { state } = deriveTitleState(eventsOf(events), outline)
  const card = decideCard(state, outline, (item) => ({ orderKey: ORDER_KEYS.get(item) ?? null }))
  const what = card === null
    ? 'none'
    : card.kind === 'resume'
    ? `resume ${card.item} ${card.state.positionMs}`
    : `${card.kind} ${card.episode?.id ?? 'movie'}`
  return [
    what,
    ...(state.runNumber > 1 ? [`run ${state.runNumber}`] : []),
    ...(card !== null && state.skipped > 0 ? [`skipped ${state.skipped}`] : []),
  ].join(', ')
}
