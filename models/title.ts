// The catalogue: what movies and shows have in common. Movie and Show are discriminators of this one model, so that
// wishlists, history and search share one space of ids.
import mongoose, { Schema, type Types } from 'mongoose'
import { MATURITY_RATINGS, type MaturityRating } from '../src/domain/maturity.js'
import { MAX_TRANSLATIONS } from '../src/domain/vocabulary.js'

export interface Person {
  name: string
  role: string | null
  /** Tells people of one name apart; missing for most. */
  imdb?: string
}

/** What a title, season or episode is called in another language; null where only the other is translated. */
export interface Translation {
  /** BCP 47. */
  language: string
  title: string | null
  synopsis: string | null
}

/** Places in an item, ms from its start. */
export interface Markers {
  recapStartMs: number | null
  recapEndMs: number | null
  introStartMs: number | null
  introEndMs: number | null
  /** Where the credits begin: from here on the item counts as over. */
  creditsStartMs: number | null
}

export interface StoredTitle {
  _id: Types.ObjectId
  kind: 'movie' | 'show'
  title: string
  originalTitle: string | null
  /** Other names that it is known by. */
  alternativeTitles: string[]
  synopsis: string | null
  /** Missing in titles from before there were any. */
  translations?: Translation[]
  year: number | null
  /** RFC 3339 full-date. */
  releaseDate: string | null
  genres: string[]
  maturityRating: MaturityRating | null
  cast: Person[]
  crew: Person[]
  posterUrl: string | null
  backdropUrl: string | null
  /** BCP 47. */
  originalLanguage: string | null
  externalIds: { imdb?: string, tmdb?: string, wikidata?: string }
  availableFrom: Date | null
  availableUntil: Date | null
  published: boolean
  popularity: number
  createdAt: Date
  updatedAt: Date
  /** The revision: moves on with every write. */
  __v: number
}

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
/** Left out when there are none: a show of a thousand episodes stays small. */
export const translationsPath = {
  type: [translationSchema],
  default: undefined,
  validate: (list: unknown[] | undefined) => list === undefined || list.length <= MAX_TRANSLATIONS,
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
  cast: { type: [personSchema], default: [] },
  crew: { type: [personSchema], default: [] },
  posterUrl: { type: String, default: null },
  backdropUrl: { type: String, default: null },
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

// An import finds what it wrote before; nobody else may claim the same id.
titleSchema.index({ 'externalIds.imdb': 1 }, { unique: true, sparse: true })
titleSchema.index({ 'externalIds.tmdb': 1 }, { unique: true, sparse: true })
titleSchema.index({ 'externalIds.wikidata': 1 }, { unique: true, sparse: true })

export const Title = mongoose.model('Title', titleSchema)

export type TitleCredits = Pick<StoredTitle, '_id' | 'cast' | 'crew'>

/** Cast and crew of titles, by title ID. */
export async function findCredits (titleIds: readonly string[]): Promise<Map<string, TitleCredits>> {
  const titles = await Title.find({ _id: mongoose.trusted({ $in: titleIds }) }, { cast: 1, crew: 1 })
    .lean<TitleCredits[]>()
  return new Map(titles.map((title) => [title._id.toString(), title]))
}
