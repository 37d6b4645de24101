// What ffprobe prints about a master, and which of its tracks belong together.
import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'

/** Names of ffmpeg's demuxers. */
export const INDEXED = /^(mov|matroska)\b/
export const MATROSKA = /^matroska\b/
export const TRANSPORT_STREAM = /^mpegts\b/
/** Codecs of cover pictures, and of the video of some cameras. */
const PICTURE_CODECS = ['mjpeg', 'png', 'bmp', 'gif', 'webp', 'tiff']

const Text = Type.Optional(Type.String())
const Tags = Type.Optional(Type.Record(Type.String(), Type.String()))
const Stream = Type.Object({
  index: Type.Integer({ minimum: 0 }),
  codec_type: Text,
  codec_name: Text,
  width: Type.Optional(Type.Number()),
  height: Type.Optional(Type.Number()),
  sample_aspect_ratio: Text,
  field_order: Text,
  avg_frame_rate: Text,
  r_frame_rate: Text,
  color_transfer: Text,
  pix_fmt: Text,
  channels: Type.Optional(Type.Number()),
  duration: Text,
  start_time: Text,
  disposition: Type.Optional(Type.Record(Type.String(), Type.Number())),
  tags: Tags,
  side_data_list: Type.Optional(Type.Array(Type.Object({
    rotation: Type.Optional(Type.Number()),
    dv_bl_signal_compatibility_id: Type.Optional(Type.Number()),
  }))),
})
export type ProbedStream = Static<typeof Stream>
const Chapter = Type.Object({ start_time: Text, tags: Tags })
const Program = Type.Object({ streams: Type.Optional(Type.Array(Type.Pick(Stream, ['index']))) })
const Output = Type.Object({
  streams: Type.Array(Stream),
  programs: Type.Optional(Type.Array(Program)),
  format: Type.Object({ duration: Text, start_time: Text, format_name: Text }),
  chapters: Type.Optional(Type.Array(Chapter)),
})

export type ProbeOutput = Static<typeof Output>
export type ProbedFormat = ProbeOutput['format']
export type ProbedChapter = Static<typeof Chapter>

/** @returns null for anything but the output of ffprobe about a media file */
export function parseOutput (json: string): ProbeOutput | null {
  try {
    const value: unknown = JSON.parse(json)
    return Value.Check(Output, value) ? value : null
  } catch {
    return null
  }
}

export const hasDisposition = ({ disposition }: ProbedStream, name: string): boolean => (disposition?.[name] ?? 0) > 0

/**
 * Some files have their cover as the first video track, which is not always marked as a picture. Of several videos,
 * players show the default one.
 */
export function findVideo (streams: readonly ProbedStream[]): ProbedStream | undefined {
  const videos = streams.filter((one) => one.codec_type === 'video' && !hasDisposition(one, 'attached_pic'))
  const moving = videos.filter(({ codec_name: codec = '' }) => !PICTURE_CODECS.includes(codec))
  const candidates = moving.length === 0 ? videos : moving
  return candidates.find((one) => hasDisposition(one, 'default')) ?? candidates[0]
}

/** A transport stream may contain several programs, each with audio and subtitles of its own. */
export function streamsOfProgram (
  { streams, programs = [] }: ProbeOutput,
  video: ProbedStream,
): readonly ProbedStream[] {
  const indexes = programs.map((program) => (program.streams ?? []).map(({ index }) => index))
  const program = indexes.find((one) => one.includes(video.index))
  return program === undefined ? streams : streams.filter(({ index }) => program.includes(index))
}
