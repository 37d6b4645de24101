// Lists the subtitle tracks of MP4 and MOV files. Reads headers only.
import { toBcp47, toDisplayName } from './track-texts.js'
import { readBoxHeader, type BoxRange } from './mp4-boxes.js'
import { readMp4Samples } from './mp4-samples.js'
import type { SampleFormat, SubtitleSample } from './subtitle-samples.js'
import { kindOfTrack, MAX_SAMPLES, type ExtractionBudget, type SubtitleTrack } from './subtitle-track.js'
import type { ReadRange } from './transport-clock.js'

/** Bounds the work for a crafted file. */
const MAX_BOXES = 2_000
/** Contains the language, the name and the sample entry of a track. */
const MAX_BOX_BYTES = 4_096
const HANDLERS = ['sbtl', 'subt', 'text', 'subp', 'clcp']
const CODECS: Readonly<Record<string, readonly [codec: string, format?: SampleFormat]>> = {
  tx3g: ['mov_text', 'tx3g'],
  text: ['mov_text', 'tx3g'],
  wvtt: ['webvtt', 'wvtt'],
  stpp: ['ttml'],
  mp4s: ['vobsub'],
  c608: ['cea-608'],
  c708: ['cea-708'],
}
const FOLDERS = ['moov', 'mdia', 'minf', 'stbl', 'udta']
const TRACK_BOXES = ['tkhd', 'hdlr', 'mdhd', 'stsd', 'name', 'elng', 'stsz', 'stz2']
/** In the display flags of tx3g: every sample is forced. */
const ALL_FORCED = 0x80000000

interface Mp4Track {
  id: number
  handler: string
  entry: string
  language: string | null
  name: string | null
  sampleCount: number
  isForced: boolean
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

/** Lists the subtitle tracks in file order; none if the headers are unreadable. */
export async function findMp4Subtitles (read: ReadRange, sizeBytes: number): Promise<SubtitleTrack[]> {
  const { tracks, movie } = await readTracks(read, sizeBytes)
  const subtitles = tracks.filter(({ handler }) => HANDLERS.includes(handler)).map((track) => {
    const [codec, format = null] = CODECS[track.entry] ??
      [/^[\w ]+$/.test(track.entry) ? track.entry.trim() : 'unknown']
    return { track, codec, format: track.sampleCount > MAX_SAMPLES ? null : format }
  })
  const wanted = subtitles.filter(({ format }) => format !== null).map(({ track }) => track.id)
  let samples: Promise<Map<number, SubtitleSample[]>> | null = null
  return subtitles.map(({ track, codec, format }) => {
    const name = toDisplayName(track.name)
    return {
      codec,
      language: track.language === null ? null : toBcp47(track.language),
      name,
      kind: kindOfTrack(name, track.isForced, false),
      format,
      header: null,
      readSamples: async (budget: ExtractionBudget) => {
        if (movie === null) return []
        // One pass reads the samples of all tracks.
        samples ??= readMp4Samples({ read, sizeBytes, movie, tracks: wanted, budget })
        return (await samples).get(track.id) ?? []
      },
    }
  })
}

async function readTracks (
  read: ReadRange,
  sizeBytes: number,
): Promise<{ readonly tracks: Mp4Track[], readonly movie: BoxRange | null }> {
  const tracks: Mp4Track[] = []
  let movie: BoxRange | null = null
  let boxes = 0

  async function visit (start: number, end: number, track: Mp4Track | null): Promise<boolean> {
    for (let at = start; at + 8 <= end && ++boxes <= MAX_BOXES;) {
      const box = await readBoxHeader(read, at, end)
      if (box === null) return true
      const { type, contentStart, contentEnd, size } = box
      if (type === 'trak') {
        const next = { id: 0, handler: '', entry: '', language: null, name: null, sampleCount: 0, isForced: false }
        tracks.push(next)
        await visit(contentStart, contentEnd, next)
      } else if (FOLDERS.includes(type)) await visit(contentStart, contentEnd, track)
      else if (track !== null) await readTrackBox(type, contentStart, contentEnd, track)
      if (type === 'moov') {
        movie = { start: at, end: contentEnd }
        return true
      }
      at += size
    }
    return false
  }

  async function readTrackBox (type: string, start: number, end: number, track: Mp4Track): Promise<void> {
    if (!TRACK_BOXES.includes(type)) return
    const bytes = await read(start, Math.min(end, start + MAX_BOX_BYTES))
    if (type === 'hdlr') track.handler = latin1(bytes.subarray(8, 12))
    else if (type === 'stsd') {
      track.entry = latin1(bytes.subarray(12, 16))
      track.isForced = track.entry === 'tx3g' && bytes.length >= 28 &&
        (viewOf(bytes).getUint32(24) & ALL_FORCED) !== 0
    } else if (type === 'elng') track.language = latin1(bytes.subarray(4)).replace(/\0.*$/s, '')
    else if (type === 'name') track.name = Buffer.from(bytes).toString('utf8')
    else if (type === 'tkhd') track.id = readTrackId(bytes)
    else if (type === 'mdhd') track.language ??= readPackedLanguage(bytes)
    else if (bytes.length >= 12) track.sampleCount = viewOf(bytes).getUint32(8)
  }

  await visit(0, sizeBytes, null)
  return { tracks, movie }
}

function readTrackId (bytes: Uint8Array): number {
  const at = bytes[0] === 1 ? 20 : 12
  return bytes.length < at + 4 ? 0 : viewOf(bytes).getUint32(at)
}

/** The language in a media header: three letters of 5 bits. */
function readPackedLanguage (bytes: Uint8Array): string | null {
  const at = bytes[0] === 1 ? 32 : 20
  if (bytes.length < at + 2) return null
  const packed = viewOf(bytes).getUint16(at)
  const letters = [10, 5, 0].map((shift) => ((packed >> shift) & 31) + 0x60)
  return letters.every((code) => code > 0x60 && code <= 0x7a) ? String.fromCharCode(...letters) : null
}
