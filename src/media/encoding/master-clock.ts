// The clock of a master whose length is not known. A transport stream has no index, nor has a live recording: only
// reading it to its end shows how long it counts, whether it jumps, and how far its key frames are apart. Where two
// recordings are joined, or a broadcast was interrupted, the clock jumps. ffmpeg continues its own times there, but
// cannot find a time any more.
import type { StoredClock, StoredEncodingJob } from '../../../models/encoding-job.js'
import { isLong } from './chunks/chunk-plan.js'
import { EncodingFailedError, type EncodingDeps } from './encoding-deps.js'
import { SEEK_MARGIN_MS, type EncodingPlan } from './encoding-plan.js'
import { saveClock, type RunningJob } from './job-state.js'
import { requireSuccess } from './plan-master.js'
import { ProgramStoppedError } from './run-program.js'

/** ffmpeg continues its times where the clock goes further ahead or back: its `-dts_delta_threshold`. */
export const MAX_STEP_SECONDS = 10
const MAX_STEP_BACK_SECONDS = 0.1
/** Chunks of a master whose key frames are further apart would decode more than they encode. */
const MAX_KEY_FRAME_DISTANCE_MS = 20_000

interface ClockPart {
  startSeconds: number
  endSeconds: number
}

/** Collects the packets of a video track from lines of ffprobe: `pts_time,dts_time,duration_time,flags`. */
export function createClockReader () {
  const parts: ClockPart[] = []
  let decodedAt: number | null = null
  let keyFrameAt: number | null = null
  let keyFrameDistance = 0

  function endKeyFrame (seconds: number): void {
    if (keyFrameAt !== null) keyFrameDistance = Math.max(keyFrameDistance, seconds - keyFrameAt)
  }

  return {
    /** @returns whether the packet has a time */
    add (line: string): boolean {
      const [pts = NaN, dts = NaN, duration = NaN] = line.split(',', 3).map(Number.parseFloat)
      if (!Number.isFinite(pts)) return false
      const step = Number.isFinite(dts) && decodedAt !== null ? dts - decodedAt : 0
      let part = parts.at(-1)
      if (part === undefined || step > MAX_STEP_SECONDS || step < -MAX_STEP_BACK_SECONDS) {
        if (part !== undefined) endKeyFrame(part.endSeconds)
        keyFrameAt = null
        part = { startSeconds: pts, endSeconds: pts }
        parts.push(part)
      }
      if (Number.isFinite(dts)) decodedAt = dts
      part.startSeconds = Math.min(part.startSeconds, pts)
      part.endSeconds = Math.max(part.endSeconds, pts + (Number.isFinite(duration) ? duration : 0))
      if (line.split(',')[3]?.startsWith('K') === true) {
        endKeyFrame(pts)
        keyFrameAt = pts
      }
      keyFrameAt ??= part.startSeconds
      return true
    },
    /** `endSeconds`: end of the last part, in the clock of the file. */
    result (): StoredClock & { readonly endSeconds: number } {
      const endSeconds = parts.at(-1)?.endSeconds ?? NaN
      if (parts.length > 0) endKeyFrame(endSeconds)
      const seconds = parts.reduce((sum, { startSeconds, endSeconds }) => sum + endSeconds - startSeconds, 0)
      return {
        durationMs: Math.round(seconds * 1_000),
        isContinuous: parts.length < 2,
        keyFrameDistanceMs: Math.ceil(keyFrameDistance * 1_000),
        endSeconds,
      }
    },
  }
}

/** Later than the end of each file: its last key frame is found. */
const END_SECONDS = 10 ** 9

/**
 * Corrects the plan of a master whose length is not known, which the first attempt finds. Others stay as they are.
 * @throws EncodingFailedError `no-duration`; ProgramStoppedError after an abort
 */
export async function planWithClock (
  { encoder, storage }: Pick<EncodingDeps, 'encoder' | 'storage'>,
  running: RunningJob,
  plan: EncodingPlan,
  signal: AbortSignal,
): Promise<EncodingPlan> {
  const { job } = running
  const { clock: { start, isTransportStream, isLengthKnown }, video: { stream } } = plan
  if (isLengthKnown || job.clock != null) return applyClock(plan, job)
  const reader = createClockReader()
  // Without an index, the search for a time reads from the start.
  const hasIndex = !isTransportStream && plan.durationMs > 0
  const from = hasIndex ? END_SECONDS : null
  const read = await encoder.listPackets(await storage.locate(job.storageKey), stream, from, reader.add, signal)
  if (!hasIndex) requireSuccess(read)
  const { endSeconds, ...found } = reader.result()
  const lengthMs = endSeconds * 1_000 - start / 1_000
  const clock = isTransportStream ? found : indexedClock(lengthMs > 0 ? lengthMs : plan.durationMs)
  if (!(clock.durationMs > 0)) {
    const reason = 'The video of the master has no pictures with a time: it is damaged.'
    throw new EncodingFailedError('no-duration', reason, { isFinal: true })
  }
  job.clock = clock
  job.isChunked &&= (isTransportStream || hasIndex) && hasChunks(clock)
  if (!await saveClock(running)) throw new ProgramStoppedError()
  return applyClock(plan, job)
}

/** Of a file with an index, which finds the key frame before a time. */
const indexedClock = (lengthMs: number): StoredClock => ({
  durationMs: Math.round(lengthMs),
  isContinuous: true,
  keyFrameDistanceMs: 0,
})

const hasChunks = ({ durationMs, isContinuous, keyFrameDistanceMs }: StoredClock): boolean =>
  isLong(durationMs) && isContinuous && keyFrameDistanceMs <= MAX_KEY_FRAME_DISTANCE_MS

/** Applies the clock of a job to its plan. In a transport stream, ffmpeg finds any picture, no key frame. */
export function applyClock (plan: EncodingPlan, { clock }: Pick<StoredEncodingJob, 'clock'>): EncodingPlan {
  if (clock == null) return plan
  const { durationMs, keyFrameDistanceMs } = clock
  return { ...plan, durationMs, seekMarginMs: SEEK_MARGIN_MS + keyFrameDistanceMs }
}
