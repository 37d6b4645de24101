import fc from 'fast-check'
import t from 'tap'
import type { CatalogueItem, CatalogueTitle } from '../../../src/catalogue/store/catalogue.js'
import { foldText } from '../../../src/domain/text.js'
import { indexTitles, matchItem } from '../../../src/watching/import/match-title.js'
import { parseNetflixTitle } from '../../../src/watching/import/netflix-titles.js'

/** Builds a catalogue title; the episodes of each season are numbered from 1 in the order of their names. */
function buildTitle (
  id: string,
  name: string,
  seasons: Record<number, string[]> | null = null,
  year: number | null = null,
): CatalogueTitle {
  const buildEpisode = (season: number, episode: number, episodeName: string | null) =>
    ({
      id: seasons === null ? id : `${id} ${season}x${episode}`,
      titleId: id,
      season,
      episode,
      name: episodeName,
      translations: [],
      runtimeMs: null,
      airDate: null,
      markers: null,
    }) as Partial<CatalogueItem> as CatalogueItem
  const items = seasons === null
    ? [buildEpisode(0, 0, null)]
    : Object.entries(seasons).flatMap(([season, names]) =>
      names.map((episodeName, i) => buildEpisode(Number(season), i + 1, episodeName))
    )
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
    backdropUrl: null,
    posterPlaceholder: null,
    backdropPlaceholder: null,
    originalLanguage: null,
    people: [],
    creditedPersonIds: [],
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

/** An episode that the media of another one contains has no place in the watch order. */
const withoutInOrder = (title: CatalogueTitle, season: number, episode: number): CatalogueTitle => ({
  ...title,
  order: title.order.filter((item) => item.season !== season || item.episode !== episode),
})

const catalogue = [
  buildTitle('bb', 'Breaking Bad', {
    1: ['Pilot', "Cat's in the Bag...", "...And the Bag's in the River"],
    5: ['Live Free or Die', 'Madrigal'],
  }),
  buildTitle('st', 'Stranger Things', {
    1: ['Chapter One: The Vanishing of Will Byers', 'Chapter Two: The Weirdo on Maple Street'],
    4: ['Chapter One: The Hellfire Club'],
  }),
  buildTitle('queen', "The Queen's Gambit", { 1: ['Openings', 'Exchanges', 'Doubled Pawns'] }),
  buildTitle('heist', 'Money Heist', { 1: ['Do as Planned', 'Lethal Negligence'], 2: ['The Masks Are Off'] }),
  buildTitle('ldr', 'Love, Death & Robots', {
    1: ["Sonnie's Edge", 'Three Robots'],
    3: ['Three Robots: Exit Strategies'],
  }),
  buildTitle('ahs', 'American Horror Story', { 1: ['Pilot'], 3: ['Bitchcraft', 'Boy Parts'] }),
  buildTitle('avatar', 'Avatar: The Last Airbender', {
    1: ['The Boy in the Iceberg', 'The Avatar Returns'],
    2: ['The Avatar State'],
  }),
  buildTitle('trek', 'Star Trek: Deep Space Nine', {
    1: ['Emissary'],
    3: ['The Search: Part I', 'The Search: Part II'],
  }),
  buildTitle('chuck', 'Chuck', { 1: ['Chuck Versus the Intersect (Pilot)', 'Chuck Versus the Helicopter'] }),
  buildTitle('jones', "Marvel's Jessica Jones", { 1: ['AKA Ladies Night', 'AKA Crush Syndrome'] }),
  buildTitle('dark', 'Dark', { 1: ['Geheimnisse', 'Lügen'] }),
  buildTitle('lupin', 'Lupin', { 1: ['Chapter 1', 'Chapter 2'], 2: ['Chapter 6'] }),
  withoutInOrder(buildTitle('hotel', 'Gran Hotel', { 1: ['Uno', 'Dos'], 2: ['Tres', 'Cuatro'] }), 1, 2),
  buildTitle('elite', 'Élite', { 1: ['Bienvenidos', 'Deseo'] }),
  buildTitle('fawlty', 'Fawlty Towers', {
    0: ['Fawlty Towers Revisited'],
    1: ['A Touch of Class', 'The Builders'],
    2: ['Communication Problems'],
  }),
  buildTitle('midnight', 'Midnight Mass', { 1: ['Book I: Genesis', 'Book II: Psalms'] }),
  buildTitle('mi', 'Mission: Impossible', null, 1996),
  buildTitle('fallout', 'Mission: Impossible - Fallout', null, 2018),
  buildTitle('bill1', 'Kill Bill: Vol. 1', null, 2003),
  buildTitle('potter', 'Harry Potter and the Deathly Hallows: Part 2', null, 2011),
  buildTitle('yuma', '3:10 to Yuma', null, 2007),
  buildTitle('amelie', 'Amélie', null, 2001),
  buildTitle('bander', 'Black Mirror: Bandersnatch', null, 2018),
  buildTitle('mirror', 'Black Mirror', { 1: ['The National Anthem'], 3: ['San Junipero'] }),
  buildTitle('dune84', 'Dune', null, 1984),
  buildTitle('dune21', 'Dune', null, 2021),
  buildTitle('spirited', '千と千尋の神隠し', null, 2001),
  buildTitle('dollars', '$9.99', null, 2008),
  buildTitle('office-uk', 'The Office', { 1: ['Downsize', 'Work Experience'] }, 2001),
  buildTitle('office-us', 'The Office', { 1: ['Pilot', 'Diversity Day'] }, 2005),
]
const index = await indexTitles(catalogue)

/** Describes the match of a title text: an item, several candidates, or none. */
function describeMatch (text: string): string {
  const parsedTitles = parseNetflixTitle(text)
  const match = matchItem(index, { itemId: null, titleId: null, externalIds: {}, parsedTitles })
  if (match.kind === 'matched') return match.found.item.id
  return match.kind === 'ambiguous'
    ? `ambiguous: ${match.candidates.map(({ item }) => item.id).join(', ')}`
    : `unmatched${match.isTitleKnown ? ', the title is known' : ''}`
}

t.test('a title text of Netflix matches the item that was watched', async (t) => {
  const table: Array<[text: string, item: string]> = [
    ['Breaking Bad: Season 1: Pilot (Episode 1)', 'bb 1x1'],
    ['Breaking Bad: Season 1: Pilot', 'bb 1x1'],
    ['Breaking Bad: Season 1: Cat’s in the Bag... (Episode 2)', 'bb 1x2'],
    ['Breaking Bad: Season 1: "...And the Bag\'s in the River" (Episode 3)', 'bb 1x3'],
    ['Breaking Bad: Season 5: Madrigal (Episode 2)', 'bb 5x2'],
    ['BREAKING BAD: SEASON 1: EPISODE 2', 'bb 1x2'],
    ['Breaking Bad: Staffel 1: Der Einstieg (Folge 1)', 'bb 1x1'],
    ['Breaking Bad: Season 9: Ozymandias (Episode 4)', 'unmatched, the title is known'],
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
    // Counted through all seasons, also the episode that the media of another one contains.
    ['Gran Hotel: Season 2: Chapter 3', 'hotel 2x1'],
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
    ["Sullivan's Travels", 'unmatched'],
    [': : :', 'unmatched'],
  ]
  for (const [text, item] of table) t.equal(describeMatch(text), item, text)
})

t.test('parsing accepts every text', async (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.constantFrom(': ', 'Season 1', 'Part 2', '(Episode 3)', '：', '(2001)'))).map((
        parts,
      ) => parts.join('')),
      (text) => {
        describeMatch(text)
      },
    ),
    { numRuns: 500 },
  )
  t.ok(parseNetflixTitle(`${'a: '.repeat(5_000)}b`).length < 20, 'a long text has few interpretations')
  const startedAt = performance.now()
  for (const filler of [' ', '\t', ':', ' :', '(', '：', '(Episode 1']) describeMatch(`x${filler.repeat(20_000)}y`)
  t.ok(performance.now() - startedAt < 1_000, 'and is parsed in linear time')
})
