// What the encoder needs to know about a master, read from the output of ffprobe.
import { normaliseChapters } from '../../domain/chapters.js'
import type { FrameRate, PictureSize } from '../../domain/encoding-ladder.js'
import type { AudioKind, SubtitleKind } from '../../domain/language-choice.js'
import type { Chapter } from '../../../models/title.js'
import { firstSecondOf, readClockStart, readLength } from './master-length.js'
import {
  findVideo,
  hasDisposition,
  INDEXED,
  MATROSKA,
  parseOutput,
  streamsOfProgram,
  TRANSPORT_STREAM,
  type ProbedChapter,
  type ProbedFormat,
  type ProbedStream,
} from './probe-output.js'
import { kindOfTrack, MAX_EMBEDDED_SUBTITLES } from '../probing/subtitle-track.js'
import { toBcp47, toDisplayName } from '../probing/track-texts.js'

export interface MasterVideo extends PictureSize {
  /** Number of the stream in the file. */
  readonly stream: number
  readonly codec: string
  /** Average; null when the file states none. */
  readonly frameRate: FrameRate | null
  readonly hasVariableRate: boolean
  readonly isInterlaced: boolean
  /** Transfer function. */
  readonly range: 'sdr' | 'pq' | 'hlg'
  /**
   * HEVC or AV1 in a form that browsers and TVs with the codec play: the video is kept beside its renditions. Not if it
   * starts a second after the audio: the renditions show the first picture until then, and players switch to them.
   */
  readonly isKept: boolean
}

export interface MasterAudio {
  /** Number of the stream in the file. */
  readonly stream: number
  readonly codec: string
  readonly channels: number
  /** BCP 47; null when the file states none. */
  readonly language: string | null
  /** ISO 639-2, as MP4 files need it; null when the file states another code or none. */
  readonly languageCode: string | null
  readonly kind: AudioKind
  readonly name: string | null
}

export interface MasterSubtitle {
  /** Number of the stream in the file. */
  readonly stream: number
  readonly codec: string
  /** BCP 47; null when the file states none. */
  readonly language: string | null
  /** ISO 639-2; null when the file states another code or none. */
  readonly languageCode: string | null
  readonly kind: SubtitleKind
  readonly name: string | null
  /** False: pictures, or a format that ffmpeg does not read as text. */
  readonly isText: boolean
}

/** Times in a file count from any time. */
export interface MasterClock {
  /** At the first picture or sound that is encoded, microseconds. Negative before an overflow. */
  readonly start: number
  readonly isTransportStream: boolean
  /**
   * Whether the duration is known. A transport stream states none, nor does a live recording in Matroska; where the
   * clock of a Matroska file starts late, its duration may be the length or the time of the end.
   */
  readonly isLengthKnown: boolean
}

export interface MasterInfo {
  /** Of video and audio; 0 if a transport stream or a Matroska file states none. */
  readonly durationMs: number
  /** Frames are found by their time: MP4, Matroska, and transport streams whose clock does not jump. */
  readonly isSeekable: boolean
  readonly clock: MasterClock
  readonly video: MasterVideo
  readonly audio: readonly MasterAudio[]
  readonly subtitles: readonly MasterSubtitle[]
  /** Those that an item can have. */
  readonly chapters: readonly Chapter[]
}

export type MasterRejection = 'unreadable' | 'no-video' | 'no-duration'

/** `reason` is a sentence for administrators. */
export type MasterResult =
  | { readonly ok: true, readonly info: MasterInfo }
  | { readonly ok: false, readonly code: MasterRejection, readonly reason: string }

const REASONS: Readonly<Record<MasterRejection, string>> = {
  unreadable: 'The file is not a media file that ffmpeg can read, or it is damaged.',
  'no-video': 'The file has no video track. A master needs one; ffmpeg finds only audio, subtitles or cover art.',
  'no-duration': 'The file does not state how long it is: it is damaged or incomplete.',
}

