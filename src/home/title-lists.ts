// The catalogue in the orders that the home page needs: newest, most popular, by genre; always as it is now.
import { slugOf } from '../domain/fold-text.js'
import { sortedLists, type GenreGroup, type Sort } from '../catalogue/store/sorted-lists.js'
import type { Catalogue, CatalogueTitle } from '../catalogue/store/catalogue.js'

/** A genre by what its row is called; its titles are those of every genre that is called so. */
export interface Genre {
  readonly slug: string
  readonly name: string
}

export function newestTitles (catalogue: Catalogue): Iterable<CatalogueTitle> {
  return backwards(catalogue, 'added')
}

export function popularTitles (catalogue: Catalogue): Iterable<CatalogueTitle> {
  return backwards(catalogue, 'popularity')
}

/** The most popular first. */
export function titlesOfGenre (catalogue: Catalogue, slug: string): Iterable<CatalogueTitle> {
  return backwards(catalogue, 'popularity', { by: 'slug', name: slug })
}

/** The slugs of all genres, the largest first. */
export function genresBySize (catalogue: Catalogue): string[] {
  return [...sortedLists(catalogue).groupSizes('slug')].sort(([a, size], [b, other]) =>
    other - size || (a < b ? -1 : 1)
  )
    .map(([slug]) => slug)
}

/** The name that its most popular title has for it; the slug when there is none. */
export function genreOf (catalogue: Catalogue, slug: string): Genre {
  const mostPopular = sortedLists(catalogue).sorted('popularity', { by: 'slug', name: slug }).at(-1)
  return { slug, name: mostPopular?.genres.find((name) => slugOf(name) === slug) ?? slug }
}

function* backwards (catalogue: Catalogue, sort: Sort, group?: GenreGroup): Generator<CatalogueTitle> {
  const titles = sortedLists(catalogue).sorted(sort, group)
  for (let i = titles.length - 1; i >= 0; i--) {
    const title = titles[i]
    if (title !== undefined) yield title
  }
}
