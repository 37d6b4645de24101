// What uploaders claim of languages, against what files say.
import t from 'tap'
import { assignLanguages } from '../../../src/media/upload/declared-metadata.js'

const tracks = (...languages: Array<string | null>): Array<{ language: string | null }> =>
  languages.map((language) => ({ language }))

t.test('claims fill what files leave open, and correct what is only a note', async (t) => {
  const rows: Array<[string, Array<string | null>, string[], Array<string | null>]> = [
    ['nothing is claimed', ['en', null], [], ['en', null]],
    ['one track that does not say', [null], ['es'], ['es']],
    ['one track that was tagged by default', ['en'], ['es'], ['es']],
    ['the region of a track', ['pt', 'en'], ['pt-BR', 'en'], ['pt-BR', 'en']],
    ['the same, in another order', ['en', 'es'], ['es', 'en'], ['en', 'es']],
    ['fewer than there are', ['en', 'es'], ['es'], ['en', 'es']],
    ['the untagged ones in their order', ['en', null, null], ['en', 'es', 'fr'], ['en', 'es', 'fr']],
    ['one of them beside a tagged one', ['en', null], ['es'], ['en', 'es']],
    ['two tracks of one language', ['en', 'en'], ['en'], ['en', 'en']],
    ['two regions of one language stay as they were tagged', ['es', 'es'], ['es-ES', 'es-MX'], ['es', 'es']],
    ['no sound, and none claimed', [], [], []],
  ]
  for (const [name, found, claimed, expected] of rows) {
    t.strictSame(assignLanguages(tracks(...found), claimed).map(({ language }) => language), expected, name)
  }
})

t.test('what cannot be is refused, with what was found', async (t) => {
  const rows: Array<[string, Array<string | null>, string[]]> = [
    ['more languages than tracks', ['en'], ['en', 'es']],
    ['sound that is not there', [], ['en']],
    ['a language that none of the tagged tracks has', ['en', 'es'], ['en', 'fr']],
    ['more than the untagged tracks can be', ['en', null], ['fr', 'de']],
  ]
  for (const [name, found, claimed] of rows) {
    t.throws(() => assignLanguages(tracks(...found), claimed), {
      status: 422,
      code: 'claim-mismatch',
      extensions: { claimed: { audioLanguages: claimed }, found: { audioTracks: found } },
    }, name)
  }
})