/** Packages have no more audio renditions. */
const MAX_AUDIO_TRACKS = 32
/** Frame rates that differ by more than this share are variable. */
const RATE_TOLERANCE = 0.005
/** Name of ffmpeg for CEA-608 in a track of its own. Captions describe sounds for people who do not hear them. */
export const CLOSED_CAPTIONS = 'eia_608'
/** Names of ffmpeg. */
const TEXT_SUBTITLES = ['subrip', 'srt', 'ass', 'ssa', 'mov_text', 'webvtt', 'text', CLOSED_CAPTIONS]
/** Files often say only in the name of a track that it is a commentary or an audio description. */
const COMMENTARY_NAME = /\bcomment(ary|aries)\b|kommentar|comentario/i
const DESCRIPTION_NAME = /audio.?descri|descriptive|h\u00f6rfilm|audiodeskription/i
/** A file that starts within this time after its first chapter has this chapter at its start. */
const CHAPTER_TOLERANCE_MS = 1_000
/** A clock that starts later than this starts late. */
const MAX_START_SECONDS = 1
/** Pixel formats of HEVC Main and Main 10, and of AV1 Main. */
const PLAYABLE_FORMATS = ['yuv420p', 'yuv420p10le']
const KEPT_CODECS = ['hevc', 'av1']
const MAX_VIDEO_DELAY_SECONDS = 1
const INTERLACED = ['tt', 'bb', 'tb', 'bt']
/** Names that muxers give to every track. */
const GENERIC_NAMES =
  /^(sound|audio|subtitle|apple sound|core media|iso media|gpac|l-smash|mainconcept).*(handler|media|audio)/i
const GENERIC_CAPTION_NAMES = /^(core media |apple )?closed ?caption( media)?( ?handler)?$/i

/** Reads the JSON of ffprobe (`-show_format -show_streams -show_programs -show_chapters`). */
export function readMasterInfo (json: string): MasterResult {
  const probed = parseOutput(json)
  if (probed === null) return rejection('unreadable')
  const { format, chapters } = probed
  const video = findVideo(probed.streams)
  if (video === undefined) return rejection('no-video')
  const streams = streamsOfProgram(probed, video)
  const { codec_name: codec, width = 0, height = 0 } = video
  if (codec === undefined || !(width > 0 && height > 0)) return rejection('unreadable')
  const name = format.format_name ?? ''
  const isTransportStream = TRANSPORT_STREAM.test(name)
  const isMatroska = MATROSKA.test(name)
  const seconds = readLength(format, video, streams)
  const hasLength = seconds > 0 && Number.isFinite(seconds)
  if (!hasLength && !isTransportStream && !isMatroska) return rejection('no-duration')
  const audio = withDefaultFirst(streams).flatMap(toMasterAudio).slice(0, MAX_AUDIO_TRACKS)
  const subtitles = streams.flatMap(toMasterSubtitle).slice(0, MAX_EMBEDDED_SUBTITLES)
  const durationMs = hasLength ? Math.round(seconds * 1_000) : 0
  const used = [video.index, ...[...audio, ...subtitles.filter(({ isText }) => isText)].map(({ stream }) => stream)]
  const start = readClockStart(format, streams.filter(({ index }) => used.includes(index)))
  return {
    ok: true,
    info: {
      durationMs,
      isSeekable: isTransportStream || INDEXED.test(name),
      clock: {
        start,
        isTransportStream,
        isLengthKnown: !isTransportStream && !(isMatroska && (!hasLength || firstSecondOf(format) > MAX_START_SECONDS)),
      },
      video: toMasterVideo(video, codec, start / 1_000_000),
      audio,
      subtitles,
      chapters: normaliseChapters((chapters ?? []).map((chapter) => toMasterChapter(chapter, format)), durationMs),
    },
  }
}

function rejection (code: MasterRejection): MasterResult {
  return { ok: false, code, reason: REASONS[code] }
}

/** Playlists start with the first track unless a language is preferred. */
function withDefaultFirst (streams: readonly ProbedStream[]): ProbedStream[] {
  const first = streams.find((one) =>
    one.codec_type === 'audio' && hasDisposition(one, 'default') && kindOfAudio(one, nameOfTrack(one) ?? '') === 'main'
  )
  return first === undefined ? [...streams] : [first, ...streams.filter((one) => one !== first)]
}

/** @param startSeconds of the master, in its clock */
function toMasterVideo (stream: ProbedStream, codec: string, startSeconds: number): MasterVideo {
  const average = parseRate(stream.avg_frame_rate)
  const real = parseRate(stream.r_frame_rate)
  const isInterlaced = INTERLACED.includes(stream.field_order ?? '')
  return {
    stream: stream.index,
    codec,
    ...displaySize(stream),
    frameRate: average ?? real,
    // The real rate of interlaced video counts fields.
    hasVariableRate: !isInterlaced && average !== null && real !== null && !isEqualRate(average, real),
    isInterlaced,
    range: stream.color_transfer === 'smpte2084' ? 'pq' : stream.color_transfer === 'arib-std-b67' ? 'hlg' : 'sdr',
    isKept: !isInterlaced && KEPT_CODECS.includes(codec) && PLAYABLE_FORMATS.includes(stream.pix_fmt ?? '') &&
      !needsDolbyVision(stream) && !(Number(stream.start_time) - startSeconds > MAX_VIDEO_DELAY_SECONDS),
  }
}

