// One attempt to encode a master: probes it, encodes the rungs that are missing, and publishes them one by one.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { randomUUID } from 'node:crypto'
import { Types } from 'mongoose'
import type { StoredEncodingJob, StoredRendition } from '../../../models/encoding-job.js'
import { Media, mediaFileLimitReached, type StoredMedia, type StoredMediaFile } from '../../../models/media.js'
import type { Config } from '../../config.js'
import type { LadderRung } from '../../domain/encoding-ladder.js'
import { DomainError, isStorageFull } from '../../errors.js'
import type { MediaDeps } from '../deps.js'
import { addToMedia } from '../item-media.js'
import { removeUnusedUploads } from '../object-cleanup.js'
import type { Packaging } from '../packaging/packaging.js'
import type { MediaProber } from '../probing/prober.js'
import { mediaFileFields } from '../upload/media-files.js'
import { EncoderUnavailableError, type Encoder } from './encoder.js'
import { planEncoding, rungFileName, type EncodingPlan } from './encoding-plan.js'
import { encodingArguments } from './ffmpeg-arguments.js'
import { saveRenditions, type RunningJob } from './job-state.js'
import { readMasterInfo } from './master-info.js'
import { ProgramStoppedError, type ProgramResult } from './run-program.js'
import { createScratchFolder, hasRoomFor, removeScratchFolder } from './scratch-folders.js'

export interface EncodingDeps extends MediaDeps {
  readonly config: Pick<Config, 'dataDir' | 'encoding'>
  readonly encoder: Encoder
  readonly prober: MediaProber
  readonly packaging: Packaging
}

/** An attempt failed. `isFinal`: another one would fail too. */
export class EncodingFailedError extends Error {
  constructor (
    readonly code: string,
    message: string,
    readonly options: { readonly logTail?: string, readonly isFinal?: boolean } = {},
  ) {
    super(message)
    this.name = 'EncodingFailedError'
  }
}

/** Share of the progress that encoding takes; the rest is publishing. */
const ENCODING_SHARE = 0.95

/**
 * Encodes a claimed job.
 * @throws EncodingFailedError; ProgramStoppedError after an abort; errors of the storage and the database
 */
export async function encodeMaster (deps: EncodingDeps, running: RunningJob, signal: AbortSignal): Promise<void> {
  const { config, encoder } = deps
  const { job, claimId } = running
  const plan = await planMissingRungs(deps, running, signal)
  if (plan.rungs.length === 0) return
  const folder = await createScratchFolder(config.dataDir, claimId.toString())
  try {
    if (!await hasRoomFor(folder, plan)) throw diskFull()
    const args = encodingArguments(plan, await deps.storage.locate(job.storageKey), config.encoding)
    requireSuccess(
      await encoder.encode(args, {
        folder,
        durationMs: plan.durationMs,
        signal,
        onProgress: (progress) => {
          running.progress = progress * ENCODING_SHARE
        },
      }),
    )
    await publishRungs(deps, running, plan, folder, signal)
  } catch (error) {
    if (isStorageFull(error)) throw diskFull()
    if (error instanceof EncoderUnavailableError) throw new EncodingFailedError('encoder-unavailable', error.message)
    throw error
  } finally {
    await removeScratchFolder(config.dataDir, claimId.toString())
  }
}

function diskFull (): EncodingFailedError {
  return new EncodingFailedError(
    'disk-full',
    'The disk has too little space for the renditions. The job continues when there is more.',
  )
}

function requireSuccess (result: ProgramResult): string {
  if (result.ok) return result.output
  const { code, logTail } = result
  if (/no space left on device/i.test(logTail)) throw diskFull()
  const text = code === 'stalled' ? 'ffmpeg made no progress for too long.' : 'ffmpeg could not encode the master.'
  throw new EncodingFailedError(code === 'stalled' ? 'stalled' : 'encoding-failed', text, { logTail })
}

