// Cached counts over the catalogue. An entry is valid until the catalogue changes or an availability date passes.
import { visibilityKey, type MaturityScope } from '../../domain/maturity.js'
import { countGenres, type Selection } from '../queries/browse.js'
import { countFacets, type Facets } from '../queries/facets.js'
import { nextAvailabilityChange, type Catalogue } from '../store/catalogue.js'
import { createDerivedCache } from './cache-validity.js'

/** All profiles with the same maturity limits and plan share an entry. */
const CACHE_MAX_ENTRIES = 500

export interface CountCache {
  /** Visible titles of each genre, largest genre first. */
  genres(scope: MaturityScope, now: Date): ReturnType<typeof countGenres>
  facets(selection: Selection): Facets
}

interface TimedCount {
  readonly fromMs: number
  readonly untilMs: number
  readonly value: unknown
}

export function createCountCache (catalogue: Catalogue): CountCache {
  const counts = createDerivedCache<TimedCount>(catalogue, CACHE_MAX_ENTRIES)

  function cached<T> (key: readonly unknown[], now: Date, count: () => T): T {
    const nowMs = now.getTime()
    const entry = counts.getOrCompute(
      JSON.stringify(key),
      () => ({ fromMs: nowMs, untilMs: nextAvailabilityChange(catalogue, nowMs), value: count() }),
      ({ fromMs, untilMs }) => fromMs <= nowMs && nowMs < untilMs,
    )
    return entry.value as T
  }

  return {
    genres: (scope, now) => cached(['genres', ...visibilityKey(scope)], now, () => countGenres(catalogue, scope, now)),
    facets: (selection) =>
      cached(
        ['facets', ...visibilityKey(selection.scope), selection.planMaxHeight, selection.filter],
        selection.now,
        () => countFacets(catalogue, selection),
      ),
  }
}
