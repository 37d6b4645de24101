import fc from 'fast-check'
import t from 'tap'
import type { CatalogueItem, CatalogueTitle } from '../../../src/catalogue/store/catalogue.js'
import { foldText } from '../../../src/domain/fold-text.js'
import { indexTitles, matchItem } from '../../../src/watching/import/match-title.js'
import {
  decideDateOrder,
  readDate,
  readLength,
  readNetflixTitle,
  readStartTime,
} from '../../../src/watching/import/netflix-history.js'

/** A title as the catalogue holds it; episodes by season, named in their order from number 1. */
function title (
  id: string,
  name: string,
  seasons: Record<number, string[]> | null = null,
  year: number | null = null,
): CatalogueTitle {
  const episode = (season: number, number: number, episodeName: string | null) =>
    ({
      id: seasons === null ? id : `${id} ${season}x${number}`,
      titleId: id,
      season,
      episode: number,
      name: episodeName,
      runtimeMs: null,
      airDate: null,
      markers: null,
    }) as CatalogueItem
  const items = seasons === null
    ? [episode(0, 0, null)]
    : Object.entries(seasons).flatMap(([season, names]) => names.map((one, i) => episode(Number(season), i + 1, one)))
  return {
    id,
    kind: seasons === null ? 'movie' : 'show',
    title: name,
    sortTitle: foldText(name),
    year,
    releaseDate: null,
    genres: [],
    genreKeys: [],
    genreSlugs: [],
    maturityRating: null,
    posterUrl: null,
    originalLanguage: null,
    people: [],
    credited: [],
    translations: [],
    popularity: 0,
    externalIds: {},
    addedAt: new Date(0),
    revision: 0,
    published: true,
    availableFrom: null,
    availableUntil: null,
    items,
    order: items.filter(({ season }) => season > 0),
  }
}

const catalogue = [
  title('bb', 'Breaking Bad', {
    1: ['Pilot', "Cat's in the Bag...", "...And the Bag's in the River"],
    5: ['Live Free or Die', 'Madrigal'],
  }),
  title('st', 'Stranger Things', {
    1: ['Chapter One: The Vanishing of Will Byers', 'Chapter Two: The Weirdo on Maple Street'],
    4: ['Chapter One: The Hellfire Club'],
  }),
  title('queen', "The Queen's Gambit", { 1: ['Openings', 'Exchanges', 'Doubled Pawns'] }),
  title('heist', 'Money Heist', { 1: ['Do as Planned', 'Lethal Negligence'], 2: ['The Masks Are Off'] }),
  title('ldr', 'Love, Death & Robots', { 1: ["Sonnie's Edge", 'Three Robots'], 3: ['Three Robots: Exit Strategies'] }),
  title('ahs', 'American Horror Story', { 1: ['Pilot'], 3: ['Bitchcraft', 'Boy Parts'] }),
  title('avatar', 'Avatar: The Last Airbender', {
    1: ['The Boy in the Iceberg', 'The Avatar Returns'],
    2: ['The Avatar State'],
  }),
  title('trek', 'Star Trek: Deep Space Nine', { 1: ['Emissary'], 3: ['The Search: Part I', 'The Search: Part II'] }),
  title('chuck', 'Chuck', { 1: ['Chuck Versus the Intersect (Pilot)', 'Chuck Versus the Helicopter'] }),
  title('jones', "Marvel's Jessica Jones", { 1: ['AKA Ladies Night', 'AKA Crush Syndrome'] }),
  title('dark', 'Dark', { 1: ['Geheimnisse', 'Lügen'] }),
  title('lupin', 'Lupin', { 1: ['Chapter 1', 'Chapter 2'], 2: ['Chapter 6'] }),
  title('elite', 'Élite', { 1: ['Bienvenidos', 'Deseo'] }),
  title('fawlty', 'Fawlty Towers', {
    0: ['Fawlty Towers Revisited'],
    1: ['A Touch of Class', 'The Builders'],
    2: ['Communication Problems'],
  }),
  title('midnight', 'Midnight Mass', { 1: ['Book I: Genesis', 'Book II: Psalms'] }),
  title('mi', 'Mission: Impossible', null, 1996),
  title('fallout', 'Mission: Impossible - Fallout', null, 2018),
  title('bill1', 'Kill Bill: Vol. 1', null, 2003),
  title('potter', 'Harry Potter and the Deathly Hallows: Part 2', null, 2011),
  title('yuma', '3:10 to Yuma', null, 2007),
  title('amelie', 'Amélie', null, 2001),
  title('bander', 'Black Mirror: Bandersnatch', null, 2018),
  title('mirror', 'Black Mirror', { 1: ['The National Anthem'], 3: ['San Junipero'] }),
  title('dune84', 'Dune', null, 1984),
  title('dune21', 'Dune', null, 2021),
  title('spirited', '千と千尋の神隠し', null, 2001),
  title('dollars', '$9.99', null, 2008),
  title('office-uk', 'The Office', { 1: ['Downsize', 'Work Experience'] }, 2001),
  title('office-us', 'The Office', { 1: ['Pilot', 'Diversity Day'] }, 2005),
]
const index = indexTitles(catalogue)

