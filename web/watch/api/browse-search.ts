// The filters and the sort order of the browse pages, as the URL contains them.
import { searchFields } from '@shared/search-fields.js'
import type { MaturityRating, SortKey, SortOrder, TitleFilter, TitleKind } from './discovery.js'

export interface BrowseSearch {
  readonly genre?: string
  readonly yearFrom?: number
  readonly yearTo?: number
  readonly rating?: MaturityRating
  readonly language?: string
  readonly minHeight?: number
  readonly sort?: SortKey
  readonly order?: SortOrder
}
export type BrowseKind = 'movies' | 'shows' | 'all'

const RATINGS = [
  'G',
  'PG',
  'PG-13',
  'R',
  'NC-17',
  'TV-Y',
  'TV-Y7',
  'TV-G',
  'TV-PG',
  'TV-14',
  'TV-MA',
] as const satisfies readonly MaturityRating[]
const ORDERS = ['asc', 'desc'] as const satisfies readonly SortOrder[]
const SORT_KEYS = ['title', 'release', 'added', 'popularity'] as const satisfies readonly SortKey[]
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '' && value.length <= 100
const isNumber = (value: unknown): value is number => Number.isInteger(value) && Number(value) > 0

function findOne<T> (values: readonly T[], value: unknown): T | undefined {
  return values.find((one) => one === value)
}

/** Reads the filters of a URL; a value that the API would reject is left out. */
export function parseBrowseSearch (search: Record<string, unknown>): BrowseSearch {
  const { genre, yearFrom, yearTo, language, minHeight, order } = search
  const [rating, sort] = [findOne(RATINGS, search['rating']), findOne(SORT_KEYS, search['sort'])]
  return searchFields({
    genre: isText(genre) ? genre : undefined,
    yearFrom: isNumber(yearFrom) ? yearFrom : undefined,
    yearTo: isNumber(yearTo) ? yearTo : undefined,
    rating,
    language: isText(language) ? language : undefined,
    minHeight: isNumber(minHeight) ? minHeight : undefined,
    sort,
    order: findOne(ORDERS, order),
  })
}

const TYPES: Readonly<Record<BrowseKind, TitleKind | undefined>> = { movies: 'movie', shows: 'show', all: undefined }

export const parseBrowseKind = (kind: string): BrowseKind => kind === 'movies' || kind === 'shows' ? kind : 'all'

/** The filters as the API expects them. */
export function titleFilterOf (kind: BrowseKind, { sort: _sort, order: _order, ...filter }: BrowseSearch): TitleFilter {
  const type = TYPES[kind]
  return type === undefined ? filter : { ...filter, type }
}
