// Seeds the demo: a catalogue with media files, a demo account with some history, and an administrator. Only used in
// development. Seeding again changes nothing.
import { createReadStream, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { Types } from 'mongoose'
import { findAccountByEmail } from '../../models/account.js'
import { Media, type StoredMediaFile } from '../../models/media.js'
import { Movie } from '../../models/movie.js'
import { Show } from '../../models/show.js'
import { Title } from '../../models/title.js'
import { addProfile } from '../accounts/profiles.js'
import { createAccount } from '../accounts/sign-up.js'
import { splitIntoBatches } from '../domain/arrays.js'
import { mediaFileFields } from '../media/upload/media-files.js'
import { createMediaPackager, type MediaPackager } from '../media/packaging/packager.js'
import { initialHlsState } from '../media/packaging/packaging-state.js'
import { createMediaProber, type MediaProber } from '../media/probing/prober.js'
import { receiveUpload } from '../media/upload/receive-upload.js'
import { packagePrefix } from '../media/object-cleanup.js'
import type { Catalogue } from '../catalogue/store/catalogue.js'
import type { AccountDeps } from '../accounts/deps.js'
import type { WatchingDeps } from '../watching/deps.js'
import type { MediaStorage } from '../storage/storage.js'
import { recordProgress } from '../watching/history/record-progress.js'
import { addToWishlist } from '../watching/lists/wishlist.js'
import { DEMO_CLIPS, mediaPlan, type DemoClip } from './media-plan.js'
import { loadDemoMovies } from './movies.js'
import { demoShows } from './shows.js'

/** The passwords are public. Production does not create these accounts. */
export const DEMO_ACCOUNTS = [
  { email: 'demo@normflix.test', password: 'normflix-demo', note: 'premium, two profiles' },
  { email: 'admin@normflix.test', password: 'normflix-admin', note: 'administrator' },
] as const

const [DEMO, ADMIN] = DEMO_ACCOUNTS
const INSERT_BATCH_SIZE = 500
const CLIPS_FOLDER = fileURLToPath(new URL('../../../src/demo/clips/', import.meta.url))
const DAY_MS = 86_400_000

/** Returns true if the administrator exists, whose account is created last. */
export async function isDemoSeeded (): Promise<boolean> {
  return await findAccountByEmail(ADMIN.email) !== null
}

/** Writes the catalogue and its media files. A worker thread packages the clips at the same time. */
export async function seedCatalogue (storage: MediaStorage, progress: (text: string) => void): Promise<void> {
  const [files] = await Promise.all([storeClips(storage), seedTitles(progress)])
  progress('clips')
  await seedMedia(files)
}

async function seedTitles (progress: (text: string) => void): Promise<void> {
  const present = new Set(
    (await Title.find().select('_id').lean<Array<{ _id: Types.ObjectId }>>()).map(({ _id }) => _id.toString()),
  )
  const movies = loadDemoMovies().filter((movie) => !present.has(movie.id))
  let inserted = 0
  for (const batch of splitIntoBatches(movies, INSERT_BATCH_SIZE)) {
    progress(`${inserted} of ${movies.length} movies`)
    await Movie.insertMany(batch.map(({ id, ...movie }) => ({ ...movie, _id: id })))
    inserted += batch.length
  }
  progress('shows')
  const shows = demoShows.filter((show) => !present.has(show.id))
  await Show.insertMany(shows.map(({ id, seasons, ...show }) => ({
    ...show,
    _id: id,
    seasons: seasons.map((season) => ({
      ...season,
      episodes: season.episodes.map(({ id: _id, ...episode }) => ({ _id, ...episode })),
    })),
  })))
}

/** Assigns the stored clips to the items of the media plan. */
async function seedMedia (files: Map<DemoClip, Omit<StoredMediaFile, '_id'>>): Promise<void> {
  await Media.bulkWrite(
    mediaPlan.map((entry) => ({
      updateOne: {
        filter: { _id: new Types.ObjectId(entry.itemId) },
        update: {
          $setOnInsert: {
            title: new Types.ObjectId(entry.titleId),
            season: entry.season,
            episode: entry.episode,
            files: entry.clips.map((clip) => ({ _id: new Types.ObjectId(), ...files.get(clip) })),
          },
        },
        upsert: true,
      },
    })) as Parameters<typeof Media.bulkWrite>[0],
  )
}

/** Stores and packages each clip once. */
async function storeClips (storage: MediaStorage): Promise<Map<DemoClip, Omit<StoredMediaFile, '_id'>>> {
  const prober = createMediaProber()
  const packager = createMediaPackager()
  try {
    const clips: DemoClip[] = Object.values(DEMO_CLIPS)
    return new Map(
      await Promise.all(clips.map(async (clip) => [clip, await storeClip(storage, prober, packager, clip)] as const)),
    )
  } finally {
    await Promise.all([prober.close(), packager.close()])
  }
}

async function storeClip (
  storage: MediaStorage,
  prober: MediaProber,
  packager: MediaPackager,
  { fileName }: DemoClip,
): Promise<Omit<StoredMediaFile, '_id'>> {
  const source = path.join(CLIPS_FOLDER, fileName)
  const storageKey = `demo/${fileName}`
  const { sizeBytes, sha256 } = await receiveUpload(
    createReadStream(source),
    storage,
    storageKey,
    statSync(source).size,
  )
  const probed = await prober.probe(source, sizeBytes)
  if (!probed.ok) throw new Error(`the demo clip ${fileName} is unreadable`)
  const { frameRate, audioTracks } = probed.info
  const packageId = new Types.ObjectId()
  const prefix = packagePrefix('demo', packageId)
  const packaged = await packager.pack(storage, { key: storageKey, sizeBytes, frameRate }, prefix)
  if (!packaged.ok) throw new Error(`the demo clip ${fileName} cannot be packaged`)
  const createdAt = new Date()
  const hls = {
    ...initialHlsState(),
    state: 'ready' as const,
    progress: 1,
    packages: [{ _id: packageId, prefix, audioCount: packaged.index.audio.length, createdAt, retiredAt: null }],
  }
  return {
    ...mediaFileFields(probed.info, audioTracks),
    hls,
    storageKey,
    sizeBytes,
    sha256,
    subtitleLanguages: [],
    edition: null,
    createdAt,
  }
}

export interface DemoDeps extends AccountDeps {
  readonly catalogue: Catalogue
  readonly watching: WatchingDeps
}

/** Creates the accounts, and some history for the first profile of the demo account. */
export async function seedAccounts (deps: DemoDeps): Promise<void> {
  const demo = await findAccountByEmail(DEMO.email) ??
    await createAccount(deps, {
      email: DEMO.email,
      password: DEMO.password,
      plan: deps.config.plans.largest.id,
      profileName: 'Kim',
    })
  const accountId = demo._id.toString()
  if (demo.profiles.length === 1 && demo.limits.maxProfiles > 1) {
    await addProfile(deps, accountId, { name: 'Kids', kids: true })
  }
  await seedHistory(deps, accountId, demo.profiles[0]?._id.toString() ?? '')
  if (await findAccountByEmail(ADMIN.email) === null) {
    await createAccount(deps, {
      email: ADMIN.email,
      password: ADMIN.password,
      plan: deps.config.plans.largest.id,
      profileName: 'Admin',
      role: 'admin',
    })
  }
}

/** Records a finished movie, a finished first episode, a movie in progress, and two titles in the wishlist. */
async function seedHistory (deps: DemoDeps, account: string, profile: string): Promise<void> {
  const { catalogue, watching } = deps
  const ref = { account, profile }
  const firstEpisodes = demoShows.find((show) => show.title === 'Firefly')?.seasons[0]?.episodes ?? []
  const movies = mediaPlan.filter((entry) => entry.kind === 'movie').map((entry) => entry.itemId)
  const watched = [
    { itemId: movies[0], daysAgo: 3, positionMs: 59_000, watchedMs: 58_000 },
    { itemId: firstEpisodes[0]?.id, daysAgo: 2, positionMs: 58_500, watchedMs: 57_000 },
    { itemId: movies[1], daysAgo: 1, positionMs: 23_456, watchedMs: 23_000 },
  ]
  for (const { itemId = '', daysAgo, positionMs, watchedMs } of watched) {
    const item = catalogue.findItem(itemId)
    const title = item === null ? null : catalogue.findTitle(item.titleId)
    if (item === null || title === null) continue
    const at = deps.now().getTime() - daysAgo * DAY_MS
    await recordProgress(watching, ref, title, item, [{
      positionMs,
      at,
      watchedMs,
      eventId: 'demo',
      playKey: `demo-${itemId}`,
    }])
  }
  for (const id of movies.slice(2, 4)) await addToWishlist(ref, id)
}
