// Titles and their items in a compact form: equal values are shared, rare fields are in an object of their own, and
// what is seldom read is computed from a packed form. The objects have one shape each, and must never be changed.
import type { Chapter, Markers } from '../../../models/title.js'
import { containedNumbers } from '../../domain/media-span.js'
import type { MaturityRating } from '../../domain/maturity.js'
import { foldText } from '../../domain/text.js'
import { compareOrderKeys, MOVIE_ORDER_KEY, type WatchOrderKey } from '../../domain/watch-order.js'
import type { CatalogueItem, CataloguePerson, CatalogueTitle, CatalogueTranslation } from './catalogue.js'
import { unpackChapters, unpackDate, type PackedChapters, type PackedDate } from './packed-fields.js'

export const NO_TRANSLATIONS: readonly CatalogueTranslation[] = []
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

export interface EpisodeFields {
  readonly id: string
  readonly season: number
  readonly episode: number
  readonly name: string
  readonly runtimeMs: number | null
  readonly airDate: PackedDate
  /** Null if all have their default. */
  readonly rare: RareEpisodeFields | null
}

export interface RareEpisodeFields {
  readonly translations: readonly CatalogueTranslation[]
  readonly markers: Markers | null
  readonly chapters: PackedChapters
  /** Where a special is in the watch order. */
  readonly placedAfter: { readonly season: number, readonly episode: number } | null
  readonly mediaSpan: number
}

const NO_RARE_FIELDS: RareTitleFields = {
  availableFrom: null,
  availableUntil: null,
  translations: NO_TRANSLATIONS,
  markers: null,
  chapters: null,
}
const NO_RARE_EPISODE_FIELDS: RareEpisodeFields = {
  translations: NO_TRANSLATIONS,
  markers: null,
  chapters: null,
  placedAfter: null,
  mediaSpan: 1,
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

class CompactEpisode implements CatalogueItem {
  readonly id: string
  readonly titleId: string
  readonly season: number
  readonly episode: number
  readonly name: string
  readonly runtimeMs: number | null
  readonly packedAirDate: PackedDate
  readonly rare: RareEpisodeFields

  constructor (titleId: string, { id, season, episode, name, runtimeMs, airDate, rare }: EpisodeFields) {
    this.id = id
    this.titleId = titleId
    this.season = season
    this.episode = episode
    this.name = name
    this.runtimeMs = runtimeMs
    this.packedAirDate = airDate
    this.rare = rare ?? NO_RARE_EPISODE_FIELDS
  }

  get rareOrNull (): RareEpisodeFields | null {
    return this.rare === NO_RARE_EPISODE_FIELDS ? null : this.rare
  }

  get airDate (): string | null {
    return unpackDate(this.packedAirDate)
  }

  get translations (): readonly CatalogueTranslation[] {
    return this.rare.translations
  }

  get markers (): Markers | null {
    return this.rare.markers
  }

  get chapters (): readonly Chapter[] {
    return unpackChapters(this.rare.chapters)
  }

  get mediaSpan (): number {
    return this.rare.mediaSpan
  }

  get orderKey (): WatchOrderKey | null {
    const { season, episode, rare: { placedAfter } } = this
    if (season > 0) return { season, episode, special: 0 }
    // Specials can have the number 0. Adding 1 keeps a placed special behind its regular episode.
    return placedAfter === null ? null : { ...placedAfter, special: episode + 1 }
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

/** The same array if all episodes are in order, which saves memory. */
function inWatchOrder (items: readonly CatalogueItem[]): readonly CatalogueItem[] {
  const contained = listContained(items)
  if (contained.size === 0 && items.every(({ season }) => season > 0)) return items
  const ordered = items.flatMap((item) =>
    item.orderKey === null || contained.has(item) ? [] : [{ item, key: item.orderKey }]
  )
  return ordered.sort((a, b) => compareOrderKeys(a.key, b.key)).map(({ item }) => item)
}

/** Episodes that the media of another one contains. */
function listContained (items: readonly CatalogueItem[]): ReadonlySet<CatalogueItem> {
  const contained = items.filter(({ mediaSpan }) => mediaSpan > 1).flatMap((container) => {
    const numbers = containedNumbers({ number: container.episode, mediaSpan: container.mediaSpan })
    return items.filter(({ season, episode }) => season === container.season && numbers.includes(episode))
  })
  return new Set(contained)
}
