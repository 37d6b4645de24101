// Lists the subtitle tracks of Matroska and WebM files, and finds their blocks by the index of the file.
import { inflateSync } from 'node:zlib'
import { readMatroskaBlocks, type BlockPosition, type MatroskaBlock } from './matroska-blocks.js'
import {
  listElements,
  mapElements,
  MAX_HEADER_BYTES,
  parseElement,
  readString,
  readUint,
  type Element,
  type Elements,
} from './matroska-elements.js'
import { SEGMENT_ID } from './matroska-segment.js'
import { toBcp47, toDisplayName } from './track-texts.js'
import type { SampleFormat, SubtitleSample } from './subtitle-samples.js'
import { kindOfTrack, MAX_SAMPLE_BYTES, type ExtractionBudget, type SubtitleTrack } from './subtitle-track.js'
import type { ReadRange } from './transport-clock.js'

/** Bounds the work for a crafted file. */
const MAX_ELEMENTS = 2_000
const MAX_TRACKS_BYTES = 4 * 1024 ** 2
/** The index of a long movie with many subtitles has some MiB. */
const MAX_CUES_BYTES = 32 * 1024 ** 2

const [TRACKS_ID, CLUSTER_ID, SEEK_HEAD_ID, INFO_ID, CUES_ID] = [
  0x1654ae6b,
  0x1f43b675,
  0x114d9b74,
  0x1549a966,
  0x1c53bb6b,
]
const [TRACK_ENTRY_ID, NUMBER_ID, TYPE_ID, CODEC_ID, PRIVATE_ID] = [0xae, 0xd7, 0x83, 0x86, 0x63a2]
const [LANGUAGE_ID, BCP47_ID, NAME_ID, FORCED_ID, IMPAIRED_ID] = [0x22b59c, 0x22b59d, 0x536e, 0x55aa, 0x55ab]
const [ENCODINGS_ID, ENCODING_ID, SCOPE_ID, ENCODING_TYPE_ID] = [0x6d80, 0x6240, 0x5032, 0x5033]
const [COMPRESSION_ID, ALGORITHM_ID, SETTINGS_ID] = [0x5034, 0x4254, 0x4255]
const [SEEK_ID, SEEK_ID_ID, SEEK_POSITION_ID, TIMESTAMP_SCALE_ID] = [0x4dbb, 0x53ab, 0x53ac, 0x2ad7b1]
const [CUE_POINT_ID, CUE_POSITIONS_ID, CUE_TRACK_ID, CUE_CLUSTER_ID, CUE_RELATIVE_ID] = [0xbb, 0xb7, 0xf7, 0xf1, 0xf0]
const SUBTITLE_TYPE = 0x11

const CODECS: Readonly<Record<string, readonly [codec: string, format?: SampleFormat]>> = {
  'S_TEXT/UTF8': ['subrip', 'subrip'],
  'S_TEXT/ASCII': ['subrip', 'subrip'],
  'S_TEXT/ASS': ['ass', 'ass'],
  'S_TEXT/SSA': ['ssa', 'ass'],
  'S_ASS': ['ass', 'ass'],
  'S_SSA': ['ssa', 'ass'],
  'S_TEXT/WEBVTT': ['webvtt', 'webvtt'],
  'D_WEBVTT/SUBTITLES': ['webvtt', 'webm-webvtt'],
  'D_WEBVTT/CAPTIONS': ['webvtt', 'webm-webvtt'],
  'S_TEXT/USF': ['usf'],
  'S_HDMV/PGS': ['pgs'],
  'S_HDMV/TEXTST': ['textst'],
  'S_VOBSUB': ['vobsub'],
  'S_DVBSUB': ['dvb'],
  'S_KATE': ['kate'],
}

interface MatroskaTrack extends SubtitleTrack {
  readonly number: number
  readonly decode: ((bytes: Uint8Array) => Uint8Array) | null
}