/** What a title leads to: an item, several, or nothing. */
function find (text: string): string {
  const match = matchItem(index, { itemId: null, titleId: null, externalIds: {}, readings: readNetflixTitle(text) })
  if (match.kind === 'matched') return match.found.item.id
  return match.kind === 'ambiguous'
    ? `ambiguous: ${match.candidates.map(({ item }) => item.id).join(', ')}`
    : `unmatched${match.isTitleKnown ? ', the title is known' : ''}`
}

t.test('titles as Netflix writes them lead to what was watched', async (t) => {
  const table: Array<[text: string, item: string]> = [
    ['Breaking Bad: Season 1: Pilot (Episode 1)', 'bb 1x1'],
    ['Breaking Bad: Season 1: Pilot', 'bb 1x1'],
    ['Breaking Bad: Season 1: Cat’s in the Bag... (Episode 2)', 'bb 1x2'],
    ['Breaking Bad: Season 1: "...And the Bag\'s in the River" (Episode 3)', 'bb 1x3'],
    ['Breaking Bad: Season 5: Madrigal (Episode 2)', 'bb 5x2'],
    ['BREAKING BAD: SEASON 1: EPISODE 2', 'bb 1x2'],
    ['Breaking Bad: Staffel 1: Der Einstieg (Folge 1)', 'bb 1x1'],
    ['Breaking Bad: Season 9: Nobody Wrote This (Episode 4)', 'unmatched, the title is known'],
    ['Breaking Bad: Season 1', 'unmatched, the title is known'],
    ['Breaking Bad', 'unmatched'],
    ['Stranger Things: Season 1: Chapter One: The Vanishing of Will Byers (Episode 1)', 'st 1x1'],
    ['Stranger Things: Stranger Things 4: Chapter One: The Hellfire Club (Episode 1)', 'st 4x1'],
    ["The Queen's Gambit: Limited Series: Exchanges (Episode 2)", 'queen 1x2'],
    ["The Queen's Gambit: Miniseries: Openings", 'queen 1x1'],
    ['Money Heist: Part 2: The Masks Are Off (Episode 1)', 'heist 2x1'],
    ['Money Heist: Part 2: Lethal Negligence (Episode 9)', 'heist 1x2'],
    ['Money Heist: Part One: Do as Planned', 'heist 1x1'],
    ['Love, Death & Robots: Volume 1: Three Robots (Episode 2)', 'ldr 1x2'],
    ['LOVE DEATH + ROBOTS: Volume 3: Three Robots: Exit Strategies (Episode 1)', 'unmatched'],
    ['Love, Death and Robots: Volume 3: Three Robots: Exit Strategies (Episode 1)', 'ldr 3x1'],
    ['American Horror Story: Coven: Bitchcraft (Episode 1)', 'ahs 3x1'],
    ['Avatar: The Last Airbender: Book 1: The Boy in the Iceberg (Episode 1)', 'avatar 1x1'],
    ['Star Trek: Deep Space Nine: Season 3: The Search: Part II (Episode 2)', 'trek 3x2'],
    ['Chuck: Season 1: Chuck Versus the Intersect (Pilot) (Episode 1)', 'chuck 1x1'],
    ['Marvel\'s Jessica Jones: Season 1: AKA "Ladies Night" (Episode 1)', 'jones 1x1'],
    ['Marvel’s Jessica Jones: Season 1: AKA Crush Syndrome', 'jones 1x2'],
    ['Dark: Season 1: Lugen (Episode 2)', 'dark 1x2'],
    ['Lupin: Part 2: Chapter 6 (Episode 1)', 'lupin 2x1'],
    ['Elite: Temporada 1: Deseo (Episodio 2)', 'elite 1x2'],
    ['Fawlty Towers: Series 1: A Touch of Class', 'fawlty 1x1'],
    ['Fawlty Towers: Fawlty Towers Revisited', 'fawlty 0x1'],
    ['Midnight Mass: Limited Series: Book II: Psalms (Episode 2)', 'midnight 1x2'],
    ['Midnight Mass: Book II: Psalms (Episode 2)', 'midnight 1x2'],
    ['Mission: Impossible', 'mi'],
    ['Mission: Impossible - Fallout', 'fallout'],
    ['Kill Bill: Vol. 1', 'bill1'],
    ['Harry Potter and the Deathly Hallows: Part 2', 'potter'],
    ['3:10 to Yuma', 'yuma'],
    ['Amelie', 'amelie'],
    ['  AMÉLIE  ', 'amelie'],
    ['Black Mirror: Bandersnatch', 'bander'],
    ['Black Mirror: Season 3: San Junipero (Episode 4)', 'mirror 3x1'],
    ['Dune (2021)', 'dune21'],
    ['Dune', 'ambiguous: dune84, dune21'],
    ['千と千尋の神隠し', 'spirited'],
    ['$9.99', 'dollars'],
    ['The Office: Season 1: Diversity Day (Episode 2)', 'office-us 1x2'],
    ['The Office: Season 1: Épisode 2', 'ambiguous: office-uk 1x2, office-us 1x2'],
    ['Some Film Nobody Has', 'unmatched'],
    [': : :', 'unmatched'],
  ]
  for (const [text, item] of table) t.equal(find(text), item, text)
})

