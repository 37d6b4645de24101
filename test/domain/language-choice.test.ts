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

const wishes = (fields: Partial<LanguageChoiceRequest> = {}): LanguageChoiceRequest => ({
  request: {},
  clientLanguages: [],
  memory: {},
  lastHeard: null,
  profile: { audioLanguages: [], subtitleLanguages: [] },
  originalLanguage: null,
  ...fields,
})
const profile = (audioLanguages: string[], subtitleLanguages: string[] = []): Partial<LanguageChoiceRequest> => ({
  profile: { audioLanguages, subtitleLanguages },
})
const file = (audioLanguages: string[], subtitleLanguages: string[] = []): AvailableLanguages => ({
  audioLanguages,
  subtitleLanguages,
})
const audioOf = (offered: AvailableLanguages, some: Partial<LanguageChoiceRequest>): string | null => {
  const { audio } = chooseLanguages(offered, wishes(some))
  return audio === null ? null : `${audio.language} ${audio.kind} ${audio.source}`
}
const subtitlesOf = (offered: AvailableLanguages, some: Partial<LanguageChoiceRequest>): string | null => {
  const { subtitles } = chooseLanguages(offered, wishes(some))
  return subtitles === null ? null : `${subtitles.language} ${subtitles.kind} ${subtitles.source}`
}

t.test('audio goes by request, then memory, then what was heard last, then profile, then original, then whatever there is', async (t) => {
  const all = file(['en', 'de', 'es', 'fr', 'it', 'ja'])
  const steps: Array<[Partial<LanguageChoiceRequest>, string]> = [
    [{}, 'en main file'],
    [{ originalLanguage: 'ja' }, 'ja main original'],
    [profile(['it']), 'it main profile'],
    [{ lastHeard: 'fr' }, 'fr main remembered'],
    [{ memory: { audio: { language: 'es', kind: 'commentary' } } }, 'es commentary remembered'],
    [{ clientLanguages: ['xx', 'de'] }, 'de main request'],
    [{ request: { audio: { language: 'en', kind: 'description' } } }, 'en description request'],
  ]
  let known: Partial<LanguageChoiceRequest> = {}
  for (const [more, expected] of steps) {
    known = { ...known, ...more }
    t.equal(audioOf(all, known), expected)
  }
  t.equal(audioOf(file([]), known), null, 'a file that does not say')
})

t.test('a remembered language that is not there falls back to the next wish, and comes back with the file', async (t) => {
  const remembered = {
    memory: { audio: { language: 'es', kind: 'description' as const } },
    ...profile(['de']),
    originalLanguage: 'en',
  }
  t.equal(audioOf(file(['en', 'de']), remembered), 'de main profile')
  t.equal(audioOf(file(['en']), remembered), 'en main original')
  t.equal(audioOf(file(['ja']), remembered), 'ja main file')
  t.equal(audioOf(file(['en', 'es-MX']), remembered), 'es-MX description remembered')
})

t.test('regions count when there is a choice', async (t) => {
  const memory = { audio: { language: 'pt-BR', kind: 'main' as const } }
  t.equal(audioOf(file(['pt-PT', 'pt-BR']), { memory }), 'pt-BR main remembered')
  t.equal(audioOf(file(['pt-PT']), { memory }), 'pt-PT main remembered')
})

t.test('subtitles are those that were asked for or remembered; switched off stays off', async (t) => {
  const offered = file(['en'], ['en', 'de', 'es'])
  const sdh = { language: 'de', kind: 'sdh' as const }
  const rows: Array<[string, Partial<LanguageChoiceRequest>, string | null]> = [
    ['nobody wants any', {}, null],
    ['asked for', { request: { subtitles: sdh } }, 'de sdh request'],
    ['remembered', { memory: { subtitles: sdh } }, 'de sdh remembered'],
    ['asked for beats remembered', {
      request: { subtitles: { language: 'es', kind: 'full' } },
      memory: { subtitles: sdh },
    }, 'es full request'],
    ['switched off now', { request: { subtitles: null }, memory: { subtitles: sdh } }, null],
    ['switched off before', { memory: { subtitles: null }, ...profile(['fr'], ['de']) }, null],
    [
      'remembered, but not there',
      { memory: { subtitles: { language: 'fr', kind: 'full' } }, ...profile([], ['de']) },
      'de full profile',
    ],
    [
      'in the language that is heard, when asked for',
      { memory: { subtitles: { language: 'en', kind: 'sdh' } } },
      'en sdh remembered',
    ],
    ['the profile reads another language than is heard', profile(['en'], ['fr', 'de']), 'de full profile'],
    ['the profile reads what is heard', profile(['en'], ['de', 'en']), null],
    ['nothing that the profile wants to hear is there', profile(['es', 'de']), 'es full profile'],
    ['what was remembered cannot be heard', {
      memory: { audio: { language: 'de', kind: 'main' } },
      originalLanguage: 'en',
    }, 'de full remembered'],
    ['the profile hears what it wants', profile(['en', 'de']), null],
    ['only the original is wanted', { originalLanguage: 'en' }, null],
  ]
  for (const [name, some, expected] of rows) t.equal(subtitlesOf(offered, some), expected, name)
  t.equal(subtitlesOf(file(['en']), { memory: { subtitles: sdh } }), null, 'there are none')
})

