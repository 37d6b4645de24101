// One play: one sitting of one profile with one movie or episode. The source of truth of watching, kept for ever.
import { createHash } from 'node:crypto'
import mongoose, { Schema, Types } from 'mongoose'
import type { PlayProgress, WatchedMark } from '../src/domain/progress.js'

export interface StoredPlay {
  _id: Types.ObjectId
  account: Types.ObjectId
  profile: Types.ObjectId
  title: Types.ObjectId
  item: Types.ObjectId
  season: number | null
  episode: number | null
  /** Names as they were, so that history reads on when the title is gone. */
  titleName: string
  itemName: string | null
  mediaFile: Types.ObjectId | null
  /**
   * `play`; `mark` where somebody said watched or unwatched (at `startedAt`, of the time `at`); `pass` where somebody began
   * again at `startedAt`, or with `endAt`, undid then the pass that had begun at `startedAt`.
   */
  kind: 'play' | 'mark' | 'pass'
  startedAt: Date
  startPositionMs: number
  at: Date
  eventId: string
  positionMs: number
  durationMs: number | null
  furthestMs: number
  watchedMs: number | null
  endAt: Date | null
  endWatchedMs: number | null
  /** Of a mark only. */
  watched: boolean | null
  /** Something was really played: what history lists. */
  isPlayed: boolean
  /** Removed by the viewer; the row stays, so that a late event does not bring it back. */
  removedAt: Date | null
}

const playSchema = new Schema<StoredPlay>({
  account: { type: Schema.Types.ObjectId, required: true },
  profile: { type: Schema.Types.ObjectId, required: true },
  title: { type: Schema.Types.ObjectId, required: true },
  item: { type: Schema.Types.ObjectId, required: true },
  season: { type: Number, default: null },
  episode: { type: Number, default: null },
  titleName: { type: String, required: true },
  itemName: { type: String, default: null },
  mediaFile: { type: Schema.Types.ObjectId, default: null },
  kind: { type: String, enum: ['play', 'mark', 'pass'], required: true },
  startedAt: { type: Date, required: true },
  startPositionMs: { type: Number, required: true },
  at: { type: Date, required: true },
  eventId: { type: String, default: '' },
  positionMs: { type: Number, required: true },
  durationMs: { type: Number, default: null },
  furthestMs: { type: Number, required: true },
  watchedMs: { type: Number, default: null },
  endAt: { type: Date, default: null },
  endWatchedMs: { type: Number, default: null },
  watched: { type: Boolean, default: null },
  isPlayed: { type: Boolean, default: true },
  removedAt: { type: Date, default: null },
}, { collection: 'plays', versionKey: false })

// Pages of history, newest first.
playSchema.index({ profile: 1, at: -1, _id: -1 })
// One title's history, "where was I" in its items, and everything its state is folded from.
playSchema.index({ profile: 1, title: 1, at: -1 })
// What is popular: who played what on a day. It never changes while something plays.
playSchema.index({ startedAt: 1 })
// Deletion and export of an account.
playSchema.index({ account: 1 })

export const Play = mongoose.model('Play', playSchema)

/** The id of a play: the same for the same profile and sitting, so that every report of it finds the same row. */
export function derivePlayId (profileId: string, sitting: string): Types.ObjectId {
  return new Types.ObjectId(createHash('sha256').update(`${profileId}\n${sitting}`).digest().subarray(0, 12))
}

/** The facts that the rules work on; times in ms since the epoch. */
export function toPlayProgress (play: StoredPlay): PlayProgress {
  return {
    startedAt: play.startedAt.getTime(),
    startPositionMs: play.startPositionMs,
    at: play.at.getTime(),
    eventId: play.eventId,
    positionMs: play.positionMs,
    durationMs: play.durationMs,
    furthestMs: play.furthestMs,
    watchedMs: play.watchedMs,
    endAt: play.endAt?.getTime() ?? null,
    endWatchedMs: play.endWatchedMs,
  }
}

/** What a row of kind `mark` says. */
export function toWatchedMark (row: StoredPlay): WatchedMark {
  return { watched: row.watched === true, at: row.startedAt.getTime(), watchedAt: row.at.getTime() }
}

/** A row that is no play: somebody said something of an item. */
export function newWatchedMark (
  fields: Pick<
    StoredPlay,
    | '_id'
    | 'account'
    | 'profile'
    | 'title'
    | 'item'
    | 'season'
    | 'episode'
    | 'titleName'
    | 'itemName'
    | 'kind'
    | 'startedAt'
    | 'at'
    | 'watched'
    | 'endAt'
    | 'eventId'
  >,
): StoredPlay {
  return {
    mediaFile: null,
    startPositionMs: 0,
    positionMs: 0,
    furthestMs: 0,
    durationMs: null,
    watchedMs: null,
    endWatchedMs: null,
    isPlayed: false,
    removedAt: null,
    ...fields,
  }
}

/** All rows that the state of a title is folded from. */
export async function findPlaysOfTitle (
  profileId: string | Types.ObjectId,
  titleId: string | Types.ObjectId,
): Promise<StoredPlay[]> {
  const rows = await Play.find({ profile: profileId, title: titleId }).lean<StoredPlay[]>()
  // Not in the filter: the embedded server would leave the index aside.
  return rows.filter((row) => row.removedAt === null)
}
