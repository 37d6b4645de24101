// Which of the demo's four clips stand in for which movies and episodes. A clip lasts a minute and shows its second, so
// an item's duration is that of its files, not its film's runtime, and an exact resume can be seen.
import { demoShows } from './shows.js'
import { movieId } from './stable-id.js'

/** What every clip lasts, and with it every item that has one. */
export const CLIP_DURATION_MS = 60_000

export interface DemoClip {
  /** Its name in the clips folder beside this module's source. */
  readonly fileName: string
  /** Pixels. */
  readonly height: number
  /** BCP 47. */
  readonly audioLanguage: string
}

/** The four clips, under the names that the plan uses. */
export const DEMO_CLIPS = {
  sd: { fileName: 'clip-480p-en.mp4', height: 480, audioLanguage: 'en' },
  hd: { fileName: 'clip-1080p-en.mp4', height: 1080, audioLanguage: 'en' },
  hdSpanish: { fileName: 'clip-1080p-es.mp4', height: 1080, audioLanguage: 'es' },
  uhd: { fileName: 'clip-2160p-en.mp4', height: 2160, audioLanguage: 'en' },
} as const satisfies Record<string, DemoClip>

const ALL_CLIPS: readonly DemoClip[] = Object.values(DEMO_CLIPS)
const { sd, hd, hdSpanish } = DEMO_CLIPS

/** A movie or an episode, and the clips to attach to it. */
export interface MediaPlanEntry {
  readonly itemId: string
  readonly kind: 'movie' | 'episode'
  /** The movie itself, or the episode's show. */
  readonly titleId: string
  /** null for movies, like `episode`. */
  readonly season: number | null
  readonly episode: number | null
  readonly clips: readonly DemoClip[]
}

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

/** By show and season; seasons that are not named have nothing to play yet. */
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

/** Every item of the demo that can be played: movies first, then episodes in the order of their shows. */
export const mediaPlan: readonly MediaPlanEntry[] = [
  ...PLAYABLE_MOVIES.map(([title, year]) => planMovie(movieId(title, year))),
  ...PLAYABLE_SEASONS.flatMap(([show, season, clips]) => planSeason(show, season, clips)),
]

function planMovie (id: string): MediaPlanEntry {
  return { itemId: id, kind: 'movie', titleId: id, season: null, episode: null, clips: ALL_CLIPS }
}

function planSeason (showTitle: string, number: number, clips: readonly DemoClip[]): MediaPlanEntry[] {
  const show = demoShows.find(({ title }) => title === showTitle)
  const season = show?.seasons.find((one) => one.number === number)
  if (show === undefined || season === undefined) throw new Error(`media plan: no season ${number} of ${showTitle}`)
  return season.episodes.map((episode) => ({
    itemId: episode.id,
    kind: 'episode',
    titleId: show.id,
    season: number,
    episode: episode.number,
    clips,
  }))
}
