// Titles like another one: by genres, people and years, and by who watched both.
import { LRUCache } from 'lru-cache'
import type { Catalogue, CatalogueTitle } from '../catalogue/snapshot.js'
import { likenessOf } from '../domain/similarity.js'
import { shelvesOf, slugOf, type Shelves } from './shelves.js'
import type { Trends } from './trends.js'

export interface SimilarTitle { readonly title: CatalogueTitle, readonly likeness: number }

/** So many of a genre, the most popular, are looked at; whatever the size of the catalogue. */
const LOOKED_AT_PER_GENRE = 300
const KEPT = 200
const KEPT_LISTS = 2_000
/** Being watched by the same people weighs so much more than anything that is known of two titles, at most. */
const TOGETHER_WEIGHT = 6

export type FindSimilar = (title: CatalogueTitle) => readonly SimilarTitle[]

/** Finds the titles most like one, the most alike first; remembered until the catalogue or the trends change. */
export function createSimilarTitles (catalogue: Catalogue, trends: Trends): FindSimilar {
  const lists = new LRUCache<string, { readonly shelves: Shelves, readonly trendsVersion: number, readonly list: SimilarTitle[] }>({ max: KEPT_LISTS })

  return (title) => {
    const shelves = shelvesOf(catalogue)
    const key = `${title.id} ${title.revision}`
    const known = lists.get(key)
    if (known?.shelves === shelves && known.trendsVersion === trends.version()) return known.list
    const list = findSimilar(title, shelves)
    lists.set(key, { shelves, trendsVersion: trends.version(), list })
    return list
  }

  function findSimilar (title: CatalogueTitle, shelves: Shelves): SimilarTitle[] {
    const together = trends.watchedTogether(title.id)
    const candidates = new Set([
      ...title.people.flatMap((name) => shelves.byPerson.get(name) ?? []),
      ...title.genres.flatMap((genre) => shelves.genres.get(slugOf(genre))?.titles.slice(0, LOOKED_AT_PER_GENRE) ?? []),
      ...[...together.keys()].map((id) => catalogue.findTitle(id)).filter((one) => one !== null),
    ])
    return [...candidates]
      .filter(({ id }) => id !== title.id)
      .map((other) => ({ title: other, likeness: likenessOf(title, other) + TOGETHER_WEIGHT * (together.get(other.id) ?? 0) }))
      .filter(({ likeness }) => likeness > 0)
      .sort((a, b) => b.likeness - a.likeness || b.title.popularity - a.title.popularity || (a.title.id < b.title.id ? 1 : -1))
      .slice(0, KEPT)
  }
}
