// The data of the comparison: titles with media files, and accounts whose profiles have watched titles. The titles and
// histories are generated once; the service and its peers store the same ones.
import { randomBytes } from 'node:crypto'
import { Types } from 'mongoose'
import { Media, type StoredMediaFile } from '../../models/media.js'
import { Movie } from '../../models/movie.js'
import { Show } from '../../models/show.js'
import { PROBE_VERSION } from '../../src/media/probing/prober.js'
import type { Item } from '../generated-history.js'
import { generateTitles, type GeneratedTitle } from '../generated-titles.js'
import type { PeerFile, PeerTitle } from './peer-data.js'

export const MOVIES = 1_000
export const SHOWS = 200
const SEASONS_PER_SHOW = 3
const EPISODES_PER_SEASON = 10
const PROFILES_PER_ACCOUNT = 3
export const WATCHED_TITLES = 50
/** Every third watched title is a show, every sixth a movie that was watched to its end. */
const WATCHED_SHOW_INTERVAL = 3
const FINISHED_INTERVAL = 6
const HOUR_MS = 3_600_000
const INSERT_BATCH_SIZE = 500
/** Width, height and bit rate in bit/s of the media files of each item. */
const FILE_FORMATS = [[640, 360, 900_000], [1280, 720, 3e6], [1920, 1080, 6e6], [3840, 2160, 16e6]] as const
const LANGUAGES = ['en', 'de'] as const
/** Every item has the same duration, so that the histories of all profiles have the same shape. */
export const DURATION_MS = 5_400_000

/** One title in the history of a profile. */
export interface WatchedTitle {
  readonly item: Item
  readonly isFinished: boolean
  readonly at: Date
  readonly durationMs: number
}

export interface Household {
  /** ID of the account. */
  readonly id: string
  readonly session: string
  readonly email: string
  /** The watched titles of a profile are listed newest first. */
  readonly profiles: ReadonlyArray<{ readonly id: string, readonly watched: readonly WatchedTitle[] }>
}

export interface TestData {
  readonly movies: readonly Item[]
  readonly shows: readonly Item[][]
  readonly genres: readonly string[]
  readonly files: readonly StoredMediaFile[]
  readonly peerTitles: readonly PeerTitle[]
  readonly households: readonly Household[]
}

function createFile ([width, height, bitrate]: readonly [number, number, number], createdAt: Date): StoredMediaFile {
  const id = new Types.ObjectId()
  const key = id.toString()
  return {
    _id: id,
    state: 'ready',
    failure: null,
    storageKey: `bench/${key}`,
    contentType: 'video/mp4',
    audioLanguages: [...LANGUAGES],
    audioTracks: LANGUAGES.map((language) => ({ language, kind: 'main', name: null, channels: 2, codec: 'mp4a.40.2' })),
    subtitleLanguages: [],
    embeddedSubtitles: [],
    probeVersion: PROBE_VERSION,
    width,
    height,
    frameRate: 24,
    videoCodec: 'avc1.640028',
    audioCodec: 'mp4a.40.2',
    container: 'mp4',
    bitrate,
    durationMs: DURATION_MS,
    sizeBytes: Math.floor(bitrate / 8 * DURATION_MS / 1_000),
    sha256: randomBytes(32).toString('hex'),
    edition: null,
    master: null,
    stage: 'active',
    retiredAt: null,
    hls: {
      state: 'ready',
      progress: 1,
      failure: null,
      claim: null,
      claimedUntil: createdAt,
      packages: [{
        _id: new Types.ObjectId(),
        prefix: `bench/hls/${key}/`,
        audioCount: 2,
        sizeBytes: null,
        createdAt,
        retiredAt: null,
      }],
    },
    createdAt,
  }
}

const createFiles = (): StoredMediaFile[] => FILE_FORMATS.map((format) => createFile(format, new Date()))

const toPeerFiles = (files: readonly StoredMediaFile[]): PeerFile[] =>
  files.map((file) => ({
    id: file._id.toString(),
    width: file.width ?? 0,
    height: file.height ?? 0,
    durationMs: DURATION_MS,
    sizeBytes: file.sizeBytes,
    codec: file.videoCodec ?? '',
    language: LANGUAGES[0],
  }))

const yearOf = ({ releaseDate }: GeneratedTitle): number => Number(releaseDate.slice(0, 4))

/** Seasons of a fixed size from the episodes of a generated show. */
function createSeasons ({ seasons = [] }: GeneratedTitle) {
  const texts = seasons.flatMap(({ episodes }) => episodes)
  return Array.from({ length: SEASONS_PER_SHOW }, (_, season) => ({
    number: season + 1,
    title: `Season ${season + 1}`,
    episodes: Array.from({ length: EPISODES_PER_SEASON }, (_unused, episode) => ({
      _id: new Types.ObjectId(),
      number: episode + 1,
      title: texts[(season * EPISODES_PER_SEASON + episode) % texts.length]?.title ?? '',
      synopsis: texts[(season * EPISODES_PER_SEASON + episode) % texts.length]?.synopsis ?? '',
      runtimeMs: DURATION_MS,
      airDate: '2015-01-01',
    })),
  }))
}

