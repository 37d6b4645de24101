// The demo catalogue is real data: every field is in its domain, known titles are as they are known, and the plan of the
// clips points only at what exists.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { MovieInput, ShowInput, TitleInput } from '../../src/demo/demo-types.js'
import { CLIP_DURATION_MS, DEMO_CLIPS, mediaPlan } from '../../src/demo/media-plan.js'
import { FEATURED_MOVIES, MOVIE_CORRECTIONS } from '../../src/demo/movie-corrections.js'
import { loadDemoMovies } from '../../src/demo/movies.js'
import { demoShows } from '../../src/demo/shows.js'
import { MATURITY_RATINGS } from '../../src/domain/maturity.js'

const ID = /^[0-9a-f]{24}$/
const FULL_DATE = /^\d{4}-\d{2}-\d{2}$/
const GENRES = [
  'Action',
  'Adventure',
  'Animation',
  'Comedy',
  'Documentary',
  'Drama',
  'Family',
  'Fantasy',
  'History',
  'Horror',
  'Music',
  'Musical',
  'Romance',
  'Science Fiction',
  'Superhero',
  'Thriller',
  'War',
  'Western',
]
/** What letters look like after a round through the wrong character set, controls, and blanks that show. */
const DAMAGE = /[\u0000-\u001f\u007f-\u009fÃÂÈÍÎÛËÙÖΩ‡‰·˘�]|&[a-z]+;|""|^\s|\s$|\s\s/u // eslint-disable-line no-control-regex

const movies = loadDemoMovies()

function movie (title: string, year: number | null): MovieInput {
  const found = movies.filter((one) => one.title === title && one.year === year)
  if (found.length !== 1) throw new Error(`${found.length} movies are called ${title} (${year})`)
  return found[0]!
}

function show (title: string): ShowInput {
  return demoShows.find((one) => one.title === title)!
}

function episodeTitles (title: string, season: number): string[] {
  return show(title).seasons.find((one) => one.number === season)!.episodes.map((episode) => episode.title)
}

function isRealDate (text: string): boolean {
  return FULL_DATE.test(text) && new Date(`${text}T00:00:00Z`).toISOString().startsWith(text)
}

/** What is wrong with a title, in words; nothing is what it should be. */
function faultsOf (title: TitleInput): string[] {
  const texts = [
    title.title,
    title.originalTitle,
    title.synopsis,
    ...[...title.cast, ...title.crew].flatMap(({ name, role }) => [name, role]),
  ]
  const faults = {
    id: !ID.test(title.id),
    title: title.title.trim() === '',
    text: texts.some((text) => text !== null && (text === '' || DAMAGE.test(text))),
    year: title.year !== null && !(Number.isInteger(title.year) && title.year >= 1900 && title.year <= 2030),
    releaseDate: title.releaseDate !== null &&
      !(isRealDate(title.releaseDate) && title.releaseDate.startsWith(`${title.year}-`)),
    genres: new Set(title.genres).size !== title.genres.length || title.genres.some((genre) => !GENRES.includes(genre)),
    rating: title.maturityRating !== null && !MATURITY_RATINGS.includes(title.maturityRating),
    language: title.originalLanguage !== null && !/^[a-z]{2}$/.test(title.originalLanguage),
    imdb: title.externalIds.imdb !== undefined && !/^tt\d{7,8}$/.test(title.externalIds.imdb),
    popularity: !(Number.isInteger(title.popularity) && title.popularity >= 0),
  }
  return Object.entries(faults).filter(([, isFaulty]) => isFaulty).map(([field]) =>
    `${title.title} (${title.year}): ${field}`
  )
}

t.test('the demo has over three thousand movies, each field in its domain', async (t) => {
  t.ok(movies.length > 3_000, `${movies.length} movies`)
  t.strictSame(movies.flatMap(faultsOf), [])
  t.strictSame(
    movies.filter((one) => one.runtimeMs !== null && !(one.runtimeMs >= 40 * 60_000 && one.runtimeMs <= 240 * 60_000)),
    [],
  )
  t.equal(new Set(movies.map((one) => one.id)).size, movies.length, 'ids are unique')
  t.equal(
    new Set(movies.map((one) => `${one.title.toLowerCase()}|${one.year}`)).size,
    movies.length,
    'no movie is there twice',
  )
  t.ok(movies.every((one) => one.kind === 'movie'))
})

