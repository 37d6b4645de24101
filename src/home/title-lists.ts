// Lists of titles for the rows of the home page: newest, most popular, by genre.
import type { Catalogue, CatalogueTitle, GenreGroup, Sort } from '../catalogue/store/catalogue.js'
import { compareRanks, type RankKey } from '../domain/ranked-page.js'
import { slugify } from '../domain/text.js'
import type { Trends } from './trends.js'

/** A genre of the home page: all genres with the same slug. */
export interface Genre {
  readonly slug: string
  readonly name: string
}

/** @param needsFiles leaves out titles that never had a file */
export function newestTitles (catalogue: Catalogue, needsFiles: boolean): Iterable<CatalogueTitle> {
  return iterateDescending(listTitles(catalogue, needsFiles, 'added'))
}

/** @param needsFiles leaves out titles that never had a file */
export function popularTitles (catalogue: Catalogue, needsFiles: boolean): Iterable<CatalogueTitle> {
  return iterateDescending(listTitles(catalogue, needsFiles, 'popularity'))
}

/** The titles of a genre, most popular first. @param needsFiles leaves out titles that never had a file */
export function titlesOfGenre (catalogue: Catalogue, slug: string, needsFiles = false): Iterable<CatalogueTitle> {
  return iterateDescending(listTitles(catalogue, needsFiles, 'popularity', { by: 'slug', name: slug }))
}

function listTitles (
  catalogue: Catalogue,
  needsFiles: boolean,
  sort: Sort,
  group?: GenreGroup,
): readonly CatalogueTitle[] {
  return needsFiles ? catalogue.sortedTitlesWithFiles(sort, group) : catalogue.sortedTitles(sort, group)
}

/** The genres of the catalogue. */
export interface GenreList {
  /** The slugs of all genres, largest genre first. */
  bySize(): readonly string[]
  /** Names a genre as its most popular title does. The slug is the name of a genre without titles. */
  find(slug: string): Genre
}

/** Creates a list that is computed again after a change of the catalogue. */
export function createGenreList (catalogue: Catalogue): GenreList {
  let generation = -1
  let slugs: readonly string[] = []
  const genres = new Map<string, Genre>()

  function update (): void {
    if (generation === catalogue.generation()) return
    generation = catalogue.generation()
    slugs = genresBySize(catalogue)
    genres.clear()
  }

  return {
    bySize () {
      update()
      return slugs
    },
    find (slug) {
      update()
      const known = genres.get(slug)
      if (known !== undefined) return known
      const genre = toGenre(catalogue, slug)
      // Clients can request any slug.
      if (genre.name !== slug) genres.set(slug, genre)
      return genre
    },
  }
}

/** The most watched titles, for all profiles: a home page only leaves out what its profile does not see. */
export interface TrendingTitles {
  /** In descending order of their keys. */
  readonly titles: readonly CatalogueTitle[]
  has(titleId: string): boolean
  /** Position of a title among the popular ones. */
  rankKeyOf(title: CatalogueTitle): RankKey
}

/** Creates a list that is sorted again after a change of the catalogue or of the trends. */
export function createTrendingTitles (
  catalogue: Pick<Catalogue, 'findTitle' | 'generation'>,
  trends: Pick<Trends, 'popular' | 'version'>,
): () => TrendingTitles {
  let generation = -1
  let version = -1
  let trending: TrendingTitles | null = null

  function sort (): TrendingTitles {
    const profileCounts = new Map(trends.popular().map((one) => [one.titleId, one.profileCount]))
    const rankKeyOf = (title: CatalogueTitle): RankKey => [profileCounts.get(title.id) ?? 0, title.popularity, title.id]
    const titles = [...profileCounts.keys()].map((id) => catalogue.findTitle(id)).filter((title) => title !== null)
    const ranked = titles.map((title) => ({ title, key: rankKeyOf(title) })).sort((a, b) => compareRanks(b.key, a.key))
    return { titles: ranked.map(({ title }) => title), has: (titleId) => profileCounts.has(titleId), rankKeyOf }
  }

  return () => {
    if (trending !== null && generation === catalogue.generation() && version === trends.version()) return trending
    generation = catalogue.generation()
    version = trends.version()
    trending = sort()
    return trending
  }
}

function genresBySize (catalogue: Catalogue): string[] {
  return [...catalogue.genreGroupSizes('slug')]
    .sort(([a, size], [b, otherSize]) => otherSize - size || (a < b ? -1 : 1))
    .map(([slug]) => slug)
}

function toGenre (catalogue: Catalogue, slug: string): Genre {
  const mostPopular = catalogue.sortedTitles('popularity', { by: 'slug', name: slug }).at(-1)
  return { slug, name: mostPopular?.genres.find((name) => slugify(name) === slug) ?? slug }
}

function* iterateDescending (titles: readonly CatalogueTitle[]): Generator<CatalogueTitle> {
  for (let i = titles.length - 1; i >= 0; i--) {
    const title = titles[i]
    if (title !== undefined) yield title
  }
}
