// Opens media files and reads their audio tracks, in the worker threads that probe and package.
import {
  Input,
  Logging,
  LogLevel,
  MATROSKA,
  MP4,
  MPEG_TS,
  QTFF,
  WEBM,
  type CustomSource,
  type InputAudioTrack,
  type InputFormat,
  type InputTrack,
} from 'mediabunny'
import type { AudioKind } from '../../domain/language-choice.js'
import type { MediaContainer } from '../upload/sniff-container.js'
import { toBcp47, toDisplayName } from './track-texts.js'

/** The accepted upload formats. Never ALL_FORMATS: its HLS reader opens any path or URL that a playlist names. */
export const FORMATS: ReadonlyArray<readonly [InputFormat, container: MediaContainer, contentType: string]> = [
  [MP4, 'mp4', 'video/mp4'],
  [QTFF, 'mov', 'video/quicktime'],
  [MATROSKA, 'mkv', 'video/x-matroska'],
  [WEBM, 'webm', 'video/webm'],
  [MPEG_TS, 'ts', 'video/mp2t'],
]
/** The index of a long movie has about 20 MiB. A file that requires a larger read states a wrong length. */
export const MAX_READ_BYTES = 128 * 1024 ** 2
// Malformed files would flood the output of the service with warnings.
Logging.level = LogLevel.Silent

/** Opens a media file of an accepted format. */
export function openInput (source: CustomSource): Input {
  return new Input({ source, formats: FORMATS.map(([format]) => format) })
}

/** Start of the timeline: recordings of broadcasts start at any time. An edit list hides what precedes 0. */
export async function findStartSeconds (input: Input, tracks: InputTrack[]): Promise<number> {
  return Math.max(0, await input.getFirstTimestamp(tracks))
}

/** Properties of an audio track as the file states them. */
export interface AudioTrackInfo {
  /** BCP 47; null: not stated. */
  readonly language: string | null
  readonly kind: AudioKind
  readonly name: string | null
  readonly channels: number
  /** RFC 6381; null: unknown. */
  readonly codec: string | null
}

/** Reads the properties of an audio track. */
export async function readAudioTrack (track: InputAudioTrack): Promise<AudioTrackInfo> {
  const { commentary, visuallyImpaired } = await track.getDisposition()
  return {
    language: toBcp47(await track.getLanguageCode()),
    kind: commentary ? 'commentary' : visuallyImpaired ? 'description' : 'main',
    name: toDisplayName(await track.getName()),
    channels: await track.getNumberOfChannels(),
    codec: await track.getCodecParameterString(),
  }
}
