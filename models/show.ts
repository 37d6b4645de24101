// A show with its seasons and episodes embedded; their media files live in a collection of their own, so that a show of
// a thousand episodes stays small. Season 0 holds specials.
import mongoose, { Schema, type Types } from 'mongoose'
import { conflict } from '../src/errors.js'
import {
  REPLACE_METHODS,
  rootSegment,
  writtenPaths,
  UnguardedWriteError,
  UPDATE_METHODS,
  type AnyUpdate,
} from './write-guards.js'
import { markersSchema, Title, translationsPath, type Markers, type StoredTitle, type Translation } from './title.js'

/** Well under MongoDB's 16 MB, where a show is still read in a few ms. */
export const MAX_SHOW_BYTES = 1_000_000
export const MAX_SHOW_EPISODES = 3_000

export interface StoredEpisode {
  _id: Types.ObjectId
  number: number
  title: string
  synopsis: string | null
  translations?: Translation[]
  runtimeMs: number | null
  /** RFC 3339 full-date; null when it is not known. */
  airDate: string | null
  /** Of a special: the regular episode it is watched after; null when it stands outside the order. */
  placedAfter: { season: number, episode: number } | null
  markers: Markers | null
}

export interface StoredSeason {
  number: number
  title: string | null
  synopsis: string | null
  translations?: Translation[]
  episodes: StoredEpisode[]
}

export interface StoredShow extends StoredTitle {
  kind: 'show'
  seasons: StoredSeason[]
  episodeCount: number
}

const placedAfterSchema = new Schema({
  season: { type: Number, required: true },
  episode: { type: Number, required: true },
}, { _id: false })

const episodeSchema = new Schema<StoredEpisode>({
  number: { type: Number, required: true },
  title: { type: String, required: true },
  synopsis: { type: String, default: null },
  translations: translationsPath,
  runtimeMs: { type: Number, default: null },
  airDate: { type: String, default: null },
  placedAfter: { type: placedAfterSchema, default: null },
  markers: { type: markersSchema, default: null },
})

const seasonSchema = new Schema<StoredSeason>({
  number: { type: Number, required: true },
  title: { type: String, default: null },
  synopsis: { type: String, default: null },
  translations: translationsPath,
  episodes: { type: [episodeSchema], default: [] },
}, { _id: false })

const showSchema = new Schema<StoredShow>({
  seasons: { type: [seasonSchema], default: [] },
  episodeCount: { type: Number, default: 0 },
})

showSchema.pre('validate', function countAndBound () {
  if (!this.isModified('seasons') && !this.isNew) return
  this.episodeCount = countEpisodes(this.seasons as unknown as StoredSeason[])
  assertShow(this.toObject({ depopulate: true }) as unknown as StoredShow)
})

export function countEpisodes (seasons: readonly StoredSeason[]): number {
  return seasons.reduce((count, season) => count + season.episodes.length, 0)
}

/**
 * What holds for every stored show, also for those that no document writes. @throws DomainError `duplicate-number`,
 * `duplicate-id`, `show-too-large`
 */
export function assertShow (show: StoredShow): void {
  assertNumbersUnique(show.seasons)
  assertShowFits(show.episodeCount, mongoose.mongo.BSON.calculateObjectSize(show))
}

function assertNumbersUnique (seasons: readonly StoredSeason[]): void {
  const hasTwins = (list: ReadonlyArray<{ number: number }>): boolean =>
    new Set(list.map((one) => one.number)).size !== list.length
  if (hasTwins(seasons) || seasons.some((season) => hasTwins(season.episodes))) {
    throw conflict(
      'duplicate-number',
      'Number taken',
      'Season numbers are unique in a show, and episode numbers in a season.',
    )
  }
  const ids = seasons.flatMap((season) => season.episodes.map((episode) => episode._id.toString()))
  if (new Set(ids).size !== ids.length) {
    throw conflict('duplicate-id', 'Id taken', 'Two episodes of the show have the same id.')
  }
}

/** @throws DomainError `show-too-large` */
function assertShowFits (episodes: number, bytes: number): void {
  if (episodes <= MAX_SHOW_EPISODES && bytes <= MAX_SHOW_BYTES) return
  throw conflict(
    'show-too-large',
    'The show is too large',
    `A show holds up to ${MAX_SHOW_EPISODES} episodes and ${MAX_SHOW_BYTES} bytes; this one would have ${episodes} and ${bytes}. Nothing was written.`,
    { maxEpisodes: MAX_SHOW_EPISODES, episodes, maxBytes: MAX_SHOW_BYTES, bytes },
  )
}

/** Seasons are written through the document, so that they are counted and bounded. */
function refuseSeasons (update: AnyUpdate): void {
  for (const { path, operator } of writtenPaths(update)) {
    if (path === '' || ['seasons', 'episodeCount'].includes(rootSegment(path))) {
      throw new UnguardedWriteError(`shows: "${path}" is written by saving the document, not by ${operator}`)
    }
  }
}

showSchema.pre([...UPDATE_METHODS], function guardSeasons () {
  refuseSeasons(this.getUpdate())
})

showSchema.pre([...REPLACE_METHODS], function refuseReplacement () {
  throw new UnguardedWriteError('shows are never replaced whole by the driver')
})

export const Show = Title.discriminator('Show', showSchema, 'show')
