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

/** The slugs of all genres, largest genre first. */
export function genresBySize (catalogue: Catalogue): string[] {
  return [...catalogue.genreGroupSizes('slug')]
    .sort(([a, size], [b, otherSize]) => otherSize - size || (a < b ? -1 : 1))
    .map(([slug]) => slug)
}

/** Names a genre as its most popular title does. The slug is the name of a genre without titles. */
export function toGenre (catalogue: Catalogue, slug: string): Genre {
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
