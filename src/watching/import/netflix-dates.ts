// Parses the dates and durations of Netflix's viewing activity. The short file writes dates in the format of the
// account's country, which the file does not name.

export type DateOrder = 'month-first' | 'day-first' | 'year-first'

/** Noon UTC falls on the same date in almost every time zone. */
const NOON_MS = 12 * 3_600_000
const DAY_MS = 86_400_000

/**
 * Parses a date of the short file: `1/31/24`, `31.01.2024` or `2024-01-31`.
 * @returns noon UTC, ms since the epoch; null when the text is not a date in that order
 */
export function parseDate (text: string, order: DateOrder): number | null {
  const parts = /^(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})\.?$/u.exec(text.trim())?.slice(1).map(Number)
  const [first = 0, second = 0, third = 0] = parts ?? []
  if (order === 'year-first') return first < 1_000 ? null : toNoon(first, second, third)
  return order === 'month-first' ? toNoon(third, first, second) : toNoon(third, second, first)
}

function toNoon (year: number, month: number, day: number): number | null {
  const fullYear = year < 100 ? 2_000 + year : year
  const time = Date.UTC(fullYear, month - 1, day) + NOON_MS
  const date = new Date(time)
  const isValid = fullYear >= 1970 && date.getUTCFullYear() === fullYear && date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day
  return isValid ? time : null
}

export interface DetectedDateOrder {
  readonly order: DateOrder
  /** Every date is also valid in another order, and the sequence of the dates does not decide. */
  readonly isGuess: boolean
}

/**
 * Detects the date order of a whole file: the only order in which all dates are valid and past, else the only one in
 * which they are sorted newest first as Netflix lists them, else the convention of the separator.
 * @returns null when no order fits all dates
 */
export function detectDateOrder (dates: readonly string[], now: Date): DetectedDateOrder | null {
  const orders = ['year-first', 'month-first', 'day-first'] as const
  const valid = orders.map((order) => ({ order, times: dates.map((date) => parseDate(date, order)) }))
    .filter((one): one is { order: DateOrder, times: number[] } => one.times.every((time) => time !== null))
  const past = valid.filter(({ times }) => times.every((time) => time <= now.getTime() + DAY_MS))
  const possible = past.length > 0 ? past : valid
  const [only] = possible
  if (only === undefined) return null
  if (possible.length === 1) return { order: only.order, isGuess: false }
  const sorted = possible.filter(({ times }) => times.every((time, i) => i === 0 || time <= (times[i - 1] ?? Infinity)))
  const [onlySorted] = sorted
  if (onlySorted !== undefined && sorted.length === 1) return { order: onlySorted.order, isGuess: false }
  const hasSlashes = dates.every((date) => date.includes('/'))
  return { order: hasSlashes ? 'month-first' : 'day-first', isGuess: dates.length > 0 }
}

/**
 * Parses a start time of the full file, `2024-01-31 20:15:00` in UTC.
 * @returns ms since the epoch; null when the text is not a time
 */
export function parseStartTime (text: string): number | null {
  const [, day = '', time = ''] = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})$/u.exec(text.trim()) ?? []
  const at = Date.parse(`${day}T${time}Z`)
  return Number.isNaN(at) || at < 0 ? null : at
}

/**
 * Parses a duration, `HH:MM:SS`.
 * @returns ms; null when the text is not a duration
 */
export function parseDuration (text: string): number | null {
  const match = /^(\d{1,4}):([0-5]\d):([0-5]\d)$/u.exec(text.trim())
  if (match === null) return null
  const [hours = 0, minutes = 0, seconds = 0] = match.slice(1).map(Number)
  return ((hours * 60 + minutes) * 60 + seconds) * 1_000
}
