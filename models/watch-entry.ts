// One entry of a profile's watch history: the state of one title. The same shape is embedded in the account for recent
// titles and stored in the archive for older ones.
import { Schema, type Types } from 'mongoose'
import type { TitleState } from '../src/domain/next-up.js'

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
  /** The item most recently brought to its end; what follows it is next. */
  ended: { item: Types.ObjectId, season: number | null, episode: number | null, at: Date } | null
  /** Hidden from continue watching until played after this moment. */
  hiddenAt: Date | null
  /** Plays of this title up to this moment were removed by the viewer and stay away. */
  clearedAt: Date | null
  /** Grows with every write: a writer that read an older state writes nothing and looks again. */
  revision: number
}

const endedSchema = new Schema({
  item: { type: Schema.Types.ObjectId, required: true },
  season: { type: Number, default: null },
  episode: { type: Number, default: null },
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
  hiddenAt: { type: Date, default: null },
  clearedAt: { type: Date, default: null },
  revision: { type: Number, default: 0 },
} as const

export const watchEntryFields = fields
export const watchEntrySchema = new Schema<WatchEntry>(fields as never, { _id: false })

/** Reads the state that the rules work on. */
export function titleStateOf (entry: WatchEntry): TitleState {
  const current = entry.item === null
    ? null
    : {
        item: entry.item.toString(),
        season: entry.season,
        episode: entry.episode,
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
  const ended = entry.ended === null
    ? null
    : { item: entry.ended.item.toString(), season: entry.ended.season, episode: entry.ended.episode, at: entry.ended.at.getTime() }
  return { current, ended }
}
