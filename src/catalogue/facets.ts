// What a list could be narrowed by, and how much would be left: counted over the catalogue in memory, for one selection.
import { speaks } from '../domain/file-choice.js'
import { canSee, type MaturityRating } from '../domain/maturity.js'
import type { Selection, TitleFilter } from './browse.js'
import { foldText } from './fold-text.js'
import { renditionsOf, type Catalogue, type CatalogueTitle } from './snapshot.js'

export interface Facet<T> { readonly value: T, readonly count: number }

/** In each, titles are counted that pass every other filter: what would be there if this one were chosen instead. */
export interface Facets {
  /** Titles that pass all filters. */
  readonly total: number
  readonly types: Array<Facet<'movie' | 'show'>>
  readonly genres: Array<Facet<string>>
  /** Newest first. */
  readonly years: Array<Facet<number>>
  /** By their first year, newest first. */
  readonly decades: Array<Facet<number>>
  readonly ratings: Array<Facet<MaturityRating>>
  readonly languages: Array<Facet<string>>
  /** Titles that have a file at least this sharp; the sharpest first. */
  readonly heights: Array<Facet<number>>
}

type Dimension = 'type' | 'genre' | 'year' | 'rating' | 'language' | 'height'
type Rendition = ReturnType<typeof renditionsOf>[number]

class Counter<T> {
  readonly #counts = new Map<T, number>()

  count (values: Iterable<T>): void {
    for (const value of new Set(values)) this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1)
  }

  sorted (compare: (a: Facet<T>, b: Facet<T>) => number): Array<Facet<T>> {
    return [...this.#counts].map(([value, count]) => ({ value, count })).sort(compare)
  }
}

const mostFirst = (a: Facet<string>, b: Facet<string>): number => b.count - a.count || (a.value < b.value ? -1 : 1)
const highestFirst = (a: Facet<number>, b: Facet<number>): number => b.value - a.value

export function countFacets (catalogue: Catalogue, { filter, viewer, planMaxHeight, now }: Selection): Facets {
  const types = new Counter<'movie' | 'show'>()
  const genres = new Counter<string>()
  const genreNames = new Map<string, string>()
  const years = new Counter<number>()
  const decades = new Counter<number>()
  const ratings = new Counter<MaturityRating>()
  const languages = new Counter<string>()
  const heights = new Counter<number>()
  let total = 0
  for (const title of catalogue.titles()) {
    if (!canSee(viewer, title, now)) continue
    const renditions = renditionsOf(catalogue, title).filter(({ height }) => height <= planMaxHeight)
    const missed = missedBy(title, renditions, filter)
    if (missed.length > 1) continue
    const counts = (dimension: Dimension): boolean => missed.length === 0 || missed[0] === dimension
    if (missed.length === 0) total++
    if (counts('type')) types.count([title.kind])
    if (counts('genre')) genres.count(title.genres.map((name) => remember(genreNames, name)))
    if (counts('year') && title.year !== null) {
      years.count([title.year])
      decades.count([title.year - title.year % 10])
    }
    if (counts('rating') && title.maturityRating !== null) ratings.count([title.maturityRating])
    if (counts('language')) languages.count(renditions.filter(({ height }) => height >= (filter.minHeight ?? 0)).flatMap((one) => one.languages))
    if (counts('height')) heights.count(renditions.filter((one) => speaksWanted(one, filter)).map(({ height }) => height).filter((height) => height > 0))
  }
  return {
    total,
    types: types.sorted(mostFirst as never),
    genres: genres.sorted(mostFirst).map(({ value, count }) => ({ value: genreNames.get(value) ?? value, count })),
    years: years.sorted(highestFirst),
    decades: decades.sorted(highestFirst),
    ratings: ratings.sorted(mostFirst as never),
    languages: languages.sorted(mostFirst),
    heights: heights.sorted(highestFirst),
  }
}

/** A genre by its folded name; shown as it was first met. */
function remember (names: Map<string, string>, name: string): string {
  const folded = foldText(name)
  if (!names.has(folded)) names.set(folded, name)
  return folded
}

function speaksWanted ({ languages }: Rendition, { language }: TitleFilter): boolean {
  return language === undefined || speaks({ audioLanguages: languages }, language)
}

/** The filters that keep a title out. Language and height are asked of one file: both may be to blame. */
function missedBy (title: CatalogueTitle, renditions: readonly Rendition[], filter: TitleFilter): Dimension[] {
  const missed: Dimension[] = []
  if (filter.type !== undefined && title.kind !== filter.type) missed.push('type')
  if (filter.genre !== undefined) {
    const genre = foldText(filter.genre)
    if (!title.genres.some((one) => foldText(one) === genre)) missed.push('genre')
  }
  if ((title.year ?? -Infinity) < (filter.yearFrom ?? -Infinity) || (title.year ?? Infinity) > (filter.yearTo ?? Infinity)) missed.push('year')
  if (filter.rating !== undefined && title.maturityRating !== filter.rating) missed.push('rating')
  if (filter.language === undefined && filter.minHeight === undefined) return missed
  const isSharp = ({ height }: Rendition): boolean => height >= (filter.minHeight ?? 0)
  if (!renditions.some((one) => isSharp(one) && speaksWanted(one, filter))) {
    const hasLanguage = renditions.some((one) => speaksWanted(one, filter))
    const hasHeight = renditions.some(isSharp)
    if (hasHeight || !hasLanguage) missed.push('language')
    if (hasLanguage && !hasHeight) missed.push('height')
    if (!hasLanguage && !hasHeight) missed.push('height')
  }
  return missed
}
