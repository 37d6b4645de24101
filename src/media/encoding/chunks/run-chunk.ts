// One attempt to encode a chunk: claims it, encodes it in a scratch folder, and moves its outputs to the storage, where
// every process finds them.
import path from 'node:path'
import { Types } from 'mongoose'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { AUDIO_PASS, chunkKey, chunkKeys, type StoredEncodingChunk } from '../../../../models/encoding-chunk.js'
import type { StoredEncodingJob } from '../../../../models/encoding-job.js'
import { isStorageFull } from '../../../errors.js'
import { removeObjects } from '../../object-cleanup.js'
import { EncoderUnavailableError } from '../encoder.js'
import { EncodingFailedError, type EncodingDeps } from '../encoding-deps.js'
import { rungFileName, withRungs, type EncodingPlan } from '../encoding-plan.js'
import { requireVideoEncoder } from '../encoding-status.js'
import { encodingArguments } from '../ffmpeg-arguments.js'
import { measureLoudness } from '../measure-loudness.js'
import { diskFull, explainByStorage, requireSuccess } from '../plan-master.js'
import { ProgramStoppedError } from '../run-program.js'
import { createScratchFolder, hasRoomFor, removeScratchFolder } from '../scratch-folders.js'
import { audioArguments, AUDIO_FILE } from './chunk-arguments.js'
import { planChunks } from './chunk-plan.js'
import { claimChunk, hasChunk, saveChunk, saveChunkFailure, type RunningChunk } from './chunk-state.js'

export interface ChunkWork {
  readonly job: StoredEncodingJob
  /** Of all rungs of the master. */
  readonly plan: EncodingPlan
  readonly signal: AbortSignal
  /** Receives the progress of the chunk, from 0 to 1. */
  readonly onProgress?: (progress: number) => void
}

interface Attempt extends ChunkWork {
  readonly running: RunningChunk
  readonly folder: string
}

/**
 * Encodes a chunk, unless another process does. A failure is stored with the chunk.
 * @returns whether it was claimed
 * @throws EncodingFailedError `disk-full`, `encoder-unavailable` and `storage-unavailable`, which do not lie in the
 * chunk; ProgramStoppedError after an abort
 */
export async function runChunk (deps: EncodingDeps, chunk: StoredEncodingChunk, work: ChunkWork): Promise<boolean> {
  const { config, now } = deps
  const running: RunningChunk = { chunk, claimId: new Types.ObjectId(), progress: 0 }
  const claimLost = new AbortController()
  const claim = await claimChunk(running, now, () => {
    claimLost.abort()
  })
  if (claim === null) return false
  const signal = AbortSignal.any([work.signal, claimLost.signal])
  try {
    const folder = await createScratchFolder(config.dataDir, running.claimId.toString())
    const frames = await encodeChunk(deps, { ...work, signal, running, folder })
    await claim.stopRenewing()
    if (!await saveChunk(running, frames)) throw new ProgramStoppedError()
  } catch (thrown) {
    const error = await explainByStorage(deps, work.job, thrown)
    await claim.stopRenewing()
    const failure = toFailure(error)
    if (failure !== null) {
      await saveChunkFailure(running, failure, now())
      if (!(error instanceof EncodingFailedError)) deps.log.warn({ err: error }, 'a chunk of a master failed')
    } else {
      await claim.release()
    }
    await removeOutputsOfRemovedChunk(deps, running)
    if (failure === null && !claimLost.signal.aborted) throw toBlockedError(error)
  } finally {
    await removeScratchFolder(config.dataDir, running.claimId.toString())
  }
  if (work.signal.aborted) throw new ProgramStoppedError()
  return true
}

/** @returns null for an error that does not lie in the chunk: the attempt does not count */
function toFailure (error: unknown): EncodingFailedError | null {
  if (error instanceof ProgramStoppedError || error instanceof EncoderUnavailableError || isDiskFull(error)) return null
  if (error instanceof EncodingFailedError && error.code === 'storage-unavailable') return null
  if (error instanceof EncodingFailedError) return error
  return new EncodingFailedError('encoding-failed', 'The service could not encode a part of the master.')
}

const isDiskFull = (error: unknown): boolean =>
  isStorageFull(error) || (error instanceof EncodingFailedError && error.code === 'disk-full')

function toBlockedError (error: unknown): unknown {
  return isDiskFull(error) ? diskFull() : error
}

/** The job was cancelled or deleted, and the outputs that existed then with it. */
async function removeOutputsOfRemovedChunk (deps: EncodingDeps, { chunk }: RunningChunk): Promise<void> {
  if (!await hasChunk(chunk._id)) await removeObjects(deps, chunkKeys({ ...chunk, claims: 1 }))
}

/** @returns the number of frames */
async function encodeChunk (deps: EncodingDeps, attempt: Attempt): Promise<number> {
  const { running: { chunk } } = attempt
  return chunk.pass === AUDIO_PASS ? await encodeAudio(deps, attempt) : await encodeVideo(deps, attempt)
}

async function encodeAudio (deps: EncodingDeps, attempt: Attempt): Promise<number> {
  const { job, plan, running, folder, signal } = attempt
  const { encoder, storage } = deps
  if (!await hasRoomFor(folder, withRungs(plan, plan.rungs.slice(-1)))) throw diskFull()
  const measured = await measureLoudness(deps, job, plan, folder, signal)
  const args = audioArguments(measured, await storage.locate(job.storageKey))
  const onProgress = reportTo(attempt)
  requireSuccess(await encoder.encode(args, { folder, durationMs: plan.durationMs, signal, onProgress }))
  await storage.adopt(path.join(folder, AUDIO_FILE), chunkKey(running.chunk, null))
  return 0
}

async function encodeVideo (deps: EncodingDeps, attempt: Attempt): Promise<number> {
  const { job, running: { chunk }, folder, signal } = attempt
  const { config: { encoding }, encoder, storage } = deps
  const range = planChunks(attempt.plan)[chunk.number]
  const rungs = attempt.plan.rungs.filter(({ height }) => chunk.heights.includes(height))
  const [lowest] = rungs.slice(-1)
  if (range === undefined || lowest === undefined) throw new ProgramStoppedError()
  const plan = { ...attempt.plan, rungs, audio: [], surround: [], subtitles: [] }
  const { durationMs } = range
  if (!await hasRoomFor(folder, { ...plan, durationMs })) throw diskFull()
  await requireVideoEncoder(encoder, encoding)
  const args = encodingArguments(plan, await storage.locate(job.storageKey), encoding, range)
  requireSuccess(await encoder.encode(args, { folder, durationMs, signal, onProgress: reportTo(attempt) }))
  const frames = countFrames(requireSuccess(await encoder.probe(path.join(folder, rungFileName(lowest)), signal)))
  if (frames === 0) return 0
  for (const rung of rungs) {
    await storage.adopt(path.join(folder, rungFileName(rung)), chunkKey(chunk, rung.height))
  }
  return frames
}

function reportTo ({ running, onProgress }: Attempt): (progress: number) => void {
  return (progress) => {
    running.progress = progress
    onProgress?.(progress)
  }
}

const Frames = Type.Object({ streams: Type.Array(Type.Object({ nb_frames: Type.Optional(Type.String()) })) })

/** Reads the output of ffprobe. A chunk after the end of the video has no stream. */
function countFrames (json: string): number {
  const probed: unknown = JSON.parse(json)
  return Value.Check(Frames, probed) ? Number(probed.streams[0]?.nb_frames ?? 0) : 0
}
