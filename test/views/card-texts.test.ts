import { Types } from 'mongoose'
import t from 'tap'
import type { CatalogueTitle } from '../../src/catalogue/store/catalogue.js'
import { createState, putTitle, type ListedTitle } from '../../src/catalogue/store/catalogue-state.js'
import { createLocaliser } from '../../src/catalogue/queries/localise.js'
import { createCardTexts } from '../../src/views/card-texts.js'

/** @param onRead is called when a card of the title is serialised */
function addTitle (name: string, onRead: () => void): CatalogueTitle {
  const state = createState()
  const _id = new Types.ObjectId()
  putTitle(state, {
    _id,
    kind: 'movie',
    title: name,
    year: 2001,
    releaseDate: '2001-04-25',
    genres: ['Comedy'],
    maturityRating: 'PG-13',
    originalLanguage: 'fr',
    cast: [],
    crew: [],
    translations: [{ language: 'de', title: 'Die fabelhafte Welt der Amélie' }],
    popularity: 42,
    published: true,
    posterUrl: null,
    backdropUrl: null,
    availableFrom: null,
    availableUntil: null,
    createdAt: new Date(),
    runtimeMs: 7_320_000,
    markers: null,
    __v: 0,
  } as unknown as ListedTitle)
  const title = state.titles.get(_id.toString())!
  return Object.create(title, {
    genres: {
      get: () => {
        onRead()
        return title.genres
      },
    },
  }) as CatalogueTitle
}

t.test('a card is serialised once for each language, until other cards take its memory', async (t) => {
  const cards = createCardTexts()
  let reads = 0
  const amelie = addTitle('Amélie', () => {
    reads++
  })
  const write = (language: string): { title: string } =>
    JSON.parse(cards.write(amelie, createLocaliser(() => language), true))
  const first = write('en')
  t.equal(first.title, 'Amélie')
  t.equal(write('de').title, 'Die fabelhafte Welt der Amélie')
  const serialised = reads
  t.strictSame(write('en'), first)
  write('de')
  t.strictSame([reads, serialised], [2, 2], 'both languages are cached')
  for (let i = 0; i < 20; i++) {
    cards.write(addTitle('x'.repeat(1024 ** 2), () => undefined), createLocaliser(() => 'en'), true)
  }
  t.strictSame(write('en'), first)
  t.equal(reads, 3)
})
