// Generates years of watching: a catalogue, the plays of a profile, and the watch history that the project's own
// projection derives from them.
import { Types } from 'mongoose'
import { Media, type StoredMedia } from '../models/media.js'
import { Movie } from '../models/movie.js'
import { Play, derivePlayId, type StoredPlay } from '../models/play.js'
import { Show } from '../models/show.js'
import { createCatalogue } from '../src/catalogue/store/snapshot.js'
import { DEFAULT_PLANS } from '../src/domain/plans.js'
import { playProgressOfEvent } from '../src/domain/progress.js'
import { createKnownTitles } from '../src/watching/history/known-titles.js'
import { createUncachedStates } from '../src/watching/profile-states.js'
import { projectTitle } from '../src/watching/history/projection.js'
import { NO_EVENTS } from '../src/webhooks/outbox.js'
import type { ProfileRef } from '../src/watching/deps.js'
import { createRandom } from './generated-titles.js'

const MOVIES = 2_000
const SHOWS = 600
const SEASONS_PER_SHOW = 2
const EPISODES_PER_SEASON = 12
const INSERT_BATCH_SIZE = 1_000
/** Twelve plays per day: 100,000 plays are 23 years. */
const PLAY_INTERVAL_MS = 2 * 3_600_000
/** Number of shows that the profile watches in parallel. */
const PARALLEL_SHOWS = 12
/** Every fourth play is a movie. */
const MOVIE_INTERVAL = 4
const ABANDONED_SHOW_SHARE = 0.1
const ABANDONED_MOVIE_SHARE = 0.2
const HOUR_MS = 3_600_000

export interface Item {
  readonly title: Types.ObjectId
  readonly item: Types.ObjectId
  readonly season: number | null
  readonly episode: number | null
  readonly titleName: string
  readonly itemName: string | null
}

export interface BenchmarkCatalogue {
  readonly movies: readonly Item[]
  /** The episodes of each show in their order. */
  readonly shows: ReadonlyArray<readonly Item[]>
  /** The first play of every profile, and its only play of this movie. */
  readonly firstWatched: Item
  readonly media: StoredMedia
}

export type Progress = (done: number, all: number) => void

/** Creates a catalogue whose items have the media files of one movie. @param mediaId ID of that movie */
export async function createBenchmarkCatalogue (mediaId: string, progress: Progress): Promise<BenchmarkCatalogue> {
  const media = await Media.findById(mediaId).lean<StoredMedia>()
  if (media === null) throw new Error('The movie has no media files.')
  const allMovies = await createMovies()
  const shows = await createShows()
  const items = [...allMovies, ...shows.flat()]
  for (let start = 0; start < items.length; start += INSERT_BATCH_SIZE) {
    const batch = items.slice(start, start + INSERT_BATCH_SIZE)
    await Media.insertMany(
      batch.map(({ title, item, season, episode }) => ({
        _id: item,
        title,
        season,
        episode,
        files: media.files.map((file) => ({ ...file, _id: new Types.ObjectId() })),
      })),
      { lean: true },
    )
    progress(start + batch.length, items.length)
  }
  const [firstWatched, ...movies] = allMovies
  if (firstWatched === undefined) throw new Error('The catalogue is empty.')
  return { movies, shows, firstWatched, media }
}

async function createMovies (): Promise<Item[]> {
  const movies = await Movie.insertMany(
    Array.from({ length: MOVIES }, (_, i) => ({ title: `Movie ${i + 1}`, genres: ['Drama'], runtimeMs: 6_000_000 })),
  )
  return movies.map(({ _id, title }) => ({
    title: _id,
    item: _id,
    season: null,
    episode: null,
    titleName: title,
    itemName: null,
  }))
}

async function createShows (): Promise<Item[][]> {
  const createEpisode = (_: unknown, index: number) => ({
    _id: new Types.ObjectId(),
    number: index + 1,
    title: `Chapter ${index + 1}`,
    runtimeMs: 2_700_000,
  })
  const shows = await Show.insertMany(Array.from({ length: SHOWS }, (_, i) => ({
    title: `Show ${i + 1}`,
    genres: ['Comedy'],
    seasons: Array.from({ length: SEASONS_PER_SHOW }, (_, season) => ({
      number: season + 1,
      episodes: Array.from({ length: EPISODES_PER_SEASON }, createEpisode),
    })),
  })))
  return shows.map((show) =>
    show.seasons.flatMap((season) =>
      season.episodes.map((episode) => ({
        title: show._id,
        item: episode._id,
        season: season.number,
        episode: episode.number,
        titleName: show.title,
        itemName: episode.title,
      }))
    )
  )
}

/** A play to the end of an item, or to its middle. */
interface GeneratedPlay {
  readonly item: Item
  readonly isFinished: boolean
}

