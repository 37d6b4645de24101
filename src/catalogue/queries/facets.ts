// What a list could be narrowed by, and how much would be left: counted over the catalogue in memory, for one selection.
import { hasAudioLanguage } from '../../domain/file-choice.js'
import { canSee, type MaturityRating } from '../../domain/maturity.js'
import type { Selection, TitleFilter } from './browse.js'
import { foldText } from '../../domain/fold-text.js'
import { renditionsOf, type Catalogue, type CatalogueTitle } from '../store/catalogue.js'

export interface Facet<T> {
  readonly value: T
  readonly count: number
}

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

  count (value: T, times = 1): void {
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + times)
  }

  /** Each value once, however often it is among them. */
  countEach (values: Iterable<T>, times = 1): void {
    for (const value of new Set(values)) this.count(value, times)
  }

  entries (): Iterable<[value: T, count: number]> {
    return this.#counts
  }

  sorted (compare: (a: Facet<T>, b: Facet<T>) => number): Array<Facet<T>> {
    return [...this.#counts].map(([value, count]) => ({ value, count })).sort(compare)
  }
}

const mostFirst = (a: Facet<string>, b: Facet<string>): number => b.count - a.count || (a.value < b.value ? -1 : 1)
const highestFirst = (a: Facet<number>, b: Facet<number>): number => b.value - a.value

export function countFacets (catalogue: Catalogue, { filter, viewer, planMaxHeight, now }: Selection): Facets {
  const types = new Counter<'movie' | 'show'>()
  // Titles with the same genres share one array of them: few are counted one by one.
  const combinations = new Counter<readonly string[]>()
  const years = new Counter<number>()
  const ratings = new Counter<MaturityRating>()
  const languages = new Counter<string>()
  const heights = new Counter<number>()
  const missedBy = createMatch(filter)
  let total = 0
  for (const title of catalogue.titles()) {
    if (!canSee(viewer, title, now)) continue
    const all = renditionsOf(catalogue, title)
    const renditions = all.length === 0 ? all : all.filter(({ height }) => height <= planMaxHeight)
    const missed = missedBy(title, renditions)
    if (missed.length > 1) continue
    const [only] = missed
    if (only === undefined) total++
    if (only === undefined || only === 'type') types.count(title.kind)
    if (only === undefined || only === 'genre') combinations.count(title.genres)
    if ((only === undefined || only === 'year') && title.year !== null) years.count(title.year)
    if ((only === undefined || only === 'rating') && title.maturityRating !== null) ratings.count(title.maturityRating)
    if (renditions.length === 0) continue
    if (only === undefined || only === 'language') {
      languages.countEach(
        renditions.filter(({ height }) => height >= (filter.minHeight ?? 0)).flatMap((one) => one.languages),
      )
    }
    if (only === undefined || only === 'height') {
      heights.countEach(
        renditions.filter((one) => speaksWanted(one, filter)).map(({ height }) => height).filter((height) =>
          height > 0
        ),
      )
    }
  }
  return {
    total,
    types: types.sorted(mostFirst as never),
    genres: genresOf(combinations),
    years: years.sorted(highestFirst),
    decades: decadesOf(years),
    ratings: ratings.sorted(mostFirst as never),
    languages: languages.sorted(mostFirst),
    heights: heights.sorted(highestFirst),
  }
}

function genresOf (combinations: Counter<readonly string[]>): Array<Facet<string>> {
  const names = new Map<string, string>()
  const genres = new Counter<string>()
  for (const [combination, count] of combinations.entries()) {
    genres.countEach(combination.map((name) => remember(names, name)), count)
  }
  return genres.sorted(mostFirst).map(({ value, count }) => ({ value: names.get(value) ?? value, count }))
}

function decadesOf (years: Counter<number>): Array<Facet<number>> {
  const decades = new Counter<number>()
  for (const [year, count] of years.entries()) decades.count(year - year % 10, count)
  return decades.sorted(highestFirst)
}

/** A genre by its folded name; shown as it was first met. */
function remember (names: Map<string, string>, name: string): string {
  const folded = foldText(name)
  if (!names.has(folded)) names.set(folded, name)
  return folded
}

function speaksWanted ({ languages }: Rendition, { language }: TitleFilter): boolean {
  return language === undefined || hasAudioLanguage({ audioLanguages: languages }, language)
}

const NOTHING_MISSED: readonly Dimension[] = []

/** Tells the filters that keep a title out. Language and height are asked of one file: both may be to blame. */
function createMatch (
  filter: TitleFilter,
): (title: CatalogueTitle, renditions: readonly Rendition[]) => readonly Dimension[] {
  const genre = filter.genre === undefined ? null : foldText(filter.genre)
  const isSharp = ({ height }: Rendition): boolean => height >= (filter.minHeight ?? 0)
  const isOf = {
    type: (title: CatalogueTitle): boolean => filter.type === undefined || title.kind === filter.type,
    genre: (title: CatalogueTitle): boolean => genre === null || title.genreKeys.includes(genre),
    year: (title: CatalogueTitle): boolean =>
      (title.year ?? -Infinity) >= (filter.yearFrom ?? -Infinity) &&
      (title.year ?? Infinity) <= (filter.yearTo ?? Infinity),
    rating: (title: CatalogueTitle): boolean => filter.rating === undefined || title.maturityRating === filter.rating,
  }
  const needsFile = filter.language !== undefined || filter.minHeight !== undefined
  return (title, renditions) => {
    const hasFile = !needsFile || renditions.some((one) => isSharp(one) && speaksWanted(one, filter))
    // Most titles, most of the time.
    if (hasFile && isOf.type(title) && isOf.genre(title) && isOf.year(title) && isOf.rating(title)) {
      return NOTHING_MISSED
    }
    const missed: Dimension[] = (['type', 'genre', 'year', 'rating'] as const).filter((dimension) =>
      !isOf[dimension](title)
    )
    if (hasFile) return missed
    const hasLanguage = renditions.some((one) => speaksWanted(one, filter))
    const hasHeight = renditions.some(isSharp)
    if (hasHeight || !hasLanguage) missed.push('language')
    if (!hasHeight) missed.push('height')
    return missed
  }
}
