// Encodes the 2160p clip of the demo once, as the master of one movie, and shares its renditions among all items that
// would have every clip otherwise.
import mongoose, { Types } from 'mongoose'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { EncodingJob, findEncodingJob, type StoredEncodingJob } from '../../models/encoding-job.js'
import { mediaFileLimitReached, Media, type StoredMedia, type StoredMediaFile } from '../../models/media.js'
import type { CatalogueItem, CatalogueTitle } from '../catalogue/store/catalogue.js'
import type { Config } from '../config.js'
import { fail } from '../errors.js'
import type { MediaDeps } from '../media/deps.js'
import type { Encoder } from '../media/encoding/encoder.js'
import { inputArguments } from '../media/encoding/input-arguments.js'
import { addMaster, type MasterDeps } from '../media/encoding/masters.js'
import { renditionsOf } from '../media/encoding/publish-renditions.js'
import { encodingStatus } from '../media/encoding/encoding-status.js'
import { isStepPending } from '../media/encoding/steps/step-state.js'
import { addToMedia } from '../media/item-media.js'
import type { Packaging } from '../media/packaging/packaging.js'
import { storeThumbnails } from '../media/sidecar/sidecar-files.js'
import { CLIP_DURATION_MS, DEMO_CLIPS, hasAllClips, mediaPlan, type MediaPlanEntry } from './media-plan.js'
import { addMissingClips, CLIP_PREFIX, CLIPS_FOLDER } from './seed-media.js'

/** Items whose renditions come from the master. The first one has the master. */
const ENTRIES: readonly MediaPlanEntry[] = mediaPlan.filter(hasAllClips)
const POLL_INTERVAL_MS = 250
/** The service starts then with the clips, which the renditions replace. */
const FIRST_RENDITION_TIMEOUT_MS = 15_000
const MASTER_NAME = 'master.mp4'

/** Whether the demo is made from a master: this process encodes. */
export async function canEncodeDemo (
  { config, encoder }: { readonly config: Pick<Config, 'role' | 'encoding'>, readonly encoder: Encoder },
): Promise<boolean> {
  return config.role === 'all' && (await encodingStatus(encoder, config)).isAvailable
}

export interface SeedMasterDeps extends MasterDeps {
  readonly packaging: Packaging
}

/**
 * Queues the master and waits for its first rendition, so that all titles can be played and have a history. On a slow
 * machine they get the clips until the rest follows by `createRenditionSharer`.
 */
export async function seedMaster (
  deps: SeedMasterDeps,
  onProgress: (text: string) => void = () => {},
  timeoutMs = FIRST_RENDITION_TIMEOUT_MS,
): Promise<void> {
  const { encoding, packaging } = deps
  const jobId = await addDemoMaster(deps)
  const giveUpAt = performance.now() + timeoutMs
  await encoding.processPending()
  for (;;) {
    await packaging.processPending()
    const job = await findEncodingJob(jobId)
    if (job !== null && await shareRenditions(deps, job) > 0) return
    if (job === null || hasEnded(job) || performance.now() > giveUpAt) break
    onProgress(`${Math.round(job.progress * 100)} % of the master`)
    await sleep(POLL_INTERVAL_MS)
  }
  await addClips(deps)
}

