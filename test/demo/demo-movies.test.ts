// The demo movies: valid fields, known facts, and the corrections of the dataset.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { DemoMovie } from '../../src/demo/demo-titles.js'
import { FEATURED_MOVIES, MOVIE_CORRECTIONS } from '../../src/demo/movie-corrections.js'
import { loadDemoMovies } from '../../src/demo/movies.js'
import { findInvalidFields, OBJECT_ID } from './demo-validation.js'

const MS_PER_MINUTE = 60_000
const movies = loadDemoMovies()

function findMovie (title: string, year: number | null): DemoMovie {
  const matches = movies.filter((movie) => movie.title === title && movie.year === year)
  if (matches.length !== 1) throw new Error(`${matches.length} movies match ${title} (${year})`)
  return matches[0]!
}

t.test('the demo has more than 3,000 movies with valid fields', (t) => {
  t.ok(movies.length > 3_000, `${movies.length} movies`)
  t.strictSame(movies.flatMap(findInvalidFields), [])
  const hasUnusualRuntime = ({ runtimeMs }: DemoMovie): boolean =>
    runtimeMs !== null && !(runtimeMs >= 40 * MS_PER_MINUTE && runtimeMs <= 240 * MS_PER_MINUTE)
  t.strictSame(movies.filter(hasUnusualRuntime), [])
  t.ok(movies.every(({ kind }) => kind === 'movie'))
  t.equal(new Set(movies.map(({ id }) => id)).size, movies.length, 'IDs are unique')
  const names = new Set(movies.map(({ title, year }) => `${title.toLowerCase()}|${year}`))
  t.equal(names.size, movies.length, 'title and year are unique')
  t.end()
})

t.test('loading the movies again gives the same IDs and fields', (t) => {
  t.strictSame(loadDemoMovies(), movies)
  t.match(findMovie('Titanic', 1997).id, OBJECT_ID)
  t.not(findMovie('Casino Royale', 1967).id, findMovie('Casino Royale', 2006).id)
  t.end()
})

t.test('well-known movies have their real data', (t) => {
  t.match(findMovie('Titanic', 1997), {
    releaseDate: '1997-12-19',
    maturityRating: 'PG-13',
    runtimeMs: 194 * MS_PER_MINUTE,
    crew: [{ name: 'James Cameron', role: 'Director' }],
    externalIds: { imdb: 'tt0120338' },
  })
  t.match(findMovie('The Shawshank Redemption', 1994), {
    releaseDate: '1994-09-23',
    maturityRating: 'R',
    genres: ['Drama'],
  })
  t.match(findMovie('The Dark Knight', 2008), {
    genres: ['Action', 'Superhero'],
    runtimeMs: 152 * MS_PER_MINUTE,
    maturityRating: 'PG-13',
  })
  t.match(findMovie('Notting Hill', 1999), { genres: ['Romance', 'Comedy'] })
  t.match(findMovie('WALL-E', 2008), { genres: ['Comedy', 'Family'], maturityRating: 'G' })
  t.end()
})

t.test('numeric and missing titles of the dataset become titles', (t) => {
  for (
    const [title, year] of [['300', 2007], ['1941', 1979], ['2046', 2005], ['9', 2009], ['Unknown', 2006]] as const
  ) {
    t.equal(findMovie(title, year).title, title)
  }
  t.end()
})

t.test('wrongly decoded letters are corrected', (t) => {
  for (
    const [title, year] of [
      ['Léon', 1994],
      ['Déjà Vu', 2006],
      ['Joyeux Noël', 2006],
      ['Die Fälscher', 2008],
      ['La mala educación', 2004],
      ['The Naked Gun 2½: The Smell of Fear', 1991],
      ['Per qualche dollaro in più', 1967],
      ['Alien³', 1992],
      ['Ri¢hie Ri¢h', 1994],
    ] as const
  ) {
    t.equal(findMovie(title, year).title, title)
  }
  t.equal(movies.filter(({ crew }) => crew.some(({ name }) => name.includes('"King Jeff"'))).length, 1)
  t.end()
})

t.test('titles start with their article and contain neither editions nor years', (t) => {
  t.ok(findMovie('The Charge of the Light Brigade', 1936))
  t.ok(findMovie('King Kong', 1933))
  t.equal(movies.filter(({ title }) => title === 'Fantasia 2000').length, 1, 'two releases are one movie')
  t.strictSame(movies.filter(({ title }) => /, The$|\((IMAX|\d{4})\)/.test(title)), [])
  t.end()
})

t.test('a year in the future belongs to the 20th century', (t) => {
  t.equal(findMovie('Gone with the Wind', 1939).releaseDate, '1939-12-15')
  t.equal(findMovie('Intolerance', 1916).releaseDate, '1916-09-05')
  t.equal(movies.filter(({ year }) => (year ?? 0) > 2011).length, 0)
  t.end()
})

t.test('a movie whose dataset entry has only the year has no release date', (t) => {
  t.match(findMovie('Casablanca', 1942), { releaseDate: null })
  t.match(findMovie("It's a Wonderful Life", 1946), { releaseDate: null })
  t.match(findMovie('Patton', 1970), { releaseDate: null })
  t.match(findMovie('Defiance', 2008), { releaseDate: '2008-12-31' }, 'a real release on 31 December')
  t.equal(findMovie('Good Will Hunting', 1997).releaseDate, '1997-12-05')
  t.end()
})

t.test('a remake and its original share neither votes nor a rating from after the original', (t) => {
  t.equal(findMovie('Peter Pan', 1953).maturityRating, null)
  t.equal(findMovie('Peter Pan', 2003).maturityRating, 'PG')
  t.equal(findMovie('Casino Royale', 2006).popularity, 172936 / 2)
  t.end()
})

t.test('the popularity of a movie without votes is estimated from its gross', (t) => {
  t.ok(findMovie('Star Wars: Episode IV – A New Hope', 1977).popularity > 100_000)
  t.ok(findMovie('Spirited Away', 2002).popularity > 50_000)
  t.end()
})

t.test('each correction matches a row of the dataset, and each featured movie exists', (t) => {
  for (const key of Object.keys(FEATURED_MOVIES)) {
    const [title = '', year] = key.split(' | ')
    t.ok(findMovie(title, Number(year)).synopsis, key)
  }
  const rows = JSON.parse(
    readFileSync(join('node_modules', 'vega-datasets', 'data', 'movies.json'), 'utf8'),
  ) as Array<Record<string, unknown>>
  const keys = new Set(rows.map((row) => `${row['Title']} | ${row['Release Date']}`))
  t.strictSame(Object.keys(MOVIE_CORRECTIONS).filter((key) => !keys.has(key)), [])
  t.end()
})