/** Plans the rungs that have no media file yet, and removes what an earlier attempt left of them. */
async function planMissingRungs (deps: EncodingDeps, running: RunningJob, signal: AbortSignal): Promise<EncodingPlan> {
  const { job } = running
  const plan = await planMaster(deps, job, deps.config.encoding.ladder, signal)
  const media = await Media.findById(job.item).select('files._id').lean<StoredMedia>()
  const isPublished = ({ _id }: StoredRendition): boolean => media?.files.some((file) => file._id.equals(_id)) === true
  const published = job.renditions.filter(isPublished)
  await removeUnusedUploads(deps, job.renditions.map(({ storageKey }) => storageKey))
  const rungs = plan.rungs.filter((rung) => !published.some(({ height }) => height === rung.height))
  job.renditions = [
    ...published,
    ...rungs.map(({ height }) => {
      const _id = new Types.ObjectId()
      return { _id, height, storageKey: `${job.item.toString()}/${_id.toString()}-${randomUUID()}` }
    }),
  ]
  if (!await saveRenditions(running, job.renditions)) throw new ProgramStoppedError()
  return { ...plan, rungs }
}

/**
 * Probes a master.
 * @throws EncodingFailedError
 */
async function planMaster (
  { encoder, storage }: Pick<EncodingDeps, 'encoder' | 'storage'>,
  { storageKey }: StoredEncodingJob,
  ladder: readonly LadderRung[],
  signal: AbortSignal,
): Promise<EncodingPlan> {
  try {
    const result = readMasterInfo(requireSuccess(await encoder.probe(await storage.locate(storageKey), signal)))
    if (!result.ok) throw new EncodingFailedError(result.code, result.reason, { isFinal: true })
    return planEncoding(result.info, ladder)
  } catch (error) {
    if (error instanceof EncoderUnavailableError) throw new EncodingFailedError('encoder-unavailable', error.message)
    throw error
  }
}

/** Lowest first: the title can be played as soon as possible. */
async function publishRungs (
  deps: EncodingDeps,
  running: RunningJob,
  plan: EncodingPlan,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const lowestFirst = plan.rungs.toReversed()
  for (const [i, rung] of lowestFirst.entries()) {
    const rendition = running.job.renditions.find(({ height }) => height === rung.height)
    // The claim is renewed: a cancelled job publishes nothing more.
    if (rendition === undefined || signal.aborted || !await saveRenditions(running, running.job.renditions)) {
      throw new ProgramStoppedError()
    }
    await publishRendition(deps, running.job, plan, rendition, path.join(folder, rungFileName(rung)))
    running.progress = ENCODING_SHARE + (1 - ENCODING_SHARE) * (i + 1) / lowestFirst.length
  }
}

async function publishRendition (
  deps: EncodingDeps,
  job: StoredEncodingJob,
  plan: EncodingPlan,
  { _id, storageKey }: StoredRendition,
  localFile: string,
): Promise<void> {
  const { catalogue, storage, prober, packaging, now } = deps
  const item = catalogue.findItem(job.item.toString())
  const title = catalogue.findTitle(item?.titleId ?? '')
  if (item === null || title === null) throw new ProgramStoppedError()
  const { size: sizeBytes } = await stat(localFile)
  const sha256 = await hashFile(localFile)
  await storage.adopt(localFile, storageKey)
  const result = await prober.probe(await storage.locate(storageKey), sizeBytes)
  if (!result.ok) throw new EncodingFailedError('encoding-failed', `A rendition cannot be used: ${result.reason}.`)
  const audioTracks = result.info.audioTracks.map((track, i) => {
    const { language = track.language, kind = track.kind, name = track.name } = plan.audio[i] ?? {}
    return { ...track, language, kind, name }
  })
  const file: StoredMediaFile = {
    _id,
    ...mediaFileFields(result.info, audioTracks),
    storageKey,
    sizeBytes,
    sha256,
    subtitleLanguages: [],
    edition: job.edition,
    master: job._id,
    createdAt: now(),
  }
  try {
    await addToMedia(deps, title, item, { files: file }, mediaFileLimitReached)
  } catch (error) {
    await storage.remove(storageKey)
    if (!(error instanceof DomainError)) throw error
    // The item was deleted, and the job with it.
    if (error.status === 404) throw new ProgramStoppedError()
    throw new EncodingFailedError(error.code, error.detail, { isFinal: true })
  }
  await deps.publishTitleChange(title.id)
  packaging.enqueue(item.id, _id.toString())
}

async function hashFile (file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) hash.update(chunk)
  return hash.digest('hex')
}
