// One attempt to encode a master: probes it, measures its loudness, encodes the rungs that are missing, publishes them
// one by one, and adds the steps that follow.
import type { StoredRendition } from '../../../models/encoding-job.js'
import { Media, type StoredMedia } from '../../../models/media.js'
import type { SizedRung } from '../../domain/encoding-ladder.js'
import { removeUnusedUploads } from '../object-cleanup.js'
import { encodeInChunks } from './chunks/encode-in-chunks.js'
import type { EncodingDeps } from './encoding-deps.js'
import { ENCODING_SHARE, passCost, splitIntoPasses, withRungs, type EncodingPlan } from './encoding-plan.js'
import { requireVideoEncoder } from './encoding-status.js'
import { encodingArguments } from './ffmpeg-arguments.js'
import { hasCaptions } from './frame-captions.js'
import { saveCaptions, saveRenditions, type RunningJob } from './job-state.js'
import { planWithClock } from './master-clock.js'
import { saveChapters } from './master-chapters.js'
import { measureLoudness } from './measure-loudness.js'
import { diskFull, planMaster, requireSuccess } from './plan-master.js'
import { isOfRung, newRendition, publishRungs } from './publish-renditions.js'
import { ProgramStoppedError } from './run-program.js'
import { createScratchFolder, hasRoomFor, removeScratchFolder } from './scratch-folders.js'
import { addSteps } from './steps/add-steps.js'

/**
 * Encodes a claimed job.
 * @throws EncodingFailedError; EncoderUnavailableError; ProgramStoppedError after an abort; errors of the storage and
 * the database
 */
export async function encodeMaster (deps: EncodingDeps, running: RunningJob, signal: AbortSignal): Promise<void> {
  const { config } = deps
  const claimId = running.claimId.toString()
  const plan = await planWithClock(deps, running, await planMaster(deps, running.job, signal), signal)
  const rungs = await findMissingRungs(deps, running, plan)
  const folder = await createScratchFolder(config.dataDir, claimId)
  try {
    if (running.job.isChunked) await encodeInChunks(deps, running, { plan, rungs, folder, signal })
    else await encodeWhole(deps, running, withRungs(plan, rungs), folder, signal)
    await saveChapters(deps, running.job, plan.chapters)
    if (!await saveCaptions(running, await hasCaptions(deps, running.job, plan, signal))) {
      throw new ProgramStoppedError()
    }
    await addSteps(running, plan, deps.now())
  } finally {
    await removeScratchFolder(config.dataDir, claimId)
  }
}

/** Encodes and publishes one pass after the other. */
async function encodeWhole (
  deps: EncodingDeps,
  running: RunningJob,
  missing: EncodingPlan,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const { config: { encoding }, encoder, storage } = deps
  if (!await hasRoomFor(folder, missing)) throw diskFull()
  // An earlier attempt may have ended between its last rung and the end of the job.
  if (missing.rungs.length === 0) return
  await requireVideoEncoder(encoder, encoding)
  const plan = await measureLoudness(deps, running.job, missing, folder, signal)
  const passes = splitIntoPasses(plan, encoding)
  const totalCost = passes.reduce((sum, pass) => sum + passCost(pass), 0)
  let completed = 0
  for (const pass of passes) {
    const share = passCost(pass) / totalCost
    const args = encodingArguments(pass, await storage.locate(running.job.storageKey), encoding)
    const result = await encoder.encode(args, {
      folder,
      durationMs: plan.durationMs,
      signal,
      onProgress: (progress) => {
        running.progress = (completed + progress * share) * ENCODING_SHARE
      },
    })
    requireSuccess(result)
    await publishRungs(deps, running, pass, { folder, logTail: result.logTail }, signal)
    completed += share
  }
}

/** Selects the rungs that have no media file yet, and removes what an earlier attempt left of them. */
async function findMissingRungs (deps: EncodingDeps, running: RunningJob, plan: EncodingPlan): Promise<SizedRung[]> {
  const { job } = running
  const media = await Media.findById(job.item).select('files._id').lean<StoredMedia>()
  const isPublished = ({ _id }: StoredRendition): boolean => media?.files.some((file) => file._id.equals(_id)) === true
  const published = job.renditions.filter(isPublished)
  await removeUnusedUploads(deps, job.renditions.map(({ storageKey }) => storageKey))
  const rungs = plan.rungs.filter((rung) => !published.some((rendition) => isOfRung(rendition, rung)))
  job.renditions = [
    ...published,
    ...rungs.map(({ height }) => newRendition(job, height)),
  ]
  if (!await saveRenditions(running, job.renditions)) throw new ProgramStoppedError()
  return rungs
}
