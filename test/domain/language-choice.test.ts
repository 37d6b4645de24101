import fc from 'fast-check'
import t from 'tap'
import {
  AUDIO_KINDS,
  chooseLanguages,
  isSameLanguage,
  SUBTITLE_KINDS,
  SUBTITLE_MODES,
  type LanguageChoiceRequest,
  type AvailableLanguages,
  type SubtitleMode,
} from '../../src/domain/language-choice.js'

const requestOf = (fields: Partial<LanguageChoiceRequest> = {}): LanguageChoiceRequest => ({
  request: {},
  clientLanguages: [],
  stored: {},
  lastAudioLanguage: null,
  profile: { audioLanguages: [], subtitleLanguages: [], subtitleMode: 'smart' },
  originalLanguage: null,
  ...fields,
})
const profile = (audioLanguages: string[], subtitleLanguages: string[] = []): Partial<LanguageChoiceRequest> => ({
  profile: { audioLanguages, subtitleLanguages, subtitleMode: 'smart' },
})
const file = (audioLanguages: string[], subtitleLanguages: string[] = []): AvailableLanguages => ({
  audioLanguages,
  subtitleLanguages,
})
const audioOf = (offered: AvailableLanguages, some: Partial<LanguageChoiceRequest>): string | null => {
  const { audio } = chooseLanguages(offered, requestOf(some))
  return audio === null ? null : `${audio.language} ${audio.kind} ${audio.source}`
}
const subtitlesOf = (offered: AvailableLanguages, some: Partial<LanguageChoiceRequest>): string | null => {
  const { subtitles } = chooseLanguages(offered, requestOf(some))
  return subtitles === null ? null : `${subtitles.language} ${subtitles.kind} ${subtitles.source}`
}

t.test('audio: request, stored choice, last play, profile, original language, first of the file', async (t) => {
  const all = file(['en', 'de', 'es', 'fr', 'it', 'ja'])
  const steps: Array<[Partial<LanguageChoiceRequest>, string]> = [
    [{}, 'en main file'],
    [{ originalLanguage: 'ja' }, 'ja main original'],
    [profile(['it']), 'it main profile'],
    [{ lastAudioLanguage: 'fr' }, 'fr main remembered'],
    [{ stored: { audio: { language: 'es', kind: 'commentary' } } }, 'es commentary remembered'],
    [{ clientLanguages: ['xx', 'de'] }, 'de main request'],
    [{ request: { audio: { language: 'en', kind: 'description' } } }, 'en description request'],
  ]
  let known: Partial<LanguageChoiceRequest> = {}
  for (const [more, expected] of steps) {
    known = { ...known, ...more }
    t.equal(audioOf(all, known), expected)
  }
  t.equal(audioOf(file([]), known), null, 'a file without known languages')
})

t.test('an unavailable stored language falls back to the next preference', async (t) => {
  const preferences = {
    stored: { audio: { language: 'es', kind: 'description' as const } },
    ...profile(['de']),
    originalLanguage: 'en',
  }
  t.equal(audioOf(file(['en', 'de']), preferences), 'de main profile')
  t.equal(audioOf(file(['en']), preferences), 'en main original')
  t.equal(audioOf(file(['ja']), preferences), 'ja main file')
  t.equal(audioOf(file(['en', 'es-MX']), preferences), 'es-MX description remembered')
})

t.test('an exact tag is preferred to another region', async (t) => {
  const stored = { audio: { language: 'pt-BR', kind: 'main' as const } }
  t.equal(audioOf(file(['pt-PT', 'pt-BR']), { stored }), 'pt-BR main remembered')
  t.equal(audioOf(file(['pt-PT']), { stored }), 'pt-PT main remembered')
})

