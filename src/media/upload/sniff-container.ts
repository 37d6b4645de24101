// Detects the container format of a media file by its first bytes, before anything is stored or parsed.
import { detectPacketLayout } from '../probing/transport-packets.js'

export type MediaContainer = 'mp4' | 'mov' | 'mkv' | 'webm' | 'ts'

/** Enough for 3 packets of a transport stream and for the document type of Matroska. */
export const HEAD_BYTES = 564

const EBML_MAGIC = 0x1a45dfa3
/** First boxes of old QuickTime files, which have no `ftyp`. */
const QUICKTIME_BOXES = ['moov', 'mdat', 'wide', 'free', 'skip', 'pnot']
/** ISO base media files that are images (HEIF, AVIF) or audio only. */
const UNSUPPORTED_BRANDS = /^(?:mif1|msf1|heic|heix|heim|heis|hevc|hevx|avif|avis|crx |M4A |M4B |M4P |jp2 )$/

/**
 * Detects the container format.
 * @param head the first HEAD_BYTES of the file, or the whole file if it is smaller
 * @returns null if the file is not MP4, MOV, Matroska, WebM or MPEG-TS
 */
export function sniffContainer (head: Buffer): MediaContainer | null {
  if (head.length < 12) return null
  if (head.readUInt32BE(0) === EBML_MAGIC) return sniffDocType(head)
  const box = head.toString('latin1', 4, 8)
  if (box === 'ftyp' || box === 'styp') return sniffBrand(head.toString('latin1', 8, 12))
  // A box has at least 8 bytes. Size 0 means "to the end of the file", size 1 means that a 64-bit size follows.
  if (QUICKTIME_BOXES.includes(box) && (head.readUInt32BE(0) >= 8 || head.readUInt32BE(0) <= 1)) return 'mov'
  return detectPacketLayout(head) === null ? null : 'ts'
}

function sniffBrand (brand: string): MediaContainer | null {
  if (UNSUPPORTED_BRANDS.test(brand)) return null
  return brand === 'qt  ' ? 'mov' : 'mp4'
}

function sniffDocType (head: Buffer): MediaContainer | null {
  const text = head.toString('latin1', 0, 64)
  if (text.includes('webm')) return 'webm'
  return text.includes('matroska') ? 'mkv' : null
}
