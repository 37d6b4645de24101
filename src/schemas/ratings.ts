// Ratings and remembered languages on the wire.
import { Type, type Static } from 'typebox'
import {
  AUDIO_KINDS,
  SUBTITLE_KINDS,
  SUBTITLE_MODES,
  type LanguagePreferences,
  type SubtitleMode,
} from '../domain/language-choice.js'
import { Card, TasteRating } from './catalogue.js'
import { Id, Language, nullable, ref, strict, Timestamp } from './common.js'

export const RatingBody = strict({ rating: TasteRating })

export const RatedTitleView = Type.Object({
  title: ref(Card),
  rating: TasteRating,
  ratedAt: Timestamp,
}, { $id: 'RatedTitle' })

const AudioKindName = Type.Enum([...AUDIO_KINDS], {
  description: 'The main sound, a commentary, or an audio description for the blind',
})
export const SubtitleModeName = Type.Enum([...SUBTITLE_MODES], {
  description:
    'When subtitles come on where none were chosen: never; only those of foreign speech; smart: also when the sound is in a language that the viewer does not read; always',
})
export const SubtitleKindName = Type.Enum([...SUBTITLE_KINDS], {
  description: 'Everything that is said, only what is foreign in the film, or with sounds for the deaf',
})

/** What a client may say of the languages it plays; members that are left out say nothing. */
export const languageWishes = {
  audio: Type.Optional(
    strict({ language: Language, kind: Type.Optional(AudioKindName) }, {
      description: 'The audio that the viewer chose; kind is main when left out',
    }),
  ),
  subtitles: Type.Optional(
    nullable(
      strict({ language: Language, kind: Type.Optional(SubtitleKindName) }),
      'The subtitles that the viewer chose; kind is full when left out; null: switched off',
    ),
  ),
}
export const LanguagesBody = strict(languageWishes, { minProperties: 1 })

export const RememberedLanguages = Type.Object({
  audio: Type.Optional(
    Type.Object({ language: Language, kind: AudioKindName }, { description: 'Left out when nothing is remembered' }),
  ),
  subtitles: Type.Optional(
    nullable(
      Type.Object({ language: Language, kind: SubtitleKindName }),
      'null: switched off; left out when nothing is remembered',
    ),
  ),
}, { $id: 'RememberedLanguages' })

const SourceName = Type.Enum(['request', 'remembered', 'profile', 'original', 'file'], {
  description:
    'Why: this call said so, it was chosen for this title before, the profile prefers it, it is the original; file: none of these is there',
})
export const ChosenAudio = Type.Object({ language: Language, kind: AudioKindName, source: SourceName })
export const ChosenSubtitle = Type.Object({
  language: Language,
  kind: SubtitleKindName,
  source: SourceName,
  id: nullable(Id, 'Which of the subtitles; null: one inside the file'),
})

/** What a body says, with the usual kinds where it leaves them out. */
export function toSpokenWishes (
  { audio, subtitles, subtitleMode }: Static<typeof LanguagesBody> & { subtitleMode?: SubtitleMode },
): LanguagePreferences {
  return {
    ...(subtitleMode === undefined ? {} : { subtitleMode }),
    ...(audio === undefined ? {} : { audio: { language: audio.language, kind: audio.kind ?? 'main' } }),
    ...(subtitles === undefined
      ? {}
      : { subtitles: subtitles === null ? null : { language: subtitles.language, kind: subtitles.kind ?? 'full' } }),
  }
}
