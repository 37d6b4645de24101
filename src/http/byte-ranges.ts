// Range requests and conditions by RFC 9110 §13 and §14, pure: which bytes of a representation a request gets, if any.

/** Both ends included. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

export type RangeOutcome =
  /** 200: no range asked for, or one that is to be ignored. */
  | { readonly kind: 'whole' }
  /** 206 with one part. */
  | { readonly kind: 'part', readonly range: ByteRange }
  /** 206 as multipart/byteranges, in the order asked for. */
  | { readonly kind: 'parts', readonly ranges: readonly ByteRange[] }
  /** 416: nothing that was asked for exists. */
  | { readonly kind: 'unsatisfiable' }

const WHOLE: RangeOutcome = { kind: 'whole' }
/** More are ignored: many small ranges cost far more than the whole (§14.2, §17.15). */
const MAX_RANGES = 16

/** More that overlap are ignored: §14.2 names them as the mark of a broken client or an attack. */
const MAX_OVERLAPPING = 2

/**
 * Reads a Range header against a size in bytes.
 * Ignored, as §14.2 permits: a malformed header, another unit, and sets of ranges that overlap more than once or are
 * larger than the whole. Of an empty representation no part can be named, so it is sent whole.
 */
export function readRange (header: string | undefined, size: number): RangeOutcome {
  const match = header === undefined || size === 0 ? null : /^bytes=(.*)$/i.exec(header.trim())
  if (match === null) return WHOLE
  const specs = (match[1] ?? '').split(',').map((spec) => spec.trim()).filter((spec) => spec !== '')
  if (specs.length === 0 || specs.length > MAX_RANGES) return WHOLE
  const ranges: ByteRange[] = []
  for (const spec of specs) {
    const range = readSpec(spec, size)
    if (range === 'malformed') return WHOLE
    if (range !== 'unsatisfiable') ranges.push(range)
  }
  const [first, second] = ranges
  if (first === undefined) return { kind: 'unsatisfiable' }
  if (second === undefined) return { kind: 'part', range: first }
  const isWasteful = countOverlapping(ranges) > MAX_OVERLAPPING ||
    ranges.reduce((sum, range) => sum + sizeOf(range), 0) > size
  return isWasteful ? WHOLE : { kind: 'parts', ranges }
}

/** How many ranges share a byte with another one. */
function countOverlapping (ranges: readonly ByteRange[]): number {
  return ranges.filter((one, i) =>
    ranges.some((other, k) => k !== i && one.start <= other.end && other.start <= one.end)
  ).length
}

/** How many bytes a range names. */
export function sizeOf ({ start, end }: ByteRange): number {
  return end - start + 1
}

function readSpec (spec: string, size: number): ByteRange | 'malformed' | 'unsatisfiable' {
  // Spaces inside a range are not in the grammar; Apache's and Go's servers read past them, so clients may rely on it.
  const match = /^(\d*)\s*-\s*(\d*)$/.exec(spec)
  if (match === null) return 'malformed'
  const [, first = '', last = ''] = match
  if (first === '' && last === '') return 'malformed'
  if (first === '') {
    // A suffix longer than the file is the whole file; of an empty one nothing exists.
    const length = Math.min(Number(last), size)
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size - 1 }
  }
  const start = Number(first)
  if (last !== '' && Number(last) < start) return 'malformed'
  return start >= size ? 'unsatisfiable' : { start, end: last === '' ? size - 1 : Math.min(Number(last), size - 1) }
}

/** What identifies a representation: a strong entity tag and its date. */
export interface Validators {
  readonly etag: string
  readonly modifiedAt: Date
}

/**
 * Whether If-Range lets the Range stand (§13.1.5): the very same strong tag, or the very same date. A weak tag never does.
 */
export function rangeStillValid (ifRange: string | undefined, { etag, modifiedAt }: Validators): boolean {
  if (ifRange === undefined) return true
  const value = ifRange.trim()
  if (value.startsWith('"')) return value === etag
  return readHttpDate(value) === wholeSeconds(modifiedAt)
}

/** Whether If-None-Match (weak comparison) or, without one, If-Modified-Since says that the client has it (§13.2.2). */
export function isNotModified (
  headers: { ifNoneMatch?: string | undefined, ifModifiedSince?: string | undefined },
  { etag, modifiedAt }: Validators,
): boolean {
  if (headers.ifNoneMatch !== undefined) return matchesTag(headers.ifNoneMatch, etag, false)
  const since = readHttpDate(headers.ifModifiedSince)
  return since !== null && wholeSeconds(modifiedAt) <= since
}

/** Whether If-Match or If-Unmodified-Since forbids the answer: 412. */
export function preconditionFails (
  headers: { ifMatch?: string | undefined, ifUnmodifiedSince?: string | undefined },
  { etag, modifiedAt }: Validators,
): boolean {
  if (headers.ifMatch !== undefined) return !matchesTag(headers.ifMatch, etag, true)
  const since = readHttpDate(headers.ifUnmodifiedSince)
  return since !== null && wholeSeconds(modifiedAt) > since
}

/** Compares a list of entity tags; the strong comparison takes no weak tag (§8.8.3.2). */
export function matchesTag (list: string, etag: string, strong: boolean): boolean {
  if (list.trim() === '*') return true
  if (strong && etag.startsWith('W/')) return false
  const bare = etag.replace(/^W\//, '')
  return [...list.matchAll(/(W\/)?("[^"]*")/g)].some(([, weak, tag]) => !(strong && weak !== undefined) && tag === bare)
}

/** The three forms of §5.6.7; `Date.parse` alone would take nearly anything, and asctime's for local time. */
const IMF_FIXDATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/
const RFC_850_DATE = /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/
const ASCTIME_DATE = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/

/** @returns ms since the epoch, or null: what is not an HTTP date is ignored */
function readHttpDate (value: string | undefined): number | null {
  if (value === undefined) return null
  const isAsctime = ASCTIME_DATE.test(value)
  if (!isAsctime && !IMF_FIXDATE.test(value) && !RFC_850_DATE.test(value)) return null
  const time = Date.parse(isAsctime ? `${value} GMT` : value)
  return Number.isNaN(time) ? null : time
}

/** HTTP dates have no fractions of a second. */
function wholeSeconds (date: Date): number {
  return Math.floor(date.getTime() / 1_000) * 1_000
}