t.test('subtitles: request, stored choice, then profile; off stays off', async (t) => {
  const offered = file(['en'], ['en', 'de', 'es'])
  const sdh = { language: 'de', kind: 'sdh' as const }
  const rows: Array<[string, Partial<LanguageChoiceRequest>, string | null]> = [
    ['no preference', {}, null],
    ['requested', { request: { subtitles: sdh } }, 'de sdh request'],
    ['stored', { stored: { subtitles: sdh } }, 'de sdh remembered'],
    ['requested precedes stored', {
      request: { subtitles: { language: 'es', kind: 'full' } },
      stored: { subtitles: sdh },
    }, 'es full request'],
    ['off in the request', { request: { subtitles: null }, stored: { subtitles: sdh } }, null],
    ['off in the stored choice', { stored: { subtitles: null }, ...profile(['fr'], ['de']) }, null],
    [
      'stored, but unavailable',
      { stored: { subtitles: { language: 'fr', kind: 'full' } }, ...profile([], ['de']) },
      'de full profile',
    ],
    [
      'in the language of the audio, when chosen',
      { stored: { subtitles: { language: 'en', kind: 'sdh' } } },
      'en sdh remembered',
    ],
    ['another language than the audio', profile(['en'], ['fr', 'de']), 'de full profile'],
    ['the audio is in a subtitle language of the profile', profile(['en'], ['de', 'en']), null],
    ['no audio in a language of the profile', profile(['es', 'de']), 'es full profile'],
    ['no audio in the stored language', {
      stored: { audio: { language: 'de', kind: 'main' } },
      originalLanguage: 'en',
    }, 'de full remembered'],
    ['audio in a language of the profile', profile(['en', 'de']), null],
    ['original language only', { originalLanguage: 'en' }, null],
  ]
  for (const [name, some, expected] of rows) t.equal(subtitlesOf(offered, some), expected, name)
  t.equal(subtitlesOf(file(['en']), { stored: { subtitles: sdh } }), null, 'no subtitles')
})

t.test('the choice is always available in the file', async (t) => {
  const language = fc.constantFrom<string[]>('en', 'en-GB', 'es', 'es-MX', 'de', 'ja')
  const languages = fc.uniqueArray(language, { maxLength: 4 })
  const audio = fc.record({ language, kind: fc.constantFrom(...AUDIO_KINDS) })
  const subtitles = fc.option(fc.record({ language, kind: fc.constantFrom(...SUBTITLE_KINDS) }), { nil: null })
  const preferences = fc.record({ audio, subtitles }, { requiredKeys: [] })
  const offered = fc.record({ audioLanguages: languages, subtitleLanguages: languages })
  const anything = fc.record({
    request: preferences,
    clientLanguages: languages,
    stored: preferences,
    lastAudioLanguage: fc.option(language, { nil: null }),
    profile: offered.map((languages) => ({ ...languages, subtitleMode: 'smart' as const })),
    originalLanguage: fc.option(language, { nil: null }),
  })
  fc.assert(
    fc.property(offered, anything, (file, choiceRequest) => {
      const choice = chooseLanguages(file, choiceRequest)
      const { request } = choiceRequest
      const isRequested = request.audio !== undefined &&
        file.audioLanguages.some((one) => isSameLanguage(one, request.audio?.language ?? ''))
      return (choice.audio === null
        ? file.audioLanguages.length === 0
        : file.audioLanguages.includes(choice.audio.language)) &&
        (choice.subtitles === null || file.subtitleLanguages.includes(choice.subtitles.language)) &&
        (request.subtitles !== null || choice.subtitles === null) &&
        (!isRequested || (choice.audio?.source === 'request' && choice.audio.kind === request.audio?.kind))
    }),
    { numRuns: 1_000 },
  )
  t.pass('over 1,000 random requests')
})

