// Titles and their items in a compact form: equal values are shared, rare fields are in an object of their own, and
// what is seldom read is computed from a packed form. The objects have one shape each, and must never be changed.
import type { Markers } from '../../../models/title.js'
import type { MaturityRating } from '../../domain/maturity.js'
import { foldText } from '../../domain/text.js'
import { MOVIE_ORDER_KEY } from '../../domain/watch-order.js'
import type { CatalogueItem, CataloguePerson, CatalogueTitle, CatalogueTranslation } from './catalogue.js'
import { CompactEpisode, inWatchOrder, NO_TRANSLATIONS, type EpisodeFields } from './compact-episode.js'
import { unpackChapters, unpackDate, type PackedChapters, type PackedDate } from './packed-fields.js'

const NO_EXTERNAL_IDS: CatalogueTitle['externalIds'] = {}

/** Shared by all titles with the same genres. */
export type Genres = Pick<CatalogueTitle, 'genres' | 'genreKeys' | 'genreSlugs'>

/** Shared by all titles with the same values. */
export interface Traits {
  readonly kind: 'movie' | 'show'
  readonly maturityRating: MaturityRating | null
  readonly originalLanguage: string | null
  readonly published: boolean
}

/** ThumbHashes of the images of a title, base64. */
export interface Placeholders {
  readonly poster: string | null
  readonly backdrop: string | null
}

/** Fields that most titles do not have. */
export interface RareTitleFields {
  readonly availableFrom: Date | null
  readonly availableUntil: Date | null
  readonly translations: readonly CatalogueTranslation[]
  /** Of a movie. */
  readonly markers: Markers | null
  /** Of a movie. */
  readonly chapters: PackedChapters
}

export interface TitleFields {
  readonly id: string
  readonly title: string
  readonly traits: Traits
  readonly genres: Genres
  readonly year: number | null
  readonly popularity: number
  readonly revision: number
  /** Ms since the epoch. */
  readonly addedAt: number
  readonly releaseDate: PackedDate
  /** JSON; null for none. */
  readonly externalIds: string | null
  readonly posterUrl: string | null
  readonly backdropUrl: string | null
  /** Null if the images have none. */
  readonly placeholders: Placeholders | null
  /** Those who have a page; the leading ones first. */
  readonly credits: ReadonlyArray<Pick<CataloguePerson, 'id' | 'name'>>
  readonly leadingCount: number
  /** Null if all have their default. */
  readonly rare: RareTitleFields | null
  /** Runtime of a movie; episodes of a show by season and number. */
  readonly content: number | null | readonly EpisodeFields[]
}

const NO_RARE_FIELDS: RareTitleFields = {
  availableFrom: null,
  availableUntil: null,
  translations: NO_TRANSLATIONS,
  markers: null,
  chapters: null,
}
export class CompactTitle implements CatalogueTitle {
  readonly id: string
  readonly title: string
  readonly year: number | null
  readonly popularity: number
  readonly revision: number
  readonly posterUrl: string | null
  readonly backdropUrl: string | null
  readonly placeholders: Placeholders | null
  readonly traits: Traits
  readonly genreLists: Genres
  readonly addedAtMs: number
  readonly packedReleaseDate: PackedDate
  readonly packedExternalIds: string | null
  readonly credits: TitleFields['credits']
  readonly leadingCount: number
  readonly rare: RareTitleFields
  /** Runtime of a movie; episodes of a show by season and number. */
  readonly content: number | null | readonly CompactEpisode[]
  readonly order: readonly CatalogueItem[]

  constructor (fields: TitleFields) {
    this.id = fields.id
    this.title = fields.title
    this.year = fields.year
    this.popularity = fields.popularity
    this.revision = fields.revision
    this.posterUrl = fields.posterUrl
    this.backdropUrl = fields.backdropUrl
    this.placeholders = fields.placeholders
    this.traits = fields.traits
    this.genreLists = fields.genres
    this.addedAtMs = fields.addedAt
    this.packedReleaseDate = fields.releaseDate
    this.packedExternalIds = fields.externalIds
    this.credits = fields.credits
    this.leadingCount = fields.leadingCount
    this.rare = fields.rare ?? NO_RARE_FIELDS
    const { content } = fields
    this.content = isEpisodeList(content) ? content.map((episode) => new CompactEpisode(fields.id, episode)) : content
    this.order = isEpisodeList(this.content) ? inWatchOrder(this.content) : NO_ITEMS
  }

  get kind (): 'movie' | 'show' {
    return this.traits.kind
  }

  get posterPlaceholder (): string | null {
    return this.placeholders?.poster ?? null
  }

  get backdropPlaceholder (): string | null {
    return this.placeholders?.backdrop ?? null
  }

  get sortTitle (): string {
    return foldText(this.title)
  }

  get releaseDate (): string | null {
    return unpackDate(this.packedReleaseDate)
  }

  get genres (): readonly string[] {
    return this.genreLists.genres
  }

  get genreKeys (): readonly string[] {
    return this.genreLists.genreKeys
  }

  get genreSlugs (): readonly string[] {
    return this.genreLists.genreSlugs
  }

  get maturityRating (): MaturityRating | null {
    return this.traits.maturityRating
  }

  get originalLanguage (): string | null {
    return this.traits.originalLanguage
  }

  get published (): boolean {
    return this.traits.published
  }

  get people (): readonly string[] {
    return this.credits.slice(0, this.leadingCount).map(({ name }) => name)
  }

  get creditedPersonIds (): readonly string[] {
    return this.credits.map(({ id }) => id)
  }

  get translations (): readonly CatalogueTranslation[] {
    return this.rare.translations
  }

  get externalIds (): CatalogueTitle['externalIds'] {
    return this.packedExternalIds === null
      ? NO_EXTERNAL_IDS
      : JSON.parse(this.packedExternalIds) as CatalogueTitle['externalIds']
  }

  get availableFrom (): Date | null {
    return this.rare.availableFrom
  }

  get availableUntil (): Date | null {
    return this.rare.availableUntil
  }

  get addedAt (): Date {
    return new Date(this.addedAtMs)
  }

  get items (): readonly CatalogueItem[] {
    return isEpisodeList(this.content) ? this.content : [toMovieItem(this, this.content)]
  }

  /** Null for a movie. */
  get episodes (): readonly CompactEpisode[] | null {
    return isEpisodeList(this.content) ? this.content : null
  }

  get rareOrNull (): RareTitleFields | null {
    return this.rare === NO_RARE_FIELDS ? null : this.rare
  }
}

const NO_ITEMS: readonly CatalogueItem[] = []

function isEpisodeList<T> (content: number | null | readonly T[]): content is readonly T[] {
  return typeof content === 'object' && content !== null
}

function toMovieItem ({ id, rare: { markers, chapters } }: CompactTitle, runtimeMs: number | null): CatalogueItem {
  return {
    id,
    titleId: id,
    season: 0,
    episode: 0,
    name: null,
    translations: NO_TRANSLATIONS,
    runtimeMs,
    airDate: null,
    mediaSpan: 1,
    orderKey: MOVIE_ORDER_KEY,
    markers,
    // Read when a playback starts only.
    get chapters () {
      return unpackChapters(chapters)
    },
  }
}
