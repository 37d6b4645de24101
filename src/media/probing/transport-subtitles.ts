// Lists the subtitles that the program of a transport stream announces: DVB subtitles, teletext and pictures. They are
// not extracted.
import { toBcp47 } from './track-texts.js'
import { kindOfTrack, type SubtitleTrack } from './subtitle-track.js'
import type { ReadRange } from './transport-clock.js'

const PACKET_BYTES = 188
const SYNC_BYTE = 0x47
/** The tables of a program repeat at least each half second. */
const SEARCHED_BYTES = PACKET_BYTES * 8_192
const [TELETEXT, DVB_SUBTITLES] = [0x56, 0x59]
const PRIVATE_STREAM = 0x06
/** Types of streams with subtitles on Blu-ray discs. */
const DISC_CODECS: Readonly<Record<number, string>> = { 0x90: 'pgs', 0x92: 'textst' }
/** Teletext pages with subtitles; other pages are news and indexes. */
const TELETEXT_KINDS = [0x02, 0x05]
/** DVB subtitles for people with impaired hearing. */
const FIRST_IMPAIRED_KIND = 0x20

/** Lists the subtitle tracks of the first program. */
export async function findTransportSubtitles (read: ReadRange, sizeBytes: number): Promise<SubtitleTrack[]> {
  const bytes = await read(0, Math.min(SEARCHED_BYTES, sizeBytes - sizeBytes % PACKET_BYTES))
  const association = findSection(bytes, 0)
  const programPid = association === null ? null : readProgramPid(association)
  const program = programPid === null ? null : findSection(bytes, programPid)
  return program === null ? [] : listSubtitles(program)
}

/** The first complete section with a packet ID, without the fields before and behind its contents. */
function findSection (packets: Uint8Array, pid: number): Uint8Array | null {
  let section: number[] | null = null
  for (let at = 0; at + PACKET_BYTES <= packets.length; at += PACKET_BYTES) {
    const [sync = 0, high = 0, low = 0, control = 0, adaptationBytes = 0] = packets.subarray(at, at + 5)
    if (sync !== SYNC_BYTE || (high & 0x1f) * 256 + low !== pid || (control & 0x10) === 0) continue
    const payload = packets.subarray(at + 4 + ((control & 0x20) === 0 ? 0 : 1 + adaptationBytes), at + PACKET_BYTES)
    if ((high & 0x40) !== 0) section = [...payload.subarray(1 + (payload[0] ?? 0))]
    else section?.push(...payload)
    if (section === null || section.length < 3) continue
    const end = 3 + ((section[1] ?? 0) & 0x0f) * 256 + (section[2] ?? 0)
    // Behind the contents is a checksum of 4 bytes.
    if (section.length >= end) return Uint8Array.from(section.slice(8, end - 4))
  }
  return null
}

/** The first entry with a program number; number 0 is the network. */
function readProgramPid (association: Uint8Array): number | null {
  for (let at = 0; at + 4 <= association.length; at += 4) {
    const [numberHigh = 0, numberLow = 0, high = 0, low = 0] = association.subarray(at, at + 4)
    if (numberHigh + numberLow > 0) return (high & 0x1f) * 256 + low
  }
  return null
}

const lengthAt = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) & 0x0f) * 256 + (bytes[at + 1] ?? 0)

function listSubtitles (program: Uint8Array): SubtitleTrack[] {
  const tracks: SubtitleTrack[] = []
  for (let at = 4 + lengthAt(program, 2); at + 5 <= program.length;) {
    const type = program[at] ?? 0
    const end = at + 5 + lengthAt(program, at + 3)
    const descriptors = listDescriptors(program.subarray(at + 5, end))
    const codec = DISC_CODECS[type]
    if (codec !== undefined) tracks.push(toTrack(codec, null, false))
    if (type === PRIVATE_STREAM) tracks.push(...descriptors.flatMap(toBroadcastTracks))
    at = end
  }
  return tracks
}

interface Descriptor {
  readonly tag: number
  readonly bytes: Uint8Array
}

function listDescriptors (bytes: Uint8Array): Descriptor[] {
  const descriptors: Descriptor[] = []
  for (let at = 0; at + 2 <= bytes.length;) {
    const end = at + 2 + (bytes[at + 1] ?? 0)
    descriptors.push({ tag: bytes[at] ?? 0, bytes: bytes.subarray(at + 2, end) })
    at = end
  }
  return descriptors
}

/** A descriptor has an entry for each language (ETSI EN 300 468): its code, and the kind. */
function toBroadcastTracks ({ tag, bytes }: Descriptor): SubtitleTrack[] {
  const isTeletext = tag === TELETEXT
  if (!isTeletext && tag !== DVB_SUBTITLES) return []
  const entryBytes = isTeletext ? 5 : 8
  const tracks: SubtitleTrack[] = []
  for (let at = 0; at + entryBytes <= bytes.length; at += entryBytes) {
    const language = Buffer.from(bytes.subarray(at, at + 3)).toString('latin1')
    const kind = bytes[at + 3] ?? 0
    if (isTeletext && !TELETEXT_KINDS.includes(kind >> 3)) continue
    const isForHearingImpaired = isTeletext ? kind >> 3 === 0x05 : kind >= FIRST_IMPAIRED_KIND
    tracks.push(toTrack(isTeletext ? 'teletext' : 'dvb', toBcp47(language), isForHearingImpaired))
  }
  return tracks
}

function toTrack (codec: string, language: string | null, isForHearingImpaired: boolean): SubtitleTrack {
  return {
    codec,
    language,
    name: null,
    kind: kindOfTrack(null, false, isForHearingImpaired),
    format: null,
    header: null,
    readSamples: async () => [],
  }
}
