// The catalogue: the fields that movies and shows share. Movie and Show are discriminators of this model, so that
// wishlists, history and search refer to titles by one kind of ID. The hooks keep seasons out of bulk updates.
import mongoose, { Schema, type Types } from 'mongoose'
import './mongoose-settings.js'
import type { Certification } from '../src/domain/certifications.js'
import { MATURITY_RATINGS, type MaturityRating } from '../src/domain/maturity.js'
import { areChapters } from '../src/domain/chapters.js'
import { MAX_TRANSLATIONS } from '../src/domain/vocabulary.js'
import {
  pathsOfFilter,
  REPLACE_METHODS,
  rootSegment,
  UnguardedWriteError,
  UPDATE_METHODS,
  writtenPaths,
  writtenPathsOfQuery,
  type AnyUpdate,
  type WrittenPath,
} from './write-guards.js'

export interface Person {
  name: string
  role: string | null
  /** IMDb ID, to distinguish people of the same name; missing when unknown. */
  imdb?: string
}

/** Title and synopsis in another language; null for the one that is not translated. */
export interface Translation {
  /** BCP 47. */
  language: string
  title: string | null
  synopsis: string | null
}

/** Positions in an item, ms from its start. */
export interface Markers {
  recapStartMs: number | null
  recapEndMs: number | null
  introStartMs: number | null
  introEndMs: number | null
  /** Start of the credits: from here on the item counts as finished. */
  creditsStartMs: number | null
}

/** Markers that are detected together: the start and the end of the intro, and the start of the credits. */
export const DETECTED_GROUPS = ['intro', 'credits'] as const
export type DetectedGroup = (typeof DETECTED_GROUPS)[number]
export const FIELDS_OF_GROUP = {
  intro: ['introStartMs', 'introEndMs'],
  credits: ['creditsStartMs'],
} as const satisfies Record<DetectedGroup, ReadonlyArray<keyof Markers>>

/** Which markers of an episode were detected. All others were set by people, or are not set. */
export interface DetectedMarkers {
  /** Confidence of a detected intro, 0 to 1; null: the intro is not a detected one. */
  intro: number | null
  credits: number | null
  /** Groups that people have cleared: they are not detected again. */
  cleared: DetectedGroup[]
}

export interface Chapter {
  /** Ms from the start of the item. */
  startMs: number
  title: string
}

export interface StoredChapters {
  /** Sorted by start; each starts later than the one before. */
  list: Chapter[]
  /** The master that has them; null: people set them, and ingest does not change them. */
  master: Types.ObjectId | null
}

/** What clients show while an image of this service loads. */
export interface StoredPlaceholder {
  image: Types.ObjectId
  /** ThumbHash, base64. */
  hash: string
}

export interface StoredTitle {
  _id: Types.ObjectId
  kind: 'movie' | 'show'
  title: string
  originalTitle: string | null
  alternativeTitles: string[]
  synopsis: string | null
  /** Missing when there are none. */
  translations?: Translation[]
  year: number | null
  /** RFC 3339 full-date. */
  releaseDate: string | null
  genres: string[]
  maturityRating: MaturityRating | null
  /** Rating of another country, from which the maturity rating is derived. Missing when there is none. */
  certification?: Certification
  cast: Person[]
  crew: Person[]
  posterUrl: string | null
  backdropUrl: string | null
  /** Missing or null when there is none, and in titles of earlier versions. */
  logoUrl?: string | null
  /** Missing or null when there is none, and in titles of earlier versions. */
  trailerUrl?: string | null
  /** Of the poster, the backdrop and the logo; missing for none. Those of other images are ignored. */
  placeholders?: StoredPlaceholder[]
  /** BCP 47. */
  originalLanguage: string | null
  externalIds: { imdb?: string, tmdb?: string, wikidata?: string }
  availableFrom: Date | null
  availableUntil: Date | null
  published: boolean
  popularity: number
  createdAt: Date
  updatedAt: Date
  /** Revision; increases with each write. */
  __v: number
}

const certificationSchema = new Schema<Certification>({
  system: { type: String, required: true },
  rating: { type: String, required: true },
  age: { type: Number, required: true },
}, { _id: false })

export const personSchema = new Schema<Person>({
  name: { type: String, required: true },
  role: { type: String, default: null },
  imdb: { type: String },
}, { _id: false })

export const translationSchema = new Schema<Translation>({
  language: { type: String, required: true },
  title: { type: String, default: null },
  synopsis: { type: String, default: null },
}, { _id: false })

/** Not stored when empty: a show of a thousand episodes stays small. */
export const translationsPath = {
  type: [translationSchema],
  default: undefined,
  validate: (translations: unknown[] | undefined) =>
    translations === undefined || translations.length <= MAX_TRANSLATIONS,
}

export const NO_MARKERS: Markers = {
  recapStartMs: null,
  recapEndMs: null,
  introStartMs: null,
  introEndMs: null,
  creditsStartMs: null,
}

export const markersSchema = new Schema<Markers>({
  recapStartMs: { type: Number, default: null },
  recapEndMs: { type: Number, default: null },
  introStartMs: { type: Number, default: null },
  introEndMs: { type: Number, default: null },
  creditsStartMs: { type: Number, default: null },
}, { _id: false })

const detectedMarkersSchema = new Schema<DetectedMarkers>({
  intro: { type: Number, default: null, min: 0, max: 1 },
  credits: { type: Number, default: null, min: 0, max: 1 },
  cleared: { type: [{ type: String, enum: DETECTED_GROUPS }], default: [] },
}, { _id: false })