/** The parts of a segment that precede its clusters. */
interface SegmentHead {
  /** Positions in the index are relative to it. */
  readonly start: number
  readonly tracks: Uint8Array | null
  readonly info: Uint8Array | null
  readonly cues: Uint8Array | null
  readonly firstCluster: number | null
}

/** Lists the subtitle tracks in file order. */
export async function findMatroskaSubtitles (read: ReadRange, sizeBytes: number): Promise<SubtitleTrack[]> {
  const head = await readSegmentHead(read, sizeBytes)
  if (head?.tracks == null) return []
  const scale = (readUint(mapElements(head.info ?? undefined), TIMESTAMP_SCALE_ID) ?? 1_000_000) / 1_000_000
  const tracks: MatroskaTrack[] = listElements(head.tracks).flatMap((entry) =>
    entry.id === TRACK_ENTRY_ID ? toTrack(mapElements(entry.bytes)) : []
  )
  let blocks: Promise<MatroskaBlock[]> | null = null
  const readAllBlocks = async (budget: ExtractionBudget): Promise<MatroskaBlock[]> => {
    const wanted = tracks.filter(({ format }) => format !== null).map(({ number }) => number)
    const positions = findIndexed(head, wanted)
    // A writer that indexes subtitles indexes all of them.
    const isIndexed = positions.length > 0
    const source = { read, sizeBytes, tracks: new Set(wanted), scale, budget }
    return await readMatroskaBlocks(source, isIndexed ? positions : null, head.firstCluster ?? sizeBytes)
  }
  return tracks.map(({ decode, number, ...track }): SubtitleTrack => ({
    ...track,
    // One pass reads the blocks of all tracks.
    readSamples: async (budget) => {
      blocks ??= readAllBlocks(budget)
      return toSamples((await blocks).filter((block) => block.track === number), decode, budget)
    },
  }))
}

function toSamples (
  blocks: readonly MatroskaBlock[],
  decode: MatroskaTrack['decode'],
  budget: ExtractionBudget,
): SubtitleSample[] {
  if (decode === null) return [...blocks]
  return blocks.map((block) => {
    const payload = decode(block.payload)
    budget.countSample(payload.length)
    return { ...block, payload }
  })
}

async function readSegmentHead (read: ReadRange, sizeBytes: number): Promise<SegmentHead | null> {
  const readElement = async (at: number): Promise<Element | null> =>
    parseElement(await read(at, Math.min(at + MAX_HEADER_BYTES, sizeBytes)), 0, at)
  const readContents = async ({ start, end }: Element, maxBytes: number): Promise<Uint8Array> =>
    await read(start, Math.min(end, start + maxBytes, sizeBytes))
  const header = await readElement(0)
  const segment = header === null ? null : await readElement(header.end)
  if (segment?.id !== SEGMENT_ID) return null
  const found = new Map<number, Uint8Array>()
  const seekable = new Map<number, number>()
  let firstCluster: number | null = null
  let at = segment.start
  for (let elements = 0; at < sizeBytes && elements < MAX_ELEMENTS; elements++) {
    const element = await readElement(at)
    if (element === null) break
    if (element.id === CLUSTER_ID) {
      firstCluster = at
      break
    }
    if ([TRACKS_ID, INFO_ID].includes(element.id)) found.set(element.id, await readContents(element, MAX_TRACKS_BYTES))
    if (element.id === CUES_ID) found.set(element.id, await readContents(element, MAX_CUES_BYTES))
    if (element.id === SEEK_HEAD_ID) {
      for (const [id, position] of readSeekHead(await readContents(element, MAX_TRACKS_BYTES))) {
        seekable.set(id, segment.start + position)
      }
    }
    at = element.end
  }
  for (const id of [TRACKS_ID, INFO_ID, CUES_ID]) {
    const position = seekable.get(id)
    if (found.has(id) || position === undefined || position >= sizeBytes) continue
    const element = await readElement(position)
    if (element?.id === id) found.set(id, await readContents(element, MAX_CUES_BYTES))
  }
  const contents = (id: number): Uint8Array | null => found.get(id) ?? null
  return {
    start: segment.start,
    tracks: contents(TRACKS_ID),
    info: contents(INFO_ID),
    cues: contents(CUES_ID),
    firstCluster,
  }
}

