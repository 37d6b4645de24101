// Takes a poster and a backdrop of a movie, or a still of an episode, from the renditions of a master. The first
// episodes of a show give it a poster and a backdrop.
import { readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { EncodingJob, type StoredEncodingJob } from '../../../../models/encoding-job.js'
import { Image } from '../../../../models/image.js'
import { Media, type StoredMedia, type StoredMediaFile } from '../../../../models/media.js'
import { Title, type StoredTitle } from '../../../../models/title.js'
import type { CatalogueItem } from '../../../catalogue/store/catalogue.js'
import { splitIntoBatches } from '../../../domain/arrays.js'
import { videoHeight } from '../../../domain/file-choice.js'
import { artworkSlot, imageUrlOf, stillSlot, type ImageSlot } from '../../images/image-slots.js'
import { canTakeSlot, newImageKey, setMasterImage, type MasterImage } from '../../images/images.js'
import { cropPicture, judgePicture } from '../../images/judge-picture.js'
import { removeUnusedImageKeys } from '../../object-cleanup.js'
import type { EncodingDeps } from '../encoding-deps.js'
import { inputArguments } from '../input-arguments.js'
import { requireSuccess } from '../plan-master.js'
import { renditionsOf } from '../publish-renditions.js'
import { ProgramStoppedError, type ProgramResult } from '../run-program.js'
import { requireItemOf, stepAttempts, type StepWork } from './step-state.js'

/** One picture is taken for so much of the film, within the bounds. */
const INTERVAL_MS = 2_000
const [MIN_SAMPLES, MAX_SAMPLES] = [4, 24]
/** The first share of the rest has logos and titles; the film behind the last share has credits. */
const [FIRST_SHARE, LAST_SHARE] = [0.05, 0.85]
/** Lines: enough for a backdrop on a television. */
const GOOD_HEIGHT = 1_080
/** The best pictures are tried as posters: a crop may miss what makes them good. */
const POSTER_TRIALS = 4
/** Pictures of one process: the file is opened for each, which takes about 25 MiB at 1080 lines. */
const PICTURES_PER_PROCESS = 6
/** Shares of the progress. ffmpeg takes pictures, they are judged, and crops of the best are stored. */
const [TAKING_SHARE, JUDGING_SHARE, CROPPING_SHARE] = [0.4, 0.4, 0.15]

interface PlannedPicture {
  readonly slot: ImageSlot
  /** Width through height. */
  readonly ratio: number
  /** Pixels. */
  readonly maxWidth: number
  readonly trials: number
}

type PictureSource = Omit<MasterImage, 'storageKey'>

interface PlannedImage extends PlannedPicture {
  readonly image: PictureSource
}

const WIDE = { ratio: 16 / 9, maxWidth: 1_920, trials: 1 } as const
const BACKDROP: PlannedPicture = { slot: artworkSlot('backdropUrl'), ...WIDE }
const POSTER: PlannedPicture = {
  slot: artworkSlot('posterUrl'),
  ratio: 2 / 3,
  maxWidth: 1_000,
  trials: POSTER_TRIALS,
}

/**
 * Takes the pictures that the movie, the episode or its show lacks, or has from a master that this one replaces. Images
 * that people chose stay.
 * @throws EncodingFailedError; ProgramStoppedError after an abort; errors of the storage and the database
 */
export async function takePictures (deps: EncodingDeps, work: StepWork): Promise<void> {
  const { running } = work
  // The replacement may be complete, and the other master removed.
  const master = { ...work.master, replaces: running.job.replaces }
  const { item } = requireItemOf(deps, master)
  await removeUnusedImageKeys(deps, [running.job])
  const planned = await planPictures(deps, master, item)
  const rendition = planned.length === 0 ? null : await findRendition(master)
  if (rendition === null) return
  const pictures = await samplePictures(deps, rendition, sampleTimes(running.job.durationMs, item), work)
  const storageKeys = planned.map(() => newImageKey(item.titleId))
  // Stored before the objects are.
  if (!await stepAttempts.update(running, { $set: { imageKeys: storageKeys } })) throw new ProgramStoppedError()
  running.job.imageKeys = storageKeys
  for (const [i, { slot, ratio, maxWidth, trials, image }] of planned.entries()) {
    const picture = await chooseCrop(pictures.slice(0, trials), ratio, maxWidth)
    const storageKey = storageKeys[i]
    if (picture !== null && storageKey !== undefined) {
      await setMasterImage(deps, item.titleId, picture, slot, { ...image, storageKey })
    }
    running.progress += CROPPING_SHARE / planned.length
  }
}

/** The edition without a name takes precedence, and a master replaces pictures of its predecessor. */
function masterImageOf ({ _id, replaces, edition }: StoredEncodingJob): PictureSource {
  return { master: _id, canReplace: (master) => edition === null || replaces?.equals(master) === true }
}

/** A show has the pictures of its first episode that has a master: an earlier one replaces those of a later one. */
async function showImageOf (
  { catalogue }: Pick<EncodingDeps, 'catalogue'>,
  job: StoredEncodingJob,
  item: CatalogueItem,
): Promise<PictureSource> {
  const jobs = await EncodingJob.find({ title: job.title }).select('item').lean<StoredEncodingJob[]>()
  const itemIds = new Map(jobs.map((one) => [one._id.toString(), one.item.toString()]))
  const { master, canReplace } = masterImageOf(job)
  return {
    master,
    canReplace (other) {
      const source = catalogue.findItem(itemIds.get(other.toString()) ?? '')
      return canReplace(other) && (source === null || compareEpisodes(item, source) <= 0)
    },
  }
}

const compareEpisodes = (a: CatalogueItem, b: CatalogueItem): number => a.season - b.season || a.episode - b.episode

/** Pictures of this master may exist: an earlier attempt has ended after it had stored them. */
async function planPictures (deps: EncodingDeps, job: StoredEncodingJob, item: CatalogueItem): Promise<PlannedImage[]> {
  const title = await Title.findById(item.titleId)
  if (title === null) return []
  const stored = title as unknown as Parameters<ImageSlot['readUrl']>[0]
  const possible = item.id === item.titleId ? movieImages(job) : await episodeImages(deps, job, item)
  const own = new Set((await Image.find({ title: (stored as StoredTitle)._id, master: job._id }).select('_id').lean())
    .map(({ _id }) => imageUrlOf(_id)))
  const planned: PlannedImage[] = []
  for (const picture of possible) {
    const url = picture.slot.readUrl(stored)
    if (!own.has(url ?? '') && await canTakeSlot(url, picture.image.canReplace)) planned.push(picture)
  }
  return planned
}

const movieImages = (job: StoredEncodingJob): PlannedImage[] =>
  [BACKDROP, POSTER].map((picture) => ({ ...picture, image: masterImageOf(job) }))

/** Specials give their show no picture. */
async function episodeImages (
  deps: EncodingDeps,
  job: StoredEncodingJob,
  item: CatalogueItem,
): Promise<PlannedImage[]> {
  const still = { slot: stillSlot(item.id), ...WIDE, image: masterImageOf(job) }
  if (item.season === 0) return [still]
  const image = await showImageOf(deps, job, item)
  return [still, ...[BACKDROP, POSTER].map((picture) => ({ ...picture, image }))]
}

/** The lowest rendition that is good enough, else the highest. */
async function findRendition (job: StoredEncodingJob): Promise<StoredMediaFile | null> {
  const lowestFirst = renditionsOf(await Media.findById(job.item).lean<StoredMedia>(), job)
  return lowestFirst.find((file) => videoHeight(file) >= GOOD_HEIGHT) ?? lowestFirst.at(-1) ?? null
}

/** Times spread over the film without its credits, ms. */
export function sampleTimes (durationMs: number, { markers }: Pick<CatalogueItem, 'markers'>): number[] {
  const count = Math.max(MIN_SAMPLES, Math.min(MAX_SAMPLES, Math.round(durationMs / INTERVAL_MS)))
  const lastMs = Math.min(durationMs * LAST_SHARE, markers?.creditsStartMs ?? Infinity)
  const firstMs = lastMs * FIRST_SHARE
  return Array.from({ length: count }, (_, i) => Math.round(firstMs + (lastMs - firstMs) * (i + 0.5) / count))
}

/** @returns usable pictures as JPEG, the best first. @throws EncodingFailedError when ffmpeg wrote none */
async function samplePictures (
  { encoder, storage, log }: EncodingDeps,
  { storageKey }: StoredMediaFile,
  times: readonly number[],
  { running, folder, signal }: StepWork,
): Promise<Buffer[]> {
  const location = await storage.locate(storageKey)
  const judged: Array<{ readonly picture: Buffer, readonly quality: number }> = []
  let [taken, failed]: [number, ProgramResult | null] = [0, null]
  for (const batch of splitIntoBatches(times, PICTURES_PER_PROCESS)) {
    const result = await encoder.encode(pictureArguments(location, batch), { folder, durationMs: 1, signal })
    if (!result.ok) {
      log.warn({ logTail: result.logTail }, 'ffmpeg could not take some pictures of a rendition')
      failed = result
    }
    running.progress += batch.length / times.length * TAKING_SHARE
    for (const i of batch.keys()) {
      running.progress += JUDGING_SHARE / times.length
      const file = path.join(folder, pictureName(i))
      const picture = await readFile(file).catch(() => null)
      await rm(file, { force: true })
      if (picture === null) continue
      taken++
      const quality = await judgePicture(picture)
      if (quality !== null) judged.push({ picture, quality })
    }
  }
  if (taken === 0 && failed !== null) requireSuccess(failed, 'ffmpeg could not take pictures of the film.')
  return judged.sort((a, b) => b.quality - a.quality).map(({ picture }) => picture)
}

/**
 * Arguments for ffmpeg that write the key frame before each time as a picture, named by `pictureName`. Nothing else is
 * decoded, so that threads would only take memory.
 * @param times ms
 */
export function pictureArguments (location: string | URL, times: readonly number[]): string[] {
  return [
    ...times.flatMap((timeMs) => [
      ...['-threads', '1', '-skip_frame', 'nokey', '-noaccurate_seek', '-ss', (timeMs / 1_000).toFixed(3)],
      ...inputArguments(location),
    ]),
    ...times.flatMap((_, i) => [
      ...['-map', `${i}:v:0`, '-frames:v', '1', '-q:v', '2', '-f', 'image2', pictureName(i)],
    ]),
  ]
}

/** @param number of the picture in its process, from 0 */
export const pictureName = (number: number): string => `picture-${number}.jpg`

/** The best crop of the pictures; null when none is usable. */
async function chooseCrop (pictures: readonly Buffer[], ratio: number, maxWidth: number): Promise<Buffer | null> {
  let best: { readonly crop: Buffer, readonly quality: number } | null = null
  for (const picture of pictures) {
    const crop = await cropPicture(picture, ratio, maxWidth)
    const quality = await judgePicture(crop)
    if (quality !== null && quality > (best?.quality ?? 0)) best = { crop, quality }
  }
  return best?.crop ?? null
}
