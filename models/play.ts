// One play: one viewing of one movie or episode by one profile. Plays are the source of truth for watch state.
import mongoose, { Schema, Types } from 'mongoose'
import './mongoose-settings.js'
import type { WatchedMark } from '../src/domain/item-state.js'
import { dateOrNull, type PlayProgress } from '../src/domain/progress.js'
import { derivedId } from './upsert.js'

export interface StoredPlay {
  _id: Types.ObjectId
  account: Types.ObjectId
  profile: Types.ObjectId
  title: Types.ObjectId
  item: Types.ObjectId
  season: number | null
  episode: number | null
  /** Names at the time of the play, for the history of deleted titles. */
  titleName: string
  itemName: string | null
  mediaFile: Types.ObjectId | null
  /**
   * - `play`: the item was played
   * - `mark`: the item was marked watched or unwatched at `startedAt`; `at` is when it was watched
   * - `pass`: a rewatch was started by request at `startedAt`, or the run that started then was cancelled
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
  reachedEndAt: Date | null
  reachedEndWatchedMs: number | null
  /** Of kind `mark` only. */
  watched: boolean | null
  /** Of kind `pass` only: when the run was cancelled; null for a started rewatch. */
  cancelledAt?: Date | null
  /** The item was played for some time; the history lists it. */
  isPlayed: boolean
  /** When the profile removed the play. The document stays, so that a late event does not restore it. */
  removedAt: Date | null
  /** Of a removed play: `watchedMs` and `watchedBeforeMs` at the removal, ms. Late events do not change it. */
  watchedMsAtRemoval?: number
  /** Playing time that the client counts for what was removed before, ms; not in `watchedMs`. Missing: 0. */
  watchedBeforeMs?: number
  /**
   * Of a play that continues a removed one: the play of the viewing that was removed first. If it is restored, both are
   * one viewing again.
   */
  continuedPlay?: Types.ObjectId
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
  reachedEndAt: { type: Date, default: null },
  reachedEndWatchedMs: { type: Number, default: null },
  watched: { type: Boolean, default: null },
  cancelledAt: { type: Date },
  isPlayed: { type: Boolean, default: true },
  removedAt: { type: Date, default: null },
  watchedMsAtRemoval: { type: Number },
  watchedBeforeMs: { type: Number },
  continuedPlay: { type: Schema.Types.ObjectId },
}, { collection: 'plays', versionKey: false })

// Pages of the history, newest first.
playSchema.index({ profile: 1, at: -1, _id: -1 })
// History and watch state of one title.
playSchema.index({ profile: 1, title: 1, at: -1 })
// Trends: plays that started in a period. Playing does not change this field.
playSchema.index({ startedAt: 1 })
// Deletion and export of an account.
playSchema.index({ account: 1 })

export const Play = mongoose.model('Play', playSchema)

/** ID of a play: all events with the same profile and play key update one document. */
export function derivePlayId (profileId: string, playKey: string): Types.ObjectId {
  return derivedId(profileId, playKey)
}

/** ID of the viewing that a play belongs to: that of its first play. */
export function viewingId ({ _id, continuedPlay }: Pick<StoredPlay, '_id' | 'continuedPlay'>): Types.ObjectId {
  return continuedPlay ?? _id
}

/** Converts a play to the progress that the domain rules use; times in ms since the epoch. */
export function toPlayProgress (play: StoredPlay): PlayProgress {
  const { watchedBeforeMs = 0 } = play
  return {
    startedAt: play.startedAt.getTime(),
    startPositionMs: play.startPositionMs,
    at: play.at.getTime(),
    eventId: play.eventId,
    positionMs: play.positionMs,
    durationMs: play.durationMs,
    furthestMs: play.furthestMs,
    watchedMs: play.watchedMs,
    reachedEndAt: play.reachedEndAt?.getTime() ?? null,
    reachedEndWatchedMs: play.reachedEndWatchedMs,
    ...(watchedBeforeMs > 0 ? { watchedBeforeMs } : {}),
  }
}

/** Converts progress to the fields of a stored play: the inverse of `toPlayProgress`. */
export function toStoredProgress (progress: PlayProgress) {
  return {
    ...progress,
    startedAt: new Date(progress.startedAt),
    at: new Date(progress.at),
    reachedEndAt: dateOrNull(progress.reachedEndAt),
  }
}

/** Converts a document of kind `mark`. */
export function toWatchedMark (mark: StoredPlay): WatchedMark {
  return { watched: mark.watched === true, markedAt: mark.startedAt.getTime(), watchedAt: mark.at.getTime() }
}

type MarkFields =
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
  | 'cancelledAt'
  | 'eventId'

/** Creates a document of kind `mark` or `pass`. */
export function newMark (fields: Pick<StoredPlay, MarkFields>): StoredPlay {
  return {
    mediaFile: null,
    startPositionMs: 0,
    positionMs: 0,
    furthestMs: 0,
    durationMs: null,
    watchedMs: null,
    reachedEndAt: null,
    reachedEndWatchedMs: null,
    isPlayed: false,
    removedAt: null,
    ...fields,
  }
}

/** Finds everything that the watch state of a title is derived from. */
export async function findPlaysOfTitle (
  profileId: string | Types.ObjectId,
  titleId: string | Types.ObjectId,
): Promise<StoredPlay[]> {
  // Filtered here: with `removedAt` in the query, the fallback server does not use the index.
  return (await findRecordsOfTitle(profileId, titleId)).filter((play) => play.removedAt === null)
}

/** Finds all plays and marks of a title, removed ones included. */
export async function findRecordsOfTitle (
  profileId: string | Types.ObjectId,
  titleId: string | Types.ObjectId,
): Promise<StoredPlay[]> {
  // By the driver: pages and flushes read plays often, and Mongoose takes half as long again.
  return await Play.collection.find<StoredPlay>({
    profile: new mongoose.Types.ObjectId(profileId),
    title: new mongoose.Types.ObjectId(titleId),
  }).toArray()
}
