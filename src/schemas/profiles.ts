// Profiles of an account.
import { Type, type Static } from 'typebox'
import { ADULT_AGE } from '../domain/maturity.js'
import { Id, Language, nullable, strict } from './common.js'
import { SubtitleMode } from './languages.js'

export const ProfileName = Type.String({
  minLength: 1,
  maxLength: 50,
  pattern: '\\S',
  description: 'Name of the profile; unique within the account, ignoring case; visible, without control characters',
  examples: ['Kim'],
})
const AUDIO_LANGUAGES = 'Preferred audio languages, most preferred first'
const SUBTITLE_LANGUAGES = 'Preferred subtitle languages, most preferred first'
const AUTOPLAY = 'Whether clients start the next episode automatically'
const preferredLanguages = (description: string) => Type.Array(Language, { maxItems: 20, description })
const Kids = Type.Boolean({ description: 'Kids profile: hides titles rated above 7 years and unrated titles' })
const MaturityAge = Type.Integer({
  minimum: 0,
  maximum: ADULT_AGE,
  description: 'Hides titles for viewers above this age, years',
})
const DropWatchedMovies = Type.Boolean({
  description: 'Whether a finished movie is removed from the wishlist',
})

export const Profile = Type.Object({
  id: Id,
  name: ProfileName,
  avatar: nullable(Type.String(), 'Name or URL of an image, chosen by the client; null: none'),
  kids: Kids,
  maxMaturityAge: MaturityAge,
  audioLanguages: preferredLanguages(AUDIO_LANGUAGES),
  subtitleLanguages: preferredLanguages(SUBTITLE_LANGUAGES),
  subtitleMode: SubtitleMode,
  autoplay: Type.Boolean({ description: AUTOPLAY }),
  dropWatchedMovies: DropWatchedMovies,
  hasPin: Type.Boolean({ description: 'Whether selecting the profile needs its PIN' }),
  locked: Type.Boolean({ description: 'Whether the plan is too small for the profile; its data is preserved' }),
}, { $id: 'Profile', description: 'A profile of the account' })
export type Profile = Static<typeof Profile>

const profileInput = {
  avatar: Type.Optional(
    nullable(
      Type.String({ minLength: 1, maxLength: 200 }),
      'Name or URL of an image, chosen by the client; null: none',
    ),
  ),
  kids: Type.Optional(Kids),
  maxMaturityAge: Type.Optional(MaturityAge),
  audioLanguages: Type.Optional(preferredLanguages(AUDIO_LANGUAGES)),
  subtitleLanguages: Type.Optional(preferredLanguages(SUBTITLE_LANGUAGES)),
  subtitleMode: Type.Optional(SubtitleMode),
  autoplay: Type.Optional(Type.Boolean({ description: AUTOPLAY })),
  dropWatchedMovies: Type.Optional(DropWatchedMovies),
  pin: Type.Optional(
    nullable(Type.String({ pattern: '^[0-9]{4,8}$' }), '4 to 8 digits; null removes the PIN; never returned'),
  ),
}
export const NewProfile = strict({ name: ProfileName, ...profileInput })
export const ProfileChanges = strict({
  name: Type.Optional(ProfileName),
  ...profileInput,
  currentPin: Type.Optional(
    Type.String({ maxLength: 8, description: 'Current PIN, to change or remove it; or send currentPassword' }),
  ),
  currentPassword: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 1_000,
      description: 'Password of the account, to change or remove a PIN without knowing it',
    }),
  ),
}, { minProperties: 1 })