t.test('no title is too strange to be read', async (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.constantFrom(': ', 'Season 1', 'Part 2', '(Episode 3)', '：', '(2001)'))).map((
        parts,
      ) => parts.join('')),
      (text) => {
        find(text)
      },
    ),
    { numRuns: 500 },
  )
  t.ok(readNetflixTitle(`${'a: '.repeat(5_000)}b`).length < 20, 'nor too long')
  const begun = performance.now()
  for (const filler of [' ', '\t', ':', ' :', '(', '：', '(Episode 1']) find(`x${filler.repeat(20_000)}y`)
  t.ok(performance.now() - begun < 1_000, 'nor too slow')
})

t.test('dates', async (t) => {
  const day = (text: string | null): number | null => text === null ? null : Date.parse(`${text}T12:00:00Z`)
  for (
    const [text, order, expected] of [
      ['1/31/24', 'month-first', '2024-01-31'],
      ['31/01/2024', 'day-first', '2024-01-31'],
      ['31.01.2024', 'day-first', '2024-01-31'],
      ['31.1.24.', 'day-first', '2024-01-31'],
      ['2024-01-31', 'year-first', '2024-01-31'],
      ['2/29/24', 'month-first', '2024-02-29'],
      ['2/29/23', 'month-first', null],
      ['31/01/2024', 'month-first', null],
      ['1/31/1969', 'month-first', null],
      ['yesterday', 'month-first', null],
      ['', 'day-first', null],
    ] as const
  ) t.equal(readDate(text, order), day(expected), `${text} ${order}`)

  const now = new Date('2024-06-15T00:00:00Z')
  t.strictSame(decideDateOrder(['4/3/24', '1/31/24'], now), { order: 'month-first', isGuess: false }, 'a 31st tells')
  t.strictSame(decideDateOrder(['04/03/2024', '31/01/2024'], now), { order: 'day-first', isGuess: false })
  t.strictSame(decideDateOrder(['2024-03-04', '2024-01-02'], now), { order: 'year-first', isGuess: false })
  t.strictSame(
    decideDateOrder(['5/7/24', '3/8/24'], now),
    { order: 'month-first', isGuess: false },
    'nothing lies ahead',
  )
  t.strictSame(
    decideDateOrder(['2/5/24', '11/4/23', '10/7/23'], now),
    { order: 'month-first', isGuess: false },
    'newest first',
  )
  t.strictSame(
    decideDateOrder(['5/6/24', '4/6/24', '12/5/24'], now),
    { order: 'day-first', isGuess: false },
    'newest first, in the other order',
  )
  t.strictSame(decideDateOrder(['3/4/24'], now), { order: 'month-first', isGuess: true }, 'nothing tells')
  t.strictSame(decideDateOrder(['3.4.24'], now), { order: 'day-first', isGuess: true })
  t.equal(decideDateOrder(['1/31/24', '31/1/24'], now), null, 'they contradict each other')
})

t.test('times and lengths', async (t) => {
  t.equal(readStartTime('2024-01-31 20:15:09'), Date.parse('2024-01-31T20:15:09Z'))
  for (const text of ['2024-01-31', '2024-13-31 20:15:00', '1969-12-31 23:59:59', 'x']) {
    t.equal(readStartTime(text), null, text)
  }
  t.equal(readLength('01:02:03'), 3_723_000)
  t.equal(readLength('00:00:00'), 0)
  for (const text of ['', 'Not latest view', '1:2:3', '00:61:00', '-1:00:00']) t.equal(readLength(text), null, text)
})
