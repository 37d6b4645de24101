// Finds where the contents of a Matroska or WebM file end, to recognise files that lack their last part.

/** Contains the EBML header and the start of the segment. */
export const SEGMENT_HEAD_BYTES = 4_096
export const EBML_ID = 0x1a45dfa3
export const SEGMENT_ID = 0x18538067

/**
 * Reads the end of the segment (RFC 8794, RFC 9559).
 * @param head first bytes of a file
 * @returns offset in bytes; null if the file is not Matroska, or if the size of the segment is unknown
 */
export function findSegmentEnd (head: Uint8Array): number | null {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  if (head.length < 12 || view.getUint32(0) !== EBML_ID) return null
  const header = readSize(head, 4)
  if (header === null) return null
  const segmentStart = header.end + header.value
  if (segmentStart + 12 > head.length || view.getUint32(segmentStart) !== SEGMENT_ID) return null
  const segment = readSize(head, segmentStart + 4)
  return segment === null ? null : segment.end + segment.value
}

/** Reads the size of an element. @returns null if it is unknown: all bits of the value are 1 */
export function readSize (bytes: Uint8Array, start: number): { value: number, end: number } | null {
  const first = bytes[start] ?? 0
  const length = Math.clz32(first) - 23
  if (length > 8) return null
  let value = first & (0xff >> length)
  let isUnknown = value === 0xff >> length
  for (let i = 1; i < length; i++) {
    const byte = bytes[start + i] ?? 0
    value = value * 256 + byte
    isUnknown &&= byte === 0xff
  }
  return isUnknown ? null : { value, end: start + length }
}
