// The plan of an encoding: which renditions a master becomes. Pure functions.
import {
  outputFrameRate,
  selectRungs,
  type FrameRate,
  type LadderRung,
  type SizedRung,
} from '../../domain/encoding-ladder.js'
import type { EncodingConfig } from '../../config.js'
import type { LoudnessGain } from '../../domain/loudness.js'
import type { MasterAudio, MasterClock, MasterInfo, MasterSubtitle, MasterVideo } from './master-info.js'

export interface PlannedAudio extends MasterAudio {
  /** Null: not measured, the track stays as it is. */
  readonly loudness: LoudnessGain | null
}

/** Streams that the lowest rung has alone: every plan may play it, and a playlist takes them from there. */
export interface LowestRungStreams {
  /** Surround tracks that are copied beside their stereo version. */
  readonly surround: readonly MasterAudio[]
  /** Texts, which the service extracts from the rendition. */
  readonly subtitles: readonly MasterSubtitle[]
}

export interface EncodingPlan extends LowestRungStreams {
  readonly durationMs: number
  readonly clock: MasterClock
  /** How far before a time decoding begins, so that the pictures from that time on are complete, ms. */
  readonly seekMarginMs: number
  readonly video: Omit<MasterVideo, 'frameRate' | 'hasVariableRate'>
  /** Constant. */
  readonly frameRate: FrameRate
  /** Highest first. */
  readonly rungs: readonly SizedRung[]
  /** Every rung has all tracks: it can be played alone, and a playlist takes each track from one of the rungs. */
  readonly audio: readonly PlannedAudio[]
  readonly chapters: MasterInfo['chapters']
  /** Subtitles that cannot become text. */
  readonly pictureSubtitles: readonly MasterSubtitle[]
}

/** A picture may be shown for a while, or need several to be complete. Containers with an index find a key frame. */
export const SEEK_MARGIN_MS = 4_000
/** Share of the progress. The rest is for the last rungs, which are moved to the storage. */
export const ENCODING_SHARE = 0.98
/** Names of ffmpeg for codecs that players of surround sound decode. */
const SURROUND_CODECS = ['ac3', 'eac3']
const MIN_SURROUND_CHANNELS = 6

/** Plans the renditions of a master. */
export function planEncoding (
  { durationMs, clock, video, audio, subtitles, chapters }: Omit<MasterInfo, 'isSeekable'>,
  ladder: readonly LadderRung[],
): EncodingPlan {
  const { frameRate, hasVariableRate, ...fixed } = video
  return {
    durationMs,
    clock,
    seekMarginMs: SEEK_MARGIN_MS,
    video: fixed,
    frameRate: outputFrameRate(frameRate, hasVariableRate),
    rungs: selectRungs(video, ladder),
    audio: audio.map((track) => ({ ...track, loudness: null })),
    chapters,
    surround: audio.filter(({ codec, channels }) =>
      SURROUND_CODECS.includes(codec) && channels >= MIN_SURROUND_CHANNELS
    ),
    subtitles: subtitles.filter(({ isText }) => isText),
    pictureSubtitles: subtitles.filter(({ isText }) => !isText),
  }
}

/** Limits a plan to some of its rungs. */
export function withRungs (plan: EncodingPlan, rungs: readonly SizedRung[]): EncodingPlan {
  return rungs.includes(plan.rungs.at(-1) as SizedRung) ? { ...plan, rungs } : { ...plan, ...NO_STREAMS, rungs }
}

const NO_STREAMS: LowestRungStreams & Pick<EncodingPlan, 'pictureSubtitles'> = {
  surround: [],
  subtitles: [],
  pictureSubtitles: [],
}

/** All renditions of a shorter master are ready soon, and sooner from one decoding. */
const MIN_LOWEST_FIRST_MS = 5 * 60_000

/** Whether the lowest rung has a pass of its own, so that the title can be played before the others are encoded. */
export function isLowestFirst (
  { durationMs, rungs }: Pick<EncodingPlan, 'durationMs' | 'rungs'>,
  { lowestFirst }: Pick<EncodingConfig, 'lowestFirst'>,
): boolean {
  if (rungs.length < 2) return false
  return lowestFirst === 'auto' ? durationMs >= MIN_LOWEST_FIRST_MS : lowestFirst === 'on'
}

/** Splits a plan into passes, each of which decodes the master. */
export function splitIntoPasses (plan: EncodingPlan, config: Pick<EncodingConfig, 'lowestFirst'>): EncodingPlan[] {
  if (!isLowestFirst(plan, config)) return [plan]
  return [withRungs(plan, plan.rungs.slice(-1)), withRungs(plan, plan.rungs.slice(0, -1))]
}

/** Relative cost of a pass: each rung costs its pixels, and decoding a tenth of the largest. */
export function passCost ({ rungs }: EncodingPlan): number {
  const pixels = rungs.map(({ width, pictureHeight }) => width * pictureHeight)
  return pixels.reduce((sum, count) => sum + count, Math.max(0, ...pixels) / 10)
}

/** Name of the file that receives a rung. */
export function rungFileName ({ height }: LadderRung): string {
  return `${height}.mp4`
}
