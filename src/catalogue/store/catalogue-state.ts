// The data of the catalogue in memory, and the mapping from stored titles, media and collections to it.
import type { StoredCollection } from '../../../models/collection.js'
import type { StoredMedia } from '../../../models/media.js'
import type { StoredMovie } from '../../../models/movie.js'
import type { StoredEpisode, StoredSeason, StoredShow } from '../../../models/show.js'
import { findPlaceholder } from '../../../models/title.js'
import { nameKey, slugify } from '../../domain/text.js'
import type {
  CatalogueCollection,
  CatalogueFile,
  CatalogueItem,
  CatalogueSubtitle,
  CatalogueTranslation,
  PersonPicture,
  SidecarFiles,
} from './catalogue.js'
import { NO_TRANSLATIONS, type EpisodeFields } from './compact-episode.js'
import { toCatalogueFile } from './compact-file.js'
import {
  createInternedValues,
  flattenText,
  internString,
  internValue,
  type InternedValues,
} from './interning.js'
import { toIdString } from '../../domain/id-strings.js'
import {
  addTitleToPeople,
  createPeopleIndex,
  removeTitleFromPeople,
  type PeopleIndex,
  type TitleCredits,
} from './people-index.js'
import {
  CompactTitle,
  type Genres,
  type Placeholders,
  type Traits,
} from './compact-title.js'
import { packChapters, packDate } from './packed-fields.js'

export type ListedTitle = StoredMovie | StoredShow

/** The fields that cards and items need. The details of a title are read when its page is requested. */
export const CARD_PROJECTION = {
  synopsis: 0,
  certification: 0,
  'translations.synopsis': 0,
  alternativeTitles: 0,
  'cast.role': 0,
  'crew.role': 0,
  logoUrl: 0,
  trailerUrl: 0,
  'seasons.synopsis': 0,
  'seasons.translations': 0,
  'seasons.episodes.synopsis': 0,
  'seasons.episodes.stillUrl': 0,
  'seasons.episodes.stillPlaceholder': 0,
  'seasons.episodes.translations.synopsis': 0,
} as const

export interface CatalogueState {
  titles: Map<string, CompactTitle>
  /** Movies are not among them: a movie is an item with the ID of the title. */
  episodes: Map<string, CatalogueItem>
  filesByItem: Map<string, readonly CatalogueFile[]>
  /** Titles that have files, or had some since the last load. */
  titlesWithFiles: Set<string>
  files: Map<string, CatalogueFile>
  /** Has no entry for items without subtitles and thumbnails. */
  sidecarFiles: Map<string, SidecarFiles>
  subtitles: Map<string, CatalogueSubtitle>
  interned: InternedValues
  /** Interned combinations of genres, and of other values. */
  genres: Map<string, Genres>
  traits: Map<string, Traits>
  people: PeopleIndex
  /** By the ID of the person. */
  personPictures: Map<string, PersonPicture>
  collections: Map<string, CatalogueCollection>
  collectionsByTitle: Map<string, readonly CatalogueCollection[]>
}

export function createState (): CatalogueState {
  return {
    titles: new Map(),
    episodes: new Map(),
    filesByItem: new Map(),
    titlesWithFiles: new Set(),
    files: new Map(),
    sidecarFiles: new Map(),
    subtitles: new Map(),
    interned: createInternedValues(),
    genres: new Map(),
    traits: new Map(),
    people: createPeopleIndex(),
    personPictures: new Map(),
    collections: new Map(),
    collectionsByTitle: new Map(),
  }
}

/** Adds or replaces a title and its items. */
export function putTitle (state: CatalogueState, stored: ListedTitle): void {
  const id = toIdString(stored._id)
  removeTitle(state, id)
  const title = toCompactTitle(stored, addTitleToPeople(state.people, id, stored), state)
  state.titles.set(id, title)
  for (const episode of title.episodes ?? []) state.episodes.set(episode.id, episode)
}

export function removeTitle (state: CatalogueState, id: string): void {
  const title = state.titles.get(id)
  if (title === undefined) return
  for (const episode of title.episodes ?? []) state.episodes.delete(episode.id)
  removeTitleFromPeople(state.people, id, title.creditedPersonIds)
  state.titles.delete(id)
}

export function findItem (state: CatalogueState, id: string): CatalogueItem | null {
  const episode = state.episodes.get(id)
  if (episode !== undefined) return episode
  const title = state.titles.get(id)
  return title?.kind === 'movie' ? title.items[0] ?? null : null
}

/** Adds or replaces the files, subtitles and thumbnails of an item. */
export function putMedia (state: CatalogueState, media: StoredMedia): void {
  const itemId = toIdString(media._id)
  removeMedia(state, itemId)
  const files = media.files.map((file) => toCatalogueFile(file, itemId, state.interned))
  state.filesByItem.set(itemId, files)
  state.titlesWithFiles.add(toIdString(media.title))
  for (const file of files) state.files.set(file.id, file)
  const { thumbnails = null } = media
  const subtitles = (media.subtitles ?? []).map((subtitle) => ({ ...subtitle, itemId }))
  if (subtitles.length > 0 || thumbnails !== null) state.sidecarFiles.set(itemId, { subtitles, thumbnails })
  for (const subtitle of subtitles) state.subtitles.set(subtitle._id.toString(), subtitle)
}

export function removeMedia (state: CatalogueState, itemId: string): void {
  for (const file of state.filesByItem.get(itemId) ?? []) state.files.delete(file.id)
  state.filesByItem.delete(itemId)
  for (const { _id } of state.sidecarFiles.get(itemId)?.subtitles ?? []) state.subtitles.delete(_id.toString())
  state.sidecarFiles.delete(itemId)
}

