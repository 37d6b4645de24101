// Lists the subtitle tracks of MP4 and Matroska files, which the media library does not read. Reads headers only.
import { readSize, EBML_ID, SEGMENT_ID } from './matroska-segment.js'
import { toBcp47, toDisplayName } from './media-input.js'
import type { ReadRange } from './transport-clock.js'

/** A subtitle track in a file. Such tracks are not extracted. */
export interface EmbeddedSubtitleInfo {
  /** Name of the format, such as `subrip`, `ass`, `mov_text` or `pgs`. */
  readonly codec: string
  /** BCP 47; null: not stated. */
  readonly language: string | null
  readonly name: string | null
}

export const MAX_EMBEDDED_SUBTITLES = 64
/** Bounds the work for a crafted file. */
const MAX_BOXES = 2_000
const MAX_TRACKS_BYTES = 4 * 1024 ** 2
/** Contains the language, the name and the sample entry of a track. */
const MAX_BOX_BYTES = 4_096

/** Lists the subtitle tracks in file order; none if the headers are unreadable. */
export async function findEmbeddedSubtitles (read: ReadRange, sizeBytes: number): Promise<EmbeddedSubtitleInfo[]> {
  const head = await read(0, Math.min(12, sizeBytes))
  const isMatroska = head.length === 12 && viewOf(head).getUint32(0) === EBML_ID
  const found = isMatroska ? await findInMatroska(read, sizeBytes) : await findInMp4(read, sizeBytes)
  return found.slice(0, MAX_EMBEDDED_SUBTITLES)
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

const MP4_HANDLERS = ['sbtl', 'subt', 'text', 'subp', 'clcp']
const MP4_CODECS: Readonly<Record<string, string>> = {
  tx3g: 'mov_text',
  text: 'mov_text',
  wvtt: 'webvtt',
  stpp: 'ttml',
  mp4s: 'vobsub',
  c608: 'cea-608',
  c708: 'cea-708',
}
const MP4_FOLDERS = ['moov', 'mdia', 'minf', 'stbl', 'udta']

interface Mp4Track {
  handler: string
  codec: string
  language: string | null
  name: string | null
}

async function findInMp4 (read: ReadRange, sizeBytes: number): Promise<EmbeddedSubtitleInfo[]> {
  const tracks: Mp4Track[] = []
  let boxes = 0

  async function visit (start: number, end: number, track: Mp4Track | null): Promise<boolean> {
    for (let at = start; at + 8 <= end && ++boxes <= MAX_BOXES;) {
      const head = await read(at, Math.min(at + 16, end))
      const stated = viewOf(head).getUint32(0)
      const type = latin1(head.subarray(4, 8))
      const isLarge = stated === 1 && head.length === 16
      const size = isLarge ? Number(viewOf(head).getBigUint64(8)) : stated === 0 ? end - at : stated
      const contentStart = at + (isLarge ? 16 : 8)
      if (size < contentStart - at) return true
      const contentEnd = Math.min(at + size, end)
      if (type === 'trak') {
        const next = { handler: '', codec: '', language: null, name: null }
        tracks.push(next)
        await visit(contentStart, contentEnd, next)
      } else if (MP4_FOLDERS.includes(type)) await visit(contentStart, contentEnd, track)
      else if (track !== null) await readTrackBox(type, contentStart, contentEnd, track)
      if (type === 'moov') return true
      at += size
    }
    return false
  }

  async function readTrackBox (type: string, start: number, end: number, track: Mp4Track): Promise<void> {
    if (!['hdlr', 'mdhd', 'stsd', 'name', 'elng'].includes(type)) return
    const bytes = await read(start, Math.min(end, start + MAX_BOX_BYTES))
    if (type === 'hdlr') track.handler = latin1(bytes.subarray(8, 12))
    else if (type === 'stsd') track.codec = latin1(bytes.subarray(12, 16))
    else if (type === 'elng') track.language = latin1(bytes.subarray(4)).replace(/\0.*$/s, '')
    else if (type === 'name') track.name = Buffer.from(bytes).toString('utf8')
    else track.language ??= readPackedLanguage(bytes)
  }

  await visit(0, sizeBytes, null)
  return tracks.filter(({ handler }) => MP4_HANDLERS.includes(handler)).map(({ codec, language, name }) => ({
    codec: MP4_CODECS[codec] ?? (/^[\w ]+$/.test(codec) ? codec.trim() : 'unknown'),
    language: language === null ? null : toBcp47(language),
    name: toDisplayName(name),
  }))
}

/** The language in a media header: three letters of 5 bits. */
function readPackedLanguage (bytes: Uint8Array): string | null {
  const at = bytes[0] === 1 ? 32 : 20
  if (bytes.length < at + 2) return null
  const packed = viewOf(bytes).getUint16(at)
  const letters = [10, 5, 0].map((shift) => ((packed >> shift) & 31) + 0x60)
  return letters.every((code) => code > 0x60 && code <= 0x7a) ? String.fromCharCode(...letters) : null
}

const [TRACKS_ID, CLUSTER_ID, TRACK_ENTRY_ID] = [0x1654ae6b, 0x1f43b675, 0xae]
const [TYPE_ID, CODEC_ID, LANGUAGE_ID, BCP47_ID, NAME_ID] = [0x83, 0x86, 0x22b59c, 0x22b59d, 0x536e]
const SUBTITLE_TYPE = 0x11
const MATROSKA_CODECS: Readonly<Record<string, string>> = {
  'S_TEXT/UTF8': 'subrip',
  'S_TEXT/ASCII': 'subrip',
  'S_TEXT/ASS': 'ass',
  'S_TEXT/SSA': 'ssa',
  'S_ASS': 'ass',
  'S_SSA': 'ssa',
  'S_TEXT/WEBVTT': 'webvtt',
  'D_WEBVTT/SUBTITLES': 'webvtt',
  'D_WEBVTT/CAPTIONS': 'webvtt',
  'S_TEXT/USF': 'usf',
  'S_HDMV/PGS': 'pgs',
  'S_HDMV/TEXTST': 'textst',
  'S_VOBSUB': 'vobsub',
  'S_DVBSUB': 'dvb',
  'S_KATE': 'kate',
}

async function findInMatroska (read: ReadRange, sizeBytes: number): Promise<EmbeddedSubtitleInfo[]> {
  const readElement = async (at: number): Promise<Element | null> =>
    parseElement(await read(at, Math.min(at + 12, sizeBytes)), 0, at)
  const header = await readElement(0)
  const segment = header === null ? null : await readElement(header.end)
  if (segment?.id !== SEGMENT_ID) return []
  let at = segment.start
  for (let elements = 0; at < sizeBytes && elements < MAX_BOXES; elements++) {
    const element = await readElement(at)
    if (element === null || element.id === CLUSTER_ID) return []
    if (element.id === TRACKS_ID) {
      const bytes = await read(element.start, Math.min(element.end, element.start + MAX_TRACKS_BYTES, sizeBytes))
      return listElements(bytes).flatMap((entry) => entry.id === TRACK_ENTRY_ID ? toSubtitle(entry.bytes) : [])
    }
    at = element.end
  }
  return []
}

interface Element {
  readonly id: number
  /** Start and end of the contents; the end is infinite if the size is unknown. */
  readonly start: number
  readonly end: number
}

/** @param offset position of the bytes in the file */
function parseElement (bytes: Uint8Array, at: number, offset: number): Element | null {
  const idBytes = Math.clz32(bytes[at] ?? 0) - 23
  if (idBytes > 4 || at + idBytes >= bytes.length) return null
  const id = bytes.subarray(at, at + idBytes).reduce((value, byte) => value * 256 + byte, 0)
  const size = readSize(bytes, at + idBytes)
  const sizeBytes = Math.clz32(bytes[at + idBytes] ?? 0) - 23
  const start = offset + at + idBytes + sizeBytes
  return { id, start, end: size === null ? Infinity : start + size.value }
}

function listElements (bytes: Uint8Array): Array<{ readonly id: number, readonly bytes: Uint8Array }> {
  const elements = []
  for (let at = 0; at < bytes.length;) {
    const element = parseElement(bytes, at, 0)
    if (element === null || element.end > bytes.length) break
    elements.push({ id: element.id, bytes: bytes.subarray(element.start, element.end) })
    at = element.end
  }
  return elements
}

function toSubtitle (entry: Uint8Array): EmbeddedSubtitleInfo[] {
  const fields = new Map(listElements(entry).map(({ id, bytes }) => [id, bytes]))
  if (fields.get(TYPE_ID)?.at(-1) !== SUBTITLE_TYPE) return []
  const text = (id: number): string | null => {
    const bytes = fields.get(id)
    return bytes === undefined ? null : Buffer.from(bytes).toString('utf8').replace(/\0+$/, '')
  }
  const codec = text(CODEC_ID) ?? ''
  return [{
    codec: MATROSKA_CODECS[codec.toUpperCase()] ?? (/^[\w/.]{1,40}$/.test(codec) ? codec : 'unknown'),
    // The default language of Matroska is English.
    language: toBcp47(text(BCP47_ID) ?? text(LANGUAGE_ID) ?? 'eng'),
    name: toDisplayName(text(NAME_ID)),
  }]
}
