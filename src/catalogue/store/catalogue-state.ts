// The data of the catalogue in memory, and the mapping from stored titles, media and collections to it.
import type { StoredCollection } from '../../../models/collection.js'
import type { StoredMedia } from '../../../models/media.js'
import type { StoredMovie } from '../../../models/movie.js'
import type { StoredEpisode, StoredSeason, StoredShow } from '../../../models/show.js'
import { foldText, nameKey, slugify } from '../../domain/text.js'
import { compareOrderKeys, MOVIE_ORDER_KEY, type WatchOrderKey } from '../../domain/watch-order.js'
import type {
  CatalogueCollection,
  CatalogueFile,
  CatalogueItem,
  CatalogueSubtitle,
  CatalogueTitle,
  CatalogueTranslation,
  SidecarFiles,
} from './catalogue.js'
import { toCatalogueFile } from './catalogue-file.js'
import { createInternedValues, internString, internValue, toIdString, type InternedValues } from './interning.js'
import {
  addTitleToPeople,
  createPeopleIndex,
  listIndexedPeople,
  removeTitleFromPeople,
  type PeopleIndex,
} from './people-index.js'

export type ListedTitle = StoredMovie | StoredShow

/** The fields that cards and items need. The details of a title are read when its page is requested. */
export const CARD_PROJECTION = {
  synopsis: 0,
  certification: 0,
  'translations.synopsis': 0,
  alternativeTitles: 0,
  'cast.role': 0,
  'crew.role': 0,
  backdropUrl: 0,
  'seasons.synopsis': 0,
  'seasons.translations': 0,
  'seasons.episodes.synopsis': 0,
  'seasons.episodes.translations.synopsis': 0,
} as const

/** Later credits say little about how similar two titles are. */
const [LEADING_CAST, LEADING_CREW] = [6, 3]

type Genres = Pick<CatalogueTitle, 'genres' | 'genreKeys' | 'genreSlugs'>

export interface CatalogueState {
  titles: Map<string, CatalogueTitle>
  items: Map<string, CatalogueItem>
  filesByItem: Map<string, readonly CatalogueFile[]>
  /** Titles that have files, or had some since the last load. */
  titlesWithFiles: Set<string>
  files: Map<string, CatalogueFile>
  /** Has no entry for items without subtitles and thumbnails. */
  sidecarFiles: Map<string, SidecarFiles>
  subtitles: Map<string, CatalogueSubtitle>
  interned: InternedValues
  /** Interned combinations of genres. */
  genres: Map<string, Genres>
  people: PeopleIndex
  collections: Map<string, CatalogueCollection>
  collectionsByTitle: Map<string, readonly CatalogueCollection[]>
}

export function createState (): CatalogueState {
  return {
    titles: new Map(),
    items: new Map(),
    filesByItem: new Map(),
    titlesWithFiles: new Set(),
    files: new Map(),
    sidecarFiles: new Map(),
    subtitles: new Map(),
    interned: createInternedValues(),
    genres: new Map(),
    people: createPeopleIndex(),
    collections: new Map(),
    collectionsByTitle: new Map(),
  }
}

/** Adds or replaces a title and its items. */
export function putTitle (state: CatalogueState, stored: ListedTitle): void {
  const people = listIndexedPeople(state.people, stored)
  // The copy reserves no memory for more people.
  const title = toCatalogueTitle(stored, [...people.keys()].slice(), state)
  removeTitle(state, title.id)
  addTitleToPeople(state.people, title.id, people)
  state.titles.set(title.id, title)
  for (const item of title.items) state.items.set(item.id, item)
}

