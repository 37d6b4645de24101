// Generates a catalogue of any size from the words and names of the real dataset. The result is the same in each run.
// It is generated title by title, so that memory does not depend on its size.
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { loadDemoMovies } from '../src/demo/movies.js'
import { MATURITY_RATINGS, type MaturityRating } from '../src/domain/maturity.js'

const MS_PER_MINUTE = 60_000
/** Every 20th title is a show. */
const SHOW_INTERVAL = 20
/** One in six titles contains a made-up word, like a name of a place or person. */
const MADE_UP_WORD_INTERVAL = 6
const [FIRST_YEAR, LAST_YEAR] = [1920, 2025]
const LANGUAGES = ['en', 'en', 'en', 'en', 'fr', 'es', 'de', 'ja', 'ko', 'hi'] as const
const CREW_ROLES = ['Director', 'Writer', 'Composer'] as const
const WRITE_BATCH_SIZE = 500

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

/** A line of the import format. */
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

interface Vocabulary {
  readonly titles: ReadonlyArray<readonly string[]>
  readonly words: readonly string[]
  readonly firstNames: readonly string[]
  readonly lastNames: readonly string[]
  readonly genres: ReadonlyArray<readonly string[]>
}

function loadVocabulary (): Vocabulary {
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
  /** Added to the popularity of each title, to change all titles. */
  readonly edition?: number
}

/** @param count number of titles, or Infinity */
export function* generateTitles (count: number, { edition = 0 }: GeneratedOptions = {}): Generator<GeneratedTitle> {
  const vocabulary = loadVocabulary()
  const random = createRandom(1)
  const integer = (from: number, to: number): number => from + Math.floor(random() * (to - from + 1))
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  /** Picks values at the start of the list more often: the busiest person of 200,000 titles has some hundred titles. */
  const pickSkewed = <T>(list: readonly T[]): T => list[Math.floor(random() ** 1.3 * list.length)] as T
  const credit = (role: string): Credit => ({
    name: `${pickSkewed(vocabulary.firstNames)} ${pickSkewed(vocabulary.lastNames)}`,
    role,
  })
  const sentence = (words: number): string => Array.from({ length: words }, () => pick(vocabulary.words)).join(' ')
  const madeUpWord = (): string => pick(vocabulary.words).slice(0, 4) + pick(vocabulary.words).slice(-4).toLowerCase()
  const date = (year: number): string =>
    `${year}-${String(integer(1, 12)).padStart(2, '0')}-${String(integer(1, 28)).padStart(2, '0')}`

  function createName (): string {
    const [first, second] = [pick(vocabulary.titles), pick(vocabulary.titles)]
    const words = [...first.slice(0, Math.ceil(first.length / 2)), ...second.slice(Math.floor(second.length / 2))]
    return [...words, ...(integer(1, MADE_UP_WORD_INTERVAL) === 1 ? [madeUpWord()] : [])].join(' ').slice(0, 200)
  }

  function createSeasons (year: number): NonNullable<GeneratedTitle['seasons']> {
    return Array.from({ length: integer(1, 4) }, (_, season) => ({
      number: season + 1,
      title: `Season ${season + 1}`,
      episodes: Array.from({ length: integer(6, 12) }, (_, episode) => ({
        number: episode + 1,
        title: sentence(integer(1, 3)),
        synopsis: sentence(8),
        runtimeMs: integer(20, 60) * MS_PER_MINUTE,
        airDate: date(Math.min(LAST_YEAR, year + season)),
      })),
    }))
  }

  for (let i = 1; i <= count; i++) {
    const year = LAST_YEAR - Math.floor(random() ** 2 * (LAST_YEAR - FIRST_YEAR))
    yield {
      kind: i % SHOW_INTERVAL === 0 ? 'show' : 'movie',
      title: createName(),
      synopsis: sentence(integer(40, 60)),
      releaseDate: date(year),
      genres: [...new Set([...pick(vocabulary.genres), ...pick(vocabulary.genres)])],
      maturityRating: pick(MATURITY_RATINGS),
      cast: Array.from({ length: integer(4, 10) }, () => credit(sentence(1))),
      crew: CREW_ROLES.map(credit),
      originalLanguage: pick(LANGUAGES),
      externalIds: { imdb: `tt${String(i).padStart(8, '0')}`, tmdb: String(i) },
      popularity: Math.floor(100_000 * random() ** 6) + edition,
      ...(i % SHOW_INTERVAL === 0 ? { seasons: createSeasons(year) } : { runtimeMs: integer(70, 180) * MS_PER_MINUTE }),
    }
  }
}

/** Yields NDJSON, many lines per chunk. */
export function* toNdjson (titles: Iterable<object>): Generator<string> {
  let lines: string[] = []
  for (const title of titles) {
    lines.push(`${JSON.stringify(title)}\n`)
    if (lines.length < WRITE_BATCH_SIZE) continue
    yield lines.join('')
    lines = []
  }
  yield lines.join('')
}

export async function writeTitles (file: string, titles: Iterable<object>): Promise<void> {
  await pipeline(Readable.from(toNdjson(titles)), createWriteStream(file))
}

/**
 * Creates a generator of pseudo-random numbers from 0 to 1, 1 excluded (mulberry32). The sequence depends on the seed.
 */
export function createRandom (seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6D2B79F5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