/** Without Dolby Vision, a device shows wrong colours where the base layer is compatible with nothing. */
const needsDolbyVision = ({ side_data_list: sideData = [] }: ProbedStream): boolean =>
  sideData.some(({ dv_bl_signal_compatibility_id: id }) => id === 0)

/** @returns null for 0/0, which stands for unknown */
function parseRate (text: string | undefined): FrameRate | null {
  const [numerator = 0, denominator = 0] = (text ?? '').split('/').map(Number)
  return numerator > 0 && denominator > 0 ? { numerator, denominator } : null
}

function isEqualRate (a: FrameRate, b: FrameRate): boolean {
  const ratio = a.numerator * b.denominator / (a.denominator * b.numerator)
  return Math.abs(ratio - 1) <= RATE_TOLERANCE
}

/** Pixels may not be square, and phones store the picture turned. */
function displaySize ({ width = 0, height = 0, sample_aspect_ratio: ratio, ...stream }: ProbedStream): PictureSize {
  const [x = 0, y = 0] = (ratio ?? '').split(':').map(Number)
  const displayWidth = x > 0 && y > 0 ? Math.round(width * x / y) : width
  const rotation = stream.side_data_list?.find((one) => one.rotation !== undefined)?.rotation ??
    Number(stream.tags?.['rotate'] ?? 0)
  return Math.abs(rotation) % 180 === 90 ? { width: height, height: displayWidth } : { width: displayWidth, height }
}

/** The times of chapters are those of the file, whose clock may start late; an item starts at 0. */
function toMasterChapter ({ start_time: start, tags = {} }: ProbedChapter, format: ProbedFormat) {
  const startMs = Math.round((Number(start ?? NaN) - firstSecondOf(format)) * 1_000)
  return { startMs: startMs < 0 && startMs >= -CHAPTER_TOLERANCE_MS ? 0 : startMs, title: tags['title'] ?? null }
}

/** @returns nothing for a stream of another type, or without a known codec */
function toMasterAudio (stream: ProbedStream): MasterAudio[] {
  const { index, codec_type: type, codec_name: codec, channels = 0, tags = {} } = stream
  if (type !== 'audio' || codec === undefined || channels < 1) return []
  const code = tags['language'] ?? 'und'
  const name = nameOfTrack(stream)
  return [{
    stream: index,
    codec,
    channels,
    language: toBcp47(code),
    languageCode: toLanguageCode(code),
    kind: kindOfAudio(stream, name ?? ''),
    name,
  }]
}

const toLanguageCode = (code: string): string | null => /^[a-z]{3}$/.test(code) && code !== 'und' ? code : null

function nameOfTrack ({ tags = {} }: ProbedStream): string | null {
  const name = tags['title'] ?? tags['handler_name'] ?? null
  return name === null || GENERIC_NAMES.test(name) || GENERIC_CAPTION_NAMES.test(name) ? null : toDisplayName(name)
}

function kindOfAudio (stream: ProbedStream, name: string): AudioKind {
  if (hasDisposition(stream, 'comment')) return 'commentary'
  if (hasDisposition(stream, 'visual_impaired') || hasDisposition(stream, 'descriptions')) return 'description'
  return DESCRIPTION_NAME.test(name) ? 'description' : COMMENTARY_NAME.test(name) ? 'commentary' : 'main'
}

/** @returns nothing for a stream of another type */
function toMasterSubtitle (stream: ProbedStream): MasterSubtitle[] {
  const { index, codec_type: type, codec_name: codec = 'unknown', tags = {} } = stream
  if (type !== 'subtitle') return []
  const code = tags['language'] ?? 'und'
  const name = nameOfTrack(stream)
  const isForHearingImpaired = codec === CLOSED_CAPTIONS || hasDisposition(stream, 'hearing_impaired')
  return [{
    stream: index,
    codec,
    language: toBcp47(code),
    languageCode: toLanguageCode(code),
    kind: kindOfTrack(name, hasDisposition(stream, 'forced'), isForHearingImpaired),
    name,
    isText: TEXT_SUBTITLES.includes(codec),
  }]
}