function toPeerTitle (id: Types.ObjectId, title: GeneratedTitle): PeerTitle {
  const { kind, title: name, synopsis, releaseDate, genres, maturityRating, cast, crew, popularity } = title
  return {
    _id: id.toString(),
    kind,
    title: name,
    synopsis,
    releaseDate,
    genres,
    maturityRating,
    cast,
    crew,
    popularity,
  }
}

interface Catalogue extends Pick<TestData, 'movies' | 'shows' | 'genres' | 'files' | 'peerTitles'> {}

/** Inserts the titles and their media files into the database of the service. */
export async function insertCatalogue (): Promise<Catalogue> {
  const movies: Item[] = []
  const shows: Item[][] = []
  const movieTitles: object[] = []
  const showTitles: object[] = []
  const media: object[] = []
  const peerTitles: PeerTitle[] = []
  const genreCounts = new Map<string, number>()

  function addItem (fields: Omit<Item, 'titleName' | 'itemName'>, titleName: string, itemName: string | null) {
    const files = createFiles()
    const { title, item: _id, season, episode } = fields
    media.push({ _id, title, season, episode, files, subtitles: [], thumbnails: null })
    return { item: { ...fields, titleName, itemName }, peerFiles: toPeerFiles(files) }
  }

  for (const title of generateTitles(Infinity)) {
    if (movies.length >= MOVIES && shows.length >= SHOWS) break
    const _id = new Types.ObjectId()
    const fields = { ...title, _id, year: yearOf(title) }
    if (title.kind === 'movie' && movies.length < MOVIES) {
      const movie = { title: _id, item: _id, season: null, episode: null }
      const { item, peerFiles } = addItem(movie, title.title, null)
      movies.push(item)
      movieTitles.push({ ...fields, runtimeMs: DURATION_MS })
      peerTitles.push({ ...toPeerTitle(_id, title), runtimeMs: DURATION_MS, files: peerFiles })
      for (const genre of title.genres) genreCounts.set(genre, (genreCounts.get(genre) ?? 0) + 1)
    } else if (title.kind === 'show' && shows.length < SHOWS) {
      const seasons = createSeasons(title)
      const added = seasons.map(({ number, episodes }) => ({
        number,
        episodes: episodes.map((episode) => {
          const fields = { title: _id, item: episode._id, season: number, episode: episode.number }
          const { item, peerFiles } = addItem(fields, title.title, episode.title)
          const { _id: id, ...rest } = episode
          return { item, peerEpisode: { id: id.toString(), ...rest, files: peerFiles } }
        }),
      }))
      shows.push(added.flatMap(({ episodes }) => episodes.map(({ item }) => item)))
      showTitles.push({ ...fields, seasons })
      const peerSeasons = added.map(({ number, episodes }) => ({
        number,
        episodes: episodes.map(({ peerEpisode }) => peerEpisode),
      }))
      peerTitles.push({ ...toPeerTitle(_id, title), seasons: peerSeasons })
    }
  }
  await Movie.insertMany(movieTitles)
  await Show.insertMany(showTitles)
  for (let start = 0; start < media.length; start += INSERT_BATCH_SIZE) {
    await Media.insertMany(media.slice(start, start + INSERT_BATCH_SIZE), { lean: true })
  }
  const genres = [...genreCounts].filter(([, count]) => count > 40).map(([name]) => name)
  return { movies, shows, genres, files: createFiles(), peerTitles }
}

/** Creates accounts; the titles that their profiles watched differ, the order of kinds and times does not. */
export function createHouseholds (count: number, { movies, shows }: Catalogue): Household[] {
  const newestAt = Date.now() - HOUR_MS
  const createProfile = (number: number) => ({
    id: new Types.ObjectId().toString(),
    watched: Array.from({ length: WATCHED_TITLES }, (_, position): WatchedTitle => ({
      item: position % WATCHED_SHOW_INTERVAL === 0
        ? (shows[(number * 7 + position) % shows.length] ?? [])[0] as Item
        : movies[(number * 13 + position) % movies.length] as Item,
      isFinished: position % FINISHED_INTERVAL === FINISHED_INTERVAL - 1,
      at: new Date(newestAt - position * HOUR_MS),
      durationMs: DURATION_MS,
    })),
  })
  return Array.from({ length: count }, (_, account) => ({
    id: new Types.ObjectId().toString(),
    session: new Types.ObjectId().toString(),
    email: `viewer-${account}@example.com`,
    profiles: Array.from(
      { length: PROFILES_PER_ACCOUNT },
      (_unused, profile) => createProfile(account * PROFILES_PER_ACCOUNT + profile),
    ),
  }))
}
