// Audio and subtitle languages: requested, stored for a title, and chosen for a playback.
import { Type, type Static } from 'typebox'
import { AUDIO_KINDS, SUBTITLE_KINDS, SUBTITLE_MODES } from '../domain/language-choice.js'
import { Id, Language, nullable, strict } from './common.js'

export const AudioKind = Type.Enum([...AUDIO_KINDS], {
  title: 'AudioKind',
  description: 'Main audio, commentary, or audio description for the blind',
})
export const SubtitleMode = Type.Enum([...SUBTITLE_MODES], {
  title: 'SubtitleMode',
  description:
    'When subtitles are on without a choice for the title. none: never; forced: only for foreign speech; smart: in ' +
    'full when the audio is in a language that the profile does not list, else as forced; always',
})
export const SubtitleKind = Type.Enum([...SUBTITLE_KINDS], {
  title: 'SubtitleKind',
  description: 'full: all speech; forced: only foreign speech; sdh: with sounds, for the deaf and hard of hearing',
})

/** Languages that a viewer chose; an omitted field means no choice. */
export const languageChoice = {
  audio: Type.Optional(
    strict({ language: Language, kind: Type.Optional(AudioKind) }, {
      title: 'AudioChoice',
      description: 'Audio that the viewer chose; kind defaults to main',
    }),
  ),
  subtitles: Type.Optional(
    nullable(
      strict({ language: Language, kind: Type.Optional(SubtitleKind) }, {
        title: 'SubtitleChoice',
        description: 'Subtitles that the viewer chose; kind defaults to full',
      }),
      'Subtitles that the viewer chose; kind defaults to full; null: switched off',
    ),
  ),
}
export const LanguagesBody = strict(languageChoice, { minProperties: 1 })
export type LanguagesBody = Static<typeof LanguagesBody>

export const RememberedLanguages = Type.Object({
  audio: Type.Optional(
    Type.Object({ language: Language, kind: AudioKind }, {
      title: 'RememberedAudio',
      description: 'Stored audio; omitted: none',
    }),
  ),
  subtitles: Type.Optional(
    nullable(
      Type.Object({ language: Language, kind: SubtitleKind }, {
        title: 'RememberedSubtitle',
        description: 'Stored subtitles',
      }),
      'Stored subtitles; null: switched off; omitted: none',
    ),
  ),
}, { $id: 'RememberedLanguages', description: 'Languages that a profile chose for a title' })

const LanguageSource = Type.Enum(['request', 'remembered', 'profile', 'original', 'file'], {
  title: 'LanguageSource',
  description:
    'Source of the choice: this request, the stored choice for the title, the preferences of the profile, or the ' +
    'original language; file: none of these is available',
})
export const ChosenAudio = Type.Object({ language: Language, kind: AudioKind, source: LanguageSource }, {
  title: 'ChosenAudio',
  description: 'Audio to play',
})
export const ChosenSubtitle = Type.Object({
  language: Language,
  kind: SubtitleKind,
  source: LanguageSource,
  id: nullable(Id, 'ID of the subtitle file; null: a track of the media file'),
}, { title: 'ChosenSubtitle', description: 'Subtitles to switch on' })
