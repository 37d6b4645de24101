// Years of viewing, made in bulk: a catalogue, the plays of somebody who always watches, and the watch history that the
// project's own projection makes of them.
import { Types } from 'mongoose'
import { Media, type StoredMedia } from '../models/media.js'
import { Movie } from '../models/movie.js'
import { Play, derivePlayId, type StoredPlay } from '../models/play.js'
import { Show } from '../models/show.js'
import { createCatalogue } from '../src/catalogue/store/snapshot.js'
import { DEFAULT_PLANS } from '../src/domain/plans.js'
import { playProgressOfEvent } from '../src/domain/progress.js'
import { projectTitle } from '../src/watching/history/projection.js'
import type { ProfileRef } from '../src/watching/deps.js'
import { createRandom } from './random.js'

const MOVIES = 2_000
const SHOWS = 600
const SEASONS = 2
const EPISODES_A_SEASON = 12
const INSERTED_AT_ONCE = 1_000
/** Twelve plays a day: 100,000 of them are 23 years. */
const BETWEEN_PLAYS_MS = 2 * 3_600_000
/** How many shows somebody is in the middle of. */
const SHOWS_AT_ONCE = 12
const HOUR_MS = 3_600_000

interface Item {
  readonly title: Types.ObjectId
  readonly item: Types.ObjectId
  readonly season: number | null
  readonly episode: number | null
  readonly titleName: string
  readonly itemName: string | null
}

export interface BenchCatalogue {
  readonly movies: readonly Item[]
  /** The episodes of each show, in their order. */
  readonly shows: ReadonlyArray<readonly Item[]>
  /** Watched once, before everything else. */
  readonly firstWatched: Item
  readonly media: StoredMedia
}

export type Progress = (done: number, all: number) => void

/** Makes a catalogue whose every item plays the clip that was uploaded for one movie. */
export async function makeCatalogue (clipOf: string, progress: Progress): Promise<BenchCatalogue> {
  const media = await Media.findById(clipOf).lean<StoredMedia>()
  if (media === null) throw new Error('the clip was not stored')
  const movies = await makeMovies()
  const shows = await makeShows()
  const items = [...movies, ...shows.flat()]
  for (let i = 0; i < items.length; i += INSERTED_AT_ONCE) {
    await Media.insertMany(
      items.slice(i, i + INSERTED_AT_ONCE).map(({ title, item, season, episode }) => ({
        _id: item,
        title,
        season,
        episode,
        files: media.files.map((file) => ({ ...file, _id: new Types.ObjectId() })),
      })),
      { lean: true },
    )
    progress(Math.min(i + INSERTED_AT_ONCE, items.length), items.length)
  }
  const [firstWatched, ...others] = movies
  if (firstWatched === undefined) throw new Error('the catalogue is empty')
  return { movies: others, shows, firstWatched, media }
}

async function makeMovies (): Promise<Item[]> {
  const made = await Movie.insertMany(
    Array.from({ length: MOVIES }, (_, i) => ({ title: `Film ${i + 1}`, genres: ['Drama'], runtimeMs: 6_000_000 })),
  )
  return made.map(({ _id, title }) => ({
    title: _id,
    item: _id,
    season: null,
    episode: null,
    titleName: title,
    itemName: null,
  }))
}