t.test('whatever is wished for, the answer is something that the file offers', async (t) => {
  const language = fc.constantFrom<string[]>('en', 'en-GB', 'es', 'es-MX', 'de', 'ja')
  const languages = fc.uniqueArray(language, { maxLength: 4 })
  const audio = fc.record({ language, kind: fc.constantFrom(...AUDIO_KINDS) })
  const subtitles = fc.option(fc.record({ language, kind: fc.constantFrom(...SUBTITLE_KINDS) }), { nil: null })
  const spoken = fc.record({ audio, subtitles }, { requiredKeys: [] })
  const offered = fc.record({ audioLanguages: languages, subtitleLanguages: languages })
  const anything = fc.record({
    request: spoken,
    clientLanguages: languages,
    memory: spoken,
    lastHeard: fc.option(language, { nil: null }),
    profile: offered,
    originalLanguage: fc.option(language, { nil: null }),
  })
  fc.assert(
    fc.property(offered, anything, (file, wishes) => {
      const choice = chooseLanguages(file, wishes)
      const { request } = wishes
      const isAsked = request.audio !== undefined &&
        file.audioLanguages.some((one) => isSameLanguage(one, request.audio?.language ?? ''))
      return (choice.audio === null
        ? file.audioLanguages.length === 0
        : file.audioLanguages.includes(choice.audio.language)) &&
        (choice.subtitles === null || file.subtitleLanguages.includes(choice.subtitles.language)) &&
        (request.subtitles !== null || choice.subtitles === null) &&
        (!isAsked || (choice.audio?.source === 'request' && choice.audio.kind === request.audio?.kind))
    }),
    { numRuns: 1_000 },
  )
  t.pass('over 1,000 random wishes')
})

t.test('the subtitle mode decides where nobody chose, for sounds that are understood and others', async (t) => {
  const subtitles = [{ id: 'f', language: 'en', kind: 'forced' as const }, {
    id: 'd',
    language: 'de',
    kind: 'full' as const,
  }, { id: 's', language: 'es', kind: 'sdh' as const }]
  const english: AvailableLanguages = { audioLanguages: ['en'], subtitleLanguages: ['fr'], subtitles }
  const plain: AvailableLanguages = { audioLanguages: ['en'], subtitleLanguages: ['fr'], subtitles: subtitles.slice(1) }
  const reader = (subtitleLanguages: string[], subtitleMode?: SubtitleMode): Partial<LanguageChoiceRequest> => ({
    profile: { audioLanguages: ['en'], subtitleLanguages, ...(subtitleMode === undefined ? {} : { subtitleMode }) },
  })
  const rows: Array<[string, AvailableLanguages, Partial<LanguageChoiceRequest>, string | null]> = [
    ['none: never', english, reader(['de'], 'none'), null],
    ['forced: in the language that is heard', english, reader(['de'], 'forced'), 'en forced file'],
    ['forced: not in another language', plain, reader(['de'], 'forced'), null],
    [
      'forced: none inside the file, whose kinds nobody knows',
      { ...plain, subtitleLanguages: ['en'] },
      reader(['de'], 'forced'),
      null,
    ],
    ['smart when nothing is said: reads another language', english, reader(['de']), 'de full profile'],
    ['smart: understands what is heard, so only the forced ones', english, reader(['en'], 'smart'), 'en forced file'],
    ['smart: wishes for nothing', english, reader([]), 'en forced file'],
    ['smart: there are no forced ones', plain, reader(['en'], 'smart'), null],
    ['smart: one for the deaf stands in for a full one', plain, reader(['es'], 'smart'), 'es sdh profile'],
    ['smart: one inside the file', plain, reader(['fr'], 'smart'), 'fr full profile'],
    ['always: the first language that is there', english, reader(['it', 'es', 'de'], 'always'), 'es sdh profile'],
    [
      'always: also that which is heard',
      { ...plain, subtitleLanguages: ['en'] },
      reader(['en'], 'always'),
      'en full profile',
    ],
    [
      'always: without a wish, that which is heard',
      { ...plain, subtitleLanguages: ['en'] },
      reader([], 'always'),
      'en full file',
    ],
    ['always: a forced one says too little', english, reader(['en'], 'always'), null],
    [
      'the call before the profile',
      english,
      { ...reader(['de'], 'none'), request: { subtitleMode: 'always' } },
      'de full profile',
    ],
    ['the call before what was remembered', english, {
      ...reader(['de']),
      request: { subtitleMode: 'none' },
      memory: { subtitles: { language: 'de', kind: 'full' } },
    }, null],
    ['what was remembered before the profile', english, {
      ...reader(['de'], 'none'),
      memory: { subtitles: { language: 'de', kind: 'full' } },
    }, 'de full remembered'],
    ['an explicit wish before any mode', english, {
      ...reader(['de'], 'none'),
      request: { subtitleMode: 'none', subtitles: { language: 'de', kind: 'full' } },
    }, 'de full request'],
    [
      'switched off in this call, in any mode',
      english,
      { ...reader(['de'], 'always'), request: { subtitles: null } },
      null,
    ],
    [
      'forced, asked for by name',
      english,
      { request: { subtitles: { language: 'en', kind: 'forced' } } },
      'en forced request',
    ],
    [
      'the very kind before one that stands in',
      { ...english, subtitles: [...subtitles, { id: 'e', language: 'es', kind: 'full' as const }] },
      { request: { subtitles: { language: 'es', kind: 'full' } } },
      'es full request',
    ],
  ]
  for (const [name, offered, some, expected] of rows) t.equal(subtitlesOf(offered, some), expected, name)
  t.equal(chooseLanguages(english, wishes(reader(['de']))).subtitles?.id, 'd', 'which one it is')
  t.equal(chooseLanguages(plain, wishes(reader(['fr']))).subtitles?.id, null, 'null inside the file')
})

t.test('no mode ever shows what is not there, and none and forced show nothing that is full', async (t) => {
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
      const { audio, subtitles } = chooseLanguages(file, wishes({ profile }))
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
