// When a master starts, and how long it is, as far as its file states it.
import { INDEXED, MATROSKA, type ProbedFormat, type ProbedStream } from './probe-output.js'

/**
 * Seconds from the first picture or sound to the end of the last. The file may state the end of a subtitle that is
 * shown longer. Where the clock of a Matroska or MP4 file starts late, ffmpeg states the time of its end as the
 * duration, mkvmerge the length. The shorter one that is possible counts until the end is found.
 */
export function readLength (format: ProbedFormat, video: ProbedStream, streams: readonly ProbedStream[]): number {
  const stated = Number(format.duration ?? video.duration)
  // Matroska tracks state no duration here: ffmpeg estimates it from the bitrate of a file that states none.
  if (MATROSKA.test(format.format_name ?? '') && video.duration !== undefined) return NaN
  if (!INDEXED.test(format.format_name ?? '')) return stated
  const ends = [video, ...streams.filter((one) => one.codec_type === 'audio')].map(readEnd)
  const end = Math.min(stated, ...ends.some(Number.isNaN) ? [] : [Math.max(...ends)])
  const length = end - firstSecondOf(format)
  return length > 0 ? length : stated
}

/** Time of the end of a track, s; NaN if the file does not state it. Matroska has it in a tag. */
function readEnd ({ duration, start_time: start, tags = {} }: ProbedStream): number {
  const startSeconds = Math.max(0, Number(start ?? 0) || 0)
  if (duration !== undefined) return startSeconds + Number(duration)
  // The tag states the length (mkvmerge) or the end (ffmpeg).
  const tag = Object.entries(tags).find(([name]) => /^duration(-|$)/i.test(name))?.[1] ?? ''
  const [, hours, minutes, seconds] = /^(\d+):(\d\d):(\d\d(?:\.\d+)?)$/.exec(tag) ?? []
  return startSeconds + Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)
}

/** ffmpeg counts from the first of the streams that it reads. @returns microseconds */
export function readClockStart (format: ProbedFormat, streams: readonly ProbedStream[]): number {
  const fileStart = Number(format.start_time ?? 0) || 0
  const starts = streams.map(({ start_time: start }) => Number(start ?? NaN)).filter(Number.isFinite)
  return Math.round(Math.max(fileStart, starts.length === 0 ? fileStart : Math.min(...starts)) * 1_000_000)
}

/** Time at which a file starts, s. */
export const firstSecondOf = ({ start_time: start }: ProbedFormat): number => Math.max(0, Number(start ?? 0) || 0)
