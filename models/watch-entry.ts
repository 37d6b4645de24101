// One entry of a profile's watch history: the state of one title. The same shape is embedded in the account for recent
// titles and stored in the archive for older ones.
import { Schema, type Types } from 'mongoose'
import type { EndedItem, TitleState } from '../src/domain/next-up.js'
import { MOVIE_ORDER_KEY, type WatchOrderKey } from '../src/domain/watch-order.js'

export interface WatchEntry {
  title: Types.ObjectId
  /** The newest started movie or episode; null when only marks or ends are known. */
  item: Types.ObjectId | null
  season: number | null
  episode: number | null
  positionMs: number
  durationMs: number | null
  watchedMs: number
  finished: boolean
  finishedAt: Date | null
  lastWatchedAt: Date
  /** When the title was last touched in any way; orders the cards, and what makes room. */
  activityAt: Date
  isResumable: boolean
  /** The item most recently brought to its end; what follows it is next. `after` is the place of a special. */
  ended: { item: Types.ObjectId, season: number | null, episode: number | null, after?: PlacedAfter, at: Date } | null
  /** 1 for the first time; one more each time that it is watched again. */
  pass: number
  passSince: Date | null
  /** Regular episodes before the card's that were not watched in this pass. */
  skipped: number
  /** Hidden from continue watching until played after this moment. */
  hiddenAt: Date | null
  /** Given up: away from continue watching until brought back by a call. */
  droppedAt: Date | null
  /** Plays of this title up to this moment were removed by the viewer and stay away. */
  clearedAt: Date | null
  /** Grows with every write: a writer that read an older state writes nothing and looks again. */
  revision: number
}

interface PlacedAfter {
  season: number
  episode: number
}

const placedAfterSchema = new Schema<PlacedAfter>({
  season: { type: Number, required: true },
  episode: { type: Number, required: true },
}, { _id: false })

const endedSchema = new Schema({
  item: { type: Schema.Types.ObjectId, required: true },
  season: { type: Number, default: null },
  episode: { type: Number, default: null },
  after: { type: placedAfterSchema },
  at: { type: Date, required: true },
}, { _id: false })

const fields = {
  title: { type: Schema.Types.ObjectId, required: true },
  item: { type: Schema.Types.ObjectId, default: null },
  season: { type: Number, default: null },
  episode: { type: Number, default: null },
  positionMs: { type: Number, default: 0 },
  durationMs: { type: Number, default: null },
  watchedMs: { type: Number, default: 0 },
  finished: { type: Boolean, default: false },
  finishedAt: { type: Date, default: null },
  lastWatchedAt: { type: Date, required: true },
  activityAt: { type: Date, required: true },
  isResumable: { type: Boolean, default: false },
  ended: { type: endedSchema, default: null },
  pass: { type: Number, default: 1 },
  passSince: { type: Date, default: null },
  skipped: { type: Number, default: 0 },
  hiddenAt: { type: Date, default: null },
  droppedAt: { type: Date, default: null },
  clearedAt: { type: Date, default: null },
  revision: { type: Number, default: 0 },
} as const

export const watchEntryFields = fields
export const watchEntrySchema = new Schema<WatchEntry>(fields as never, { _id: false })

/** Season and episode as they are numbered and shown; null for a movie. */
export interface Numbers {
  readonly season: number | null
  readonly episode: number | null
}

/** The place of a movie, or of an episode by its numbers alone: a special has none unless it is told. */
export function orderKey ({ season, episode }: Numbers, after: PlacedAfter | null = null): WatchOrderKey | null {
  if (season === null || episode === null) return MOVIE_ORDER_KEY
  if (season > 0) return { season, episode, special: 0 }
  return after === null ? null : { ...after, special: episode + 1 }
}

/** Reads the state that the rules work on. */
export function toTitleState (entry: WatchEntry): TitleState {
  const current = entry.item === null
    ? null
    : {
      item: entry.item.toString(),
      place: orderKey(entry),
      state: {
        positionMs: entry.positionMs,
        durationMs: entry.durationMs,
        watchedMs: entry.watchedMs,
        finished: entry.finished,
        finishedAt: entry.finishedAt?.getTime() ?? null,
        lastWatchedAt: entry.lastWatchedAt.getTime(),
        isResumable: entry.isResumable,
      },
    }
  // Entries that were written before passes were counted are of the first.
  return {
    current,
    ended: endedOf(entry.ended),
    pass: entry.pass ?? 1,
    passSince: entry.passSince?.getTime() ?? null,
    skipped: entry.skipped ?? 0,
  }
}

function endedOf (ended: WatchEntry['ended']): EndedItem | null {
  const place = ended === null ? null : orderKey(ended, ended.after ?? null)
  return ended === null || place === null ? null : { item: ended.item.toString(), place, at: ended.at.getTime() }
}
