// Keeps the video of a master as it is, beside its renditions: HEVC and AV1 need fewer bytes than H.264, and only the
// original has the brightness and colours of HDR. Nothing is encoded.
import path from 'node:path'
import type { StoredRendition } from '../../../models/encoding-job.js'
import { Media, type StoredMedia, type StoredMediaFile } from '../../../models/media.js'
import { videoHeight } from '../../domain/file-choice.js'
import { removeUnusedUploads } from '../object-cleanup.js'
import { EncodingFailedError, type EncodingDeps } from './encoding-deps.js'
import { withRungs, type EncodingPlan } from './encoding-plan.js'
import { clockArguments, copiedTrackArguments, NO_TAGS } from './ffmpeg-arguments.js'
import { inputArguments } from './input-arguments.js'
import { saveRenditions, type RunningJob } from './job-state.js'
import { requireSuccess } from './plan-master.js'
import { newRendition, publishRendition, renditionsOf } from './publish-renditions.js'
import { ProgramStoppedError } from './run-program.js'

export const ORIGINAL_FILE = 'original.mp4'

/**
 * Publishes the video of a master with the audio of its lowest rendition, if devices play it. Where that fails, the
 * reason is logged only: the title plays without it.
 * @throws ProgramStoppedError after an abort; EncodingFailedError `disk-full`; errors of the storage and the database
 */
export async function keepOriginal (
  deps: EncodingDeps,
  running: RunningJob,
  plan: EncodingPlan,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const { job } = running
  // Times cannot be copied where the clock of a transport stream jumps.
  if (!plan.video.isKept || job.clock?.isContinuous === false) return
  if (job.renditions.some(({ isOriginal }) => isOriginal === true)) return
  const [lowest] = renditionsOf(await Media.findById(job.item).lean<StoredMedia>(), job)
  if (lowest === undefined) return
  const withoutTexts = withRungs(plan, [])
  const rendition: StoredRendition = { ...newRendition(job, videoHeight(plan.video)), isOriginal: true }
  try {
    requireSuccess(
      await deps.encoder.encode(await copyArguments(deps, running, withoutTexts, lowest), {
        folder,
        durationMs: plan.durationMs,
        signal,
      }),
    )
    job.renditions = [...job.renditions, rendition]
    if (!await saveRenditions(running, job.renditions)) throw new ProgramStoppedError()
    await publishRendition(deps, job, withoutTexts, rendition, path.join(folder, ORIGINAL_FILE))
  } catch (error) {
    if (!(error instanceof EncodingFailedError) || error.code === 'disk-full') throw error
    deps.log.warn({ err: error, itemId: job.item.toString() }, 'the original video of a master was not kept')
    await removeUnusedUploads(deps, [rendition.storageKey])
  }
}

/** The audio of a rendition starts where the master starts, so the video keeps its times in the master. */
async function copyArguments (
  { storage }: EncodingDeps,
  { job }: RunningJob,
  plan: EncodingPlan,
  lowest: StoredMediaFile,
): Promise<string[]> {
  return [
    ...[...clockArguments(plan), ...inputArguments(await storage.locate(job.storageKey))],
    ...inputArguments(await storage.locate(lowest.storageKey)),
    ...['-map', `0:${plan.video.stream}`, ...plan.audio.flatMap((_track, i) => ['-map', `1:a:${i}`])],
    ...[...NO_TAGS, '-c:v', 'copy', ...(plan.video.codec === 'hevc' ? ['-tag:v', 'hvc1'] : [])],
    ...[...copiedTrackArguments(plan), '-movflags', '+faststart', '-f', 'mp4', ORIGINAL_FILE],
  ]
}
