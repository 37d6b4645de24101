// Range requests by RFC 9110 §14. Pure functions.
import type { ByteRange } from '../storage/storage.js'

export type RangeOutcome =
  /** 200: without a range, or with one that is ignored. */
  | { readonly kind: 'whole' }
  /** 206 with one range. */
  | { readonly kind: 'part', readonly range: ByteRange }
  /** 206 as multipart/byteranges, in the requested order. */
  | { readonly kind: 'parts', readonly ranges: readonly ByteRange[] }
  /** 416: no requested range overlaps the representation. */
  | { readonly kind: 'unsatisfiable' }

const WHOLE: RangeOutcome = { kind: 'whole' }
/** Headers with more ranges are ignored: many small ranges cost far more than the whole (§14.2, §17.15). */
const MAX_RANGES = 16
/** Headers with more overlapping ranges are ignored: a sign of a broken client or an attack (§14.2). */
const MAX_OVERLAPPING = 2

/**
 * Evaluates a Range header.
 * Ignores, as §14.2 permits, a malformed header, another unit, and ranges that overlap too often or are larger than the
 * whole. An empty representation has no ranges and is sent whole.
 * @param size of the representation, bytes
 */
export function parseRange (header: string | undefined, size: number): RangeOutcome {
  const match = header === undefined || size === 0 ? null : /^bytes=(.*)$/i.exec(header.trim())
  if (match === null) return WHOLE
  const specs = (match[1] ?? '').split(',').map((spec) => spec.trim()).filter((spec) => spec !== '')
  if (specs.length === 0 || specs.length > MAX_RANGES) return WHOLE
  const ranges: ByteRange[] = []
  for (const spec of specs) {
    const range = parseRangeSpec(spec, size)
    if (range === 'malformed') return WHOLE
    if (range !== 'unsatisfiable') ranges.push(range)
  }
  const [first, second] = ranges
  if (first === undefined) return { kind: 'unsatisfiable' }
  if (second === undefined) return { kind: 'part', range: first }
  const isWasteful = countOverlapping(ranges) > MAX_OVERLAPPING ||
    ranges.reduce((sum, range) => sum + rangeLength(range), 0) > size
  return isWasteful ? WHOLE : { kind: 'parts', ranges }
}

/** Number of ranges that share a byte with another one. */
function countOverlapping (ranges: readonly ByteRange[]): number {
  return ranges.filter((range, i) =>
    ranges.some((other, k) => k !== i && range.start <= other.end && other.start <= range.end)
  ).length
}

/** Number of bytes in a range. */
export function rangeLength ({ start, end }: ByteRange): number {
  return end - start + 1
}

function parseRangeSpec (spec: string, size: number): ByteRange | 'malformed' | 'unsatisfiable' {
  // The grammar has no spaces inside a range; Apache and Go accept them, so clients may rely on that.
  const match = /^(\d*)\s*-\s*(\d*)$/.exec(spec)
  if (match === null) return 'malformed'
  const [, first = '', last = ''] = match
  if (first === '' && last === '') return 'malformed'
  if (first === '') {
    // A suffix longer than the file is the whole file; a suffix of 0 bytes is unsatisfiable.
    const length = Math.min(Number(last), size)
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size - 1 }
  }
  const start = Number(first)
  if (last !== '' && Number(last) < start) return 'malformed'
  return start >= size ? 'unsatisfiable' : { start, end: last === '' ? size - 1 : Math.min(Number(last), size - 1) }
}
