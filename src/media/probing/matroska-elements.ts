// Reads elements of Matroska and WebM (RFC 8794).
import { readSize } from './matroska-segment.js'

export interface Element {
  readonly id: number
  /** Start and end of the contents; the end is infinite if the size is unknown. */
  readonly start: number
  readonly end: number
}

export type Elements = ReadonlyMap<number, Uint8Array>

/** An element with the longest header fits. */
export const MAX_HEADER_BYTES = 12

/** Reads the header of an element. @param offset position of the bytes in the file */
export function parseElement (bytes: Uint8Array, at: number, offset: number): Element | null {
  const idBytes = Math.clz32(bytes[at] ?? 0) - 23
  if (idBytes > 4 || at + idBytes >= bytes.length) return null
  const id = bytes.subarray(at, at + idBytes).reduce((value, byte) => value * 256 + byte, 0)
  const size = readSize(bytes, at + idBytes)
  const sizeBytes = Math.clz32(bytes[at + idBytes] ?? 0) - 23
  const start = offset + at + idBytes + sizeBytes
  return { id, start, end: size === null ? Infinity : start + size.value }
}

/** Lists the complete elements in the contents of another one. */
export function listElements (bytes: Uint8Array): Array<{ readonly id: number, readonly bytes: Uint8Array }> {
  const elements = []
  for (let at = 0; at < bytes.length;) {
    const element = parseElement(bytes, at, 0)
    if (element === null || element.end > bytes.length) break
    elements.push({ id: element.id, bytes: bytes.subarray(element.start, element.end) })
    at = element.end
  }
  return elements
}

/** The elements by ID; of several, the last. */
export function mapElements (bytes: Uint8Array | undefined): Elements {
  return new Map(bytes === undefined ? [] : listElements(bytes).map((element) => [element.id, element.bytes]))
}

/** Reads an unsigned integer. @returns null without the element */
export function readUint (elements: Elements, id: number): number | null {
  const bytes = elements.get(id)
  return bytes === undefined || bytes.length > 8 ? null : bytes.reduce((value, byte) => value * 256 + byte, 0)
}

/** Reads a text. @returns null without the element */
export function readString (elements: Elements, id: number): string | null {
  const bytes = elements.get(id)
  return bytes === undefined ? null : Buffer.from(bytes).toString('utf8').replace(/\0+$/, '')
}
