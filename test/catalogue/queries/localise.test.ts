import t from 'tap'
import { createResponseCache } from '../../../src/catalogue/cache/response-cache.js'
import {
  createLanguageNegotiation,
  createLocaliser,
  type Translatable,
} from '../../../src/catalogue/queries/localise.js'

const negotiation = createLanguageNegotiation('en')
const translated = (...languages: string[]): Translatable => ({
  title: 'en',
  translations: languages.map((language) => ({ language, title: language })),
})

t.test('texts are in the first accepted language that is offered, else in the language of the catalogue', (t) => {
  const cases: ReadonlyArray<readonly [header: string | undefined, offered: string[], expected: string]> = [
    [undefined, ['de', 'fr'], 'en'],
    ['', ['de', 'fr'], 'en'],
    ['*', ['de', 'fr'], 'en'],
    ['de', [], 'en'],
    ['de', ['de', 'fr'], 'de'],
    ['de-AT, fr;q=0.5', ['fr', 'de'], 'de'],
    ['fr;q=0.4, de;q=0.5', ['fr', 'de'], 'de'],
    ['es', ['de', 'fr'], 'en'],
    ['pt', ['pt-PT', 'pt-BR'], 'pt-PT'],
    ['pt', ['pt-BR', 'pt-PT'], 'pt-BR'],
    ['en;q=0, de;q=0.1', ['fr', 'de'], 'de'],
  ]
  // The second round reads the choices of the first.
  for (const round of [1, 2]) {
    for (const [header, offered, expected] of cases) {
      const { title, language } = createLocaliser(negotiation.chooserFor(header)).localisedFields(
        translated(...offered),
      )
      t.strictSame([title, language], [expected, expected], `round ${round}: ${header} of ${offered.join()}`)
    }
  }
  t.end()
})

t.test('a response is created once for all headers that choose the same languages', async (t) => {
  const responses = createResponseCache()
  let created = 0
  const read = async (header: string, key = 'key'): Promise<string> => {
    const chooseLanguage = negotiation.chooserFor(header)
    const { bytes, contentLanguage } = await responses.find(key, chooseLanguage, async () => {
      created++
      const localiser = createLocaliser(chooseLanguage)
      const fields = ['de', 'fr', 'it'].map((language) => localiser.localisedFields(translated(language, 'sv')).title)
      return { body: { fields }, revision: null, localiser }
    })
    t.strictSame(contentLanguage?.split(', ').sort(), [...new Set(JSON.parse(bytes.toString()).fields)].sort())
    return bytes.toString()
  }
  const english = await read('en')
  for (const header of ['en-GB,en;q=0.9', 'ja', '*', 'nl;q=0.3, ja', 'en-US,en;q=0.9,de;q=0.8']) {
    t.equal(await read(header), english, header)
  }
  t.equal(created, 1)
  t.equal(await read('fr'), '{"fields":["en","fr","en"]}')
  t.equal(await read('fr-CA, it;q=0.5'), '{"fields":["en","fr","it"]}')
  t.equal(await read('sv, fr;q=0.5'), '{"fields":["sv","sv","sv"]}')
  t.equal(await read('fr-FR,fr;q=0.9'), '{"fields":["en","fr","en"]}')
  t.equal(created, 4)
  await read('en', 'other key')
  t.equal(created, 5)
})
