// Lists of titles: filters, sorts and keyset pages over the catalogue in memory.
import { canSee, type Viewer } from '../domain/maturity.js'
import { speaks } from '../domain/file-choice.js'
import type { MaturityRating } from '../domain/maturity.js'
import { foldText } from './fold-text.js'
import { renditionsOf, type Catalogue, type CatalogueTitle } from './snapshot.js'

export const SORTS = ['title', 'release', 'added', 'popularity'] as const
export type Sort = (typeof SORTS)[number]

export interface TitleFilter {
  readonly type?: 'movie' | 'show'
  readonly genre?: string
  readonly yearFrom?: number
  readonly yearTo?: number
  readonly rating?: MaturityRating
  readonly language?: string
  readonly minHeight?: number
}

/** A place in a sorted list: the key and id of the last title of a page. */
export type PagePosition = readonly [key: string | number, id: string]

/** What of the catalogue somebody asks for, and what of it they may see. */
export interface Selection {
  readonly filter: TitleFilter
  readonly viewer: Viewer
  /** Renditions above the plan's cap do not count for filters. */
  readonly planMaxHeight: number
  readonly now: Date
}

export interface BrowseRequest extends Selection {
  readonly sort: Sort
  readonly descending: boolean
  readonly after: PagePosition | null
  readonly limit: number
}

export interface TitlePage { readonly titles: CatalogueTitle[], readonly next: PagePosition | null }

/** Titles without a date or a year sort before all others. */
function sortKey (title: CatalogueTitle, sort: Sort): string | number {
  switch (sort) {
    case 'title': return title.sortTitle
    case 'release': return title.releaseDate ?? (title.year === null ? '' : String(title.year))
    case 'added': return title.addedAt.getTime()
    case 'popularity': return title.popularity
  }
}

interface Sorted { readonly generation: number, readonly lists: Map<Sort, CatalogueTitle[]> }
const sortedLists = new WeakMap<Catalogue, Sorted>()

/** Ascending by key, then id; kept until the catalogue changes. */
function sortedTitles (catalogue: Catalogue, sort: Sort): CatalogueTitle[] {
  const generation = catalogue.generation()
  let sorted = sortedLists.get(catalogue)
  if (sorted?.generation !== generation) {
    sorted = { generation, lists: new Map() }
    sortedLists.set(catalogue, sorted)
  }
  let list = sorted.lists.get(sort)
  if (list === undefined) {
    list = [...catalogue.titles()].map((title) => ({ title, key: sortKey(title, sort) }))
      .sort((a, b) => comparePositions([a.key, a.title.id], [b.key, b.title.id]))
      .map((entry) => entry.title)
    sorted.lists.set(sort, list)
  }
  return list
}

function comparePositions (a: PagePosition, b: PagePosition): number {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1
  return a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0
}

/** One page of the titles that this viewer may see and that pass the filter. */
export function browse (catalogue: Catalogue, request: BrowseRequest): TitlePage {
  const list = sortedTitles(catalogue, request.sort)
  const step = request.descending ? -1 : 1
  const matches = matcher(catalogue, request)
  const titles: CatalogueTitle[] = []
  for (let i = startOf(list, request); i >= 0 && i < list.length; i += step) {
    const title = list[i]
    if (title === undefined || !matches(title)) continue
    const last = titles.at(-1)
    if (titles.length === request.limit && last !== undefined) return { titles, next: [sortKey(last, request.sort), last.id] }
    titles.push(title)
  }
  return { titles, next: null }
}

/** Binary search: the first title beyond the page before. */
function startOf (list: readonly CatalogueTitle[], { after, sort, descending }: BrowseRequest): number {
  if (after === null) return descending ? list.length - 1 : 0
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const title = list[middle]
    if (title === undefined) break
    const order = comparePositions([sortKey(title, sort), title.id], after)
    if (order < 0 || (order === 0 && !descending)) low = middle + 1
    else high = middle
  }
  return descending ? low - 1 : low
}

/** The titles that this viewer may see and that pass the filter. */
export function matcher (catalogue: Catalogue, { filter, viewer, planMaxHeight, now }: Selection): (title: CatalogueTitle) => boolean {
  const genre = filter.genre === undefined ? null : foldText(filter.genre)
  const needsRendition = filter.language !== undefined || filter.minHeight !== undefined
  return (title) =>
    canSee(viewer, title, now) &&
    (filter.type === undefined || title.kind === filter.type) &&
    (genre === null || title.genres.some((one) => foldText(one) === genre)) &&
    (filter.yearFrom === undefined || (title.year ?? -Infinity) >= filter.yearFrom) &&
    (filter.yearTo === undefined || (title.year ?? Infinity) <= filter.yearTo) &&
    (filter.rating === undefined || title.maturityRating === filter.rating) &&
    (!needsRendition || hasRendition(catalogue, title, filter, planMaxHeight))
}

function hasRendition (catalogue: Catalogue, title: CatalogueTitle, filter: TitleFilter, planMaxHeight: number): boolean {
  return renditionsOf(catalogue, title).some((rendition) =>
    rendition.height <= planMaxHeight &&
    rendition.height >= (filter.minHeight ?? 0) &&
    (filter.language === undefined || speaks({ audioLanguages: rendition.languages }, filter.language)))
}

/** Every genre this viewer can find something in, with how many titles; the largest first. */
export function countGenres (catalogue: Catalogue, viewer: Viewer, now: Date): Array<{ name: string, count: number }> {
  const counts = new Map<string, { name: string, count: number }>()
  for (const title of catalogue.titles()) {
    if (!canSee(viewer, title, now)) continue
    for (const name of title.genres) {
      const entry = counts.get(foldText(name)) ?? { name, count: 0 }
      entry.count++
      counts.set(foldText(name), entry)
    }
  }
  return [...counts.values()].sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
}
