// Keeps the video of a master as it is, beside its renditions: HEVC and AV1 need fewer bytes than H.264, and only the
// original has the brightness and colours of HDR. Nothing is encoded.
import path from 'node:path'
import { EncodingJob, type StoredEncodingJob, type StoredRendition } from '../../../../models/encoding-job.js'
import { Media, type StoredMedia, type StoredMediaFile } from '../../../../models/media.js'
import { videoHeight } from '../../../domain/file-choice.js'
import { removeUnusedUploads } from '../../object-cleanup.js'
import type { EncodingDeps } from '../encoding-deps.js'
import { withRungs, type EncodingPlan } from '../encoding-plan.js'
import { clockArguments, copiedTrackArguments, NO_TAGS } from '../ffmpeg-arguments.js'
import { inputArguments } from '../input-arguments.js'
import { applyClock } from '../master-clock.js'
import { planMaster, requireSuccess } from '../plan-master.js'
import { newRendition, publishRendition, renditionsOf } from '../publish-renditions.js'
import { ProgramStoppedError } from '../run-program.js'
import { stopWithoutClaim, type StepWork } from './step-state.js'

const ORIGINAL_FILE = 'original.mp4'
/** The rest of the progress is for the storage. */
const COPY_SHARE = 0.9

/** Whether devices play the video. Times cannot be copied where the clock of a transport stream jumps. */
export function isOriginalKept ({ video }: EncodingPlan, { clock }: Pick<StoredEncodingJob, 'clock'>): boolean {
  return video.isKept && clock?.isContinuous !== false
}

/**
 * Publishes the video of a master with the audio of its lowest rendition.
 * @throws EncodingFailedError; EncoderUnavailableError; ProgramStoppedError after an abort; errors of the storage and
 * the database
 */
export async function keepOriginal (deps: EncodingDeps, { running, master, folder, signal }: StepWork): Promise<void> {
  const media = await Media.findById(master.item).lean<StoredMedia>()
  const stored = master.renditions.find(({ isOriginal }) => isOriginal === true)
  // An earlier attempt has ended after it had published the file.
  if (media?.files.some(({ _id }) => stored?._id.equals(_id) === true) === true) return
  const [lowest] = renditionsOf(media, master)
  if (lowest === undefined) return
  const planned = withRungs(applyClock(await planMaster(deps, master, signal), master), [])
  const audio = orderAudio(planned, lowest)
  // Another version may have encoded other tracks.
  if (audio === null || !isOriginalKept(planned, master)) return
  const plan = { ...planned, audio }
  const rendition = stored ?? await addOriginal(master, videoHeight(plan.video))
  const result = await deps.encoder.encode(await copyArguments(deps, master, plan, lowest), {
    folder,
    durationMs: plan.durationMs,
    signal,
    onProgress: (progress) => {
      running.progress = progress * COPY_SHARE
    },
  })
  requireSuccess(result, 'ffmpeg could not copy the video of the master.')
  await stopWithoutClaim(running)
  try {
    const encoded = { file: path.join(folder, ORIGINAL_FILE), logTail: result.logTail }
    await publishRendition(deps, master, plan, rendition, encoded)
  } catch (error) {
    await removeUnusedUploads(deps, [rendition.storageKey])
    throw error
  }
}

/** The audio of the plan in the order of a rendition; null if the rendition has other tracks. */
function orderAudio ({ audio }: EncodingPlan, { audioTracks }: StoredMediaFile): EncodingPlan['audio'] | null {
  const left = [...audio]
  const ordered = audioTracks.flatMap((track) => {
    const i = left.findIndex((one) => one.language === track.language && one.kind === track.kind)
    return i < 0 ? [] : left.splice(i, 1)
  })
  return left.length === 0 ? ordered : null
}

/** Stored before its object is, so that both are removed together. Each attempt writes the same object. */
async function addOriginal (master: StoredEncodingJob, height: number): Promise<StoredRendition> {
  const rendition: StoredRendition = { ...newRendition(master, height), isOriginal: true }
  const { matchedCount } = await EncodingJob.updateOne({ _id: master._id }, { $push: { renditions: rendition } })
  if (matchedCount === 0) throw new ProgramStoppedError()
  return rendition
}

/** The audio of a rendition starts where the master starts, so the video keeps its times in the master. */
async function copyArguments (
  { storage }: EncodingDeps,
  { storageKey }: StoredEncodingJob,
  plan: EncodingPlan,
  lowest: StoredMediaFile,
): Promise<string[]> {
  return [
    ...[...clockArguments(plan), ...inputArguments(await storage.locate(storageKey))],
    ...inputArguments(await storage.locate(lowest.storageKey)),
    ...['-map', `0:${plan.video.stream}`, ...plan.audio.flatMap((_track, i) => ['-map', `1:a:${i}`])],
    ...[...NO_TAGS, '-c:v', 'copy', ...(plan.video.codec === 'hevc' ? ['-tag:v', 'hvc1'] : [])],
    ...[...copiedTrackArguments(plan), '-movflags', '+faststart', '-f', 'mp4', ORIGINAL_FILE],
  ]
}
