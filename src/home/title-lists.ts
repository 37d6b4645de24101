// Lists of titles for the rows of the home page: newest, most popular, by genre.
import type { Catalogue, CatalogueTitle, GenreGroup, Sort } from '../catalogue/store/catalogue.js'
import { slugify } from '../domain/text.js'

/** A genre of the home page: all genres with the same slug. */
export interface Genre {
  readonly slug: string
  readonly name: string
}

export function newestTitles (catalogue: Catalogue): Iterable<CatalogueTitle> {
  return iterateDescending(catalogue, 'added')
}

export function popularTitles (catalogue: Catalogue): Iterable<CatalogueTitle> {
  return iterateDescending(catalogue, 'popularity')
}

/** The titles of a genre, most popular first. */
export function titlesOfGenre (catalogue: Catalogue, slug: string): Iterable<CatalogueTitle> {
  return iterateDescending(catalogue, 'popularity', { by: 'slug', name: slug })
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

function genresBySize (catalogue: Catalogue): string[] {
  return [...catalogue.genreGroupSizes('slug')]
    .sort(([a, size], [b, otherSize]) => otherSize - size || (a < b ? -1 : 1))
    .map(([slug]) => slug)
}

function toGenre (catalogue: Catalogue, slug: string): Genre {
  const mostPopular = catalogue.sortedTitles('popularity', { by: 'slug', name: slug }).at(-1)
  return { slug, name: mostPopular?.genres.find((name) => slugify(name) === slug) ?? slug }
}

function* iterateDescending (catalogue: Catalogue, sort: Sort, group?: GenreGroup): Generator<CatalogueTitle> {
  const titles = catalogue.sortedTitles(sort, group)
  for (let i = titles.length - 1; i >= 0; i--) {
    const title = titles[i]
    if (title !== undefined) yield title
  }
}
