// How a long master is cut into chunks. Every process that encodes a chunk computes the same plan. Pure functions.
import { createHash } from 'node:crypto'
import { framesPerSecond } from '../../../domain/encoding-ladder.js'
import { KEY_FRAME_SECONDS, type FrameRange } from '../ffmpeg-arguments.js'
import type { EncodingPlan } from '../encoding-plan.js'
import type { MasterInfo } from '../master-info.js'

/** Longer masters are encoded in chunks. */
const MAX_WHOLE_MS = 60_000
/** A multiple of the key frame interval. */
const CHUNK_SECONDS = 30
/** The chunks of a longer master are longer: 4 h have 480 chunks. */
const MAX_CHUNKS = 480

export interface VideoChunk extends FrameRange {
  readonly number: number
  /** Of a chunk that the video fills, ms. */
  readonly durationMs: number
}

/** Whether a master is encoded in chunks. The first attempt decides for one whose length is not known. */
export function isEncodedInChunks (
  { durationMs, isSeekable, clock }: Pick<MasterInfo, 'durationMs' | 'isSeekable' | 'clock'>,
): boolean {
  return isSeekable && (isLong(durationMs) || !clock.isLengthKnown)
}

/** Whether the duration of a master is worth several chunks. */
export const isLong = (durationMs: number): boolean => durationMs > MAX_WHOLE_MS

/**
 * Cuts the video of a plan into chunks of about 30 s, at times that have a key frame. The last one lasts to the end of
 * the video, which may differ from the stated duration.
 */
export function planChunks ({ durationMs, frameRate }: Pick<EncodingPlan, 'durationMs' | 'frameRate'>): VideoChunk[] {
  const masterSeconds = durationMs / 1_000
  const seconds = CHUNK_SECONDS * Math.max(1, Math.ceil(masterSeconds / CHUNK_SECONDS / MAX_CHUNKS))
  const count = Math.max(1, Math.round(masterSeconds / seconds))
  const { numerator, denominator } = frameRate
  // The first frame at or after the time, as in ffmpeg's rule for key frames.
  const firstFrame = (number: number): number => Math.ceil(number * seconds * numerator / denominator)
  return Array.from({ length: count }, (_value, number) => {
    const isLast = number === count - 1
    const startFrame = firstFrame(number)
    const endFrame = isLast ? null : firstFrame(number + 1)
    const stated = durationMs - startFrame / framesPerSecond(frameRate) * 1_000
    return {
      number,
      startKeyFrame: number * seconds / KEY_FRAME_SECONDS,
      startFrame,
      endFrame,
      durationMs: endFrame === null ? stated : (endFrame - startFrame) / framesPerSecond(frameRate) * 1_000,
    }
  })
}

/**
 * Identifies everything that decides the outputs of chunks: chunks with the same settings can be joined.
 * @param encoder version of ffmpeg, name of the video encoder, and loudness
 */
export function chunkSettings (plan: EncodingPlan, encoder: readonly string[]): string {
  const { durationMs, frameRate, rungs, video, audio, surround, subtitles } = plan
  const settings = [encoder, durationMs, frameRate, rungs, video, audio, surround, subtitles]
  return createHash('sha256').update(JSON.stringify(settings)).digest('hex')
}

/** Whether a plan has tracks besides the video. */
export function hasTracks ({ audio, surround, subtitles }: EncodingPlan): boolean {
  return audio.length + surround.length + subtitles.length > 0
}
