// The demo's movies: some 3,200 real ones from the vega-datasets package (BSD-3-Clause), its known flaws put right. Dates
// are those of the release in the United States. The source has no synopses or cast.
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { MATURITY_RATINGS, type MaturityRating } from '../domain/maturity.js'
import type { MovieInput } from './demo-types.js'
import { FEATURED_MOVIES, MOVIE_CORRECTIONS, type MovieCorrection, type MovieFacts } from './movie-corrections.js'
import { movieId } from './stable-id.js'

const SOURCE_FILE = join('data', 'movies.json')
const MS_PER_MINUTE = 60_000

interface SourceRow {
  Title: string | number | null
  'Release Date': string
  'MPAA Rating': string | null
  'Running Time min': number | null
  'Major Genre': string | null
  'Creative Type': string | null
  Director: string | null
  'US Gross': number | null
  'Worldwide Gross': number | null
  'IMDB Votes': number | null
}

/** The source's words for what a movie is, in the genres that viewers browse. */
const GENRES_OF_MAJOR: Readonly<Record<string, readonly string[]>> = {
  Action: ['Action'],
  Adventure: ['Adventure'],
  'Black Comedy': ['Comedy'],
  Comedy: ['Comedy'],
  'Concert/Performance': ['Music'],
  Documentary: ['Documentary'],
  Drama: ['Drama'],
  Horror: ['Horror'],
  Musical: ['Musical'],
  'Romantic Comedy': ['Romance', 'Comedy'],
  'Thriller/Suspense': ['Thriller'],
  Western: ['Western'],
}

/** Only the types that name a genre: "Contemporary Fiction", "Historical Fiction", "Dramatization" say when, not what. */
const GENRES_OF_CREATIVE_TYPE: Readonly<Record<string, readonly string[]>> = {
  Fantasy: ['Fantasy'],
  'Kids Fiction': ['Family'],
  'Science Fiction': ['Science Fiction'],
  'Super Hero': ['Superhero'],
}

/** The first year in which a film could be given the rating. */
const RATING_SINCE: Readonly<Partial<Record<MaturityRating, number>>> = {
  G: 1968,
  R: 1968,
  PG: 1972,
  'PG-13': 1984,
  'NC-17': 1990,
}

/**
 * Latin-1 letters that the source shows as Mac OS Roman ("LÈon" for "Léon"): the ones that occur in it.
 * https://www.unicode.org/Public/MAPPINGS/VENDORS/APPLE/ROMAN.TXT
 */
const MISREAD_LETTERS: ReadonlyMap<string, string> = new Map([
  ['Ö', '…'],
  ['Ω', '½'],
  ['‡', 'à'],
  ['·', 'á'],
  ['‰', 'ä'],
  ['Ë', 'è'],
  ['È', 'é'],
  ['Í', 'ê'],
  ['Î', 'ë'],
  ['Û', 'ó'],
  ['˘', 'ù'],
  ['Ù', 'ô'],
])

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The source was compiled in 2010 and knows plans up to 2011; its two-digit years above that became 20xx for 19xx. */
const LAST_SOURCE_YEAR = 2011

/** The median of takings by votes, among the movies that have both: movies without a count of votes are placed by it. */
const DOLLARS_PER_VOTE = 2_500

/**
 * Reads and cleans the source, each movie once, in the source's order. Ids depend on title and year alone.
 * @throws Error when the vega-datasets package has no movies
 */
export function loadDemoMovies (): MovieInput[] {
  const movies = new Map<string, MovieInput>()
  for (const movie of readSource().map(toMovie)) {
    // Two releases of one film: the first row, which is the earlier release, stands for both.
    if (movie !== null && !movies.has(movie.id)) movies.set(movie.id, movie)
  }
  const list = [...movies.values()]
  tellNamesakesApart(list)
  return list
}

/** The package's `exports` hide its data: from its main module, go up to the folder that has it. */
function readSource (): SourceRow[] {
  let folder = dirname(createRequire(import.meta.url).resolve('vega-datasets'))
  while (!existsSync(join(folder, SOURCE_FILE))) {
    const parent = dirname(folder)
    if (parent === folder) throw new Error(`vega-datasets: no ${SOURCE_FILE} in the package`)
    folder = parent
  }
  return JSON.parse(readFileSync(join(folder, SOURCE_FILE), 'utf8')) as SourceRow[]
}

