// Publishes encoded rungs: each becomes a media file of the item, the lowest one with the subtitles of the master.
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { Types } from 'mongoose'
import type { StoredEncodingJob, StoredRendition } from '../../../models/encoding-job.js'
import { mediaFileLimitReached, type StoredMedia, type StoredMediaFile } from '../../../models/media.js'
import type { SizedRung } from '../../domain/encoding-ladder.js'
import { videoHeight } from '../../domain/file-choice.js'
import { DomainError } from '../../errors.js'
import { addToMedia } from '../item-media.js'
import { describeSubtitles } from '../probing/describe-subtitles.js'
import { PROBE_VERSION } from '../probing/prober.js'
import { addSubtitlesOfFile, mediaFileFields } from '../upload/media-files.js'
import { EncodingFailedError, type EncodingDeps, type EncodingFailureOptions } from './encoding-deps.js'
import { rungFileName, withRungs, type EncodingPlan } from './encoding-plan.js'
import { saveRenditions, type RunningJob } from './job-state.js'
import { ProgramStoppedError } from './run-program.js'

const MIN_MISSING_MS = 2_000
const MIN_MISSING_SHARE = 0.1

interface EncodedFiles {
  readonly folder: string
  /** What ffmpeg printed at the end of the encoding. */
  readonly logTail: string
}

interface EncodedFile extends Pick<EncodedFiles, 'logTail'> {
  readonly file: string
}

/** Publishes the rungs of a pass, lowest first: the title can be played as soon as possible. */
export async function publishRungs (
  deps: EncodingDeps,
  running: RunningJob,
  plan: EncodingPlan,
  { folder, logTail }: EncodedFiles,
  signal: AbortSignal,
): Promise<void> {
  for (const rung of plan.rungs.toReversed()) {
    const rendition = running.job.renditions.find((one) => isOfRung(one, rung))
    // The claim is renewed: a cancelled job publishes nothing more.
    if (rendition === undefined || signal.aborted || !await saveRenditions(running, running.job.renditions)) {
      throw new ProgramStoppedError()
    }
    const encoded = { file: path.join(folder, rungFileName(rung)), logTail }
    await publishRendition(deps, running.job, withRungs(plan, [rung]), rendition, encoded)
  }
}

/** Whether a rendition was encoded for a rung. The original of a master can have the same height. */
export function isOfRung ({ height, isOriginal }: StoredRendition, rung: SizedRung): boolean {
  return isOriginal !== true && height === rung.height
}

/** A rendition whose file is not stored yet. */
export function newRendition ({ item }: Pick<StoredEncodingJob, 'item'>, height: number): StoredRendition {
  const _id = new Types.ObjectId()
  return { _id, height, storageKey: `${item.toString()}/${_id.toString()}-${randomUUID()}` }
}

/**
 * Moves a file to the storage and adds it to the media files of the item.
 * @throws EncodingFailedError if it cannot be used; ProgramStoppedError if the item was deleted
 */
export async function publishRendition (
  deps: EncodingDeps,
  job: StoredEncodingJob,
  plan: EncodingPlan,
  { _id, storageKey }: StoredRendition,
  { file: localFile, logTail }: EncodedFile,
): Promise<void> {
  const { catalogue, storage, prober, packaging, now } = deps
  const item = catalogue.findItem(job.item.toString())
  const title = catalogue.findTitle(item?.titleId ?? '')
  if (item === null || title === null) throw new ProgramStoppedError()
  const { size: sizeBytes } = await stat(localFile)
  const sha256 = await hashFile(localFile)
  await storage.adopt(localFile, storageKey)
  const result = await prober.probe(await storage.locate(storageKey), sizeBytes)
  if (!result.ok) {
    throw new EncodingFailedError('encoding-failed', `A rendition cannot be used: ${result.reason}.`, { logTail })
  }
  const isRemote = await storage.locate(job.storageKey) instanceof URL
  assertComplete(plan.durationMs, result.info.durationMs, { logTail, isFinal: !isRemote })
  const masterAudio = [...plan.audio, ...plan.surround]
  const audioTracks = result.info.audioTracks.map((track, i) => {
    const { language = track.language, kind = track.kind, name = track.name } = masterAudio[i] ?? {}
    return { ...track, language, kind, name }
  })
  const subtitles = describeSubtitles(result.info, plan.subtitles, plan.pictureSubtitles)
  const file: StoredMediaFile = {
    _id,
    ...mediaFileFields({ ...result.info, ...subtitles }, audioTracks),
    ...(subtitles.extractedSubtitles.length === 0 ? {} : { probeVersion: PROBE_VERSION - 1 }),
    storageKey,
    sizeBytes,
    sha256,
    subtitleLanguages: [],
    edition: job.edition,
    master: job._id,
    stage: job.replaces === null ? 'active' : 'pending',
    retiredAt: null,
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
  await addSubtitlesOfFile(deps, item.id, file, subtitles)
  await deps.publishTitleChange(title.id)
  packaging.enqueue(item.id, _id.toString())
}

/**
 * ffmpeg ends without an error where a damaged file ends. Containers may state a duration that differs a little.
 * @param options not final if the connection to the master may have ended early: another attempt may succeed
 */
function assertComplete (masterMs: number, renditionMs: number, options: EncodingFailureOptions): void {
  const missingMs = masterMs - renditionMs
  if (missingMs <= Math.max(MIN_MISSING_MS, masterMs * MIN_MISSING_SHARE)) return
  const [stated, found] = [masterMs, renditionMs].map((ms) => (ms / 1_000).toFixed(1))
  throw new EncodingFailedError(
    'master-incomplete',
    `The master states ${stated} s, but can be decoded for ${found} s only: it is damaged or incomplete. Upload a ` +
      'complete file.',
    options,
  )
}

async function hashFile (file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) hash.update(chunk)
  return hash.digest('hex')
}

/** The video files of an item that were encoded from a master, lowest first: not its original, which may be HDR. */
export function renditionsOf (
  media: StoredMedia | null,
  { _id, renditions }: Pick<StoredEncodingJob, '_id' | 'renditions'>,
): StoredMediaFile[] {
  const isOriginal = (file: StoredMediaFile): boolean =>
    renditions.some((rendition) => rendition.isOriginal === true && rendition._id.equals(file._id))
  return (media?.files ?? [])
    .filter((file) => file.master?.equals(_id) === true && file.height !== null && !isOriginal(file))
    .sort((a, b) => videoHeight(a) - videoHeight(b))
}