/** Returns the ID of the job. A repeated call finds the first master. */
async function addDemoMaster (deps: SeedMasterDeps): Promise<Types.ObjectId> {
  const [entry = fail(new Error('the media plan has no item with every clip'))] = ENTRIES
  const existing = await findDemoJob()
  if (existing !== null) return existing._id
  const { title, item } = findInCatalogue(deps, entry) ?? fail(new Error('the demo catalogue is incomplete'))
  const folder = await mkdtemp(path.join(tmpdir(), 'normflix-demo-'))
  try {
    const file = await writeMaster(deps.encoder, folder)
    return (await addMaster(deps, title, item, createReadStream(file), null))._id
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The 2160p clip with its audio and that in Spanish, as catalogues have it. @returns the path */
async function writeMaster (encoder: Encoder, folder: string): Promise<string> {
  const clips = [DEMO_CLIPS.uhd, DEMO_CLIPS.hdSpanish].map(({ fileName }) => path.join(CLIPS_FOLDER, fileName))
  const result = await encoder.encode([
    ...clips.flatMap((clip) => inputArguments(clip)),
    ...['-map', '0:v', '-map', '0:a', '-map', '1:a', '-c', 'copy'],
    ...['-metadata:s:a:0', 'language=eng', '-metadata:s:a:1', 'language=spa', MASTER_NAME],
  ], { folder, durationMs: CLIP_DURATION_MS })
  if (!result.ok) throw new Error(`the master of the demo could not be made: ${result.logTail}`)
  return path.join(folder, MASTER_NAME)
}

async function findDemoJob (): Promise<StoredEncodingJob | null> {
  return await EncodingJob.findOne({ item: new Types.ObjectId(ENTRIES[0]?.itemId), edition: null })
    .lean<StoredEncodingJob>()
}

/** No attempt follows without a request. */
const hasEnded = ({ state }: StoredEncodingJob): boolean => state === 'failed' || state === 'cancelled'

/** Returns a function that shares what is new since its last call. When nothing can follow, it does nothing. */
export function createRenditionSharer (deps: MediaDeps): () => Promise<void> {
  let isComplete = false
  return async () => {
    if (isComplete) return
    const job = await findDemoJob()
    if (job === null) {
      isComplete = true
      return
    }
    await shareRenditions(deps, job)
    if (hasEnded(job)) await addClips(deps)
    isComplete = hasEnded(job)
    if (job.state !== 'done' || !await isPackaged(job)) return
    await retireClips(deps)
    isComplete = !await isStepPending(job._id, 'thumbnails')
    if (isComplete) await shareThumbnails(deps, job)
  }
}

/**
 * Gives all items the renditions that are packaged: they share the objects of files and packages.
 * @returns the number of these renditions
 */
async function shareRenditions (deps: MediaDeps, job: StoredEncodingJob): Promise<number> {
  const renditions = (await findRenditions(job)).filter(({ hls }) => hls.state === 'ready')
  const changed = new Set<string>()
  for (const entry of ENTRIES) {
    const found = entry.itemId === job.item.toString() ? null : findInCatalogue(deps, entry)
    if (found === null) continue
    const files = deps.catalogue.itemFiles(entry.itemId)
    const missing = renditions.filter(({ sha256 }) => !files.some((file) => file.sha256 === sha256))
    for (const file of missing) {
      const copy = { ...file, _id: new Types.ObjectId() }
      await addToMedia(deps, found.title, found.item, { files: copy }, mediaFileLimitReached)
    }
    if (missing.length > 0) changed.add(entry.titleId)
  }
  for (const titleId of changed) await deps.publishTitleChange(titleId)
  return renditions.length
}

/** Each item has thumbnails of its own: they are deleted with it. */
async function shareThumbnails (deps: MediaDeps, job: StoredEncodingJob): Promise<void> {
  const { storage } = deps
  const thumbnails = (await Media.findById(job.item).lean<StoredMedia>())?.thumbnails ?? null
  if (thumbnails === null || thumbnails.master == null) return
  const { indexKey, imageKey, imageType } = thumbnails
  const [index, image] = await Promise.all([indexKey, imageKey].map(async (key) => buffer(await storage.open(key))))
  if (index === undefined || image === undefined) return
  for (const entry of ENTRIES) {
    const found = findInCatalogue(deps, entry)
    if (found === null || deps.catalogue.sidecarFiles(entry.itemId).thumbnails !== null) continue
    await storeThumbnails(deps, found.title, found.item, { index, image, imageType, master: job._id })
  }
}

/** Gives the clips to the items that have no rendition. */
async function addClips (deps: MediaDeps): Promise<void> {
  for (const titleId of await addMissingClips(deps.storage, ENTRIES)) await deps.publishTitleChange(titleId)
}

/** The renditions replace the clips. Playbacks in progress continue with these. */
async function retireClips (deps: MediaDeps): Promise<void> {
  const { catalogue, now } = deps
  const changed = new Set<string>()
  for (const { itemId, titleId } of ENTRIES) {
    const active = catalogue.itemFiles(itemId).filter(({ stage }) => stage === 'active')
    const clips = active.filter(({ storageKey }) => storageKey.startsWith(CLIP_PREFIX))
    if (clips.length === 0 || clips.length === active.length) continue
    const keys = clips.map(({ storageKey }) => storageKey)
    await Media.updateOne({ _id: itemId }, {
      $set: { 'files.$[clip].retiredAt': now(), 'files.$[clip].stage': 'retired' },
    }, { arrayFilters: [{ 'clip.storageKey': mongoose.trusted({ $in: keys }) }] })
    changed.add(titleId)
  }
  for (const titleId of changed) await deps.publishTitleChange(titleId)
}

async function findRenditions (job: StoredEncodingJob): Promise<StoredMediaFile[]> {
  return renditionsOf(await Media.findById(job.item).lean<StoredMedia>(), job)
}

async function isPackaged (job: StoredEncodingJob): Promise<boolean> {
  return (await findRenditions(job)).every(({ hls }) => hls.state !== 'processing')
}

function findInCatalogue (
  { catalogue }: Pick<MediaDeps, 'catalogue'>,
  { titleId, itemId }: MediaPlanEntry,
): { readonly title: CatalogueTitle, readonly item: CatalogueItem } | null {
  const [title, item] = [catalogue.findTitle(titleId), catalogue.findItem(itemId)]
  return title === null || item === null ? null : { title, item }
}
