// Worker thread that decodes and converts subtitles and indexes of seek thumbnails: text that would take long, or much
// memory, does not affect requests.
import { convertAss, isAssHeader } from './ass.js'
import { decodeText, decodeUnicode } from './text-encoding.js'
import { convertThumbnailIndex } from './thumbnail-index.js'
import {
  cleanWebVtt,
  convertSubRip,
  isBlank,
  isWebVttHeader,
  splitLines,
  UnreadableTextError,
  type WebVttResult,
} from './timed-text.js'

/** `srt` is also ASS, which its header identifies. */
export type SubtitleFormat = 'vtt' | 'srt'

export interface SubtitleSource {
  readonly bytes: Uint8Array
  readonly format: SubtitleFormat
  /** BCP 47; decides the encoding of a file that states none. */
  readonly language: string
  /** Encoding that the request states; null: none. */
  readonly charset: string | null
}

export type SubtitleTask =
  | { readonly kind: 'subtitle', readonly source: SubtitleSource }
  | { readonly kind: 'thumbnails', readonly index: Uint8Array }

export type SubtitleOutcome =
  | { readonly webVtt: Uint8Array, readonly unreadableCues: number }
  /** Sentence for the uploader. */
  | { readonly rejection: string }

/** Entry point of the worker. */
export default function read (task: SubtitleTask): SubtitleOutcome {
  try {
    const { webVtt, unreadableCues } = task.kind === 'subtitle'
      ? readSubtitle(task.source)
      : { webVtt: readThumbnailIndex(task.index), unreadableCues: 0 }
    return { webVtt: new TextEncoder().encode(webVtt), unreadableCues }
  } catch (error) {
    if (error instanceof UnreadableTextError) return { rejection: error.message }
    throw error
  }
}

function readSubtitle ({ bytes, format, language, charset }: SubtitleSource): WebVttResult {
  const source = { bytes: Buffer.from(bytes), language, charset }
  // WebVTT is UTF-8; another encoding must be stated.
  const text = format === 'vtt' && charset === null ? decodeUnicode(source.bytes) : decodeText(source)
  if (text === null) {
    throw new UnreadableTextError(
      charset === null
        ? 'WebVTT files must be UTF-8. State another encoding as charset in the content type.'
        : 'The charset of the content type is unknown.',
    )
  }
  const lines = splitLines(text)
  const first = lines.find((line) => !isBlank(line))
  // A file that is called WebVTT may be SubRip, or lack its header.
  if (isWebVttHeader(first)) {
    const cleaned = cleanWebVtt(lines)
    if (cleaned.cueCount === 0) throw new UnreadableTextError('The file has no readable cue.')
    return cleaned
  }
  const converted = isAssHeader(first) ? convertAss(lines) : convertSubRip(lines)
  if (converted.webVtt === 'WEBVTT\n') {
    throw new UnreadableTextError('The file is not a SubRip or ASS file with at least one readable cue.')
  }
  return converted
}

function readThumbnailIndex (index: Uint8Array): string {
  const text = decodeUnicode(Buffer.from(index))
  if (text === null) throw new UnreadableTextError('The index must be UTF-8.')
  return convertThumbnailIndex(splitLines(text))
}
