// What the catalogue in memory holds, and how stored titles, media and collections become part of it.
import type { StoredCollection } from '../../../models/collection.js'
import type { StoredMedia, StoredSubtitle } from '../../../models/media.js'
import type { StoredMovie } from '../../../models/movie.js'
import type { StoredEpisode, StoredSeason, StoredShow } from '../../../models/show.js'
import { compareOrderKeys, MOVIE_ORDER_KEY, type WatchOrderKey } from '../../domain/watch-order.js'
import { foldText, slugOf } from '../../domain/fold-text.js'
import { addCredits, creditedOf, dropCredits, emptyPeople, type People } from '../queries/people.js'
import type { CatalogueCollection, CatalogueFile, CatalogueItem, CatalogueTitle, SidecarFiles } from './catalogue.js'

export type ListedTitle = StoredMovie | StoredShow

/** What a card and its items need; the rest of a title is read when its page is opened. */
export const CARD_PROJECTION = {
  synopsis: 0,
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

/** More of a cast says little about what a title is like. */
const [LEADING_CAST, LEADING_CREW] = [6, 3]

type Genres = Pick<CatalogueTitle, 'genres' | 'genreKeys' | 'genreSlugs'>

export interface CatalogueState {
  titles: Map<string, CatalogueTitle>
  items: Map<string, CatalogueItem>
  filesByItem: Map<string, readonly CatalogueFile[]>
  /** Those that have or had any. */
  titlesWithFiles: Set<string>
  files: Map<string, CatalogueFile>
  /** Only of items that have any. */
  sideFiles: Map<string, SidecarFiles>
  subtitles: Map<string, StoredSubtitle>
  /** Each name once, however many titles it is in. */
  names: Map<string, string>
  /** Each combination of genres once. */
  genres: Map<string, Genres>
  people: People
  collections: Map<string, CatalogueCollection>
  collectionsByTitle: Map<string, readonly CatalogueCollection[]>
}

export function emptyState (): CatalogueState {
  return {
    titles: new Map(),
    items: new Map(),
    filesByItem: new Map(),
    titlesWithFiles: new Set(),
    files: new Map(),
    sideFiles: new Map(),
    subtitles: new Map(),
    names: new Map(),
    genres: new Map(),
    people: emptyPeople(),
    collections: new Map(),
    collectionsByTitle: new Map(),
  }
}

export function putTitle (state: CatalogueState, stored: ListedTitle): void {
  const credited = creditedOf(state.people, stored)
  const title = toCatalogueTitle(stored, credited, state)
  dropTitle(state, title.id)
  addCredits(state.people, title.id, credited)
  state.titles.set(title.id, title)
  for (const item of title.items) state.items.set(item.id, item)
}

export function dropTitle (state: CatalogueState, id: string): void {
  const title = state.titles.get(id)
  for (const item of title?.items ?? []) state.items.delete(item.id)
  dropCredits(state.people, id, title?.credited ?? [])
  state.titles.delete(id)
}

export function putMedia (state: CatalogueState, media: StoredMedia): void {
  const itemId = media._id.toString()
  dropMedia(state, itemId)
  const files = media.files.map(({ _id, ...file }) => ({ ...file, id: _id.toString(), itemId }))
  state.filesByItem.set(itemId, files)
  state.titlesWithFiles.add(media.title.toString())
  for (const file of files) state.files.set(file.id, file)
  const { subtitles = [], thumbnails = null } = media
  if (subtitles.length > 0 || thumbnails !== null) state.sideFiles.set(itemId, { subtitles, thumbnails })
  for (const subtitle of subtitles) state.subtitles.set(subtitle._id.toString(), subtitle)
}

export function dropMedia (state: CatalogueState, itemId: string): void {
  for (const file of state.filesByItem.get(itemId) ?? []) state.files.delete(file.id)
  state.filesByItem.delete(itemId)
  for (const { _id } of state.sideFiles.get(itemId)?.subtitles ?? []) state.subtitles.delete(_id.toString())
  state.sideFiles.delete(itemId)
}

function leadingPeople (
  { cast = [], crew = [] }: Pick<ListedTitle, 'cast' | 'crew'>,
  names: Map<string, string>,
): string[] {
  const leading = new Set([...crew.slice(0, LEADING_CREW), ...cast.slice(0, LEADING_CAST)].map(({ name }) => name))
  return [...leading].map((name) => sameText(name, names))
}

/** The one string of its content: what is in many titles is kept once. */
function sameText<T extends string | null> (text: T, names: Map<string, string>): T {
  if (text === null) return text
  const same = names.get(text)
  if (same !== undefined) return same as T
  names.set(text, text)
  return text
}

function genresOf (names: readonly string[], known: Map<string, Genres>): Genres {
  const key = names.join('\n')
  const same = known.get(key)
  if (same !== undefined) return same
  const genres: Genres = {
    genres: names,
    genreKeys: [...new Set(names.map(foldText))],
    genreSlugs: [...new Set(names.map(slugOf))],
  }
  known.set(key, genres)
  return genres
}

export function putCollection (state: CatalogueState, stored: StoredCollection): void {
  const collection = toCatalogueCollection(stored)
  dropCollection(state, collection.id)
  state.collections.set(collection.id, collection)
  for (const id of collection.titleIds) {
    state.collectionsByTitle.set(id, [...state.collectionsByTitle.get(id) ?? [], collection])
  }
}

export function dropCollection (state: CatalogueState, id: string): void {
  for (const titleId of state.collections.get(id)?.titleIds ?? []) {
    const left = (state.collectionsByTitle.get(titleId) ?? []).filter((one) => one.id !== id)
    if (left.length > 0) state.collectionsByTitle.set(titleId, left)
    else state.collectionsByTitle.delete(titleId)
  }
  state.collections.delete(id)
}

function toCatalogueCollection ({ _id, titles, __v, ...rest }: StoredCollection): CatalogueCollection {
  return { ...rest, id: _id.toString(), titleIds: titles.map(String), revision: __v }
}

const NO_TRANSLATIONS: CatalogueTitle['translations'] = []

/** One empty list for all that have none. */
function translationsOf (
  { translations = [] }: Pick<ListedTitle | StoredEpisode, 'translations'>,
): CatalogueTitle['translations'] {
  return translations.length === 0 ? NO_TRANSLATIONS : translations
}

function toCatalogueTitle (
  stored: ListedTitle,
  credited: ReadonlyMap<string, unknown>,
  { names, genres }: CatalogueState,
): CatalogueTitle {
  const id = stored._id.toString()
  const items = stored.kind === 'movie' ? [movieItem(id, stored)] : episodesOf(id, stored.seasons)
  return {
    id,
    kind: sameText(stored.kind, names),
    title: stored.title,
    sortTitle: foldText(stored.title),
    year: stored.year,
    releaseDate: stored.releaseDate,
    ...genresOf(stored.genres, genres),
    maturityRating: sameText(stored.maturityRating, names),
    posterUrl: stored.posterUrl,
    originalLanguage: sameText(stored.originalLanguage, names),
    people: leadingPeople(stored, names),
    credited: [...credited.keys()],
    translations: translationsOf(stored),
    popularity: stored.popularity,
    externalIds: stored.externalIds ?? {},
    published: stored.published,
    availableFrom: stored.availableFrom,
    availableUntil: stored.availableUntil,
    addedAt: stored.createdAt,
    revision: stored.__v,
    items,
    order: stored.kind === 'movie' ? [] : orderOf(items),
  }
}

function movieItem (id: string, movie: Pick<StoredMovie, 'runtimeMs' | 'markers'>): CatalogueItem {
  return {
    id,
    titleId: id,
    season: 0,
    episode: 0,
    name: null,
    translations: NO_TRANSLATIONS,
    runtimeMs: movie.runtimeMs,
    airDate: null,
    place: MOVIE_ORDER_KEY,
    markers: movie.markers,
  }
}

function orderOf (items: readonly CatalogueItem[]): CatalogueItem[] {
  const placed = items.flatMap((item) => item.place === null ? [] : [{ item, place: item.place }])
  return placed.sort((a, b) => compareOrderKeys(a.place, b.place)).map(({ item }) => item)
}

function placeOf (
  season: number,
  { number, placedAfter }: Pick<StoredEpisode, 'number' | 'placedAfter'>,
): WatchOrderKey | null {
  if (season > 0) return { season, episode: number, special: 0 }
  // Specials are numbered from 0 by some: a placed one always stands behind its regular episode.
  return placedAfter === null || placedAfter === undefined ? null : { ...placedAfter, special: number + 1 }
}

function episodesOf (titleId: string, seasons: readonly StoredSeason[]): CatalogueItem[] {
  return [...seasons].sort((a, b) => a.number - b.number).flatMap((season) =>
    [...season.episodes].sort((a, b) => a.number - b.number).map((episode) => ({
      id: episode._id.toString(),
      titleId,
      season: season.number,
      episode: episode.number,
      name: episode.title,
      translations: translationsOf(episode),
      runtimeMs: episode.runtimeMs,
      airDate: episode.airDate,
      place: placeOf(season.number, episode),
      markers: episode.markers,
    }))
  )
}
