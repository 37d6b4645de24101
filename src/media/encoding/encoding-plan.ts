// The plan of an encoding: which renditions a master becomes. Pure functions.
import {
  outputFrameRate,
  selectRungs,
  type FrameRate,
  type LadderRung,
  type SizedRung,
} from '../../domain/encoding-ladder.js'
import type { MasterAudio, MasterInfo, MasterVideo } from './master-info.js'

export interface EncodingPlan {
  readonly durationMs: number
  readonly video: Pick<MasterVideo, 'stream' | 'isInterlaced' | 'range'>
  /** Constant. */
  readonly frameRate: FrameRate
  /** Highest first. */
  readonly rungs: readonly SizedRung[]
  /** Every rung has all tracks: it can be played alone, and a playlist takes each track from one of the rungs. */
  readonly audio: readonly MasterAudio[]
}

/** Plans the renditions of a master. */
export function planEncoding ({ durationMs, video, audio }: MasterInfo, ladder: readonly LadderRung[]): EncodingPlan {
  const { stream, isInterlaced, range } = video
  return {
    durationMs,
    video: { stream, isInterlaced, range },
    frameRate: outputFrameRate(video.frameRate, video.hasVariableRate),
    rungs: selectRungs(video, ladder),
    audio,
  }
}

/** Name of the file that receives a rung. */
export function rungFileName ({ height }: LadderRung): string {
  return `${height}.mp4`
}