t.test('external ids are unique over movies and shows', async (t) => {
  const ids = [...movies, ...demoShows].map((title) => title.externalIds.imdb).filter((id) => id !== undefined)
  t.equal(new Set(ids).size, ids.length)
})

t.test('reading the source again gives the same ids and bodies', async (t) => {
  t.strictSame(loadDemoMovies(), movies)
  t.match(movie('Titanic', 1997).id, ID)
  t.not(movie('Casino Royale', 1967).id, movie('Casino Royale', 2006).id)
})

t.test('known movies are as they are known', async (t) => {
  t.match(movie('Titanic', 1997), {
    releaseDate: '1997-12-19',
    maturityRating: 'PG-13',
    runtimeMs: 194 * 60_000,
    crew: [{ name: 'James Cameron', role: 'Director' }],
    externalIds: { imdb: 'tt0120338' },
  })
  t.match(movie('The Shawshank Redemption', 1994), {
    releaseDate: '1994-09-23',
    maturityRating: 'R',
    genres: ['Drama'],
  })
  t.match(movie('The Dark Knight', 2008), {
    genres: ['Action', 'Superhero'],
    runtimeMs: 152 * 60_000,
    maturityRating: 'PG-13',
  })
  t.match(movie('Notting Hill', 1999), { genres: ['Romance', 'Comedy'] })
  t.match(movie('WALL-E', 2008), { genres: ['Comedy', 'Family'], maturityRating: 'G' })
})

t.test('titles that are numbers, or were lost, are titles', async (t) => {
  for (
    const [title, year] of [['300', 2007], ['1941', 1979], ['2046', 2005], ['9', 2009], ['Unknown', 2006]] as const
  ) {
    t.equal(movie(title, year).title, title)
  }
})

t.test('letters read in the wrong character set are put right', async (t) => {
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
    t.equal(movie(title, year).title, title)
  }
  t.equal(movies.filter((one) => one.crew.some(({ name }) => name.includes('"King Jeff"'))).length, 1)
})

t.test('articles stand in front, and editions and years are no part of a title', async (t) => {
  t.ok(movie('The Charge of the Light Brigade', 1936))
  t.ok(movie('King Kong', 1933))
  t.equal(movies.filter((one) => one.title === 'Fantasia 2000').length, 1, 'two releases of one film are one movie')
  t.strictSame(movies.filter((one) => /, The$|\((IMAX|\d{4})\)/.test(one.title)), [])
})

t.test('a year in the future is one of the last century', async (t) => {
  t.equal(movie('Gone with the Wind', 1939).releaseDate, '1939-12-15')
  t.equal(movie('Intolerance', 1916).releaseDate, '1916-09-05')
  t.equal(movies.filter((one) => (one.year ?? 0) > 2011).length, 0)
})

t.test('where only the year was known, there is no day', async (t) => {
  t.match(movie('Casablanca', 1942), { releaseDate: null })
  t.match(movie("It's a Wonderful Life", 1946), { releaseDate: null })
  t.match(movie('Patton', 1970), { releaseDate: null })
  t.match(movie('Defiance', 2008), { releaseDate: '2008-12-31' }, 'some films did come out on that day')
  t.equal(movie('Good Will Hunting', 1997).releaseDate, '1997-12-05')
})

t.test('a remake and its original share neither votes nor a rating that is younger than the film', async (t) => {
  t.equal(movie('Peter Pan', 1953).maturityRating, null)
  t.equal(movie('Peter Pan', 2003).maturityRating, 'PG')
  t.equal(movie('Casino Royale', 2006).popularity, 172936 / 2)
})

t.test('movies without votes are placed by what they took', async (t) => {
  t.ok(movie('Star Wars: Episode IV – A New Hope', 1977).popularity > 100_000)
  t.ok(movie('Spirited Away', 2002).popularity > 50_000)
})

t.test('every correction names a row of the source, every featured movie exists', async (t) => {
  for (const key of Object.keys(FEATURED_MOVIES)) {
    const [title = '', year] = key.split(' | ')
    t.ok(movie(title, Number(year)).synopsis, key)
  }
  const source = JSON.parse(
    readFileSync(join('node_modules', 'vega-datasets', 'data', 'movies.json'), 'utf8'),
  ) as Array<Record<string, unknown>>
  const keys = new Set(source.map((row) => `${row['Title']} | ${row['Release Date']}`))
  t.strictSame(Object.keys(MOVIE_CORRECTIONS).filter((key) => !keys.has(key)), [])
})

