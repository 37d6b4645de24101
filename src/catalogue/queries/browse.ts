// Filters, sorts and pages the titles of the catalogue in memory.
import { hasAudioLanguage } from '../../domain/file-choice.js'
import { nameKey } from '../../domain/text.js'
import { isVisible, type MaturityRating, type MaturityScope } from '../../domain/maturity.js'
import { titleRenditions, type Catalogue, type CatalogueTitle, type Sort } from '../store/catalogue.js'
import { compareSortPositions, findSortIndex, sortKey, type SortPosition } from '../store/sorted-lists.js'

export interface TitleFilter {
  readonly type?: 'movie' | 'show'
  readonly genre?: string
  readonly yearFrom?: number
  readonly yearTo?: number
  readonly rating?: MaturityRating
  /** Audio language, BCP 47. */
  readonly language?: string
  /** Minimum video height, pixels. */
  readonly minHeight?: number
}

/** Titles that match a filter and are visible. */
export interface Selection {
  readonly filter: TitleFilter
  readonly scope: MaturityScope
  /** Filters ignore renditions above the plan's maximum video height. */
  readonly planMaxHeight: number
  readonly now: Date
}

export interface BrowseRequest extends Selection, SortedPageRequest {}

export interface TitlePage {
  readonly titles: CatalogueTitle[]
  /** Cursor for the next page; null on the last page. */
  readonly next: SortPosition | null
  /** Earliest availability date after `now` of the titles that decided about the page, ms since the epoch. */
  readonly validUntilMs: number
}

/** Returns one page of the selected titles. */
export function browse (catalogue: Catalogue, request: BrowseRequest): TitlePage {
  const { genre } = request.filter
  const list = catalogue.sortedTitles(
    request.sort,
    genre === undefined ? undefined : { by: 'key', name: nameKey(genre) },
  )
  const isMatch = createTitleMatcher(catalogue, request)
  let validUntilMs = Infinity
  const page = pageOfSortedTitles(list, request, (title) => {
    validUntilMs = Math.min(validUntilMs, nextAvailabilityDate(title, request.now))
    return isMatch(title)
  })
  return { ...page, validUntilMs }
}

/** A page of a sorted list. */
export interface SortedPageRequest {
  readonly sort: Sort
  readonly descending: boolean
  /** Last title of the previous page; null for the first page. */
  readonly after: SortPosition | null
  readonly limit: number
}

/** Takes one page out of a list that is sorted in ascending order. */
export function pageOfSortedTitles (
  list: readonly CatalogueTitle[],
  request: SortedPageRequest,
  isWanted: (title: CatalogueTitle) => boolean,
): Omit<TitlePage, 'validUntilMs'> {
  const step = request.descending ? -1 : 1
  const titles: CatalogueTitle[] = []
  for (let i = findStartIndex(list, request); i >= 0 && i < list.length; i += step) {
    const title = list[i]
    if (title === undefined || !isWanted(title)) continue
    const last = titles.at(-1)
    if (titles.length === request.limit && last !== undefined) {
      return { titles, next: [sortKey(last, request.sort), last.id] }
    }
    titles.push(title)
  }
  return { titles, next: null }
}

function nextAvailabilityDate ({ availableFrom, availableUntil }: CatalogueTitle, now: Date): number {
  if (availableFrom !== null && availableFrom > now) return availableFrom.getTime()
  return availableUntil !== null && availableUntil > now ? availableUntil.getTime() : Infinity
}

function findStartIndex (list: readonly CatalogueTitle[], { after, sort, descending }: SortedPageRequest): number {
  if (after === null) return descending ? list.length - 1 : 0
  const index = findSortIndex(list, sort, after)
  if (descending) return index - 1
  const title = list[index]
  const isAtCursor = title !== undefined && compareSortPositions([sortKey(title, sort), title.id], after) === 0
  return isAtCursor ? index + 1 : index
}

/** Creates a predicate for the titles of a selection. */
export function createTitleMatcher (
  catalogue: Catalogue,
  { filter, scope, planMaxHeight, now }: Selection,
): (title: CatalogueTitle) => boolean {
  const genre = filter.genre === undefined ? null : nameKey(filter.genre)
  const needsRendition = filter.language !== undefined || filter.minHeight !== undefined
  return (title) =>
    isVisible(scope, title, now) &&
    (filter.type === undefined || title.kind === filter.type) &&
    (genre === null || title.genreKeys.includes(genre)) &&
    (filter.yearFrom === undefined || (title.year ?? -Infinity) >= filter.yearFrom) &&
    (filter.yearTo === undefined || (title.year ?? Infinity) <= filter.yearTo) &&
    (filter.rating === undefined || title.maturityRating === filter.rating) &&
    (!needsRendition || hasRendition(catalogue, title, filter, planMaxHeight))
}

function hasRendition (
  catalogue: Catalogue,
  title: CatalogueTitle,
  filter: TitleFilter,
  planMaxHeight: number,
): boolean {
  return titleRenditions(catalogue, title).some((rendition) =>
    rendition.height <= planMaxHeight &&
    rendition.height >= (filter.minHeight ?? 0) &&
    (filter.language === undefined || hasAudioLanguage({ audioLanguages: rendition.languages }, filter.language))
  )
}

/** Counts the visible titles of each genre, largest genre first. Genres without visible titles are left out. */
export function countGenres (
  catalogue: Catalogue,
  scope: MaturityScope,
  now: Date,
): Array<{ name: string, count: number }> {
  // Titles with the same genres share one array, so there are few combinations to count.
  const combinations = new Map<readonly string[], number>()
  for (const title of catalogue.titles()) {
    if (isVisible(scope, title, now)) combinations.set(title.genres, (combinations.get(title.genres) ?? 0) + 1)
  }
  const counts = new Map<string, { name: string, count: number }>()
  for (const [names, count] of combinations) {
    for (const name of names) {
      const key = nameKey(name)
      const entry = counts.get(key) ?? { name, count: 0 }
      entry.count += count
      counts.set(key, entry)
    }
  }
  return [...counts.values()].sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
}
