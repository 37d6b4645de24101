// Assigns the four demo clips to movies and episodes. A clip is one minute long and shows its position, so that an
// exact resume is visible. The duration of an item is that of its clip, not the runtime of the movie.
import type { StoredChapters } from '../../models/title.js'
import { demoShows } from './shows.js'
import { demoMovieId, type DemoMovie, type DemoShow } from './demo-titles.js'
import { loadDemoMovies } from './movies.js'

/** Duration of every clip. */
export const CLIP_DURATION_MS = 60_000

export interface DemoClip {
  /** Name in `src/demo/clips`. */
  readonly fileName: string
  /** Video height in pixels. */
  readonly height: number
  /** BCP 47 tag. */
  readonly audioLanguage: string
}

export const DEMO_CLIPS = {
  sd: { fileName: 'clip-480p-en.mp4', height: 480, audioLanguage: 'en' },
  hd: { fileName: 'clip-1080p-en.mp4', height: 1080, audioLanguage: 'en' },
  hdSpanish: { fileName: 'clip-1080p-es.mp4', height: 1080, audioLanguage: 'es' },
  uhd: { fileName: 'clip-2160p-en.mp4', height: 2160, audioLanguage: 'en' },
} as const satisfies Record<string, DemoClip>

const ALL_CLIPS: readonly DemoClip[] = Object.values(DEMO_CLIPS)
const { sd, hd, hdSpanish } = DEMO_CLIPS

/** A movie or an episode with its clips. */
export interface MediaPlanEntry {
  readonly itemId: string
  readonly kind: 'movie' | 'episode'
  /** ID of the movie, or of the episode's show. */
  readonly titleId: string
  /** Null for movies, like `episode`. */
  readonly season: number | null
  readonly episode: number | null
  readonly clips: readonly DemoClip[]
}

/** Whether an item has every clip. Where the service encodes, one master replaces these clips. */
export const hasAllClips = ({ clips }: MediaPlanEntry): boolean => clips.length === ALL_CLIPS.length

const PLAYABLE_MOVIES: ReadonlyArray<readonly [title: string, year: number]> = [
  ['2001: A Space Odyssey', 1968],
  ['Alien', 1979],
  ['Casablanca', 1942],
  ['Finding Nemo', 2003],
  ['Jurassic Park', 1993],
  ["Le Fabuleux destin d'Amélie Poulain", 2001],
  ['Modern Times', 1936],
  ['Pulp Fiction', 1994],
  ["Singin' in the Rain", 1952],
  ['Spirited Away', 2002],
  ['Star Wars: Episode IV – A New Hope', 1977],
  ['The Godfather', 1972],
  ['The Matrix', 1999],
  ['The Wizard of Oz', 1939],
  ['Titanic', 1997],
  ['Toy Story', 1995],
]

/** Other seasons have no media files. */
const PLAYABLE_SEASONS: ReadonlyArray<readonly [show: string, season: number, clips: readonly DemoClip[]]> = [
  ['Avatar: The Last Airbender', 1, [sd, hd]],
  ['Band of Brothers', 1, [sd, hd, hdSpanish]],
  ['Chernobyl', 1, ALL_CLIPS],
  ['Fawlty Towers', 1, [sd, hd]],
  ['Fawlty Towers', 2, [sd, hd]],
  ['Firefly', 1, [sd, hd, hdSpanish]],
  ['Over the Garden Wall', 1, ALL_CLIPS],
  ['The Office', 0, [sd]],
  ['The Office', 1, [sd, hd]],
  ['The Office', 2, [sd, hd]],
]

/** Of movies and episodes with all clips, ms from the start. */
export const MOVIE_MARKERS = {
  recapStartMs: null,
  recapEndMs: null,
  introStartMs: null,
  introEndMs: null,
  creditsStartMs: 54_000,
}
/** Of the same items, which show the second. */
export const CHAPTERS: StoredChapters = {
  list: [
    { startMs: 0, title: 'Prologue' },
    { startMs: 10_000, title: 'The first half minute' },
    { startMs: 30_000, title: 'The second half minute' },
    { startMs: 54_000, title: 'Credits' },
  ],
  master: null,
}
export const EPISODE_MARKERS = { ...MOVIE_MARKERS, introStartMs: 3_000, introEndMs: 10_000 }

