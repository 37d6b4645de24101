// The demo shows, and the media plan that assigns clips to movies and episodes.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { DemoEpisode, DemoShow } from '../../src/demo/demo-titles.js'
import { CLIP_DURATION_MS, DEMO_CLIPS, mediaPlan } from '../../src/demo/media-plan.js'
import { loadDemoMovies } from '../../src/demo/movies.js'
import { demoShows } from '../../src/demo/shows.js'
import { findInvalidFields, hasDamagedText, isRealDate, OBJECT_ID } from './demo-validation.js'

const MS_PER_MINUTE = 60_000
const movies = loadDemoMovies()

function findShow (title: string): DemoShow {
  return demoShows.find((show) => show.title === title)!
}

function episodeTitles (title: string, seasonNumber: number): string[] {
  return findShow(title).seasons.find(({ number }) => number === seasonNumber)!.episodes.map((episode) => episode.title)
}

function listEpisodes ({ seasons }: DemoShow): DemoEpisode[] {
  return seasons.flatMap(({ episodes }) => episodes)
}

function isValidEpisode ({ id, title, synopsis, airDate, runtimeMs }: DemoEpisode): boolean {
  return OBJECT_ID.test(id) && !hasDamagedText(title) && !hasDamagedText(synopsis ?? '') &&
    (airDate === null || isRealDate(airDate)) &&
    runtimeMs !== null && runtimeMs >= 10 * MS_PER_MINUTE && runtimeMs <= 90 * MS_PER_MINUTE
}

t.test('shows have valid fields, consecutive numbers and unique IDs', (t) => {
  t.ok(demoShows.length >= 5)
  t.strictSame(demoShows.flatMap(findInvalidFields), [])
  const ids = [...movies, ...demoShows, ...demoShows.flatMap(listEpisodes)].map(({ id }) => id)
  t.equal(new Set(ids).size, ids.length)
  for (const { title, seasons } of demoShows) {
    const first = seasons[0]!.number
    t.ok(first <= 1)
    t.strictSame(seasons.map(({ number }) => number), seasons.map((_, index) => first + index), title)
    for (const { number, episodes } of seasons) {
      const numbers = episodes.map((episode) => episode.number)
      t.strictSame(numbers, episodes.map((_, index) => index + 1), `${title} ${number}`)
      t.strictSame(episodes.filter((episode) => !isValidEpisode(episode)), [])
    }
  }
  t.end()
})

t.test('external IDs are unique among movies and shows', (t) => {
  const ids = [...movies, ...demoShows].map(({ externalIds }) => externalIds.imdb).filter((id) => id !== undefined)
  t.equal(new Set(ids).size, ids.length)
  t.end()
})

t.test('well-known shows have their real seasons and episodes', (t) => {
  const episodeCounts = demoShows.map(({ title, seasons }) => [title, seasons.map(({ episodes }) => episodes.length)])
  t.strictSame(Object.fromEntries(episodeCounts), {
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
  t.equal(findShow('Firefly').releaseDate, '2002-09-20', 'the release date is the earliest air date')
  t.equal(findShow('The Office').releaseDate, '2001-07-09', 'specials do not change the release date')
  t.equal(findShow('The Office').seasons[0]!.number, 0)
  t.end()
})

t.test('regular episodes are in the order of their air dates, except those of Firefly', (t) => {
  for (const { title, seasons } of demoShows.filter((show) => show.title !== 'Firefly')) {
    const regularEpisodes = seasons.filter(({ number }) => number > 0).flatMap(({ episodes }) => episodes)
    const dates = regularEpisodes.map(({ airDate }) => airDate)
    t.strictSame(dates, [...dates].sort(), title)
  }
  t.end()
})

t.test('each entry of the media plan is an item of the catalogue', (t) => {
  const titleIds = new Map<string, string>(movies.map(({ id }) => [id, id]))
  for (const show of demoShows) for (const episode of listEpisodes(show)) titleIds.set(episode.id, show.id)
  t.strictSame(mediaPlan.filter(({ itemId, titleId }) => titleIds.get(itemId) !== titleId), [])
  t.equal(new Set(mediaPlan.map(({ itemId }) => itemId)).size, mediaPlan.length, 'each item occurs once')
  t.ok(mediaPlan.every(({ clips }) => clips.length > 0))
  t.ok(mediaPlan.filter(({ kind }) => kind === 'movie').every(({ clips }) => clips.length === 4))
  t.end()
})

t.test('all episodes of at least three shows are playable, and the clips exist', (t) => {
  const playableIds = new Set(
    mediaPlan.filter(({ clips }) => clips.some(({ height }) => height === 480)).map(({ itemId }) => itemId),
  )
  t.ok(demoShows.filter((show) => listEpisodes(show).every(({ id }) => playableIds.has(id))).length >= 3)
  for (const { fileName } of Object.values(DEMO_CLIPS)) {
    t.ok(existsSync(join('src', 'demo', 'clips', fileName)), fileName)
  }
  t.equal(CLIP_DURATION_MS, 60_000)
  t.end()
})