/**
 * Generates plays, oldest first: one movie that never occurs again, then parallel shows, episode by episode, and
 * movies. One show in ten and one movie in five are abandoned. Titles occur again when all of them were watched.
 */
function* generatePlays ({ movies, shows, firstWatched }: BenchmarkCatalogue): Generator<GeneratedPlay> {
  const random = createRandom(1)
  yield { item: firstWatched, isFinished: false }
  let nextShow = 0
  let nextMovie = 0
  const startShow = (): { episodes: readonly Item[], next: number, end: number } => {
    const episodes = shows[nextShow++ % shows.length] ?? []
    const isAbandoned = random() < ABANDONED_SHOW_SHARE
    const end = isAbandoned ? 1 + Math.floor(random() * (episodes.length - 1)) : episodes.length
    return { episodes, next: 0, end }
  }
  const activeShows = Array.from({ length: PARALLEL_SHOWS }, startShow)
  for (let i = 0;; i++) {
    const movie = movies[nextMovie % movies.length]
    if (i % MOVIE_INTERVAL === MOVIE_INTERVAL - 1 && movie !== undefined) {
      nextMovie++
      yield { item: movie, isFinished: random() > ABANDONED_MOVIE_SHARE }
      continue
    }
    const index = i % PARALLEL_SHOWS
    let show = activeShows[index]
    if (show === undefined || show.next >= show.end) show = activeShows[index] = startShow()
    const episode = show.episodes[show.next++]
    if (episode !== undefined) yield { item: episode, isFinished: true }
  }
}

export function toStoredPlay (
  ref: ProfileRef,
  media: Pick<StoredMedia, 'files'>,
  number: number,
  { item, isFinished }: GeneratedPlay,
  at: Date,
): StoredPlay {
  const durationMs = media.files[0]?.durationMs ?? null
  const positionMs = Math.floor((durationMs ?? 60_000) * (isFinished ? 0.97 : 0.4))
  const progress = playProgressOfEvent({ positionMs, at: at.getTime(), watchedMs: positionMs, eventId: '' }, {
    durationMs,
    creditsStartMs: null,
  })
  return {
    _id: derivePlayId(ref.profile, `bench ${number}`),
    account: new Types.ObjectId(ref.account),
    profile: new Types.ObjectId(ref.profile),
    ...item,
    mediaFile: media.files[0]?._id ?? null,
    kind: 'play',
    startedAt: new Date(at.getTime() - positionMs),
    startPositionMs: 0,
    at,
    eventId: progress.eventId,
    positionMs: progress.positionMs,
    durationMs: progress.durationMs,
    furthestMs: progress.furthestMs,
    watchedMs: progress.watchedMs,
    reachedEndAt: progress.reachedEndAt === null ? null : new Date(progress.reachedEndAt),
    reachedEndWatchedMs: progress.reachedEndWatchedMs,
    watched: null,
    isPlayed: true,
    removedAt: null,
  }
}

/**
 * Adds plays to a profile; the newest is one hour old.
 * @returns the IDs of its titles, the one that was watched longest ago first
 */
export async function addPlays (
  catalogue: BenchmarkCatalogue,
  ref: ProfileRef,
  count: number,
  progress: Progress,
): Promise<string[]> {
  const newestAt = Date.now() - HOUR_MS
  const lastPlays = new Map<string, number>()
  const plays = generatePlays(catalogue)
  let batch: StoredPlay[] = []
  for (let number = 0; number < count; number++) {
    const play = plays.next().value as GeneratedPlay
    const at = new Date(newestAt - (count - 1 - number) * PLAY_INTERVAL_MS)
    batch.push(toStoredPlay(ref, catalogue.media, number, play, at))
    lastPlays.set(play.item.title.toString(), number)
    if (batch.length < INSERT_BATCH_SIZE && number + 1 < count) continue
    await Play.insertMany(batch, { lean: true })
    batch = []
    progress(number + 1, count)
  }
  return [...lastPlays].sort(([, a], [, b]) => a - b).map(([title]) => title)
}

/** Derives the watch history of a profile, title by title in the order in which they were watched. */
export async function projectPlays (ref: ProfileRef, titles: readonly string[], progress: Progress): Promise<void> {
  // The catalogue only warns about lost reads, and nothing changes here.
  const warn = (): void => undefined
  const catalogue = createCatalogue({ watch: { onChange: warn }, log: { warn } })
  try {
    await catalogue.open()
    const watching = {
      catalogue,
      states: createUncachedStates(catalogue),
      knownTitles: createKnownTitles(),
      events: NO_EVENTS,
      plans: DEFAULT_PLANS,
      now: () => new Date(),
      warn,
    }
    for (const [i, title] of titles.entries()) {
      await projectTitle(watching, ref, title)
      progress(i + 1, titles.length)
    }
  } finally {
    await catalogue.close()
  }
}
