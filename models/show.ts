// A show with its seasons and episodes embedded. Their media files have a collection of their own, so that a show of a
// thousand episodes stays small. Season 0 contains specials. The hooks bound the show on every write method.
import mongoose, { Schema, Types } from 'mongoose'
import './mongoose-settings.js'
import { conflict } from '../src/errors.js'
import {
  chaptersPath,
  detectedMarkersPath,
  markersSchema,
  placeholderSchema,
  Title,
  translationsPath,
  type DetectedMarkers,
  type Markers,
  type StoredChapters,
  type StoredPlaceholder,
  type StoredTitle,
  type Translation,
} from './title.js'

/** Far below MongoDB's limit of 16 MB: a show of this size is read within a few milliseconds. */
export const MAX_SHOW_BYTES = 1_000_000
export const MAX_SHOW_EPISODES = 3_000

export interface StoredEpisode {
  _id: Types.ObjectId
  number: number
  title: string
  synopsis: string | null
  translations?: Translation[]
  runtimeMs: number | null
  /** RFC 3339 full-date; null when unknown. */
  airDate: string | null
  /** Of a special: the regular episode that it follows; null for a special without a place in the order. */
  placedAfter: { season: number, episode: number } | null
  /** Number of episodes that its media contains, from this one on; missing for 1 unless it was stated. */
  mediaSpan?: number
  markers: Markers | null
  /** Missing when people set all markers, or there are none. */
  detectedMarkers?: DetectedMarkers
  /** Missing when unknown. */
  chapters?: StoredChapters
  /** Missing or null when there is none: a show of a thousand episodes stays small. */
  stillUrl?: string | null
  /** Of the still; missing for none. */
  stillPlaceholder?: StoredPlaceholder
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
  mediaSpan: { type: Number },
  markers: { type: markersSchema, default: null },
  detectedMarkers: detectedMarkersPath,
  chapters: chaptersPath,
  stillUrl: { type: String },
  stillPlaceholder: { type: placeholderSchema, default: undefined },
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

export function countEpisodes (seasons: ReadonlyArray<Pick<StoredSeason, 'episodes'>>): number {
  return seasons.reduce((count, season) => count + season.episodes.length, 0)
}

/**
 * Checks what holds for every stored show. Writes with the driver call it themselves.
 * @throws DomainError 409 `duplicate-number`, `duplicate-id` or `show-too-large`
 */
export function assertShow (show: Pick<StoredShow, 'seasons' | 'episodeCount'>): void {
  assertUniqueEpisodes(show.seasons)
  assertShowSize(show.episodeCount, mongoose.mongo.BSON.calculateObjectSize(show))
}

function assertUniqueEpisodes (seasons: readonly StoredSeason[]): void {
  const hasDuplicates = (list: ReadonlyArray<{ number: number }>): boolean =>
    new Set(list.map(({ number }) => number)).size !== list.length
  if (hasDuplicates(seasons) || seasons.some((season) => hasDuplicates(season.episodes))) {
    throw conflict(
      'duplicate-number',
      'Number taken',
      'Season numbers are unique in a show, and episode numbers in a season.',
    )
  }
  const ids = seasons.flatMap((season) => season.episodes.map(({ _id }) => _id.toString()))
  if (new Set(ids).size !== ids.length) {
    throw conflict('duplicate-id', 'ID taken', 'Two episodes of the show have the same ID.')
  }
}

function assertShowSize (episodes: number, bytes: number): void {
  if (episodes <= MAX_SHOW_EPISODES && bytes <= MAX_SHOW_BYTES) return
  throw conflict(
    'show-too-large',
    'The show is too large',
    `A show has at most ${MAX_SHOW_EPISODES} episodes and ${MAX_SHOW_BYTES} bytes; ` +
      `this one would have ${episodes} and ${bytes}. Nothing was written.`,
    { maxEpisodes: MAX_SHOW_EPISODES, episodes, maxBytes: MAX_SHOW_BYTES, bytes },
  )
}

function countAndCheckEpisodes (this: mongoose.HydratedDocument<StoredShow>): void {
  if (!this.isModified('seasons') && !this.isModified('episodeCount') && !this.isNew) return
  this.episodeCount = countEpisodes(this.seasons)
  assertShow(this.toObject({ depopulate: true }))
}

showSchema.pre('validate', countAndCheckEpisodes)

showSchema.pre('save', function checkWithoutValidation (options) {
  if (options.validateBeforeSave === false) countAndCheckEpisodes.call(this)
})

showSchema.pre('insertMany', async function countAndCheckInserted (documents) {
  for (const document of [documents].flat()) {
    if (!(document instanceof mongoose.Document)) completeAndCheck(document as Partial<StoredShow>)
  }
})

/** Does for a plain object what the document hook does: a lean insert runs no document hooks. */
function completeAndCheck (show: Partial<StoredShow>): void {
  const seasons = (show.seasons ?? []).map((season) => ({
    ...season,
    episodes: ((season as Partial<StoredSeason>).episodes ?? []).map((episode) => ({
      ...episode,
      _id: (episode as Partial<StoredEpisode>)._id ?? new Types.ObjectId(),
    })),
  }))
  Object.assign(show, { seasons, episodeCount: countEpisodes(seasons) })
  assertShow(show as StoredShow)
}

export const Show = Title.discriminator('Show', showSchema, 'show')