t.test('shows: fields in their domain, numbers consecutive, ids unique', async (t) => {
  t.ok(demoShows.length >= 5)
  t.strictSame(demoShows.flatMap(faultsOf), [])
  const ids = demoShows.flatMap((
    one,
  ) => [one.id, ...one.seasons.flatMap((season) => season.episodes.map((episode) => episode.id))])
  t.equal(new Set([...ids, ...movies.map((one) => one.id)]).size, ids.length + movies.length)
  for (const one of demoShows) {
    const first = one.seasons[0]!.number
    t.ok(first <= 1)
    t.strictSame(one.seasons.map((season) => season.number), one.seasons.map((_, index) => first + index), one.title)
    for (const season of one.seasons) {
      t.strictSame(
        season.episodes.map((episode) => episode.number),
        season.episodes.map((_, index) => index + 1),
        `${one.title} ${season.number}`,
      )
      for (const episode of season.episodes) {
        const isSound = ID.test(episode.id) && !DAMAGE.test(episode.title) &&
          (episode.airDate === null || isRealDate(episode.airDate)) &&
          episode.runtimeMs !== null && episode.runtimeMs >= 10 * 60_000 && episode.runtimeMs <= 90 * 60_000 &&
          !DAMAGE.test(episode.synopsis ?? '')
        if (!isSound) t.fail(`${one.title} ${season.number}x${episode.number}`)
      }
    }
  }
})

t.test('known shows have their seasons and episodes', async (t) => {
  const counts = Object.fromEntries(
    demoShows.map((one) => [one.title, one.seasons.map((season) => season.episodes.length)]),
  )
  t.strictSame(counts, {
    'Fawlty Towers': [6, 6],
    Firefly: [14],
    Chernobyl: [5],
    'Band of Brothers': [10],
    'Over the Garden Wall': [10],
    'The Office': [2, 6, 6],
    'Avatar: The Last Airbender': [20, 20, 21],
  })
  t.strictSame(episodeTitles('Fawlty Towers', 2).at(-1), 'Basil the Rat')
  t.strictSame(episodeTitles('Firefly', 1).slice(0, 2), ['Serenity', 'The Train Job'], 'in the intended order')
  t.strictSame(episodeTitles('Chernobyl', 1)[0], '1:23:45')
  t.equal(show('Firefly').releaseDate, '2002-09-20', 'the show began with the first that was broadcast')
  t.equal(show('The Office').releaseDate, '2001-07-09', 'specials do not make a show older')
  t.equal(show('The Office').seasons[0]!.number, 0)
})

t.test('regular episodes were broadcast in the order of their numbers, but for Firefly', async (t) => {
  for (const one of demoShows.filter(({ title }) => title !== 'Firefly')) {
    const dates = one.seasons.filter(({ number }) => number > 0).flatMap(({ episodes }) =>
      episodes.map(({ airDate }) => airDate)
    )
    t.strictSame(dates, [...dates].sort(), one.title)
  }
})

t.test('every entry of the media plan is an item of the catalogue', async (t) => {
  const items = new Map<string, string>(movies.map((one) => [one.id, one.id]))
  for (const one of demoShows) {
    for (const season of one.seasons) for (const episode of season.episodes) items.set(episode.id, one.id)
  }
  t.strictSame(mediaPlan.filter((entry) => items.get(entry.itemId) !== entry.titleId), [])
  t.equal(new Set(mediaPlan.map((entry) => entry.itemId)).size, mediaPlan.length, 'each once')
  t.ok(mediaPlan.every((entry) => entry.clips.length > 0))
  t.ok(mediaPlan.filter((entry) => entry.kind === 'movie').every((entry) => entry.clips.length === 4))
})

t.test('at least three shows can be played whole, and the clips are there', async (t) => {
  const planned = new Set(
    mediaPlan.filter(({ clips }) => clips.some(({ height }) => height === 480)).map((entry) => entry.itemId),
  )
  const whole = demoShows.filter((one) =>
    one.seasons.every((season) => season.episodes.every((episode) => planned.has(episode.id)))
  )
  t.ok(whole.length >= 3)
  for (const clip of Object.values(DEMO_CLIPS)) {
    t.ok(existsSync(join('src', 'demo', 'clips', clip.fileName)), clip.fileName)
  }
  t.equal(CLIP_DURATION_MS, 60_000)
})
