// Reads uploaded subtitles (WebVTT, SubRip) and WebVTT indexes of seek thumbnails, and renders WebVTT.
import { parseText, type VTTCue } from 'media-captions'
import { DomainError } from '../../errors.js'

export type SubtitleFormat = 'vtt' | 'srt'

export const MAX_SUBTITLE_BYTES = 2 * 1024 ** 2

function unreadable (kind: 'subtitle' | 'thumbnails', detail: string): DomainError {
  return new DomainError(422, `unreadable-${kind}`, 'Unreadable file', `${detail} Nothing was stored.`)
}

/**
 * Converts a subtitle file to WebVTT. WebVTT input is not changed, which keeps its styles and positions.
 * @throws DomainError 422 `unreadable-subtitle`
 */
export async function toWebVtt (bytes: Buffer, format: SubtitleFormat): Promise<string> {
  const text = decode(bytes, format).replace(/\r\n?/g, '\n')
  const { cues, isValid } = await parse(text, format)
  if (cues.length === 0 || !isValid) {
    throw unreadable(
      'subtitle',
      `The file is not a ${format === 'vtt' ? 'WebVTT' : 'SubRip'} file with at least one cue.`,
    )
  }
  return format === 'vtt' ? text : renderWebVtt(cues.map(fromSubRip))
}

async function parse (text: string, type: SubtitleFormat): Promise<{ cues: VTTCue[], isValid: boolean }> {
  // Binary files contain control characters, subtitles do not.
  if (/(?![\t\n\f])\p{Cc}/u.test(text)) return { cues: [], isValid: false }
  const { cues } = await parseText(text, { type, errors: true, strict: false })
  return {
    cues: cues.filter(({ startTime, endTime }) => endTime > startTime),
    isValid: type !== 'vtt' || /^WEBVTT(?=[ \t\n]|$)/.test(text),
  }
}

/** Uses the byte order mark, else UTF-8. SubRip files that are not UTF-8 are mostly windows-1252. */
function decode (bytes: Buffer, format: SubtitleFormat): string {
  try {
    return new TextDecoder(detectEncoding(bytes), { fatal: true }).decode(bytes)
  } catch {
    if (format === 'vtt') throw unreadable('subtitle', 'WebVTT files must be UTF-8.')
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

function detectEncoding (bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8'
}

/** A cue to render; times in seconds. */
interface Cue {
  readonly startTime: number
  readonly endTime: number
  readonly settings: string
  readonly text: string
}

/** SubRip has i, b, u, fonts, which WebVTT lacks, and `{\an8}` for the top of the screen, which it adopted from SSA. */
function fromSubRip ({ startTime, endTime, text }: VTTCue): Cue {
  const settings = /\{\\an[789]\}/.test(text) ? ' line:0' : ''
  const webVttText = text
    .replace(/^X1:\d+ X2:\d+ Y1:\d+ Y2:\d+ *\n/, '')
    .replace(/\{\\[^}]*\}/g, '')
    .replace(/<\/?font[^>]*>/gi, '')
    .replace(/&(?!(?:amp|lt|gt|nbsp|lrm|rlm|#\d+|#x[\da-f]+);)/gi, '&amp;')
    .replace(/<(?!\/?[ibu]>)/gi, '&lt;')
    .replace(/-->/g, '--&gt;')
    .replace(/<(\/?[ibu])>/gi, (markup) => markup.toLowerCase())
    .replace(/\n\s*\n/g, '\n')
    .trim()
  return { startTime, endTime, settings, text: webVttText }
}

function renderWebVtt (cues: readonly Cue[]): string {
  const rendered = cues.filter(({ text }) => text !== '').sort((a, b) => a.startTime - b.startTime)
    .map(({ startTime, endTime, settings, text }) =>
      `${toTimestamp(startTime)} --> ${toTimestamp(endTime)}${settings}\n${text}\n`
    )
  return ['WEBVTT\n', ...rendered].join('\n')
}

function toTimestamp (seconds: number): string {
  const ms = Math.round(seconds * 1_000)
  const pad = (value: number, length = 2): string => String(Math.floor(value)).padStart(length, '0')
  return `${pad(ms / 3_600_000)}:${pad(ms / 60_000 % 60)}:${pad(ms / 1_000 % 60)}.${pad(ms % 1_000, 3)}`
}

/** Name of the image in a stored index. The response replaces it by a signed URL. */
const IMAGE_NAME = 'image'

/**
 * Reads an index of seek thumbnails: each cue names a rectangle of the image (Media Fragments URI, `#xywh=`).
 * @returns WebVTT in which the image is named `image`
 * @throws DomainError 422 `unreadable-thumbnails`
 */
export async function toThumbnailIndex (bytes: Buffer): Promise<string> {
  const { cues, isValid } = await parse(decode(bytes, 'vtt').replace(/\r\n?/g, '\n'), 'vtt')
  if (cues.length === 0 || !isValid) {
    throw unreadable('thumbnails', 'The index is not a WebVTT file with at least one cue.')
  }
  return renderWebVtt(cues.map(({ startTime, endTime, text }) => {
    const rectangle = /^[^\s#]+#xywh=(?:pixel:)?(\d+,\d+,\d+,\d+)$/.exec(text.trim())?.[1]
    if (rectangle === undefined) {
      throw unreadable(
        'thumbnails',
        'Each cue of the index must name a rectangle of the image, such as sprite.jpg#xywh=0,0,160,90.',
      )
    }
    return { startTime, endTime, settings: '', text: `${IMAGE_NAME}#xywh=${rectangle}` }
  }))
}

/** Puts the URL of the image into a stored index. */
export function withImageUrl (index: string, url: string): string {
  return index.replace(new RegExp(`^${IMAGE_NAME}(?=#xywh=)`, 'gm'), url)
}
