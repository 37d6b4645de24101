// Lists of titles: filters, sorts and keyset pages over the catalogue in memory.
import { canSee, type MaturityScope } from '../../domain/maturity.js'
import { hasAudioLanguage } from '../../domain/file-choice.js'
import type { MaturityRating } from '../../domain/maturity.js'
import { foldText } from '../../domain/fold-text.js'
import {
  compareSortPositions,
  sortedLists,
  sortPositionOf,
  sortKey,
  type SortPosition,
  type Sort,
} from '../store/sorted-lists.js'
import { renditionsOf, type Catalogue, type CatalogueTitle } from '../store/catalogue.js'

export interface TitleFilter {
  readonly type?: 'movie' | 'show'
  readonly genre?: string
  readonly yearFrom?: number
  readonly yearTo?: number
  readonly rating?: MaturityRating
  readonly language?: string
  readonly minHeight?: number
}

/** What of the catalogue somebody asks for, and what of it they may see. */
export interface Selection {
  readonly filter: TitleFilter
  readonly viewer: MaturityScope
  /** Renditions above the plan's cap do not count for filters. */
  readonly planMaxHeight: number
  readonly now: Date
}

export interface BrowseRequest extends Selection {
  readonly sort: Sort
  readonly descending: boolean
  readonly after: SortPosition | null
  readonly limit: number
}

export interface TitlePage {
  readonly titles: CatalogueTitle[]
  readonly next: SortPosition | null
}

/** One page of the titles that this viewer may see and that pass the filter. */
export function browse (catalogue: Catalogue, request: BrowseRequest): TitlePage {
  const { genre } = request.filter
  const list = sortedLists(catalogue).sorted(
    request.sort,
    genre === undefined ? undefined : { by: 'key', name: foldText(genre) },
  )
  const step = request.descending ? -1 : 1
  const matches = createTitleMatcher(catalogue, request)
  const titles: CatalogueTitle[] = []
  for (let i = startOf(list, request); i >= 0 && i < list.length; i += step) {
    const title = list[i]
    if (title === undefined || !matches(title)) continue
    const last = titles.at(-1)
    if (titles.length === request.limit && last !== undefined) {
      return { titles, next: [sortKey(last, request.sort), last.id] }
    }
    titles.push(title)
  }
  return { titles, next: null }
}

/** The first title beyond the page before. */
function startOf (list: readonly CatalogueTitle[], { after, sort, descending }: BrowseRequest): number {
  if (after === null) return descending ? list.length - 1 : 0
  const at = sortPositionOf(list, sort, after)
  if (descending) return at - 1
  const title = list[at]
  return title !== undefined && compareSortPositions([sortKey(title, sort), title.id], after) === 0 ? at + 1 : at
}

/** The titles that this viewer may see and that pass the filter. */
export function createTitleMatcher (
  catalogue: Catalogue,
  { filter, viewer, planMaxHeight, now }: Selection,
): (title: CatalogueTitle) => boolean {
  const genre = filter.genre === undefined ? null : foldText(filter.genre)
  const needsRendition = filter.language !== undefined || filter.minHeight !== undefined
  return (title) =>
    canSee(viewer, title, now) &&
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
  return renditionsOf(catalogue, title).some((rendition) =>
    rendition.height <= planMaxHeight &&
    rendition.height >= (filter.minHeight ?? 0) &&
    (filter.language === undefined || hasAudioLanguage({ audioLanguages: rendition.languages }, filter.language))
  )
}

/** Every genre this viewer can find something in, with how many titles; the largest first. */
export function countGenres (
  catalogue: Catalogue,
  viewer: MaturityScope,
  now: Date,
): Array<{ name: string, count: number }> {
  // Titles with the same genres share one array of them.
  const combinations = new Map<readonly string[], number>()
  for (const title of catalogue.titles()) {
    if (canSee(viewer, title, now)) combinations.set(title.genres, (combinations.get(title.genres) ?? 0) + 1)
  }
  const counts = new Map<string, { name: string, count: number }>()
  for (const [names, count] of combinations) {
    for (const name of names) {
      const key = foldText(name)
      const entry = counts.get(key) ?? { name, count: 0 }
      entry.count += count
      counts.set(key, entry)
    }
  }
  return [...counts.values()].sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
}
