// Languages that uploaders declare, reconciled with the languages in files.
import t from 'tap'
import { assignLanguages } from '../../../src/media/upload/declared-metadata.js'

const tracks = (...languages: Array<string | null>): Array<{ language: string | null }> =>
  languages.map((language) => ({ language }))

t.test('declared languages fill gaps and replace the language of a single track', async (t) => {
  const rows: Array<[string, Array<string | null>, string[], Array<string | null>]> = [
    ['nothing declared', ['en', null], [], ['en', null]],
    ['one track without language', [null], ['es'], ['es']],
    ['one track with a default tag', ['en'], ['es'], ['es']],
    ['a more specific tag', ['pt', 'en'], ['pt-BR', 'en'], ['pt-BR', 'en']],
    ['the same languages in another order', ['en', 'es'], ['es', 'en'], ['en', 'es']],
    ['fewer languages than tracks', ['en', 'es'], ['es'], ['en', 'es']],
    ['the tracks without language in order', ['en', null, null], ['en', 'es', 'fr'], ['en', 'es', 'fr']],
    ['one track without language beside a tagged one', ['en', null], ['es'], ['en', 'es']],
    ['two tracks of one language', ['en', 'en'], ['en'], ['en', 'en']],
    ['two regions of one language do not change the tags', ['es', 'es'], ['es-ES', 'es-MX'], ['es', 'es']],
    ['no audio, none declared', [], [], []],
  ]
  for (const [name, found, declared, expected] of rows) {
    t.strictSame(assignLanguages(tracks(...found), declared).map(({ language }) => language), expected, name)
  }
})

t.test('contradicting languages are rejected with the languages of the file', async (t) => {
  const rows: Array<[string, Array<string | null>, string[]]> = [
    ['more languages than tracks', ['en'], ['en', 'es']],
    ['a language without audio track', [], ['en']],
    ['a language that no tagged track has', ['en', 'es'], ['en', 'fr']],
    ['more languages than tracks without language', ['en', null], ['fr', 'de']],
  ]
  for (const [name, found, declared] of rows) {
    t.throws(() => assignLanguages(tracks(...found), declared), {
      status: 422,
      code: 'claim-mismatch',
      extensions: { claimed: { audioLanguages: declared }, found: { audioTracks: found } },
    }, name)
  }
})
