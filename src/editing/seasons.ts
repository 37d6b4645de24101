// Writes seasons of a show.
import type { StoredEpisode, StoredSeason } from '../../models/show.js'
import { conflict } from '../errors.js'
import type { EpisodeOrder, SeasonChanges } from '../schemas/title-input.js'
import {
  assertNoPlacedSpecials,
  putByNumber,
  requireSeason,
  sortByNumber,
  updateShow,
  type EditingDeps,
  type WriteResult,
} from './edit-show.js'
import { keepSpecialsPlaced } from './placed-specials.js'
import { toStoredSeasons, toStoredTranslations, type SeasonBody } from './stored-title.js'

/** Creates or replaces a season. @throws DomainError 404, 409 `unknown-episode`, `show-too-large`, 412 */
export async function putSeason (
  deps: EditingDeps,
  showId: string,
  number: number,
  body: Omit<SeasonBody, 'number'>,
  expectedRevision: number | null,
): Promise<WriteResult<StoredSeason>> {
  const show = await updateShow(deps, showId, expectedRevision, ({ seasons }) => {
    const season = toStoredSeasons([{ ...body, number }], seasons, { pointerOf: () => '' })
    return { seasons: putByNumber(seasons, season) }
  })
  return { part: requireSeason(show, number), revision: show.__v }
}

/** Changes fields of a season, its number included. @throws DomainError 404, 409 `duplicate-number`, 412 */
export async function changeSeason (
  deps: EditingDeps,
  showId: string,
  number: number,
  { translations, ...changes }: SeasonChanges,
  expectedRevision: number | null,
): Promise<WriteResult<StoredSeason>> {
  const show = await updateShow(deps, showId, expectedRevision, (stored) => {
    const changed = {
      ...requireSeason(stored, number),
      ...changes,
      ...(translations === undefined ? {} : { translations: toStoredTranslations(translations) }),
    } as StoredSeason
    if (changed.number > 0) assertNoPlacedSpecials(changed.episodes)
    const others = stored.seasons.filter((season) => season.number !== number)
    return { seasons: keepSpecialsPlaced(stored.seasons, sortByNumber([...others, changed])) }
  })
  return { part: requireSeason(show, changes.number ?? number), revision: show.__v }
}

/**
 * Renumbers the episodes of a season in the given order; their IDs stay the same.
 * @throws DomainError 404, 409 `other-episodes`, 412
 */
export async function orderEpisodes (
  deps: EditingDeps,
  showId: string,
  number: number,
  { episodeIds, firstNumber = 1 }: EpisodeOrder,
  expectedRevision: number | null,
): Promise<WriteResult<StoredSeason>> {
  const show = await updateShow(deps, showId, expectedRevision, (stored) => {
    const season = requireSeason(stored, number)
    const byId = new Map(season.episodes.map((episode) => [episode._id.toString(), episode]))
    const unknown = episodeIds.filter((id) => !byId.has(id))
    const missing = [...byId.keys()].filter((id) => !episodeIds.includes(id))
    if (unknown.length + missing.length > 0) throw otherEpisodes(unknown, missing)
    const episodes = episodeIds.map((id, index) => ({
      ...byId.get(id),
      number: firstNumber + index,
    })) as StoredEpisode[]
    return { seasons: keepSpecialsPlaced(stored.seasons, putByNumber(stored.seasons, [{ ...season, episodes }])) }
  })
  return { part: requireSeason(show, number), revision: show.__v }
}

function otherEpisodes (unknown: readonly string[], missing: readonly string[]): Error {
  return conflict(
    'other-episodes',
    'Different episodes',
    'The order must contain each episode of the season once. Read the season again.',
    { unknown, missing },
  )
}

/** Removes a season with its episodes and their media. @throws DomainError 404, 412 */
export async function removeSeason (
  deps: EditingDeps,
  showId: string,
  number: number,
  expectedRevision: number | null,
): Promise<void> {
  await updateShow(deps, showId, expectedRevision, (stored) => {
    requireSeason(stored, number)
    return { seasons: stored.seasons.filter((season) => season.number !== number) }
  })
}
