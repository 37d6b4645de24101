import fc from 'fast-check'
import t from 'tap'
import { AUDIO_KINDS, chooseLanguages, isSameLanguage, SUBTITLE_KINDS, type LanguageWishes, type OfferedLanguages } from '../../src/domain/language-choice.js'

const wishes = (fields: Partial<LanguageWishes> = {}): LanguageWishes => ({
  request: {}, clientLanguages: [], memory: {}, lastHeard: null, profile: { audioLanguages: [], subtitleLanguages: [] }, originalLanguage: null, ...fields,
})
const profile = (audioLanguages: string[], subtitleLanguages: string[] = []): Partial<LanguageWishes> => ({ profile: { audioLanguages, subtitleLanguages } })
const file = (audioLanguages: string[], subtitleLanguages: string[] = []): OfferedLanguages => ({ audioLanguages, subtitleLanguages })
const audioOf = (offered: OfferedLanguages, some: Partial<LanguageWishes>): string | null => {
  const { audio } = chooseLanguages(offered, wishes(some))
  return audio === null ? null : `${audio.language} ${audio.kind} ${audio.source}`
}
const subtitlesOf = (offered: OfferedLanguages, some: Partial<LanguageWishes>): string | null => {
  const { subtitles } = chooseLanguages(offered, wishes(some))
  return subtitles === null ? null : `${subtitles.language} ${subtitles.kind} ${subtitles.source}`
}

t.test('audio goes by request, then memory, then what was heard last, then profile, then original, then whatever there is', async (t) => {
  const all = file(['en', 'de', 'es', 'fr', 'it', 'ja'])
  const steps: Array<[Partial<LanguageWishes>, string]> = [
    [{}, 'en main file'],
    [{ originalLanguage: 'ja' }, 'ja main original'],
    [profile(['it']), 'it main profile'],
    [{ lastHeard: 'fr' }, 'fr main remembered'],
    [{ memory: { audio: { language: 'es', kind: 'commentary' } } }, 'es commentary remembered'],
    [{ clientLanguages: ['xx', 'de'] }, 'de main request'],
    [{ request: { audio: { language: 'en', kind: 'description' } } }, 'en description request'],
  ]
  let known: Partial<LanguageWishes> = {}
  for (const [more, expected] of steps) {
    known = { ...known, ...more }
    t.equal(audioOf(all, known), expected)
  }
  t.equal(audioOf(file([]), known), null, 'a file that does not say')
})

t.test('a remembered language that is not there falls back to the next wish, and comes back with the file', async (t) => {
  const remembered = { memory: { audio: { language: 'es', kind: 'description' as const } }, ...profile(['de']), originalLanguage: 'en' }
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
  const rows: Array<[string, Partial<LanguageWishes>, string | null]> = [
    ['nobody wants any', {}, null],
    ['asked for', { request: { subtitles: sdh } }, 'de sdh request'],
    ['remembered', { memory: { subtitles: sdh } }, 'de sdh remembered'],
    ['asked for beats remembered', { request: { subtitles: { language: 'es', kind: 'full' } }, memory: { subtitles: sdh } }, 'es full request'],
    ['switched off now', { request: { subtitles: null }, memory: { subtitles: sdh } }, null],
    ['switched off before', { memory: { subtitles: null }, ...profile(['fr'], ['de']) }, null],
    ['remembered, but not there', { memory: { subtitles: { language: 'fr', kind: 'full' } }, ...profile([], ['de']) }, 'de full profile'],
    ['in the language that is heard, when asked for', { memory: { subtitles: { language: 'en', kind: 'sdh' } } }, 'en sdh remembered'],
    ['the profile reads another language than is heard', profile(['en'], ['fr', 'de']), 'de full profile'],
    ['the profile reads what is heard', profile(['en'], ['de', 'en']), null],
    ['nothing that the profile wants to hear is there', profile(['es', 'de']), 'es full profile'],
    ['what was remembered cannot be heard', { memory: { audio: { language: 'de', kind: 'main' } }, originalLanguage: 'en' }, 'de full remembered'],
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
  fc.assert(fc.property(offered, anything, (file, wishes) => {
    const choice = chooseLanguages(file, wishes)
    const { request } = wishes
    const isAsked = request.audio !== undefined && file.audioLanguages.some((one) => isSameLanguage(one, request.audio?.language ?? ''))
    return (choice.audio === null ? file.audioLanguages.length === 0 : file.audioLanguages.includes(choice.audio.language)) &&
      (choice.subtitles === null || file.subtitleLanguages.includes(choice.subtitles.language)) &&
      (request.subtitles !== null || choice.subtitles === null) &&
      (!isAsked || (choice.audio?.source === 'request' && choice.audio.kind === request.audio?.kind))
  }), { numRuns: 1_000 })
  t.pass('over 1,000 random wishes')
})
