// What kind of media file the first bytes say it is; a cheap refusal before anything is stored or parsed.

export type MediaContainer = 'mp4' | 'mov' | 'mkv' | 'webm' | 'ts'

/** Enough for three packets of a transport stream and for Matroska's document type. */
export const HEAD_BYTES = 564

const TS_PACKET_BYTES = 188
const TS_SYNC = 0x47
const EBML_MAGIC = 0x1a45dfa3
/** Boxes that old QuickTime files without `ftyp` begin with. */
const QUICKTIME_BOXES = ['moov', 'mdat', 'wide', 'free', 'skip', 'pnot']
/** ISO base media files that are pictures (HEIF, AVIF) or sound alone. */
const OTHER_BRANDS = /^(?:mif1|msf1|heic|heix|heim|heis|hevc|hevx|avif|avis|crx |M4A |M4B |M4P |jp2 )$/

/**
 * @param head the first HEAD_BYTES of a file, or all of a smaller one
 * @returns null for anything but MP4, MOV, Matroska, WebM and MPEG-TS
 */
export function sniffContainer (head: Buffer): MediaContainer | null {
  if (head.length < 12) return null
  if (head.readUInt32BE(0) === EBML_MAGIC) return sniffDocType(head)
  const box = head.toString('latin1', 4, 8)
  if (box === 'ftyp' || box === 'styp') return sniffBrand(head.toString('latin1', 8, 12))
  // A box has 8 bytes at least; 0 and 1 stand for "to the end" and a 64-bit size.
  if (QUICKTIME_BOXES.includes(box) && (head.readUInt32BE(0) >= 8 || head.readUInt32BE(0) <= 1)) return 'mov'
  const isTransportStream = head.length > TS_PACKET_BYTES &&
    [0, 1, 2].every((packet) => (head[packet * TS_PACKET_BYTES] ?? TS_SYNC) === TS_SYNC)
  return isTransportStream ? 'ts' : null
}

function sniffBrand (brand: string): MediaContainer | null {
  if (OTHER_BRANDS.test(brand)) return null
  return brand === 'qt  ' ? 'mov' : 'mp4'
}

function sniffDocType (head: Buffer): MediaContainer | null {
  const text = head.toString('latin1', 0, 64)
  if (text.includes('webm')) return 'webm'
  return text.includes('matroska') ? 'mkv' : null
}
