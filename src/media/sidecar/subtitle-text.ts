// Subtitle files as they are uploaded, as WebVTT; and WebVTT indexes of seek thumbnails. Parsed by a library, refused when
// they are something else.
import { parseText, type VTTCue } from 'media-captions'
import { DomainError } from '../../errors.js'

export type SubtitleFormat = 'vtt' | 'srt'

export const MAX_SUBTITLE_BYTES = 2 * 1024 ** 2

function unreadable (what: string, detail: string): DomainError {
  return new DomainError(422, `unreadable-${what}`, 'The file cannot be used', `${detail} Nothing was kept.`)
}

/**
 * Reads a subtitle file. WebVTT stays as it is, styles and places included; SubRip is written anew.
 * @returns WebVTT
 * @throws DomainError 422 `unreadable-subtitle`
 */
export async function toWebVtt (bytes: Buffer, format: SubtitleFormat): Promise<string> {
  const text = decode(bytes, format).replace(/\r\n?/g, '\n')
  const { cues, isDamaged } = await parse(text, format)
  if (cues.length === 0 || isDamaged) {
    throw unreadable(
      'subtitle',
      `This is no ${format === 'vtt' ? 'WebVTT' : 'SubRip'} file with at least one line to show.`,
    )
  }
  return format === 'vtt' ? text : renderVtt(cues.map(fromSubRip))
}

async function parse (text: string, type: SubtitleFormat): Promise<{ cues: VTTCue[], isDamaged: boolean }> {
  // Neither format has control characters; binaries do.
  if (/(?![\t\n\f])\p{Cc}/u.test(text)) return { cues: [], isDamaged: true }
  const { cues } = await parseText(text, { type, errors: true, strict: false })
  return {
    cues: cues.filter(({ startTime, endTime }) => endTime > startTime),
    isDamaged: type === 'vtt' && !/^WEBVTT(?=[ \t\n]|$)/.test(text),
  }
}

/** A byte order mark decides, then UTF-8; SubRip files from before it are mostly windows-1252. */
function decode (bytes: Buffer, format: SubtitleFormat): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe
    ? 'utf-16le'
    : bytes[0] === 0xfe && bytes[1] === 0xff
    ? 'utf-16be'
    : 'utf-8'
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    if (format === 'vtt') throw unreadable('subtitle', 'WebVTT is UTF-8; this is not.')
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

interface Line {
  readonly startTime: number
  readonly endTime: number
  readonly settings: string
  readonly text: string
}

/** SubRip knows i, b and u, a font that WebVTT does not have, and borrows `{\an8}`, at the top, from others. */
function fromSubRip ({ startTime, endTime, text }: VTTCue): Line {
  const settings = /\{\\an[789]\}/.test(text) ? ' line:0' : ''
  const shown = text
    .replace(/^X1:\d+ X2:\d+ Y1:\d+ Y2:\d+ *\n/, '')
    .replace(/\{\\[^}]*\}/g, '')
    .replace(/<\/?font[^>]*>/gi, '')
    .replace(/&(?!(?:amp|lt|gt|nbsp|lrm|rlm|#\d+|#x[\da-f]+);)/gi, '&amp;')
    .replace(/<(?!\/?[ibu]>)/gi, '&lt;')
    .replace(/-->/g, '--&gt;')
    .replace(/<(\/?[ibu])>/gi, (whole) => whole.toLowerCase())
    .replace(/\n\s*\n/g, '\n')
    .trim()
  return { startTime, endTime, settings, text: shown }
}

function renderVtt (lines: readonly Line[]): string {
  const cues = lines.filter(({ text }) => text !== '').sort((a, b) => a.startTime - b.startTime)
    .map(({ startTime, endTime, settings, text }) =>
      `${toTimestamp(startTime)} --> ${toTimestamp(endTime)}${settings}\n${text}\n`
    )
  return ['WEBVTT\n', ...cues].join('\n')
}

function toTimestamp (seconds: number): string {
  const ms = Math.round(seconds * 1_000)
  const pad = (value: number, length = 2): string => String(Math.floor(value)).padStart(length, '0')
  return `${pad(ms / 3_600_000)}:${pad(ms / 60_000 % 60)}:${pad(ms / 1_000 % 60)}.${pad(ms % 1_000, 3)}`
}

/** What stands for the picture in a stored index; whoever serves it puts the signed address there. */
const IMAGE_NAME = 'image'

/**
 * Reads an index of seek thumbnails: each cue names a rectangle of the one picture (Media Fragments, `#xywh=`), under
 * whatever name the picture had.
 * @returns WebVTT whose cues name it `image`
 * @throws DomainError 422 `unreadable-thumbnails`
 */
export async function toThumbnailIndex (bytes: Buffer): Promise<string> {
  const { cues, isDamaged } = await parse(decode(bytes, 'vtt').replace(/\r\n?/g, '\n'), 'vtt')
  if (cues.length === 0 || isDamaged) {
    throw unreadable('thumbnails', 'The index is no WebVTT file with at least one place.')
  }
  return renderVtt(cues.map(({ startTime, endTime, text }) => {
    const rectangle = /^[^\s#]+#xywh=(?:pixel:)?(\d+,\d+,\d+,\d+)$/.exec(text.trim())?.[1]
    if (rectangle === undefined) {
      throw unreadable(
        'thumbnails',
        'Each cue of the index names a rectangle of the picture, such as sprite.jpg#xywh=0,0,160,90.',
      )
    }
    return { startTime, endTime, settings: '', text: `${IMAGE_NAME}#xywh=${rectangle}` }
  }))
}

/** A stored index with the address of its picture. */
export function withImageAddress (index: string, address: string): string {
  return index.replace(new RegExp(`^${IMAGE_NAME}(?=#xywh=)`, 'gm'), address)
}
