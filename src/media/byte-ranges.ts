// Range requests by RFC 9110 §14, pure: which bytes of a representation a request gets.

export interface ByteRange { readonly start: number, readonly end: number }

export type RangeOutcome =
  /** 200: no range asked for, or one that is to be ignored. */
  | { readonly kind: 'whole' }
  /** 206 with one part. */
  | { readonly kind: 'part', readonly range: ByteRange }
  /** 416: nothing that was asked for exists. */
  | { readonly kind: 'unsatisfiable' }

const WHOLE: RangeOutcome = { kind: 'whole' }

/**
 * Reads a Range header against a size in bytes.
 * A malformed header or another unit is ignored (§14.2). Several ranges get the whole as well, which §14.2 permits and
 * players never ask for; it spares clients and caches multipart/byteranges.
 */
export function readRange (header: string | undefined, size: number): RangeOutcome {
  const match = header === undefined ? null : /^bytes[ \t]*=(.*)$/i.exec(header.trim())
  if (match === null) return WHOLE
  const specs = (match[1] ?? '').split(',').map((spec) => spec.trim()).filter((spec) => spec !== '')
  const [spec] = specs
  if (spec === undefined) return WHOLE
  const ranges = specs.map((one) => readSpec(one, size))
  if (ranges.some((range) => range === 'malformed')) return WHOLE
  if (ranges.every((range) => range === 'unsatisfiable')) return { kind: 'unsatisfiable' }
  const [range] = ranges
  if (ranges.length > 1 || typeof range !== 'object') return WHOLE
  return { kind: 'part', range }
}

function readSpec (spec: string, size: number): ByteRange | 'malformed' | 'unsatisfiable' {
  const match = /^(\d*)[ \t]*-[ \t]*(\d*)$/.exec(spec)
  if (match === null) return 'malformed'
  const [, first = '', last = ''] = match
  if (first === '' && last === '') return 'malformed'
  if (first === '') {
    // A suffix longer than the file is the whole file; of an empty one nothing exists.
    const length = Math.min(Number(last), size)
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size - 1 }
  }
  const start = Number(first)
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (last !== '' && Number(last) < start) return 'malformed'
  return start >= size ? 'unsatisfiable' : { start, end }
}

/** What identifies a representation: a strong entity tag and its date. */
export interface Validators { readonly etag: string, readonly modifiedAt: Date }

/**
 * Whether If-Range lets the Range stand (§13.1.5): the very same strong tag, or the very same date. A weak tag never does.
 */
export function rangeStillValid (ifRange: string | undefined, { etag, modifiedAt }: Validators): boolean {
  if (ifRange === undefined) return true
  const value = ifRange.trim()
  if (value.startsWith('"')) return value === etag
  if (value.startsWith('W/')) return false
  return Date.parse(value) === wholeSeconds(modifiedAt)
}

/** Whether If-None-Match (weak comparison) or, without one, If-Modified-Since says that the client has it (§13.2.2). */
export function isNotModified (headers: { ifNoneMatch?: string | undefined, ifModifiedSince?: string | undefined }, { etag, modifiedAt }: Validators): boolean {
  if (headers.ifNoneMatch !== undefined) return matchesTag(headers.ifNoneMatch, etag, false)
  if (headers.ifModifiedSince === undefined) return false
  const since = Date.parse(headers.ifModifiedSince)
  return !Number.isNaN(since) && wholeSeconds(modifiedAt) <= since
}

/** Whether If-Match or If-Unmodified-Since forbids the answer: 412. */
export function preconditionFails (headers: { ifMatch?: string | undefined, ifUnmodifiedSince?: string | undefined }, { etag, modifiedAt }: Validators): boolean {
  if (headers.ifMatch !== undefined) return !matchesTag(headers.ifMatch, etag, true)
  if (headers.ifUnmodifiedSince === undefined) return false
  const since = Date.parse(headers.ifUnmodifiedSince)
  return !Number.isNaN(since) && wholeSeconds(modifiedAt) > since
}

/** Compares a list of entity tags; the strong comparison takes no weak tag (§8.8.3.2). */
export function matchesTag (list: string, etag: string, strong: boolean): boolean {
  if (list.trim() === '*') return true
  const bare = etag.replace(/^W\//, '')
  return [...list.matchAll(/(W\/)?"[^"]*"/g)].some(([tag, weak]) => !(strong && weak !== undefined) && tag.replace(/^W\//, '') === bare)
}

/** HTTP dates have no fractions of a second. */
function wholeSeconds (date: Date): number {
  return Math.floor(date.getTime() / 1_000) * 1_000
}
