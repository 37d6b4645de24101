// Keeps specials behind the regular episodes that they are placed after, when those get other numbers.
import type { StoredEpisode, StoredSeason } from '../../models/show.js'
import { numbersByEpisodeId } from './edit-show.js'

/** Updates the positions of the specials in changed seasons. @param before the stored seasons */
export function keepSpecialsPlaced (
  before: readonly StoredSeason[],
  after: readonly StoredSeason[],
): readonly StoredSeason[] {
  const episodeIdsBefore = new Map(
    [...numbersByEpisodeId(before)].map(([id, { season, episode }]) => [`${season} ${episode}`, id]),
  )
  const placedAfterBefore = new Map(
    before.flatMap(({ episodes }) => episodes.map(({ _id, placedAfter }) => [_id.toString(), placedAfter] as const)),
  )
  const numbersAfter = numbersByEpisodeId(after)

  function updateSpecial (special: StoredEpisode): StoredEpisode {
    const old = placedAfterBefore.get(special._id.toString()) ?? null
    // A position that this change sets itself already uses the new numbers.
    if (old === null || special.placedAfter?.season !== old.season || special.placedAfter.episode !== old.episode) {
      return special
    }
    const placedAfter = numbersAfter.get(episodeIdsBefore.get(`${old.season} ${old.episode}`) ?? '')
    return placedAfter === undefined || placedAfter.season === 0 ? special : { ...special, placedAfter }
  }

  return after.map((season) =>
    season.number === 0 ? { ...season, episodes: season.episodes.map(updateSpecial) } : season
  )
}
