// Selects the results of a search that a caller can see. What the caller cannot play ranks below equal matches.
import { setImmediate } from 'node:timers/promises'
import type { CatalogueTitle } from '../catalogue/store/catalogue.js'
import { POPULARITY_WEIGHT } from './search-results.js'
import type { FoundTitles } from './title-search.js'

/** Other requests are handled in between. */
const EXAMINED_BETWEEN_PAUSES = 10_000
/** The most popular title that cannot be played ranks below any equal match that can. */
const UNPLAYABLE_PENALTY = POPULARITY_WEIGHT

export interface MatchSelection {
  findTitle(id: string): CatalogueTitle | null
  isWanted(title: CatalogueTitle): boolean
  isPlayable(title: CatalogueTitle): boolean
  readonly limit: number
}

/** Takes the best matches that are wanted. @returns these, and the number of all that are wanted */
export async function takeVisibleMatches (
  { titleIds, ranks }: FoundTitles,
  { findTitle, isWanted, isPlayable, limit }: MatchSelection,
): Promise<{ readonly titles: CatalogueTitle[], readonly total: number }> {
  const ranked: Array<{ readonly title: CatalogueTitle, readonly isPlayable: boolean, readonly rank: number }> = []
  const [playable, unplayable]: [CatalogueTitle[], CatalogueTitle[]] = [[], []]
  let [examined, total] = [0, 0]
  for (const id of titleIds) {
    const rank = ranks[examined]
    if (++examined % EXAMINED_BETWEEN_PAUSES === 0) await setImmediate()
    const title = findTitle(id)
    if (title === null || !isWanted(title)) continue
    total++
    if (rank !== undefined) {
      const canPlay = isPlayable(title)
      ranked.push({ title, isPlayable: canPlay, rank: rank - (canPlay ? 0 : UNPLAYABLE_PENALTY) })
    } else if (ranked.length + playable.length < limit) {
      const list = isPlayable(title) ? playable : unplayable
      if (list.length < limit) list.push(title)
    }
  }
  ranked.sort((a, b) => b.rank - a.rank || Number(b.isPlayable) - Number(a.isPlayable))
  return { titles: [...ranked.map(({ title }) => title), ...playable, ...unplayable].slice(0, limit), total }
}