/** Titles with a backdrop and a poster; further ones have a poster. */
const FEATURED_TITLES = 72
/** The first movies of each genre, for everyone and for children, have posters. */
const POSTERS_PER_GENRE = 8
const CHILDREN_RATINGS: ReadonlyArray<DemoMovie['maturityRating']> = ['G', 'TV-G', 'TV-Y']

const isForChildren = ({ maturityRating }: DemoMovie): boolean => CHILDREN_RATINGS.includes(maturityRating)
/** The most popular movies can be played: they are the first of every list. Of these, the first have two clips. */
const [PLAYABLE_POPULAR_MOVIES, MOVIES_WITH_TWO_CLIPS] = [1_800, 400]

function byPopularity (movies: readonly DemoMovie[]): DemoMovie[] {
  return [...movies].sort((a, b) => b.popularity - a.popularity)
}

/** The shows, the movies with all clips, and the most popular other movies. */
export function listFeaturedTitles (movies = loadDemoMovies()): Array<DemoMovie | DemoShow> {
  const complete = new Set(PLAYABLE_MOVIES.map(([title, year]) => demoMovieId(title, year)))
  const [first, others] = [
    movies.filter(({ id }) => complete.has(id)),
    byPopularity(movies.filter(({ id }) => !complete.has(id))),
  ]
  return [...demoShows, ...first, ...others].slice(0, FEATURED_TITLES)
}

/** Titles with posters: the featured ones, and the first of each genre. */
export function listTitlesWithPoster (movies = loadDemoMovies()): Array<DemoMovie | DemoShow> {
  const titles = new Set<DemoMovie | DemoShow>(listFeaturedTitles(movies))
  const children = movies.filter(isForChildren)
  for (const list of [byPopularity(movies), byPopularity(children)]) {
    const counts = new Map<string, number>()
    for (const movie of list) {
      const genres = movie.genres.filter((genre) => (counts.get(genre) ?? 0) < POSTERS_PER_GENRE)
      for (const genre of genres) counts.set(genre, (counts.get(genre) ?? 0) + 1)
      if (genres.length > 0) titles.add(movie)
    }
  }
  return [...titles]
}

/** The most popular movies that are not in `mediaPlan`, and those for children. */
export function planPopularMovies (movies: readonly DemoMovie[]): MediaPlanEntry[] {
  const planned = new Set(mediaPlan.map(({ titleId }) => titleId))
  return byPopularity(movies)
    .filter((movie, i) => i < PLAYABLE_POPULAR_MOVIES || isForChildren(movie))
    .map((movie, i) => ({ ...createMovieEntry(movie.id), clips: i < MOVIES_WITH_TWO_CLIPS ? [sd, hd] : [sd] }))
    .filter(({ titleId }) => !planned.has(titleId))
}

/** Shows whose episodes have subtitles and seek thumbnails, as all movies with every clip have. */
const SHOWS_WITH_SIDECARS = ['Chernobyl', 'Firefly', 'Over the Garden Wall']

/** Whether an item gets subtitles in two languages and seek thumbnails. */
export function hasSidecars (entry: MediaPlanEntry): boolean {
  const { titleId, kind } = entry
  if (kind === 'movie') return hasAllClips(entry)
  return demoShows.some(({ id, title }) => id === titleId && SHOWS_WITH_SIDECARS.includes(title))
}

/** Items of well-known titles with media files: movies, then episodes by show. */
export const mediaPlan: readonly MediaPlanEntry[] = [
  ...PLAYABLE_MOVIES.map(([title, year]) => createMovieEntry(demoMovieId(title, year))),
  ...PLAYABLE_SEASONS.flatMap(([show, season, clips]) => createSeasonEntries(show, season, clips)),
]

function createMovieEntry (id: string): MediaPlanEntry {
  return { itemId: id, kind: 'movie', titleId: id, season: null, episode: null, clips: ALL_CLIPS }
}

function createSeasonEntries (showTitle: string, number: number, clips: readonly DemoClip[]): MediaPlanEntry[] {
  const show = demoShows.find(({ title }) => title === showTitle)
  const season = show?.seasons.find((candidate) => candidate.number === number)
  if (show === undefined || season === undefined) {
    throw new Error(`the media plan contains an unknown season: ${showTitle}, season ${number}`)
  }
  return season.episodes.map((episode) => ({
    itemId: episode.id,
    kind: 'episode',
    titleId: show.id,
    season: number,
    episode: episode.number,
    clips,
  }))
}
