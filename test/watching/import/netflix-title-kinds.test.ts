// Title texts of many kinds, whose season and episode follow from how they are made.
import t from 'tap'
import { parseNetflixTitle } from '../../../src/watching/import/netflix-titles.js'

/** `title|season|episode` of the interpretations as a show. */
const interpret = (text: string): string[] =>
  parseNetflixTitle(text).filter(({ kind }) => kind === 'show').map(({ titleName, season, episode }) =>
    `${titleName}|${season ?? '-'}|${episode ?? '-'}`
  )

const KINDS: ReadonlyArray<readonly [text: string, expected: string]> = [
  ['Dark: Staffel 1: Folge 3: Vergangenheit', 'Dark|1|3'],
  ['Dark: Staffel 1: Folge 3', 'Dark|1|3'],
  ['Dark: S1:E2', 'Dark|1|2'],
  ['Dark: S1:E2: Lügen', 'Dark|1|2'],
  ['Dark: S1E2', 'Dark|1|2'],
  ['Dark: S01E02', 'Dark|1|2'],
  ['Dark: S01 E02 Lügen', 'Dark|1|2'],
  ['Dark S1E2', 'Dark|1|2'],
  ['Dark S01E02: Lügen', 'Dark|1|2'],
  ['Dark - S01E02 - Lügen', 'Dark|1|2'],
  ['Dark: 1x02', 'Dark|1|2'],
  ['Dark 1x02 Lügen', 'Dark|1|2'],
  ['Dark: T1 E2', 'Dark|1|2'],
  ['Dark: T1:E2 Mentiras', 'Dark|1|2'],
  ['Dark: T1.E2', 'Dark|1|2'],
  ['Dark: Season 1, Episode 2', 'Dark|1|2'],
  ['Dark: Season 1 Episode 2', 'Dark|1|2'],
  ['Dark: Season One: Episode Two', 'Dark|1|2'],
  ['Dark: Season Twelve: Pilot', 'Dark|12|-'],
  ['Dark: Season Fifteen: Pilot', 'Dark|15|-'],
  ['Dark: Zweite Staffel: Folge 4', 'Dark|2|4'],
  ['Dark: Segunda temporada: Episodio 4', 'Dark|2|4'],
  ['Dark: Deuxième saison: Épisode 4', 'Dark|2|4'],
  ['Dark: Season 2: The Night Season (Episode 4)', 'Dark|2|4'],
  ['Dark: Season\u00a02: Episode\u202f4', 'Dark|2|4'],
  ['Dark： Season ２： Episode ４', 'Dark|2|4'],
  ['Dark:Season 2:Episode 4', 'Dark|2|4'],
  ['Dark : Saison 2 : Épisode 4', 'Dark|2|4'],
  ['\u200fDark: \u200fSeason 2: \u200fEpisode 4', 'Dark|2|4'],
  ['Dark:  Season  2:  Episode  4', 'Dark|2|4'],
  ['DARK: SEASON 2: EPISODE 4', 'DARK|2|4'],
  ['Dark: Season II: Episode IV', 'Dark|2|4'],
  ['Dark: Season 2: #4', 'Dark|2|4'],
  ['Dark: Season 2: 4. Episode', 'Dark|2|4'],
  ['Dark: Season 2: Ep. 4 - Lies', 'Dark|2|4'],
  ['Dark: Season 2: Episode 4/8', 'Dark|2|4'],
  ['Dark: Season 2 (U.S.): Episode 4', 'Dark|2|4'],
  ['Star Trek: The Next Generation: Season 3: Yesterday’s Enterprise', 'Star Trek: The Next Generation|3|-'],
  ['Open Season: Scared Silly: Season 1: Episode 2', 'Open Season: Scared Silly|1|2'],
  ['The Fifth Season: Season 1: Episode 2', 'The Fifth Season|1|2'],
  ['Season of the Witch: Season 2: Episode 1', 'Season of the Witch|2|1'],
  ['24: Season 1: 12:00 A.M. - 1:00 A.M.', '24|1|-'],
  ['1883: Season 1: 1883', '1883|1|-'],
  ['Dark: シーズン2: 第4話', 'Dark|2|4'],
  ['Dark: 第2季: 第4集', 'Dark|2|4'],
  ['Dark: 第二季: 第四集', 'Dark|2|4'],
  ['Dark: 시즌 2: 4화', 'Dark|2|4'],
  ['Dark: الموسم ٢: الحلقة ٤', 'Dark|2|4'],
  ['Dark: עונה 2: פרק 4', 'Dark|2|4'],
  ['Dark: 2. sezon: 4. bölüm', 'Dark|2|4'],
  ['Dark: 2-й сезон: 4-я серия', 'Dark|2|4'],
  ['Dark: ซีซั่น 2: ตอนที่ 4', 'Dark|2|4'],
  ['Dark: Mini-série: Épisode 4', 'Dark|1|4'],
  ['Dark: Specials: Episode 4', 'Dark|0|4'],
]

t.test('the season and the episode are read', async (t) => {
  for (const [text, expected] of KINDS) {
    t.ok(interpret(text).includes(expected), `${text} → ${interpret(text).join(' ')}`)
  }
})

t.test('a movie keeps its name with colons, and words for seasons and numbers', async (t) => {
  for (
    const text of [
      'Open Season',
      'Open Season 2',
      'Season of the Witch',
      'Mission: Impossible',
      'Star Wars: Episode IV - A New Hope',
      'Kill Bill: Vol. 2',
      'Dune: Part Two',
      'Apollo 13: Survival',
      'The Four Seasons: Movie Special',
      '2001: A Space Odyssey',
      'Se7en',
    ]
  ) t.match(parseNetflixTitle(text)[0], { kind: 'movie', titleName: text }, text)
})