export function removeTitle (state: CatalogueState, id: string): void {
  const title = state.titles.get(id)
  for (const item of title?.items ?? []) state.items.delete(item.id)
  removeTitleFromPeople(state.people, id, title?.creditedPersonIds ?? [])
  state.titles.delete(id)
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

function toCatalogueTitle (
  stored: ListedTitle,
  creditedPersonIds: readonly string[],
  { interned, genres }: CatalogueState,
): CatalogueTitle {
  const id = toIdString(stored._id)
  const items = stored.kind === 'movie'
    ? [toMovieItem(id, stored, interned)]
    : toEpisodeItems(id, stored.seasons, interned)
  return {
    id,
    kind: internString(stored.kind, interned),
    title: stored.title,
    sortTitle: foldText(stored.title),
    year: stored.year,
    releaseDate: stored.releaseDate,
    ...internGenres(stored.genres, genres),
    maturityRating: internString(stored.maturityRating, interned),
    posterUrl: stored.posterUrl,
    originalLanguage: internString(stored.originalLanguage, interned),
    people: leadingPeople(stored, interned),
    creditedPersonIds,
    translations: translationsOf(stored),
    popularity: stored.popularity,
    externalIds: stored.externalIds ?? {},
    published: stored.published,
    availableFrom: stored.availableFrom,
    availableUntil: stored.availableUntil,
    addedAt: stored.createdAt,
    revision: stored.__v,
    items,
    order: stored.kind === 'movie' ? [] : inWatchOrder(items),
  }
}

function toMovieItem (
  id: string,
  movie: Pick<StoredMovie, 'runtimeMs' | 'markers'>,
  interned: InternedValues,
): CatalogueItem {
  return {
    id,
    titleId: id,
    season: 0,
    episode: 0,
    name: null,
    translations: NO_TRANSLATIONS,
    runtimeMs: movie.runtimeMs,
    airDate: null,
    orderKey: MOVIE_ORDER_KEY,
    markers: internValue(movie.markers, interned),
  }
}

function toEpisodeItems (
  titleId: string,
  seasons: readonly StoredSeason[],
  interned: InternedValues,
): CatalogueItem[] {
  return [...seasons].sort((a, b) => a.number - b.number).flatMap((season) =>
    [...season.episodes].sort((a, b) => a.number - b.number).map((episode) => ({
      id: toIdString(episode._id),
      titleId,
      season: season.number,
      episode: episode.number,
      name: episode.title,
      translations: translationsOf(episode),
      runtimeMs: episode.runtimeMs,
      airDate: internString(episode.airDate, interned),
      orderKey: episodeOrderKey(season.number, episode),
      markers: internValue(episode.markers, interned),
    }))
  )
}

function episodeOrderKey (
  season: number,
  { number, placedAfter }: Pick<StoredEpisode, 'number' | 'placedAfter'>,
): WatchOrderKey | null {
  if (season > 0) return { season, episode: number, special: 0 }
  // Specials can have the number 0. Adding 1 keeps a placed special behind its regular episode.
  return placedAfter === null || placedAfter === undefined ? null : { ...placedAfter, special: number + 1 }
}

function inWatchOrder (items: readonly CatalogueItem[]): CatalogueItem[] {
  const ordered = items.flatMap((item) => item.orderKey === null ? [] : [{ item, key: item.orderKey }])
  return ordered.sort((a, b) => compareOrderKeys(a.key, b.key)).map(({ item }) => item)
}

function leadingPeople (
  { cast = [], crew = [] }: Pick<ListedTitle, 'cast' | 'crew'>,
  interned: InternedValues,
): string[] {
  const names = new Set([...crew.slice(0, LEADING_CREW), ...cast.slice(0, LEADING_CAST)].map(({ name }) => name))
  return [...names].map((name) => internString(name, interned))
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

const NO_TRANSLATIONS: readonly CatalogueTranslation[] = []

/** Returns one shared array for titles and episodes without translations, which saves memory. */
function translationsOf (
  { translations = [] }: Pick<ListedTitle | StoredEpisode, 'translations'>,
): readonly CatalogueTranslation[] {
  return translations.length === 0 ? NO_TRANSLATIONS : translations
}
