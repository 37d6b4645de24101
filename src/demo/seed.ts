// Seeds the catalogue of the demo with media files and artwork. Only used in development. Seeding again changes
// nothing.
import type { Types } from 'mongoose'
import { Movie } from '../../models/movie.js'
import { Show } from '../../models/show.js'
import { Title } from '../../models/title.js'
import { splitIntoBatches } from '../domain/arrays.js'
import { DEMO_TRAILER_URL } from '../http/demo-trailer.js'
import type { MediaStorage } from '../storage/storage.js'
import { seedArtwork, type DemoArtwork } from './artwork/seed-artwork.js'
import type { DemoMovie } from './demo-titles.js'
import {
  CHAPTERS,
  EPISODE_MARKERS,
  listTitlesWithPoster,
  mediaPlan,
  MOVIE_MARKERS,
  planPopularMovies,
} from './media-plan.js'
import { loadDemoMovies } from './movies.js'
import { addMissingClips, seedMedia } from './seed-media.js'
import { demoShows } from './shows.js'

const INSERT_BATCH_SIZE = 500
const MINUTE_MS = 60_000

/**
 * Writes the catalogue and its media files. A worker thread packages the clips at the same time.
 * @param hasMaster `seedMaster` follows, for the items that have every clip otherwise
 */
export async function seedCatalogue (
  storage: MediaStorage,
  progress: (text: string) => void,
  hasMaster = false,
): Promise<void> {
  const movies = loadDemoMovies()
  const seedFiles = async (): Promise<void> => {
    await seedMedia(storage, [...mediaPlan, ...planPopularMovies(movies)], hasMaster)
    // An earlier start, which ended before the demo was complete, may have found an encoder.
    if (!hasMaster) await addMissingClips(storage, mediaPlan)
  }
  const seedTexts = async (): Promise<void> => {
    await seedTitles(movies, await seedArtwork(storage, listTitlesWithPoster(movies)), progress)
    progress('clips')
  }
  await Promise.all([seedFiles(), seedTexts()])
}

async function seedTitles (
  movies: readonly DemoMovie[],
  { titles: artwork, stills }: DemoArtwork,
  progress: (text: string) => void,
): Promise<void> {
  const present = new Set(
    (await Title.find().select('_id').lean<Array<{ _id: Types.ObjectId }>>()).map(({ _id }) => _id.toString()),
  )
  const addedAt = planDates(movies)
  const playable = new Set(mediaPlan.map(({ titleId }) => titleId))
  const missing = movies.filter((movie) => !present.has(movie.id))
  let inserted = 0
  for (const batch of splitIntoBatches(missing, INSERT_BATCH_SIZE)) {
    progress(`${inserted} of ${missing.length} movies`)
    await Movie.insertMany(batch.map(({ id, ...movie }) => ({
      ...movie,
      ...artwork.get(id),
      _id: id,
      createdAt: addedAt.get(id),
      markers: playable.has(id) ? MOVIE_MARKERS : null,
      ...(playable.has(id) ? { chapters: CHAPTERS, trailerUrl: DEMO_TRAILER_URL } : {}),
    })))
    inserted += batch.length
  }
  progress('shows')
  const shows = demoShows.filter((show) => !present.has(show.id))
  await Show.insertMany(shows.map(({ id, seasons, ...show }) => ({
    ...show,
    ...artwork.get(id),
    _id: id,
    seasons: seasons.map((season) => ({
      ...season,
      episodes: season.episodes.map(({ id: _id, ...episode }) => ({
        _id,
        ...episode,
        markers: EPISODE_MARKERS,
        chapters: CHAPTERS,
        ...stills.get(_id),
      })),
    })),
  })))
}

/** Movies that can be played are newer than the others, so that they come first; of these, the latest releases. */
function planDates (movies: readonly DemoMovie[]): ReadonlyMap<string, Date> {
  const playable = new Set([...mediaPlan, ...planPopularMovies(movies)].map(({ titleId }) => titleId))
  const newestFirst = [...movies].sort((a, b) =>
    Number(playable.has(b.id)) - Number(playable.has(a.id)) || (b.year ?? 0) - (a.year ?? 0)
  )
  const now = Date.now()
  return new Map(newestFirst.map(({ id }, i) => [id, new Date(now - (i + 1) * MINUTE_MS)]))
}
