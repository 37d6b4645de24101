// One attempt to encode a master: probes it, measures its loudness, encodes the rungs that are missing, and publishes
// them one by one.
import { randomUUID } from 'node:crypto'
import { Types } from 'mongoose'
import type { StoredEncodingJob, StoredRendition } from '../../../models/encoding-job.js'
import { Media, type StoredMedia } from '../../../models/media.js'
import type { LadderRung } from '../../domain/encoding-ladder.js'
import { isStorageFull } from '../../errors.js'
import { removeUnusedUploads } from '../object-cleanup.js'
import { EncoderUnavailableError } from './encoder.js'
import { EncodingFailedError, type EncodingDeps } from './encoding-deps.js'
import { passCost, planEncoding, splitIntoPasses, withRungs, type EncodingPlan } from './encoding-plan.js'
import { encodingArguments } from './ffmpeg-arguments.js'
import { saveRenditions, type RunningJob } from './job-state.js'
import { makeThumbnails } from './master-thumbnails.js'
import { saveChapters } from './master-chapters.js'
import { takePictures } from './master-pictures.js'
import { readMasterInfo } from './master-info.js'
import { loudnessArguments, withGains } from './measure-loudness.js'
import { publishRungs } from './publish-renditions.js'
import { ProgramStoppedError, type ProgramResult } from './run-program.js'
import { createScratchFolder, hasRoomFor, removeScratchFolder } from './scratch-folders.js'

/** The rest is for the last rungs, which are moved to the storage. */
const ENCODING_SHARE = 0.98

/**
 * Encodes a claimed job.
 * @throws EncodingFailedError; ProgramStoppedError after an abort; errors of the storage and the database
 */
export async function encodeMaster (deps: EncodingDeps, running: RunningJob, signal: AbortSignal): Promise<void> {
  const { config } = deps
  const claimId = running.claimId.toString()
  const plan = await planMissingRungs(deps, running, signal)
  const folder = await createScratchFolder(config.dataDir, claimId)
  try {
    if (!await hasRoomFor(folder, plan)) throw diskFull()
    // An earlier attempt may have ended between its last rung and the pictures.
    if (plan.rungs.length > 0) {
      await encodePlan(deps, running, await measureLoudness(deps, running, plan, folder, signal), folder, signal)
    }
    await saveChapters(deps, running.job, plan.chapters)
    await makeThumbnails(deps, running.job, plan.durationMs, folder, signal)
    await takePictures(deps, running.job, plan.durationMs, folder, signal)
  } catch (error) {
    if (isStorageFull(error)) throw diskFull()
    if (error instanceof EncoderUnavailableError) throw new EncodingFailedError('encoder-unavailable', error.message)
    throw error
  } finally {
    await removeScratchFolder(config.dataDir, claimId)
  }
}

/** Brings the audio to the loudness that is configured. */
async function measureLoudness (
  { config, encoder, storage }: EncodingDeps,
  { job }: RunningJob,
  plan: EncodingPlan,
  folder: string,
  signal: AbortSignal,
): Promise<EncodingPlan> {
  const { loudness } = config.encoding
  if (loudness === 'off' || plan.audio.length === 0) return plan
  const args = loudnessArguments(plan, await storage.locate(job.storageKey))
  const result = await encoder.encode(args, { folder, durationMs: plan.durationMs, signal })
  requireSuccess(result)
  return { ...plan, audio: withGains(plan.audio, result.logTail, Number(loudness)) }
}

/** Encodes and publishes one pass after the other. */
async function encodePlan (
  deps: EncodingDeps,
  running: RunningJob,
  plan: EncodingPlan,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const { config: { encoding }, encoder, storage } = deps
  const passes = splitIntoPasses(plan, encoding.encoder !== 'libx264')
  const totalCost = passes.reduce((sum, pass) => sum + passCost(pass), 0)
  let completed = 0
  for (const pass of passes) {
    const share = passCost(pass) / totalCost
    const args = encodingArguments(pass, await storage.locate(running.job.storageKey), encoding)
    requireSuccess(
      await encoder.encode(args, {
        folder,
        durationMs: plan.durationMs,
        signal,
        onProgress: (progress) => {
          running.progress = (completed + progress * share) * ENCODING_SHARE
        },
      }),
    )
    await publishRungs(deps, running, pass, folder, signal)
    completed += share
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
  return withRungs(plan, rungs)
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