/** Adds or replaces a collection. */
export function putCollection (state: CatalogueState, stored: StoredCollection): void {
  const collection = toCatalogueCollection(stored)
  removeCollection(state, collection.id)
  state.collections.set(collection.id, collection)
  for (const id of collection.titleIds) {
    state.collectionsByTitle.set(id, [...state.collectionsByTitle.get(id) ?? [], collection])
  }
}

export function removeCollection (state: CatalogueState, id: string): void {
  for (const titleId of state.collections.get(id)?.titleIds ?? []) {
    const others = (state.collectionsByTitle.get(titleId) ?? []).filter((one) => one.id !== id)
    if (others.length > 0) state.collectionsByTitle.set(titleId, others)
    else state.collectionsByTitle.delete(titleId)
  }
  state.collections.delete(id)
}

function toCatalogueCollection ({ _id, titles, __v, ...rest }: StoredCollection): CatalogueCollection {
  return { ...rest, id: toIdString(_id), titleIds: titles.map(toIdString), revision: __v }
}

function toCompactTitle (stored: ListedTitle, credits: TitleCredits, state: CatalogueState): CompactTitle {
  const { interned } = state
  const translations = translationsOf(stored)
  const { availableFrom, availableUntil } = stored
  const markers = stored.kind === 'movie' ? internValue(stored.markers ?? null, interned) : null
  const chapters = stored.kind === 'movie' ? packChapters(stored.chapters) : null
  const isPlain = translations.length === 0 && [availableFrom, availableUntil, markers, chapters].every(isNull)
  return new CompactTitle({
    id: toIdString(stored._id),
    title: stored.title,
    traits: internTraits(stored, state),
    genres: internGenres(stored.genres, state.genres),
    year: stored.year,
    popularity: stored.popularity,
    revision: stored.__v,
    addedAt: stored.createdAt.getTime(),
    releaseDate: packDate(stored.releaseDate),
    externalIds: packExternalIds(stored.externalIds),
    posterUrl: stored.posterUrl,
    backdropUrl: stored.backdropUrl,
    placeholders: toPlaceholders(stored),
    ...credits,
    rare: isPlain ? null : { availableFrom, availableUntil, translations, markers, chapters },
    content: stored.kind === 'movie' ? stored.runtimeMs : toEpisodes(stored.seasons, interned),
  })
}

function toPlaceholders ({ posterUrl, backdropUrl, placeholders }: ListedTitle): Placeholders | null {
  const [poster, backdrop] = [posterUrl, backdropUrl].map((url) => findPlaceholder(url, placeholders))
  return poster == null && backdrop == null ? null : { poster: poster ?? null, backdrop: backdrop ?? null }
}

function toEpisodes (seasons: readonly StoredSeason[], interned: InternedValues): EpisodeFields[] {
  return [...seasons].sort((a, b) => a.number - b.number).flatMap((season) =>
    [...season.episodes].sort((a, b) => a.number - b.number).map((episode) => {
      const [translations, markers] = [translationsOf(episode), internValue(episode.markers ?? null, interned)]
      const placedAfter = episode.placedAfter ?? null
      const chapters = packChapters(episode.chapters)
      const mediaSpan = episode.mediaSpan ?? 1
      const isPlain = translations.length === 0 && mediaSpan === 1 && [markers, chapters, placedAfter].every(isNull)
      return {
        id: toIdString(episode._id),
        season: season.number,
        episode: episode.number,
        name: episode.title,
        runtimeMs: episode.runtimeMs,
        airDate: packDate(episode.airDate),
        rare: isPlain ? null : { translations, markers, chapters, placedAfter, mediaSpan },
      }
    })
  )
}

const isNull = (value: unknown): boolean => value === null

function packExternalIds (externalIds: ListedTitle['externalIds'] | undefined): string | null {
  const json = JSON.stringify(externalIds ?? {})
  return json === '{}' ? null : flattenText(json)
}

/** Returns the same object for equal values, which saves memory. */
export function internTraits (
  { kind, maturityRating, originalLanguage, published }: Traits,
  { traits, interned }: Pick<CatalogueState, 'traits' | 'interned'>,
): Traits {
  const key = `${kind} ${maturityRating} ${originalLanguage} ${published}`
  const existing = traits.get(key)
  if (existing !== undefined) return existing
  const created = {
    kind: internString(kind, interned),
    maturityRating: internString(maturityRating, interned),
    originalLanguage: internString(originalLanguage, interned),
    published,
  }
  traits.set(key, created)
  return created
}

/** Returns the same arrays for equal combinations of genres, which saves memory. */
function internGenres (names: readonly string[], combinations: Map<string, Genres>): Genres {
  const key = names.join('\n')
  const interned = combinations.get(key)
  if (interned !== undefined) return interned
  const genres: Genres = {
    genres: names,
    genreKeys: [...new Set(names.map(nameKey))],
    genreSlugs: [...new Set(names.map(slugify))],
  }
  combinations.set(key, genres)
  return genres
}

/** Returns one shared array for titles and episodes without translations, which saves memory. */
function translationsOf (
  { translations = [] }: Pick<ListedTitle | StoredEpisode, 'translations'>,
): readonly CatalogueTranslation[] {
  return translations.length === 0 ? NO_TRANSLATIONS : translations.map(({ language, title }) => ({ language, title }))
}
