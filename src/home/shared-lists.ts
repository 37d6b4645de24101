// The titles that discovery rows recommend, before the taste of a profile: profiles with the same limits share them.
// A list grows as far as a page has read it.
import { LRUCache } from 'lru-cache'
import { createPlayableCheck } from '../catalogue/queries/playable-formats.js'
import type { Catalogue, CatalogueTitle } from '../catalogue/store/catalogue.js'
import { limitEntries } from '../domain/cache-limits.js'
import { isVisible, visibilityKey, type MaturityScope } from '../domain/maturity.js'
import type { RankedEntry } from '../domain/ranked-page.js'

/** A title of a row with its sort key in it. */
export interface ListedTitle extends RankedEntry {
  readonly title: CatalogueTitle
}

export interface ListLimits {
  readonly scope: MaturityScope
  readonly planMaxHeight: number
}

/** What a list is made of. */
export interface ListSource {
  /** Identifies the list among those with the same limits. */
  readonly key: string
  /** Another object when data outside of the catalogue has changed. */
  readonly version: object | null
  /**
   * Current versions of titles, in descending order of their keys.
   * @param needsFiles may leave out titles without files
   */
  entries(needsFiles: boolean): Iterable<ListedTitle>
}

/** Returns the visible titles of a list, first those that the plan can play. */
export type FindList = (limits: ListLimits, source: ListSource) => Iterable<ListedTitle>

interface SharedList {
  readonly generation: number
  readonly version: object | null
  /** Point in time at which the first of the titles that were read so far becomes visible or hidden, ms. */
  changesAt: number
  readonly entries: Iterable<ListedTitle>
}

/** Rows of the genres and of similar titles, each for the limits in use. */
const CACHE_MAX_LISTS = 500

/** @param now clock of the service */
export function createSharedLists (
  catalogue: Pick<Catalogue, 'generation' | 'lowestPlayableHeight'>,
  now: () => Date,
): FindList {
  const lists = new LRUCache<string, SharedList>(limitEntries(CACHE_MAX_LISTS))

  function createList ({ scope, planMaxHeight }: ListLimits, source: ListSource): SharedList {
    function isVisibleNow (title: CatalogueTitle): boolean {
      const current = now()
      for (const date of [title.availableFrom, title.availableUntil]) {
        if (date !== null && date > current) list.changesAt = Math.min(list.changesAt, date.getTime())
      }
      return isVisible(scope, title, current)
    }

    function* entries (): Generator<ListedTitle> {
      const isPlayable = createPlayableCheck(catalogue, planMaxHeight)
      for (const needsFiles of [true, false]) {
        for (const { title, key } of source.entries(needsFiles)) {
          if (isVisibleNow(title) && isPlayable(title) === needsFiles) {
            yield { title, key: [Number(needsFiles), ...key] }
          }
        }
      }
    }

    const list: SharedList = {
      generation: catalogue.generation(),
      version: source.version,
      changesAt: Infinity,
      entries: shareEntries(entries()),
    }
    return list
  }

  function isValid ({ generation, version, changesAt }: SharedList, source: ListSource): boolean {
    return generation === catalogue.generation() && version === source.version && now().getTime() < changesAt
  }

  return (limits, source) => {
    const cacheKey = `${source.key} ${visibilityKey(limits.scope).join()} ${limits.planMaxHeight}`
    const known = lists.get(cacheKey)
    if (known !== undefined && isValid(known, source)) return known.entries
    const list = createList(limits, source)
    lists.set(cacheKey, list)
    return list.entries
  }
}

/** Reads entries once for all readers, as far as one of them needs. */
function shareEntries<E> (source: Iterator<E>): Iterable<E> {
  const known: E[] = []
  return {
    *[Symbol.iterator] () {
      for (let i = 0;; i++) {
        if (i === known.length) {
          const { done, value } = source.next()
          if (done === true) return
          known.push(value)
        }
        yield known[i] as E
      }
    },
  }
}