t.test('the subtitle mode decides without an explicit choice', async (t) => {
  const subtitles = [{ id: 'f', language: 'en', kind: 'forced' as const }, {
    id: 'd',
    language: 'de',
    kind: 'full' as const,
  }, { id: 's', language: 'es', kind: 'sdh' as const }]
  const english: AvailableLanguages = { audioLanguages: ['en'], subtitleLanguages: ['fr'], subtitles }
  const plain: AvailableLanguages = { audioLanguages: ['en'], subtitleLanguages: ['fr'], subtitles: subtitles.slice(1) }
  const reader = (
    subtitleLanguages: string[],
    subtitleMode: SubtitleMode = 'smart',
  ): Partial<LanguageChoiceRequest> => ({
    profile: { audioLanguages: ['en'], subtitleLanguages, subtitleMode },
  })
  const rows: Array<[string, AvailableLanguages, Partial<LanguageChoiceRequest>, string | null]> = [
    ['none: never', english, reader(['de'], 'none'), null],
    ['forced: in the language of the audio', english, reader(['de'], 'forced'), 'en forced file'],
    ['forced: not in another language', plain, reader(['de'], 'forced'), null],
    [
      'forced: not inside the file, where kinds are unknown',
      { ...plain, subtitleLanguages: ['en'] },
      reader(['de'], 'forced'),
      null,
    ],
    ['smart is the default: another language than the audio', english, reader(['de']), 'de full profile'],
    ['smart: forced only, in the language of the audio', english, reader(['en'], 'smart'), 'en forced file'],
    ['smart: no subtitle language', english, reader([]), 'en forced file'],
    ['smart: no forced subtitles', plain, reader(['en'], 'smart'), null],
    ['smart: sdh substitutes for full', plain, reader(['es'], 'smart'), 'es sdh profile'],
    ['smart: inside the file', plain, reader(['fr'], 'smart'), 'fr full profile'],
    ['always: the first available language', english, reader(['it', 'es', 'de'], 'always'), 'es sdh profile'],
    [
      'always: also in the language of the audio',
      { ...plain, subtitleLanguages: ['en'] },
      reader(['en'], 'always'),
      'en full profile',
    ],
    [
      'always: without a subtitle language, in the language of the audio',
      { ...plain, subtitleLanguages: ['en'] },
      reader([], 'always'),
      'en full file',
    ],
    ['always: forced substitutes for nothing', english, reader(['en'], 'always'), null],
    [
      'the request precedes the profile',
      english,
      { ...reader(['de'], 'none'), request: { subtitleMode: 'always' } },
      'de full profile',
    ],
    ['the mode of the request precedes the stored choice', english, {
      ...reader(['de']),
      request: { subtitleMode: 'none' },
      stored: { subtitles: { language: 'de', kind: 'full' } },
    }, null],
    ['the stored choice precedes the profile', english, {
      ...reader(['de'], 'none'),
      stored: { subtitles: { language: 'de', kind: 'full' } },
    }, 'de full remembered'],
    ['requested subtitles precede any mode', english, {
      ...reader(['de'], 'none'),
      request: { subtitleMode: 'none', subtitles: { language: 'de', kind: 'full' } },
    }, 'de full request'],
    [
      'off in the request, in any mode',
      english,
      { ...reader(['de'], 'always'), request: { subtitles: null } },
      null,
    ],
    [
      'forced, requested explicitly',
      english,
      { request: { subtitles: { language: 'en', kind: 'forced' } } },
      'en forced request',
    ],
    [
      'the exact kind precedes a substitute',
      { ...english, subtitles: [...subtitles, { id: 'e', language: 'es', kind: 'full' as const }] },
      { request: { subtitles: { language: 'es', kind: 'full' } } },
      'es full request',
    ],
  ]
  for (const [name, offered, some, expected] of rows) t.equal(subtitlesOf(offered, some), expected, name)
  t.equal(chooseLanguages(english, requestOf(reader(['de']))).subtitles?.id, 'd', 'the ID of the subtitle')
  t.equal(chooseLanguages(plain, requestOf(reader(['fr']))).subtitles?.id, null, 'null inside the file')
})

t.test('every mode shows available subtitles only; none and forced show no full ones', async (t) => {
  const language = fc.constantFrom('en', 'es', 'es-MX', 'de')
  const one = fc.record({ id: fc.uuid(), language, kind: fc.constantFrom(...SUBTITLE_KINDS) })
  const languages = fc.uniqueArray(language, { maxLength: 3 })
  const offered = fc.record({
    audioLanguages: languages,
    subtitleLanguages: languages,
    subtitles: fc.array(one, { maxLength: 5 }),
  })
  const reader = fc.record({
    audioLanguages: languages,
    subtitleLanguages: languages,
    subtitleMode: fc.constantFrom(...SUBTITLE_MODES),
  })
  fc.assert(
    fc.property(offered, reader, (file, profile) => {
      const { audio, subtitles } = chooseLanguages(file, requestOf({ profile }))
      if (subtitles === null) return true
      const isThere = subtitles.id === null
        ? file.subtitleLanguages.some((one) => one === subtitles.language)
        : file.subtitles.some((one) =>
          one.id === subtitles.id && one.language === String(subtitles.language) && one.kind === subtitles.kind
        )
      const isFitting = profile.subtitleMode === 'none'
        ? false
        : profile.subtitleMode !== 'forced' ||
          (subtitles.kind === 'forced' && isSameLanguage(subtitles.language, audio?.language ?? ''))
      return isThere && isFitting
    }),
    { numRuns: 1_000 },
  )
  t.pass('over 1,000 random files and profiles')
})