function readSeekHead (bytes: Uint8Array): Array<readonly [id: number, position: number]> {
  return listElements(bytes).filter(({ id }) => id === SEEK_ID).flatMap(({ bytes }) => {
    const seek = mapElements(bytes)
    const [id, position] = [readUint(seek, SEEK_ID_ID), readUint(seek, SEEK_POSITION_ID)]
    return id === null || position === null ? [] : [[id, position] as const]
  })
}

/** Positions of the blocks in the index of the file. Positions without an offset name the cluster only: not usable. */
function findIndexed ({ start, cues }: SegmentHead, tracks: readonly number[]): BlockPosition[] {
  if (cues === null) return []
  return listElements(cues).filter(({ id }) => id === CUE_POINT_ID).flatMap(({ bytes }) =>
    listElements(bytes).filter(({ id }) => id === CUE_POSITIONS_ID).flatMap(({ bytes: positions }): BlockPosition[] => {
      const fields = mapElements(positions)
      const track = readUint(fields, CUE_TRACK_ID) ?? 0
      const cluster = readUint(fields, CUE_CLUSTER_ID)
      const offset = readUint(fields, CUE_RELATIVE_ID)
      if (!tracks.includes(track) || cluster === null || offset === null) return []
      return [{ track, cluster: start + cluster, offset }]
    })
  )
}

function toTrack (fields: Elements): MatroskaTrack[] {
  if (readUint(fields, TYPE_ID) !== SUBTITLE_TYPE) return []
  const codecId = readString(fields, CODEC_ID) ?? ''
  const [codec, format] = CODECS[codecId.toUpperCase()] ?? [/^[\w/.]{1,40}$/.test(codecId) ? codecId : 'unknown']
  const name = toDisplayName(readString(fields, NAME_ID))
  const encoding = readEncoding(fields)
  return [{
    number: readUint(fields, NUMBER_ID) ?? 0,
    codec,
    // The default language of Matroska is English.
    language: toBcp47(readString(fields, BCP47_ID) ?? readString(fields, LANGUAGE_ID) ?? 'eng'),
    name,
    kind: kindOfTrack(name, readUint(fields, FORCED_ID) === 1, readUint(fields, IMPAIRED_ID) === 1),
    format: encoding === 'unknown' ? null : format ?? null,
    header: fields.get(PRIVATE_ID) ?? null,
    decode: encoding === 'unknown' ? null : encoding,
    readSamples: async () => [],
  }]
}

/**
 * How blocks are compressed: zlib, or without their common start.
 * @returns `unknown` if they are encrypted or compressed otherwise
 */
function readEncoding (fields: Elements): MatroskaTrack['decode'] | 'unknown' {
  const encodings = listElements(fields.get(ENCODINGS_ID) ?? new Uint8Array()).filter(({ id }) => id === ENCODING_ID)
  const [first, second] = encodings
  if (first === undefined) return null
  const encoding = mapElements(first.bytes)
  const isForBlocks = ((readUint(encoding, SCOPE_ID) ?? 1) & 1) === 1
  if (second !== undefined || !isForBlocks || (readUint(encoding, ENCODING_TYPE_ID) ?? 0) !== 0) return 'unknown'
  const compression = mapElements(encoding.get(COMPRESSION_ID))
  const settings = compression.get(SETTINGS_ID) ?? new Uint8Array()
  switch (readUint(compression, ALGORITHM_ID) ?? 0) {
    case 0:
      return (bytes) => inflateSync(bytes, { maxOutputLength: MAX_SAMPLE_BYTES })
    case 3:
      return (bytes) => Buffer.concat([settings, bytes])
    default:
      return 'unknown'
  }
}