async function makeShows (): Promise<Item[][]> {
  const made = await Show.insertMany(Array.from({ length: SHOWS }, (_, i) => ({
    title: `Show ${i + 1}`,
    genres: ['Comedy'],
    seasons: Array.from({ length: SEASONS }, (_, season) => ({
      number: season + 1,
      episodes: Array.from(
        { length: EPISODES_A_SEASON },
        (_, episode) => ({
          _id: new Types.ObjectId(),
          number: episode + 1,
          title: `Chapter ${episode + 1}`,
          runtimeMs: 2_700_000,
        }),
      ),
    })),
  })))
  return made.map((show) =>
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

/** What somebody does with an item: to its end, or left half-way. */
interface Sitting {
  readonly of: Item
  readonly isFinished: boolean
}

/**
 * What is watched, oldest first: one movie that is never met again, then some shows side by side, episode by episode, with
 * every fourth play a movie. One show in ten is given up, one film in five is left half-way, and what was seen to its end
 * comes round again when everything was.
 */
function* watchAll ({ movies, shows, firstWatched }: BenchCatalogue): Generator<Sitting> {
  const random = createRandom(1)
  yield { of: firstWatched, isFinished: false }
  let nextShow = 0
  let nextMovie = 0
  const begin = (): { episodes: readonly Item[], at: number, until: number } => {
    const episodes = shows[nextShow++ % shows.length] ?? []
    return {
      episodes,
      at: 0,
      until: random() < 0.1 ? 1 + Math.floor(random() * (episodes.length - 1)) : episodes.length,
    }
  }
  const running = Array.from({ length: SHOWS_AT_ONCE }, begin)
  for (let i = 0;; i++) {
    const movie = movies[nextMovie % movies.length]
    if (i % 4 === 3 && movie !== undefined) {
      nextMovie++
      yield { of: movie, isFinished: random() > 0.2 }
      continue
    }
    const turn = i % SHOWS_AT_ONCE
    let show = running[turn]
    if (show === undefined || show.at >= show.until) show = running[turn] = begin()
    const episode = show.episodes[show.at++]
    if (episode !== undefined) yield { of: episode, isFinished: true }
  }
}

function toPlay (
  watcher: ProfileRef,
  media: StoredMedia,
  number: number,
  { of, isFinished }: Sitting,
  at: Date,
): StoredPlay {
  const durationMs = media.files[0]?.durationMs ?? null
  const positionMs = Math.floor((durationMs ?? 60_000) * (isFinished ? 0.97 : 0.4))
  const facts = playProgressOfEvent({ positionMs, at: at.getTime(), watchedMs: positionMs, eventId: '' }, {
    durationMs,
    creditsStartMs: null,
  })
  return {
    _id: derivePlayId(watcher.profile, `bench ${number}`),
    account: new Types.ObjectId(watcher.account),
    profile: new Types.ObjectId(watcher.profile),
    ...of,
    mediaFile: media.files[0]?._id ?? null,
    kind: 'play',
    startedAt: new Date(at.getTime() - positionMs),
    startPositionMs: 0,
    at,
    eventId: facts.eventId,
    positionMs: facts.positionMs,
    durationMs: facts.durationMs,
    furthestMs: facts.furthestMs,
    watchedMs: facts.watchedMs,
    reachedEndAt: facts.reachedEndAt === null ? null : new Date(facts.reachedEndAt),
    reachedEndWatchedMs: facts.reachedEndWatchedMs,
    watched: null,
    isPlayed: true,
    removedAt: null,
  }
}

/**
 * Gives a profile so many plays, the last an hour ago.
 * @returns its titles, the one watched longest ago first
 */
export async function addPlays (
  catalogue: BenchCatalogue,
  watcher: ProfileRef,
  count: number,
  progress: Progress,
): Promise<string[]> {
  const end = Date.now() - HOUR_MS
  const lastPlayed = new Map<string, number>()
  const sittings = watchAll(catalogue)
  let batch: StoredPlay[] = []
  for (let number = 0; number < count; number++) {
    const sitting = sittings.next().value as Sitting
    const at = new Date(end - (count - 1 - number) * BETWEEN_PLAYS_MS)
    batch.push(toPlay(watcher, catalogue.media, number, sitting, at))
    lastPlayed.set(sitting.of.title.toString(), number)
    if (batch.length < INSERTED_AT_ONCE && number + 1 < count) continue
    await Play.insertMany(batch, { lean: true })
    batch = []
    progress(number + 1, count)
  }
  return [...lastPlayed].sort(([, a], [, b]) => a - b).map(([title]) => title)
}

/** Brings the plays to the account, title by title in the order they were watched, as the service itself would have. */
export async function bringToAccount (
  watcher: ProfileRef,
  titles: readonly string[],
  progress: Progress,
): Promise<void> {
  // It is only of a lost change stream that the catalogue warns, and here nothing changes any more.
  const warn = (): void => undefined
  const catalogue = createCatalogue({ warn })
  try {
    await catalogue.open()
    const watching = { catalogue, plans: DEFAULT_PLANS, now: () => new Date(), warn }
    for (const [i, title] of titles.entries()) {
      await projectTitle(watching, watcher, title)
      progress(i + 1, titles.length)
    }
  } finally {
    await catalogue.close()
  }
}
