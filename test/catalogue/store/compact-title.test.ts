import fc from 'fast-check'
import { Types } from 'mongoose'
import t from 'tap'
import {
  createState,
  findItem,
  putTitle,
  removeTitle,
  type ListedTitle,
} from '../../../src/catalogue/store/catalogue-state.js'
import { packDate, unpackDate } from '../../../src/catalogue/store/packed-fields.js'
import { derivePersonId } from '../../../src/catalogue/store/people-index.js'

const NOW = new Date('2026-01-02T03:04:05.678Z')
const CHAPTERS = [{ startMs: 0, title: 'Montmartre' }, { startMs: 60_000, title: 'Le garçon de café' }]
const MARKERS = { introStartMs: 1_000, introEndMs: 2_000, creditsStartMs: null }

function storedTitle (fields: object): ListedTitle {
  return {
    _id: new Types.ObjectId(),
    kind: 'movie',
    title: 'Amélie',
    year: 2001,
    releaseDate: '2001-04-25',
    genres: ['Comedy', 'Sci-Fi'],
    maturityRating: 'PG-13',
    posterUrl: null,
    originalLanguage: 'fr',
    cast: [{ name: 'Audrey Tautou', role: 'Amélie' }],
    crew: [{ name: 'Jean-Pierre Jeunet', role: 'Director' }],
    translations: [],
    popularity: 42,
    externalIds: { imdb: 'tt0211915' },
    published: true,
    availableFrom: null,
    availableUntil: null,
    createdAt: NOW,
    runtimeMs: 7_320_000,
    markers: null,
    __v: 3,
    ...fields,
  } as unknown as ListedTitle
}

t.test('a compact movie has the fields of the stored one', async (t) => {
  const state = createState()
  const stored = storedTitle({
    markers: MARKERS,
    chapters: { list: CHAPTERS, master: null },
    availableUntil: NOW,
    translations: [{ language: 'de', title: 'A' }],
  })
  putTitle(state, stored)
  const id = stored._id.toString()
  const title = state.titles.get(id)
  t.match(title, {
    id,
    kind: 'movie',
    title: 'Amélie',
    sortTitle: 'amelie',
    year: 2001,
    releaseDate: '2001-04-25',
    genres: ['Comedy', 'Sci-Fi'],
    genreKeys: ['comedy', 'sci-fi'],
    genreSlugs: ['comedy', 'sci-fi'],
    maturityRating: 'PG-13',
    posterUrl: null,
    originalLanguage: 'fr',
    people: ['Jean-Pierre Jeunet', 'Audrey Tautou'],
    creditedPersonIds: ['Jean-Pierre Jeunet', 'Audrey Tautou'].map((name) => derivePersonId({ name })),
    translations: [{ language: 'de', title: 'A' }],
    popularity: 42,
    externalIds: { imdb: 'tt0211915' },
    published: true,
    availableFrom: null,
    availableUntil: NOW,
    addedAt: NOW,
    revision: 3,
    order: [],
  })
  const item = findItem(state, id)
  t.strictSame(title?.items, [item])
  t.match(item, { id, titleId: id, season: 0, episode: 0, name: null, runtimeMs: 7_320_000, markers: MARKERS })
  t.strictSame(item?.chapters, CHAPTERS)
  removeTitle(state, id)
  t.equal(findItem(state, id), null)
  t.equal(state.people.byId.size, 0)
})

t.test('the episodes of a compact show are by number, and in watch order with placed specials', async (t) => {
  const state = createState()
  const episode = (number: number, fields: object = {}): object => ({
    _id: new Types.ObjectId(),
    number,
    title: `Episode ${number}`,
    runtimeMs: null,
    airDate: '1975-09-19',
    translations: [],
    markers: null,
    placedAfter: null,
    ...fields,
  })
  const stored = storedTitle({
    kind: 'show',
    seasons: [
      {
        number: 1,
        episodes: [
          episode(2, { chapters: { list: CHAPTERS, master: null } }),
          episode(1, { airDate: null, markers: MARKERS }),
        ],
      },
      { number: 0, episodes: [episode(1, { placedAfter: { season: 1, episode: 1 } }), episode(2)] },
    ],
  })
  putTitle(state, stored)
  const title = state.titles.get(stored._id.toString())
  const placesOf = (items: typeof title extends undefined ? never : NonNullable<typeof title>['items']): string[] =>
    items.map(({ season, episode }) => `${season}x${episode}`)
  t.strictSame(placesOf(title?.items ?? []), ['0x1', '0x2', '1x1', '1x2'])
  t.strictSame(placesOf(title?.order ?? []), ['1x1', '0x1', '1x2'])
  const [special, unplaced, first, second] = title?.items ?? []
  t.strictSame([first?.chapters, second?.chapters], [[], CHAPTERS])
  t.strictSame(special?.orderKey, { season: 1, episode: 1, special: 2 })
  t.equal(unplaced?.orderKey, null)
  t.match(first, {
    name: 'Episode 1',
    airDate: null,
    markers: MARKERS,
    orderKey: { season: 1, episode: 1, special: 0 },
  })
  t.equal(findItem(state, first?.id ?? ''), first)
})

t.test('the watch order leaves out episodes that the media of another one contains', async (t) => {
  const state = createState()
  const episode = (number: number, mediaSpan?: number) => ({
    _id: new Types.ObjectId(),
    number,
    title: `Episode ${number}`,
    runtimeMs: null,
    airDate: null,
    mediaSpan,
  })
  const stored = storedTitle({
    kind: 'show',
    seasons: [
      { number: 1, episodes: [episode(1, 2), episode(2), episode(3), episode(4, 3), episode(6, 2), episode(7)] },
      { number: 2, episodes: [episode(5), episode(1)] },
    ],
  })
  putTitle(state, stored)
  const { items = [], order = [] } = state.titles.get(stored._id.toString()) ?? {}
  t.equal(items.length, 8)
  t.strictSame(order.map((item) => `${item.season}x${item.episode}`), ['1x1', '1x3', '1x4', '2x1', '2x5'])
})

t.test('every date comes back as it was', async () => {
  const text = fc.oneof(fc.string(), fc.constantFrom('2001-04-25', '0099-01-02', '2001-4-25', '20010425', '2001/04/25'))
  fc.assert(fc.property(fc.option(text), (date) => unpackDate(packDate(date)) === date))
  fc.assert(fc.property(fc.date({ min: new Date(0), noInvalidDate: true }), (date) => {
    const day = date.toISOString().slice(0, 10)
    return unpackDate(packDate(day)) === day
  }))
})
