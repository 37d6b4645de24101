// View of rated titles.
import type { Localiser } from '../catalogue/queries/localise.js'
import type { RatedTitle } from '../schemas/ratings.js'
import type { RatedTitle as StoredRating } from '../watching/lists/ratings.js'
import type { ProfileState } from '../watching/title-states.js'
import { toCard } from './cards.js'

/** @param state the other profile fields of the title */
export function toRatedTitle (
  { title, rating, ratedAt }: StoredRating,
  state: ProfileState,
  localiser: Localiser,
): RatedTitle {
  return { title: toCard(title, { ...state, rating }, localiser), rating, ratedAt: ratedAt.toISOString() }
}
