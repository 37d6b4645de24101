// Counts over the whole catalogue, remembered until it changes, or until a title comes or goes by its own date.
import { LRUCache } from 'lru-cache'
import { maturityCeiling, type MaturityScope } from '../../domain/maturity.js'
import { countGenres, type Selection } from '../queries/browse.js'
import { countFacets, type Facets } from '../queries/facets.js'
import { isCacheValid, createCacheStamp, type CacheStamp } from './cache-validity.js'
import type { Catalogue } from '../store/catalogue.js'
import { nextAvailabilityChange } from '../store/availability.js'

/** Viewers of one ceiling and plan share an answer, so few are asked for again and again. */
const KEPT = 500

export interface CountCache {
  genres(viewer: MaturityScope, now: Date): ReturnType<typeof countGenres>
  facets(selection: Selection): Facets
}

interface Remembered {
  readonly stamp: CacheStamp
  readonly from: number
  readonly until: number
  readonly value: unknown
}

export function createCountCache (catalogue: Catalogue): CountCache {
  const answers = new LRUCache<string, Remembered>({ max: KEPT })

  function remember<T> (key: readonly unknown[], now: Date, count: () => T): T {
    const name = JSON.stringify(key)
    const known = answers.get(name)
    const moment = now.getTime()
    if (known !== undefined && isCacheValid(catalogue, known.stamp) && known.from <= moment && moment < known.until) {
      return known.value as T
    }
    const stamp = createCacheStamp(catalogue)
    const value = count()
    answers.set(name, { stamp, from: moment, until: nextAvailabilityChange(catalogue, moment), value })
    return value
  }

  return {
    genres: (viewer, now) => remember(['genres', ...eyesOf(viewer)], now, () => countGenres(catalogue, viewer, now)),
    facets: (selection) =>
      remember(
        ['facets', ...eyesOf(selection.viewer), selection.planMaxHeight, selection.filter],
        selection.now,
        () => countFacets(catalogue, selection),
      ),
  }
}

/** All that what is seen depends on. */
function eyesOf (viewer: MaturityScope): [boolean, number] {
  return [viewer.kids, maturityCeiling(viewer)]
}
