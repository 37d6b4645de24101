// The fields of a profile in its form.
import type { Profile } from '@shared/api/client.js'

export type ProfileDraft = Omit<Profile, 'id' | 'hasPin' | 'locked'>
export const NEW_PROFILE: ProfileDraft & { readonly id: string } = {
  id: '',
  name: '',
  avatar: null,
  kids: false,
  maxMaturityAge: 18,
  audioLanguages: [],
  subtitleLanguages: [],
  subtitleMode: 'smart',
  autoplay: true,
  dropWatchedMovies: false,
}

/** The fields of a profile that its form changes. */
export function draftOf (
  { name, avatar, kids, maxMaturityAge, audioLanguages, subtitleLanguages, subtitleMode, autoplay, dropWatchedMovies }:
    ProfileDraft,
): ProfileDraft {
  return {
    name,
    avatar,
    kids,
    maxMaturityAge,
    audioLanguages,
    subtitleLanguages,
    subtitleMode,
    autoplay,
    dropWatchedMovies,
  }
}
