// Path and query parameters that several routes share.
import { Type } from 'typebox'
import { Id, strict } from './common.js'

const SeasonNumber = Type.Integer({ minimum: 0, description: 'Season number; 0 holds the specials' })
const EpisodeNumber = Type.Integer({ minimum: 0, description: 'Episode number within the season' })

export const ProfileParams = Type.Object({ profileId: Id })
export const ProfileTitleParams = Type.Object({ profileId: Id, titleId: Id })
export const MovieParams = Type.Object({ movieId: Id })
export const ShowParams = Type.Object({ showId: Id })
export const SeasonParams = Type.Object({ showId: Id, season: SeasonNumber })
export const EpisodeParams = Type.Object({ showId: Id, season: SeasonNumber, episode: EpisodeNumber })
export const CollectionParams = Type.Object({ collectionId: Id })

/** The token is optional so that a missing one gets the same 403 as an invalid one. */
export const SignedUrlQuery = strict({
  token: Type.Optional(Type.String({ maxLength: 2_000, description: 'Signature; part of the URL from playback' })),
})