function toMovie (row: SourceRow): MovieInput | null {
  const correction: MovieCorrection = MOVIE_CORRECTIONS[`${row.Title} | ${row['Release Date']}`] ?? {}
  const title = correction.title ?? (row.Title === null ? null : cleanTitle(String(row.Title)))
  if (correction.isOmitted === true || title === null) return null

  const { year, releaseDate } = correction.year === undefined
    ? parseDate(row['Release Date'])
    : { releaseDate: null, ...correction, year: correction.year }
  const facts: MovieFacts = { ...correction, ...FEATURED_MOVIES[`${title} | ${year}`] }
  const minutes = facts.runtimeMinutes === undefined ? row['Running Time min'] : facts.runtimeMinutes
  const directors = facts.directors ?? (row.Director === null ? [] : [cleanText(row.Director)])

  return {
    id: movieId(title, year),
    kind: 'movie',
    title,
    originalTitle: facts.originalTitle ?? null,
    synopsis: facts.synopsis ?? null,
    year,
    releaseDate,
    genres: [...(facts.genres ?? toGenres(row['Major Genre'], row['Creative Type']))],
    maturityRating: facts.maturityRating ?? toMaturityRating(row['MPAA Rating']),
    runtimeMs: minutes === null ? null : minutes * MS_PER_MINUTE,
    cast: Object.entries(facts.cast ?? {}).map(([name, role]) => ({ name, role })),
    crew: directors.map((name) => ({ name, role: 'Director' })),
    originalLanguage: facts.originalLanguage ?? null,
    externalIds: facts.imdb === undefined ? {} : { imdb: facts.imdb },
    popularity: toPopularity(row),
  }
}

function cleanText (text: string): string {
  return text
    .replace(/[^\0-~]/g, (letter) => MISREAD_LETTERS.get(letter) ?? letter)
    .replaceAll('""', '"')
    .replace(/\s+/g, ' ')
    .trim()
}

function cleanTitle (title: string): string {
  return cleanText(title)
    .replace(/ \((?:\d{4}|IMAX|Theatrical Release|Canadian Release)\)$/, '')
    .replace(/^(.+), (The|Les)$/, '$2 $1')
    .replace(/^Star Wars Ep\. ([IV]+): /, 'Star Wars: Episode $1 – ')
}

/**
 * "Jun 12 1998" as year and date. Where only the year was known, the source has 1 January or, a day lost to a time zone,
 * 31 December of the year before; where nothing was, the day before 1970.
 */
function parseDate (text: string): { year: number | null, releaseDate: string | null } {
  if (text === 'Dec 31 1969') return { year: null, releaseDate: null }
  const [month = '', day = '', writtenYear] = text.split(' ')
  const year = Number(writtenYear) > LAST_SOURCE_YEAR ? Number(writtenYear) - 100 : Number(writtenYear)
  if (month === 'Jan' && day === '01') return { year, releaseDate: null }
  if (month === 'Dec' && day === '31') return { year: year + 1, releaseDate: null }
  return { year, releaseDate: `${year}-${String(MONTHS.indexOf(month) + 1).padStart(2, '0')}-${day}` }
}

function toGenres (major: string | null, creativeType: string | null): string[] {
  return [...new Set([...(GENRES_OF_MAJOR[major ?? ''] ?? []), ...(GENRES_OF_CREATIVE_TYPE[creativeType ?? ''] ?? [])])]
}

/** "Not Rated" and "Open" are no rating. */
function toMaturityRating (rating: string | null): MaturityRating | null {
  return MATURITY_RATINGS.find((known) => known === rating) ?? null
}

function toPopularity (row: SourceRow): number {
  const takings = Math.max(row['US Gross'] ?? 0, row['Worldwide Gross'] ?? 0)
  return row['IMDB Votes'] ?? Math.round(takings / DOLLARS_PER_VOTE)
}

/**
 * The source looked votes and ratings up by title alone, so that a remake and its original have the same: the votes are
 * shared out, and a rating older than the rating system is taken back.
 */
function tellNamesakesApart (movies: readonly MovieInput[]): void {
  const groups = new Map<string, MovieInput[]>()
  for (const movie of movies) {
    const key = movie.title.toLowerCase()
    groups.set(key, [...(groups.get(key) ?? []), movie])
  }
  for (const group of groups.values()) {
    if (group.length === 1) continue
    const copies = group.map((movie) => group.filter((other) => other.popularity === movie.popularity).length)
    const ratings = group.map((movie) => movie.maturityRating)
    for (const [index, movie] of group.entries()) {
      movie.popularity = Math.round(movie.popularity / (copies[index] ?? 1))
      const isShared = ratings.filter((rating) => rating === movie.maturityRating).length > 1
      if (isShared && isOlderThanRating(movie)) movie.maturityRating = null
    }
  }
}

function isOlderThanRating ({ year, maturityRating }: MovieInput): boolean {
  return year !== null && maturityRating !== null && year < (RATING_SINCE[maturityRating] ?? 0)
}