/** Missing when no marker was detected or cleared. */
export const detectedMarkersPath = { type: detectedMarkersSchema, default: undefined }

/** Poster, backdrop and logo. */
export const MAX_PLACEHOLDERS = 3

const chaptersSchema = new Schema<StoredChapters>({
  list: {
    type: [new Schema<Chapter>({ startMs: Number, title: String }, { _id: false })],
    default: [],
    validate: { validator: areChapters, message: 'chapters are out of order, incomplete or too many' },
  },
  master: { type: Schema.Types.ObjectId, default: null },
}, { _id: false })

/** Not stored when unknown, as most items have none. */
export const chaptersPath = { type: chaptersSchema, default: undefined }

export const placeholderSchema = new Schema<StoredPlaceholder>({
  image: { type: Schema.Types.ObjectId, required: true },
  hash: { type: String, required: true, maxlength: 60 },
}, { _id: false })

/** The placeholder of an image by its URL; null for an image of another service. */
export function findPlaceholder (
  url: string | null | undefined,
  placeholders: readonly StoredPlaceholder[] = [],
): string | null {
  return placeholders.find(({ image }) => url === `/v1/images/${image.toString()}`)?.hash ?? null
}

const titleSchema = new Schema<StoredTitle>({
  title: { type: String, required: true },
  originalTitle: { type: String, default: null },
  alternativeTitles: { type: [String], default: [] },
  synopsis: { type: String, default: null },
  translations: translationsPath,
  year: { type: Number, default: null },
  releaseDate: { type: String, default: null },
  genres: { type: [String], default: [] },
  maturityRating: { type: String, enum: [...MATURITY_RATINGS, null], default: null },
  certification: { type: certificationSchema, default: undefined },
  cast: { type: [personSchema], default: [] },
  crew: { type: [personSchema], default: [] },
  posterUrl: { type: String, default: null },
  backdropUrl: { type: String, default: null },
  logoUrl: { type: String },
  trailerUrl: { type: String },
  placeholders: {
    type: [placeholderSchema],
    default: undefined,
    validate: (placeholders: unknown[] | undefined) => (placeholders?.length ?? 0) <= MAX_PLACEHOLDERS,
  },
  originalLanguage: { type: String, default: null },
  externalIds: {
    imdb: { type: String },
    tmdb: { type: String },
    wikidata: { type: String },
  },
  availableFrom: { type: Date, default: null },
  availableUntil: { type: Date, default: null },
  published: { type: Boolean, default: true },
  popularity: { type: Number, default: 0 },
}, { collection: 'titles', timestamps: true, discriminatorKey: 'kind', optimisticConcurrency: true })

// Imports find titles by external ID; an external ID belongs to one title.
titleSchema.index({ 'externalIds.imdb': 1 }, { unique: true, sparse: true })
titleSchema.index({ 'externalIds.tmdb': 1 }, { unique: true, sparse: true })
titleSchema.index({ 'externalIds.wikidata': 1 }, { unique: true, sparse: true })

/** What Show counts and bounds when a document is saved. The discriminators inherit the hooks below. */
const GUARDED_ROOTS = new Set(['seasons', 'episodeCount'])

/** @throws UnguardedWriteError */
function assertNoSeasons (paths: readonly WrittenPath[]): void {
  for (const { operator, path } of paths) {
    if (path === '' || GUARDED_ROOTS.has(rootSegment(path))) {
      throw new UnguardedWriteError(`titles: "${path}" is written by saving the show, not by ${operator}`)
    }
  }
}

titleSchema.pre([...UPDATE_METHODS], function guardUpdate () {
  assertNoSeasons(writtenPathsOfQuery(this))
})

titleSchema.pre([...REPLACE_METHODS], function rejectReplacement () {
  throw new UnguardedWriteError('titles are never replaced')
})

titleSchema.pre('insertMany', async function guardInsertMany (documents) {
  // Show inherits this hook and has its own, which checks the seasons.
  if (this.modelName === 'Show') return
  for (const document of [documents].flat()) assertNoSeasons(pathsOfFields(document))
})

titleSchema.pre('bulkWrite', async function guardBulkWrite (operations) {
  for (const operation of operations) {
    if ('insertOne' in operation) {
      assertNoSeasons(pathsOfFields(operation.insertOne.document))
    } else if ('updateOne' in operation || 'updateMany' in operation) {
      const { update, filter, upsert } = 'updateOne' in operation ? operation.updateOne : operation.updateMany
      assertNoSeasons(writtenPaths(update as AnyUpdate))
      if (upsert === true) assertNoSeasons(pathsOfFilter(filter))
    } else if ('replaceOne' in operation) {
      throw new UnguardedWriteError('titles are never replaced')
    }
  }
})

function pathsOfFields (document: object): WrittenPath[] {
  return Object.keys(document).map((path) => ({ operator: 'insert', path, value: null }))
}

export const Title = mongoose.model('Title', titleSchema)

export type TitleCredits = Pick<StoredTitle, '_id' | 'cast' | 'crew'>

/** Cast and crew of titles, by title ID. */
export async function findCredits (titleIds: readonly string[]): Promise<Map<string, TitleCredits>> {
  const titles = await Title.find({ _id: mongoose.trusted({ $in: titleIds }) }, { cast: 1, crew: 1 })
    .lean<TitleCredits[]>()
  return new Map(titles.map((title) => [title._id.toString(), title]))
}
