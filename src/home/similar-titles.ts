// Titles like another one: by genres, people and years, and by who watched both.
import { LRUCache } from 'lru-cache'
import { isCacheValid, createCacheStamp, type CacheStamp } from '../catalogue/cache/cache-validity.js'
import type { Catalogue, CatalogueTitle } from '../catalogue/store/catalogue.js'
import { similarity } from '../domain/similarity.js'
import { titlesOfGenre } from './title-lists.js'
import type { Trends } from './trends.js'

export interface SimilarTitle {
  readonly title: CatalogueTitle
  readonly likeness: number
}

/** So many of a genre, the most popular, are looked at; whatever the size of the catalogue. */
const LOOKED_AT_PER_GENRE = 300
const KEPT = 200
const KEPT_LISTS = 2_000
/** Being watched by the same people weighs so much more than anything that is known of two titles, at most. */
const TOGETHER_WEIGHT = 6

export type FindSimilar = (title: CatalogueTitle) => readonly SimilarTitle[]

/** Finds the titles most like one, the most alike first; remembered until the catalogue or the trends change. */
export function createSimilarTitles (catalogue: Catalogue, trends: Trends): FindSimilar {
  const lists = new LRUCache<
    string,
    { readonly stamp: CacheStamp, readonly trendsVersion: number, readonly list: SimilarTitle[] }
  >({ max: KEPT_LISTS })

  return (title) => {
    const key = `${title.id} ${title.revision}`
    const known = lists.get(key)
    if (known !== undefined && isCacheValid(catalogue, known.stamp) && known.trendsVersion === trends.version()) {
      return known.list
    }
    const stamp = createCacheStamp(catalogue)
    const list = findSimilar(title)
    lists.set(key, { stamp, trendsVersion: trends.version(), list })
    return list
  }

  function* titlesOfPeople ({ people, credited }: CatalogueTitle): Generator<CatalogueTitle> {
    for (const person of credited.map((id) => catalogue.findPerson(id))) {
      if (person === null || !people.includes(person.name)) continue
      for (const id of person.titleIds) {
        const title = catalogue.findTitle(id)
        // Those whom a title stands for, not everybody who was in it.
        if (title?.people.includes(person.name) === true) yield title
      }
    }
  }

  function* firstOfGenre (slug: string): Generator<CatalogueTitle> {
    let lookedAt = 0
    for (const title of titlesOfGenre(catalogue, slug)) {
      if (lookedAt++ === LOOKED_AT_PER_GENRE) return
      yield title
    }
  }

  function findSimilar (title: CatalogueTitle): SimilarTitle[] {
    const together = trends.watchedTogether(title.id)
    const candidates = new Set([
      ...titlesOfPeople(title),
      ...title.genreSlugs.flatMap((slug) => [...firstOfGenre(slug)]),
      ...[...together.keys()].map((id) => catalogue.findTitle(id)).filter((one) => one !== null),
    ])
    return [...candidates]
      .filter(({ id }) => id !== title.id)
      .map((other) => ({
        title: other,
        likeness: similarity(title, other) + TOGETHER_WEIGHT * (together.get(other.id) ?? 0),
      }))
      .filter(({ likeness }) => likeness > 0)
      .sort((a, b) =>
        b.likeness - a.likeness || b.title.popularity - a.title.popularity || (a.title.id < b.title.id ? 1 : -1)
      )
      .slice(0, KEPT)
  }
}
