// Reads the headers of boxes in MP4 and MOV files.
import type { ReadRange } from './transport-clock.js'

/** Start and end of a box in the file. */
export interface BoxRange {
  readonly start: number
  readonly end: number
}

export interface BoxHeader {
  readonly type: string
  readonly size: number
  readonly contentStart: number
  readonly contentEnd: number
}

/** Reads the header of a box. @returns null if its size is impossible */
export async function readBoxHeader (read: ReadRange, at: number, end: number): Promise<BoxHeader | null> {
  const head = Buffer.from(await read(at, Math.min(at + 16, end)))
  if (head.length < 8) return null
  const stated = head.readUInt32BE(0)
  const isLarge = stated === 1 && head.length >= 16
  const size = isLarge ? Number(head.readBigUInt64BE(8)) : stated === 0 ? end - at : stated
  const contentStart = at + (isLarge ? 16 : 8)
  if (size < contentStart - at) return null
  return { type: head.toString('latin1', 4, 8), size, contentStart, contentEnd: Math.min(at + size, end) }
}
