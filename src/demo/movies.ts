// The movies of the demo: about 3,200 real ones from the vega-datasets package (BSD-3-Clause) with corrections. Release
// dates are those in the United States. The dataset has no synopses and no cast.
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { MATURITY_RATINGS, type MaturityRating } from '../domain/maturity.js'
import { demoMovieId, type DemoMovie } from './demo-titles.js'
import { FEATURED_MOVIES, MOVIE_CORRECTIONS, type MovieCorrection, type MovieFacts } from './movie-corrections.js'

const DATASET_FILE = join('data', 'movies.json')
const MS_PER_MINUTE = 60_000

interface DatasetRow {
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

/** Genres of the catalogue by the dataset's major genre. */
const GENRES_BY_MAJOR_GENRE: Readonly<Record<string, readonly string[]>> = {
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

/** Genres by creative type. Types such as "Contemporary Fiction" and "Dramatization" are not genres. */
const GENRES_BY_CREATIVE_TYPE: Readonly<Record<string, readonly string[]>> = {
  Fantasy: ['Fantasy'],
  'Kids Fiction': ['Family'],
  'Science Fiction': ['Science Fiction'],
  'Super Hero': ['Superhero'],
}

/** The first year of each rating. */
const FIRST_YEAR_BY_RATING: Readonly<Partial<Record<MaturityRating, number>>> = {
  G: 1968,
  R: 1968,
  PG: 1972,
  'PG-13': 1984,
  'NC-17': 1990,
}

/**
 * Letters that the dataset decoded as Latin-1 instead of Mac OS Roman ("LÈon" for "Léon"), as far as they occur in it.
 * https://www.unicode.org/Public/MAPPINGS/VENDORS/APPLE/ROMAN.TXT
 */
const MAC_ROMAN_LETTERS: ReadonlyMap<string, string> = new Map([
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

/** The dataset is from 2010 and contains releases until 2011. Later years are two-digit years of the 20th century. */
const MAX_DATASET_YEAR = 2011

/** Median of the gross per vote. Estimates the popularity of movies without votes. */
const DOLLARS_PER_VOTE = 2_500

/**
 * Reads and cleans the dataset: each movie once, in the order of the dataset. IDs depend on title and year only.
 * @throws Error when the vega-datasets package does not contain the movies
 */
export function loadDemoMovies (): DemoMovie[] {
  const movies = new Map<string, DemoMovie>()
  for (const movie of readDataset().map(toMovie)) {
    // Several releases of a movie: use the first row, which is the earliest release.
    if (movie !== null && !movies.has(movie.id)) movies.set(movie.id, movie)
  }
  const list = [...movies.values()]
  separateRemakes(list)
  return list
}

/** The `exports` of the package do not include its data, so search the folders above its main module. */
function readDataset (): DatasetRow[] {
  let folder = dirname(createRequire(import.meta.url).resolve('vega-datasets'))
  while (!existsSync(join(folder, DATASET_FILE))) {
    const parent = dirname(folder)
    if (parent === folder) throw new Error(`the package vega-datasets does not contain ${DATASET_FILE}`)
    folder = parent
  }
  return JSON.parse(readFileSync(join(folder, DATASET_FILE), 'utf8')) as DatasetRow[]
}

function toMovie (row: DatasetRow): DemoMovie | null {
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
    id: demoMovieId(title, year),
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
    .replace(/[^\0-~]/g, (letter) => MAC_ROMAN_LETTERS.get(letter) ?? letter)
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
 * Parses "Jun 12 1998". If only the year is known, the dataset has 1 January, or 31 December of the previous year
 * because of a time zone error. If nothing is known, it has 31 December 1969.
 */
function parseDate (text: string): { year: number | null, releaseDate: string | null } {
  if (text === 'Dec 31 1969') return { year: null, releaseDate: null }
  const [month = '', day = '', writtenYear] = text.split(' ')
  const year = Number(writtenYear) > MAX_DATASET_YEAR ? Number(writtenYear) - 100 : Number(writtenYear)
  if (month === 'Jan' && day === '01') return { year, releaseDate: null }
  if (month === 'Dec' && day === '31') return { year: year + 1, releaseDate: null }
  return { year, releaseDate: `${year}-${String(MONTHS.indexOf(month) + 1).padStart(2, '0')}-${day}` }
}

function toGenres (major: string | null, creativeType: string | null): string[] {
  return [
    ...new Set([...(GENRES_BY_MAJOR_GENRE[major ?? ''] ?? []), ...(GENRES_BY_CREATIVE_TYPE[creativeType ?? ''] ?? [])]),
  ]
}

/** "Not Rated" and "Open" are not ratings. */
function toMaturityRating (rating: string | null): MaturityRating | null {
  return MATURITY_RATINGS.find((known) => known === rating) ?? null
}

function toPopularity (row: DatasetRow): number {
  const gross = Math.max(row['US Gross'] ?? 0, row['Worldwide Gross'] ?? 0)
  return row['IMDB Votes'] ?? Math.round(gross / DOLLARS_PER_VOTE)
}

/**
 * The dataset looked up votes and ratings by title only, so that a remake and its original have the same ones. Divides
 * the votes among them and removes ratings that did not exist in the year of the movie.
 */
function separateRemakes (movies: readonly DemoMovie[]): void {
  const groups = new Map<string, DemoMovie[]>()
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
      if (isShared && predatesRating(movie)) movie.maturityRating = null
    }
  }
}

function predatesRating ({ year, maturityRating }: DemoMovie): boolean {
  return year !== null && maturityRating !== null && year < (FIRST_YEAR_BY_RATING[maturityRating] ?? 0)
}
