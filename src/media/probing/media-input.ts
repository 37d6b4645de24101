// How media files are opened and their tracks read, for the worker threads that probe and package them.
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
} from 'mediabunny'
import type { AudioKind } from '../../domain/language-choice.js'
import type { MediaContainer } from '../upload/container-magic.js'

/**
 * Only what is accepted as an upload. Never ALL_FORMATS: its HLS reader opens whatever paths and addresses a playlist
 * names.
 */
export const FORMATS: ReadonlyArray<readonly [InputFormat, container: MediaContainer, contentType: string]> = [
  [MP4, 'mp4', 'video/mp4'],
  [QTFF, 'mov', 'video/quicktime'],
  [MATROSKA, 'mkv', 'video/x-matroska'],
  [WEBM, 'webm', 'video/webm'],
  [MPEG_TS, 'ts', 'video/mp2t'],
]
/** An index of a long film has some 20 MiB; a file that wants more at once is lying about a length. */
export const MAX_READ_BYTES = 128 * 1024 ** 2
/** ISO 639-2 for undetermined, several, uncoded, and no speech. */
const NO_LANGUAGE = ['und', 'mul', 'mis', 'zxx']
/** What a track calls itself is shown in menus. */
const MAX_NAME_LENGTH = 100
// A hostile file would write its oddities into the service's output.
Logging.level = LogLevel.Silent

export function openInput (source: CustomSource): Input {
  return new Input({ source, formats: FORMATS.map(([format]) => format) })
}

/** What a sound is, as its file says. */
export interface AudioTrackInfo {
  /** BCP 47; null when the file does not say. */
  readonly language: string | null
  readonly kind: AudioKind
  readonly name: string | null
  readonly channels: number
  /** RFC 6381; null when it is not known. */
  readonly codec: string | null
}

export async function describeAudio (track: InputAudioTrack): Promise<AudioTrackInfo> {
  const { commentary, visuallyImpaired } = await track.getDisposition()
  return {
    language: toBcp47(await track.getLanguageCode()),
    kind: commentary ? 'commentary' : visuallyImpaired ? 'description' : 'main',
    name: toShownName(await track.getName()),
    channels: await track.getNumberOfChannels(),
    codec: await track.getCodecParameterString(),
  }
}

/** Containers use ISO 639-2 (`spa`, `ger`); BCP 47 wants the shortest code (`es`, `de`). */
function toBcp47 (code: string): string | null {
  if (NO_LANGUAGE.includes(code)) return null
  try {
    return Intl.getCanonicalLocales(code)[0] ?? null
  } catch {
    return null
  }
}

function toShownName (name: string | null): string | null {
  const shown = (name ?? '').replace(/[\p{C}"]/gu, ' ').trim().slice(0, MAX_NAME_LENGTH)
  return shown === '' ? null : shown
}
