// One entry of a profile's watch history: its state of one title. Recent entries are embedded in the account, older
// ones are in the archive, with the same shape.
import { Schema, type Types } from 'mongoose'
import './mongoose-settings.js'
import type { EndedItem, TitleState } from '../src/domain/next-up.js'
import { toIdString } from '../src/domain/id-strings.js'
import { MOVIE_ORDER_KEY, type WatchOrderKey } from '../src/domain/watch-order.js'

export interface WatchEntry {
  title: Types.ObjectId
  /** The newest started movie or episode; null without one. */
  item: Types.ObjectId | null
  season: number | null
  episode: number | null
  positionMs: number
  durationMs: number | null
  watchedMs: number
  finished: boolean
  finishedAt: Date | null
  lastWatchedAt: Date
  /** Newest activity of any kind. Orders the cards; the entry with the oldest activity moves to the archive first. */
  activityAt: Date
  isResumable: boolean
  /** The item that reached its end last; the episode after it is next. `after` is the place of a special. */
  ended: { item: Types.ObjectId, season: number | null, episode: number | null, after?: PlacedAfter, at: Date } | null
  /** Number of the current run: 1 for the first, one more for each rewatch. */
  pass: number
  /** Start of the current run; null for the first. */
  passSince: Date | null
  /** Number of regular episodes before the card's that were not watched in this run. */
  skipped: number
  /** Hidden from continue watching until the title is played after this time. */
  hiddenAt: Date | null
  /** Dropped: hidden from continue watching until restored by request. */
  droppedAt: Date | null
  /** The profile cleared all plays of this title up to this time; late events do not restore them. */
  clearedAt: Date | null
  /** Increases with each write: a writer that read an older revision reads again. */
  revision: number
}

/** The regular episode that a special follows. */
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

export const watchEntryFields = {
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

export const watchEntrySchema = new Schema<WatchEntry>(watchEntryFields as never, { _id: false })

/** Season and episode number; null for a movie. */
export interface EpisodeNumbers {
  readonly season: number | null
  readonly episode: number | null
}

/** Derives the key in watch order. A special without `after` has no place in the order and no key. */
export function deriveOrderKey (
  { season, episode }: EpisodeNumbers,
  after: PlacedAfter | null = null,
): WatchOrderKey | null {
  if (season === null || episode === null) return MOVIE_ORDER_KEY
  if (season > 0) return { season, episode, special: 0 }
  return after === null ? null : { ...after, special: episode + 1 }
}

/** Converts an entry to the state that the domain rules use; times in ms since the epoch. */
export function toTitleState (entry: WatchEntry): TitleState {
  const current = entry.item === null
    ? null
    : {
      item: toIdString(entry.item),
      orderKey: deriveOrderKey(entry),
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
  return {
    current,
    ended: toEndedItem(entry.ended),
    runNumber: entry.pass,
    runStartedAt: entry.passSince?.getTime() ?? null,
    skipped: entry.skipped,
  }
}

function toEndedItem (ended: WatchEntry['ended']): EndedItem | null {
  const orderKey = ended === null ? null : deriveOrderKey(ended, ended.after ?? null)
  return ended === null || orderKey === null ? null : { item: toIdString(ended.item), orderKey, at: ended.at.getTime() }
}
