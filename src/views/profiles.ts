// View of profiles.
import type { StoredProfile } from '../../models/account.js'
import { maturityCeiling } from '../domain/maturity.js'
import type { Profile } from '../schemas/profiles.js'

export function toProfile (profile: Omit<StoredProfile, 'watchHistory' | 'wishlist'>): Profile {
  return {
    id: profile._id.toString(),
    name: profile.name,
    avatar: profile.avatar,
    kids: profile.kids,
    maxMaturityAge: maturityCeiling(profile),
    audioLanguages: [...profile.audioLanguages],
    subtitleLanguages: [...profile.subtitleLanguages],
    subtitleMode: profile.subtitleMode,
    autoplay: profile.autoplay,
    dropWatchedMovies: profile.dropWatchedMovies,
    hasPin: profile.pinHash !== null,
    locked: profile.locked,
  }
}
