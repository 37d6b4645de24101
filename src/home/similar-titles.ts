// Titles that are similar to a title: by genres, people and years, and by co-watching.
import { createDerivedCache } from '../catalogue/cache/cache-validity.js'
import type { Catalogue, CatalogueTitle } from '../catalogue/store/catalogue.js'
import { createSimilarityTo } from '../domain/similarity.js'
import { titlesOfGenre } from './title-lists.js'
import type { Trends } from './trends.js'

/** Most similar first. */
export interface SimilarTitles {
  readonly titles: readonly CatalogueTitle[]
  /** Of the title at the same index; greater than 0. One object for each title would take four times as much. */
  readonly similarities: Float64Array
}

/** Only the most popular titles of a genre are candidates: bounds the work in a large catalogue. */
const MAX_CANDIDATES_PER_GENRE = 300
const MAX_SIMILAR_TITLES = 200
const CACHE_MAX_ENTRIES = 2_000
/** Weight of full co-watching. The known traits add up to at most 12. */
const CO_WATCH_WEIGHT = 6

export type FindSimilar = (title: CatalogueTitle) => SimilarTitles

/** Creates a finder with a cache that is valid until the catalogue or the trends change. */
export function createSimilarTitles (catalogue: Catalogue, trends: Trends): FindSimilar {
  const cache = createDerivedCache<{ readonly trendsVersion: number, readonly similar: SimilarTitles }>(
    catalogue,
    CACHE_MAX_ENTRIES,
  )

  function* titlesWithPeopleOf ({ people, creditedPersonIds }: CatalogueTitle): Generator<CatalogueTitle> {
    for (const person of creditedPersonIds.map((id) => catalogue.findPerson(id))) {
      if (person === null || !people.includes(person.name)) continue
      for (const id of person.titleIds) {
        const title = catalogue.findTitle(id)
        // The person has to be among the leading people of both titles.
        if (title?.people.includes(person.name) === true) yield title
      }
    }
  }

  function* popularTitlesOfGenre (slug: string): Generator<CatalogueTitle> {
    let count = 0
    for (const title of titlesOfGenre(catalogue, slug)) {
      if (count++ === MAX_CANDIDATES_PER_GENRE) return
      yield title
    }
  }

  function findSimilar (title: CatalogueTitle): SimilarTitles {
    const coWatched = trends.coWatched(title.id)
    const similarityTo = createSimilarityTo(title)
    const candidates = new Set([
      ...titlesWithPeopleOf(title),
      ...title.genreSlugs.flatMap((slug) => [...popularTitlesOfGenre(slug)]),
      ...[...coWatched.keys()].map((id) => catalogue.findTitle(id)).filter((one) => one !== null),
    ])
    const similar = [...candidates]
      .filter(({ id }) => id !== title.id)
      .map((other) => ({
        title: other,
        similarity: similarityTo(other) + CO_WATCH_WEIGHT * (coWatched.get(other.id) ?? 0),
      }))
      .filter((one) => one.similarity > 0)
      .sort((a, b) =>
        b.similarity - a.similarity || b.title.popularity - a.title.popularity || (a.title.id < b.title.id ? 1 : -1)
      )
      .slice(0, MAX_SIMILAR_TITLES)
    return {
      titles: similar.map((one) => one.title),
      similarities: Float64Array.from(similar, ({ similarity }) => similarity),
    }
  }

  return (title) => {
    const { similar } = cache.getOrCompute(
      `${title.id} ${title.revision}`,
      () => ({ trendsVersion: trends.version(), similar: findSimilar(title) }),
      ({ trendsVersion }) => trendsVersion === trends.version(),
    )
    return similar
  }
}
