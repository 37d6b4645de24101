// Facet counts of a selection, over the catalogue in memory.
import { hasAudioLanguage } from '../../domain/file-choice.js'
import { nameKey } from '../../domain/text.js'
import { isVisible, type MaturityRating } from '../../domain/maturity.js'
import { titleRenditions, type Catalogue, type CatalogueTitle } from '../store/catalogue.js'
import type { Selection, TitleFilter } from './browse.js'

export interface Facet<T> {
  readonly value: T
  readonly count: number
}

/** Each facet counts the titles that match all filters except its own, so that a user can change each choice. */
export interface Facets {
  /** Titles that match all filters. */
  readonly total: number
  readonly types: Array<Facet<'movie' | 'show'>>
  readonly genres: Array<Facet<string>>
  /** Newest first. */
  readonly years: Array<Facet<number>>
  /** First year of each decade, newest first. */
  readonly decades: Array<Facet<number>>
  readonly ratings: Array<Facet<MaturityRating>>
  readonly languages: Array<Facet<string>>
  /** Titles that have a file of this video height (pixels), highest first. */
  readonly heights: Array<Facet<number>>
}

type Dimension = 'type' | 'genre' | 'year' | 'rating' | 'language' | 'height'
type Rendition = ReturnType<typeof titleRenditions>[number]

class Counter<T> {
  readonly #counts = new Map<T, number>()

  add (value: T, times = 1): void {
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + times)
  }

  /** Adds each distinct value once. */
  addDistinct (values: Iterable<T>, times = 1): void {
    for (const value of new Set(values)) this.add(value, times)
  }

  entries (): Iterable<[value: T, count: number]> {
    return this.#counts
  }

  sorted (compare: (a: Facet<T>, b: Facet<T>) => number): Array<Facet<T>> {
    return [...this.#counts].map(([value, count]) => ({ value, count })).sort(compare)
  }
}

const byCount = (a: Facet<string>, b: Facet<string>): number => b.count - a.count || (a.value < b.value ? -1 : 1)
const byValue = (a: Facet<number>, b: Facet<number>): number => b.value - a.value

export function countFacets (catalogue: Catalogue, { filter, scope, planMaxHeight, now }: Selection): Facets {
  const types = new Counter<'movie' | 'show'>()
  // Titles with the same genres share one array, so there are few combinations to count.
  const genreCombinations = new Counter<readonly string[]>()
  const years = new Counter<number>()
  const ratings = new Counter<MaturityRating>()
  const languages = new Counter<string>()
  const heights = new Counter<number>()
  const findMismatches = createMismatchFinder(filter)
  let total = 0
  for (const title of catalogue.titles()) {
    if (!isVisible(scope, title, now)) continue
    const allRenditions = titleRenditions(catalogue, title)
    const renditions = allRenditions.length === 0
      ? allRenditions
      : allRenditions.filter(({ height }) => height <= planMaxHeight)
    const mismatches = findMismatches(title, renditions)
    if (mismatches.length > 1) continue
    const [only] = mismatches
    if (only === undefined) total++
    if (only === undefined || only === 'type') types.add(title.kind)
    if (only === undefined || only === 'genre') genreCombinations.add(title.genres)
    if ((only === undefined || only === 'year') && title.year !== null) years.add(title.year)
    if ((only === undefined || only === 'rating') && title.maturityRating !== null) ratings.add(title.maturityRating)
    if (renditions.length === 0) continue
    if (only === undefined || only === 'language') {
      const highEnough = renditions.filter((one) => hasMinHeight(one, filter))
      languages.addDistinct(highEnough.flatMap((one) => one.languages))
    }
    if (only === undefined || only === 'height') {
      const inLanguage = renditions.filter((one) => hasLanguage(one, filter))
      heights.addDistinct(inLanguage.map(({ height }) => height).filter((height) => height > 0))
    }
  }
  return {
    total,
    types: types.sorted(byCount as never),
    genres: toGenreFacets(genreCombinations),
    years: years.sorted(byValue),
    decades: toDecadeFacets(years),
    ratings: ratings.sorted(byCount as never),
    languages: languages.sorted(byCount),
    heights: heights.sorted(byValue),
  }
}

/** Genres that differ only in case count as one, with the name that was found first. */
function toGenreFacets (combinations: Counter<readonly string[]>): Array<Facet<string>> {
  const namesByKey = new Map<string, string>()
  const genres = new Counter<string>()
  for (const [names, count] of combinations.entries()) {
    for (const name of names) if (!namesByKey.has(nameKey(name))) namesByKey.set(nameKey(name), name)
    genres.addDistinct(names.map(nameKey), count)
  }
  return genres.sorted(byCount).map(({ value, count }) => ({ value: namesByKey.get(value) ?? value, count }))
}

function toDecadeFacets (years: Counter<number>): Array<Facet<number>> {
  const decades = new Counter<number>()
  for (const [year, count] of years.entries()) decades.add(year - year % 10, count)
  return decades.sorted(byValue)
}

function hasLanguage ({ languages }: Rendition, { language }: TitleFilter): boolean {
  return language === undefined || hasAudioLanguage({ audioLanguages: languages }, language)
}

function hasMinHeight ({ height }: Rendition, { minHeight }: TitleFilter): boolean {
  return height >= (minHeight ?? 0)
}

const NO_MISMATCHES: readonly Dimension[] = []

/**
 * Creates a function that lists the filters that a title does not match. One file must match both language and height:
 * if no file does, either filter can be the reason.
 */
function createMismatchFinder (
  filter: TitleFilter,
): (title: CatalogueTitle, renditions: readonly Rendition[]) => readonly Dimension[] {
  const genre = filter.genre === undefined ? null : nameKey(filter.genre)
  const isMatch = {
    type: (title: CatalogueTitle): boolean => filter.type === undefined || title.kind === filter.type,
    genre: (title: CatalogueTitle): boolean => genre === null || title.genreKeys.includes(genre),
    year: (title: CatalogueTitle): boolean =>
      (title.year ?? -Infinity) >= (filter.yearFrom ?? -Infinity) &&
      (title.year ?? Infinity) <= (filter.yearTo ?? Infinity),
    rating: (title: CatalogueTitle): boolean => filter.rating === undefined || title.maturityRating === filter.rating,
  }
  const needsFile = filter.language !== undefined || filter.minHeight !== undefined
  return (title, renditions) => {
    const hasFile = !needsFile || renditions.some((one) => hasMinHeight(one, filter) && hasLanguage(one, filter))
    // The most frequent case, without an allocation.
    if (hasFile && isMatch.type(title) && isMatch.genre(title) && isMatch.year(title) && isMatch.rating(title)) {
      return NO_MISMATCHES
    }
    const mismatches: Dimension[] = (['type', 'genre', 'year', 'rating'] as const)
      .filter((dimension) => !isMatch[dimension](title))
    if (hasFile) return mismatches
    const hasFileInLanguage = renditions.some((one) => hasLanguage(one, filter))
    const hasFileOfHeight = renditions.some((one) => hasMinHeight(one, filter))
    if (hasFileOfHeight || !hasFileInLanguage) mismatches.push('language')
    if (!hasFileOfHeight) mismatches.push('height')
    return mismatches
  }
}
