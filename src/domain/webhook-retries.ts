// When a failed attempt to deliver a webhook is repeated. Pure.

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Waits after failed attempts, before jitter: 17 attempts in about 3 days. */
export const WEBHOOK_RETRY_WAITS_MS: readonly number[] = [
  5 * SECOND_MS,
  30 * SECOND_MS,
  2 * MINUTE_MS,
  10 * MINUTE_MS,
  HOUR_MS,
  ...Array.from({ length: 11 }, () => 6 * HOUR_MS),
]
/** An endpoint whose attempts all failed for this time is disabled. */
export const WEBHOOK_FAILURE_LIMIT_MS = 5 * DAY_MS
/** A wait varies by this part in both directions, so that endpoints that recover do not get everything at once. */
const JITTER = 0.1
/** Longest wait that a `Retry-After` can ask for. */
const MAX_RETRY_AFTER_MS = DAY_MS

/**
 * The wait before the next attempt, ms; null after the last one.
 * @param attempts number of failed attempts, at least 1
 * @param retryAfterMs what the response asked for; null without
 * @param random from 0 to 1
 */
export function nextWebhookWaitMs (attempts: number, retryAfterMs: number | null, random: number): number | null {
  const waitMs = WEBHOOK_RETRY_WAITS_MS[attempts - 1]
  if (waitMs === undefined) return null
  const varied = Math.round(waitMs * (1 - JITTER + 2 * JITTER * random))
  return Math.max(varied, Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS))
}

/** Reads a `Retry-After` header (RFC 9110, section 10.2.3): seconds or a date. @returns ms; null without a valid one */
export function parseRetryAfter (header: string | null, now: Date): number | null {
  if (header === null) return null
  if (/^\d{1,9}$/.test(header)) return Number(header) * SECOND_MS
  // Dates of HTTP end with GMT; the parser accepts much more.
  const at = header.endsWith('GMT') ? Date.parse(header) : Number.NaN
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime())
}
