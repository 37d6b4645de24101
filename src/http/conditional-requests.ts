// Preconditions by RFC 9110 §13. Pure functions.

/** Validators of a representation: a strong entity tag and the modification date. */
export interface Validators {
  readonly etag: string
  readonly modifiedAt: Date
}

/** Whether If-Range allows the Range header (§13.1.5): requires the same strong tag or the same date. */
export function isRangeStillValid (ifRange: string | undefined, { etag, modifiedAt }: Validators): boolean {
  if (ifRange === undefined) return true
  const value = ifRange.trim()
  if (value.startsWith('"')) return value === etag
  return parseHttpDate(value) === truncateToSeconds(modifiedAt)
}

/** Whether If-None-Match (weak comparison), or else If-Modified-Since, allows a 304 response (§13.2.2). */
export function isNotModified (
  headers: { ifNoneMatch?: string | undefined, ifModifiedSince?: string | undefined },
  { etag, modifiedAt }: Validators,
): boolean {
  if (headers.ifNoneMatch !== undefined) return matchesEtag(headers.ifNoneMatch, etag, false)
  const since = parseHttpDate(headers.ifModifiedSince)
  return since !== null && truncateToSeconds(modifiedAt) <= since
}

/** Whether If-Match, or else If-Unmodified-Since, requires a 412 response. */
export function isPreconditionFailed (
  headers: { ifMatch?: string | undefined, ifUnmodifiedSince?: string | undefined },
  { etag, modifiedAt }: Validators,
): boolean {
  if (headers.ifMatch !== undefined) return !matchesEtag(headers.ifMatch, etag, true)
  const since = parseHttpDate(headers.ifUnmodifiedSince)
  return since !== null && truncateToSeconds(modifiedAt) > since
}

/**
 * Whether a list of entity tags contains a tag.
 * @param isStrong strong comparison, which no weak tag passes (§8.8.3.2)
 */
export function matchesEtag (list: string, etag: string, isStrong: boolean): boolean {
  if (list.trim() === '*') return true
  if (isStrong && etag.startsWith('W/')) return false
  const opaqueTag = etag.replace(/^W\//, '')
  return [...list.matchAll(/(W\/)?("[^"]*")/g)].some(([, weak, tag]) =>
    !(isStrong && weak !== undefined) && tag === opaqueTag
  )
}

/** The formats of §5.6.7. `Date.parse` alone accepts nearly any text, and reads asctime as local time. */
const IMF_FIXDATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/
const RFC_850_DATE = /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/
const ASCTIME_DATE = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/

/** @returns ms since the epoch; null if the value is not an HTTP date, which is ignored */
function parseHttpDate (value: string | undefined): number | null {
  if (value === undefined) return null
  const isAsctime = ASCTIME_DATE.test(value)
  if (!isAsctime && !IMF_FIXDATE.test(value) && !RFC_850_DATE.test(value)) return null
  const time = Date.parse(isAsctime ? `${value} GMT` : value)
  return Number.isNaN(time) ? null : time
}

/** HTTP dates have a resolution of one second. */
function truncateToSeconds (date: Date): number {
  return Math.floor(date.getTime() / 1_000) * 1_000
}
