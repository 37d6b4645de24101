// Seeds the media files of the demo: the clips are stored and packaged once, and shared by all items.
import { createReadStream, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import mongoose, { Types } from 'mongoose'
import {
  Media,
  type StoredMedia,
  type StoredMediaFile,
  type StoredSubtitle,
  type StoredThumbnails,
} from '../../models/media.js'
import { splitIntoBatches } from '../domain/arrays.js'
import { mediaFileFields } from '../media/upload/media-files.js'
import { packagePrefix } from '../media/object-cleanup.js'
import { packageBytes } from '../media/packaging/package-index.js'
import { createMediaPackager, type MediaPackager } from '../media/packaging/packager.js'
import { initialHlsState } from '../media/packaging/packaging-state.js'
import { createMediaProber, type MediaProber } from '../media/probing/prober.js'
import { storeSmallObject } from '../media/small-objects.js'
import { receiveUpload } from '../media/upload/receive-upload.js'
import type { MediaStorage } from '../storage/storage.js'
import { hasAllClips, hasSidecars, type DemoClip, type MediaPlanEntry } from './media-plan.js'
import { SUBTITLE_LANGUAGES, thumbnailIndex, writeSubtitles } from './sidecar-texts.js'

export const CLIPS_FOLDER = fileURLToPath(new URL('../../../src/demo/clips/', import.meta.url))
/** Storage keys of the clips start with this. */
export const CLIP_PREFIX = 'demo/'
const INSERT_BATCH_SIZE = 300
const ITEMS_AT_ONCE = 16

type SharedFile = Omit<StoredMediaFile, '_id'>
export type StoredClips = ReadonlyMap<DemoClip, SharedFile>

/** Stores and packages each of the clips once. */
export async function storeClips (storage: MediaStorage, clips: readonly DemoClip[]): Promise<StoredClips> {
  const prober = createMediaProber()
  const packager = createMediaPackager()
  try {
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
): Promise<SharedFile> {
  const source = path.join(CLIPS_FOLDER, fileName)
  const storageKey = `${CLIP_PREFIX}${fileName}`
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
    packages: [{
      _id: packageId,
      prefix,
      audioCount: packaged.index.audio.length,
      sizeBytes: packageBytes(packaged.index),
      createdAt,
      retiredAt: null,
    }],
  }
  return {
    ...mediaFileFields(probed.info, audioTracks),
    hls,
    storageKey,
    sizeBytes,
    sha256,
    subtitleLanguages: [],
    edition: null,
    master: null,
    stage: 'active',
    retiredAt: null,
    createdAt,
  }
}

type Sidecars = Pick<StoredMedia, 'subtitles' | 'thumbnails'>

/**
 * Stores the clips that items need, and assigns them to items that have no media yet; some also get subtitles and seek
 * thumbnails.
 * @param hasMaster items with every clip get subtitles only: the renditions of a master take the place of the clips
 */
export async function seedMedia (
  storage: MediaStorage,
  plan: readonly MediaPlanEntry[],
  hasMaster: boolean,
): Promise<void> {
  const entries = plan.map((entry) => hasMaster && hasAllClips(entry) ? { ...entry, clips: [] } : entry)
  const clips = await storeClips(storage, [...new Set(entries.flatMap((entry) => entry.clips))])
  const present = new Set((await Media.find().select('_id').lean()).map(({ _id }) => _id.toString()))
  const missing = entries.filter(({ itemId }) => !present.has(itemId))
  const sidecars = new Map<string, Sidecars>()
  const described = plan.filter((entry) => !present.has(entry.itemId) && hasSidecars(entry))
  for (const batch of splitIntoBatches(described, ITEMS_AT_ONCE)) {
    await Promise.all(batch.map(async (entry) => {
      const subtitles = await storeSubtitles(storage, entry.itemId)
      const thumbnails = hasMaster && hasAllClips(entry) ? null : await storeThumbnails(storage, entry.itemId)
      sidecars.set(entry.itemId, { subtitles, thumbnails })
    }))
  }
  const files = toStoredForm(clips)
  for (const batch of splitIntoBatches(missing, INSERT_BATCH_SIZE)) {
    // By the driver: casting the files of a thousand items would take most of the time. A plan has at most four each.
    await Media.collection.insertMany(batch.map((entry) => ({
      _id: new Types.ObjectId(entry.itemId),
      title: new Types.ObjectId(entry.titleId),
      season: entry.season,
      episode: entry.episode,
      files: entry.clips.map((clip) => ({ ...files.get(clip), _id: new Types.ObjectId() })),
      ...(sidecars.get(entry.itemId) ?? { subtitles: [], thumbnails: null }),
    })) as never)
  }
}

/**
 * Assigns the clips to items that have media without files: the renditions of their master do not exist yet.
 * @returns IDs of the titles
 */
export async function addMissingClips (storage: MediaStorage, plan: readonly MediaPlanEntry[]): Promise<string[]> {
  const empty = new Set(
    (await Media.find({ files: mongoose.trusted({ $size: 0 }) } as never).select('_id').lean())
      .map(({ _id }) => _id.toString()),
  )
  const entries = plan.filter(({ itemId }) => empty.has(itemId))
  if (entries.length === 0) return []
  const files = toStoredForm(await storeClips(storage, [...new Set(entries.flatMap(({ clips }) => clips))]))
  for (const { itemId, clips } of entries) {
    const thumbnails = await storeThumbnails(storage, itemId)
    for (const clip of clips) {
      await Media.updateOne({ _id: itemId }, { $push: { files: { ...files.get(clip), _id: new Types.ObjectId() } } })
    }
    await Media.updateOne({ _id: itemId }, { $set: { thumbnails } })
  }
  return [...new Set(entries.map(({ titleId }) => titleId))]
}

/** Casts each file once, with the defaults of the schema. */
function toStoredForm (clips: StoredClips): ReadonlyMap<DemoClip, StoredMediaFile> {
  return new Map([...clips].flatMap(([clip, file]) => {
    const id = new Types.ObjectId()
    const [stored] = new Media({ _id: id, title: id, files: [{ ...file, _id: id }] }).toObject().files
    return stored === undefined ? [] : [[clip, stored as StoredMediaFile] as const]
  }))
}

/** Each item has objects of its own: they are deleted with it. */
async function storeSubtitles (storage: MediaStorage, itemId: string): Promise<StoredSubtitle[]> {
  const createdAt = new Date()
  return await Promise.all(SUBTITLE_LANGUAGES.map(async (language): Promise<StoredSubtitle> => {
    const webVtt = Buffer.from(writeSubtitles(language))
    const storageKey = `${itemId}/subtitle-demo-${language}`
    const sha256 = await storeSmallObject(storage, storageKey, webVtt)
    const sizeBytes = webVtt.length
    return {
      ...{ _id: new Types.ObjectId(), language, kind: 'full', storageKey, sizeBytes, sha256 },
      ...{ mediaFile: null, name: null, createdAt },
    }
  }))
}

async function storeThumbnails (storage: MediaStorage, itemId: string): Promise<StoredThumbnails> {
  const createdAt = new Date()
  const image = readFileSync(path.join(CLIPS_FOLDER, 'thumbnails.jpg'))
  const [indexKey, imageKey] = [`${itemId}/thumbnails-demo.vtt`, `${itemId}/thumbnails-demo`]
  await storeSmallObject(storage, indexKey, Buffer.from(thumbnailIndex()))
  const sha256 = await storeSmallObject(storage, imageKey, image)
  return { indexKey, imageKey, imageType: 'image/jpeg', imageBytes: image.length, sha256, createdAt }
}
