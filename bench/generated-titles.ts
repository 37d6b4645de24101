// A catalogue of any size, made by putting the words and people of the real data set together anew: always the same for the
// same seed, a line at a time, so that its size is not in memory.
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { loadDemoMovies } from '../src/demo/movies.js'
import { MATURITY_RATINGS, type MaturityRating } from '../src/domain/maturity.js'
import { createRandom } from './random.js'

const MS_PER_MINUTE = 60_000
/** One title in so many is a show. */
const SHOW_EVERY = 20
/** One title in so many has a word that no other has, as names of places and people are. */
const COINED_EVERY = 6
const [FIRST_YEAR, LAST_YEAR] = [1920, 2025]
const LANGUAGES = ['en', 'en', 'en', 'en', 'fr', 'es', 'de', 'ja', 'ko', 'hi'] as const
const CREW_ROLES = ['Director', 'Writer', 'Composer'] as const
/** Lines are written so many at a time. */
const LINES_AT_ONCE = 500

interface Credit {
  readonly name: string
  readonly role: string
}
interface GeneratedEpisode {
  readonly number: number
  readonly title: string
  readonly synopsis: string
  readonly runtimeMs: number
  readonly airDate: string
}

/** A line: what administrators would write of a movie or show, with its kind. */
export interface GeneratedTitle {
  readonly kind: 'movie' | 'show'
  readonly title: string
  readonly synopsis: string
  readonly releaseDate: string
  readonly genres: readonly string[]
  readonly maturityRating: MaturityRating
  readonly cast: readonly Credit[]
  readonly crew: readonly Credit[]
  readonly originalLanguage: string
  readonly externalIds: { readonly imdb: string, readonly tmdb: string }
  readonly popularity: number
  readonly runtimeMs?: number
  readonly seasons?: ReadonlyArray<
    { readonly number: number, readonly title: string, readonly episodes: readonly GeneratedEpisode[] }
  >
}

interface Source {
  readonly titles: ReadonlyArray<readonly string[]>
  readonly words: readonly string[]
  readonly firstNames: readonly string[]
  readonly lastNames: readonly string[]
  readonly genres: ReadonlyArray<readonly string[]>
}

function readSource (): Source {
  const movies = loadDemoMovies()
  const titles = movies.map(({ title }) => title.split(' '))
  const names = [...new Set(movies.flatMap(({ crew }) => crew.map(({ name }) => name)))].map((name) => name.split(' '))
  return {
    titles,
    words: titles.flat(),
    firstNames: [...new Set(names.map(([first = '']) => first))],
    lastNames: [...new Set(names.map((name) => name.at(-1) ?? ''))],
    genres: movies.map(({ genres }) => genres).filter(({ length }) => length > 0),
  }
}

export interface GeneratedOptions {
  /** Of a later edition of the same catalogue every title is a little more popular. */
  readonly edition?: number
}

/** @param count how many, or Infinity */
export function* generateTitles (count: number, { edition = 0 }: GeneratedOptions = {}): Generator<GeneratedTitle> {
  const source = readSource()
  const random = createRandom(1)
  const whole = (from: number, to: number): number => from + Math.floor(random() * (to - from + 1))
  const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  /** The busiest of 200,000 titles are in some hundreds. */
  const oneOften = <T>(list: readonly T[]): T => list[Math.floor(random() ** 1.3 * list.length)] as T
  const person = (role: string): Credit => ({
    name: `${oneOften(source.firstNames)} ${oneOften(source.lastNames)}`,
    role,
  })
  const sentence = (words: number): string => Array.from({ length: words }, () => one(source.words)).join(' ')
  const coined = (): string => one(source.words).slice(0, 4) + one(source.words).slice(-4).toLowerCase()
  const date = (year: number): string =>
    `${year}-${String(whole(1, 12)).padStart(2, '0')}-${String(whole(1, 28)).padStart(2, '0')}`

  function name (): string {
    const [begun, ended] = [one(source.titles), one(source.titles)]
    const words = [...begun.slice(0, Math.ceil(begun.length / 2)), ...ended.slice(Math.floor(ended.length / 2))]
    return [...words, ...(whole(1, COINED_EVERY) === 1 ? [coined()] : [])].join(' ').slice(0, 200)
  }

  function seasons (year: number): NonNullable<GeneratedTitle['seasons']> {
    return Array.from({ length: whole(1, 4) }, (_, season) => ({
      number: season + 1,
      title: `Season ${season + 1}`,
      episodes: Array.from({ length: whole(6, 12) }, (_, episode) => ({
        number: episode + 1,
        title: sentence(whole(1, 3)),
        synopsis: sentence(8),
        runtimeMs: whole(20, 60) * MS_PER_MINUTE,
        airDate: date(Math.min(LAST_YEAR, year + season)),
      })),
    }))
  }

  for (let i = 1; i <= count; i++) {
    const year = LAST_YEAR - Math.floor(random() ** 2 * (LAST_YEAR - FIRST_YEAR))
    yield {
      kind: i % SHOW_EVERY === 0 ? 'show' : 'movie',
      title: name(),
      synopsis: sentence(whole(40, 60)),
      releaseDate: date(year),
      genres: [...new Set([...one(source.genres), ...one(source.genres)])],
      maturityRating: one(MATURITY_RATINGS),
      cast: Array.from({ length: whole(4, 10) }, () => person(sentence(1))),
      crew: CREW_ROLES.map(person),
      originalLanguage: one(LANGUAGES),
      externalIds: { imdb: `tt${String(i).padStart(8, '0')}`, tmdb: String(i) },
      popularity: Math.floor(100_000 * random() ** 6) + edition,
      ...(i % SHOW_EVERY === 0 ? { seasons: seasons(year) } : { runtimeMs: whole(70, 180) * MS_PER_MINUTE }),
    }
  }
}

/** As NDJSON, many lines at a time. */
export function* linesOf (titles: Iterable<object>): Generator<string> {
  let lines: string[] = []
  for (const title of titles) {
    lines.push(`${JSON.stringify(title)}\n`)
    if (lines.length < LINES_AT_ONCE) continue
    yield lines.join('')
    lines = []
  }
  yield lines.join('')
}

export async function writeTitles (file: string, titles: Iterable<object>): Promise<void> {
  await pipeline(Readable.from(linesOf(titles)), createWriteStream(file))
}
