// The command lines of a master that is encoded in chunks: its audio, and the join of the chunks of a rung. Those of a
// video chunk are `encodingArguments` with a range of frames.
import type { SizedRung } from '../../../domain/encoding-ladder.js'
import { rungFileName, type EncodingPlan } from '../encoding-plan.js'
import { clockArguments, copiedTrackArguments, NO_TAGS, trackArguments } from '../ffmpeg-arguments.js'
import { inputArguments } from '../input-arguments.js'
import type { VideoChunk } from './chunk-plan.js'

export const AUDIO_FILE = 'audio.mp4'

/** Encodes all tracks besides the video, for all rungs: the joints of encoded audio would be audible. */
export function audioArguments (plan: EncodingPlan, location: string | URL): string[] {
  const streams = [...plan.audio, ...plan.surround, ...plan.subtitles].flatMap(({ stream }) => ['-map', `0:${stream}`])
  const clock = plan.clock.isTransportStream ? clockArguments(plan) : []
  return [
    ...clock,
    ...inputArguments(location),
    ...streams,
    ...NO_TAGS,
    ...trackArguments(plan),
    ...['-f', 'mp4', AUDIO_FILE],
  ]
}

/** Name of the file that lists the chunks of a rung. */
export const chunkListName = ({ height }: SizedRung): string => `${height}.ffconcat`

/**
 * Joins the chunks of a rung and adds the tracks, without encoding.
 * @param plan of this rung alone
 * @param audio location of the output of `audioArguments`; null: no tracks
 */
export function joinArguments (plan: EncodingPlan, rung: SizedRung, audio: string | URL | null): string[] {
  const { audio: stereo, surround, subtitles } = plan
  return [
    ...['-protocol_whitelist', 'file,http,https,tcp,tls', '-format_whitelist', 'concat,mov'],
    // The chunks have the same parameter sets: none are needed beside those of the file.
    ...['-auto_convert', '0', '-safe', '0', '-f', 'concat', '-i', `file:${chunkListName(rung)}`],
    ...(audio === null ? [] : inputArguments(audio)),
    ...['-map', '0:v:0'],
    ...[...stereo, ...surround].flatMap((_track, i) => ['-map', `1:a:${i}`]),
    ...subtitles.flatMap((_track, i) => ['-map', `1:s:${i}`]),
    ...NO_TAGS,
    ...['-c:v', 'copy'],
    ...copiedTrackArguments(plan),
    ...['-movflags', '+faststart', '-f', 'mp4', rungFileName(rung)],
  ]
}

/** The list of chunks for ffmpeg, with the exact start of each: sums of rounded durations would drift. */
export function chunkList (
  plan: Pick<EncodingPlan, 'frameRate'>,
  chunks: ReadonlyArray<Pick<VideoChunk, 'startFrame' | 'endFrame'> & { readonly location: string | URL }>,
): string {
  const { numerator, denominator } = plan.frameRate
  const microseconds = (frame: number): number => Math.round(frame * denominator * 1_000_000 / numerator)
  const lines = chunks.flatMap(({ location, startFrame, endFrame }) => [
    `file '${(location instanceof URL ? location.href : `file:${location}`).replaceAll("'", "'\\''")}'`,
    ...(endFrame === null ? [] : [`duration ${microseconds(endFrame) - microseconds(startFrame)}us`]),
  ])
  return `${['ffconcat version 1.0', ...lines].join('\n')}\n`
}
