// Parses the dates and durations of Netflix's viewing activity. The short file writes dates in the format of the
// account's country, which the file does not name.

export type DateOrder = 'month-first' | 'day-first' | 'year-first'

/** Noon UTC falls on the same date in almost every time zone. */
const NOON_MS = 12 * 3_600_000
const DAY_MS = 86_400_000
const MAX_DATE_CHARS = 40
/** Years of the Thai calendar. */
const BUDDHIST_ERA = { first: 2_500, offset: 543 }
/** Code points of the digit 0 of Arabic, Persian, Devanagari, Bengali and Thai. */
const ZEROS = [0x660, 0x6f0, 0x966, 0x9e6, 0xe50]
const INVISIBLE = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu
/** `15. 12. 2021`, `2021. 12. 15.`, `2021年12月15日`, `15.12.2021 г.`; letters may follow each number. */
const DATE = /^\D{0,4}(\d{1,4})\D{1,6}(\d{1,2})\D{1,6}(\d{1,4})\D{0,12}$/u

/**
 * Parses a date of the short file: `1/31/24`, `31. 1. 2024`, `2024. 1. 31.`, `31.01.2024 г.` or `2024-01-31`. A year of
 * the Thai calendar becomes the common one.
 * @returns noon UTC, ms since the epoch; null when the text is not a date in that order
 */
export function parseDate (text: string, order: DateOrder): number | null {
  if (text.length > MAX_DATE_CHARS) return null
  const parts = DATE.exec(toAsciiDigits(text.trim()))?.slice(1).map(Number)
  const [first = 0, second = 0, third = 0] = parts ?? []
  if (order === 'year-first') return first < 1_000 ? null : toNoon(first, second, third)
  return order === 'month-first' ? toNoon(third, first, second) : toNoon(third, second, first)
}

function toAsciiDigits (text: string): string {
  return text.normalize('NFKC').replace(INVISIBLE, '').replace(/\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0
    const zero = ZEROS.findLast((one) => one <= code && code < one + 10)
    return zero === undefined ? digit : String(code - zero)
  })
}

function toNoon (writtenYear: number, month: number, day: number): number | null {
  const { first, offset } = BUDDHIST_ERA
  const year = writtenYear >= first ? writtenYear - offset : writtenYear
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
 * Detects the date order of a whole file: the order in which most dates are valid and past. If several fit equally, the
 * only one in which the dates are sorted newest first as Netflix lists them, else the convention of the separator.
 */
export function detectDateOrder (dates: readonly string[], now: Date): DetectedDateOrder {
  const orders = ['year-first', 'month-first', 'day-first'] as const
  const read = orders.map((order) => {
    const times = dates.map((date) => parseDate(date, order)).filter((time) => time !== null)
    return { order, times, past: times.filter((time) => time <= now.getTime() + DAY_MS).length }
  })
  const mostPast = Math.max(...read.map(({ past }) => past))
  const pastOrders = read.filter(({ past }) => past === mostPast)
  const mostValid = Math.max(...pastOrders.map(({ times }) => times.length))
  const possible = pastOrders.filter(({ times }) => times.length === mostValid)
  const [only] = possible
  if (only !== undefined && possible.length === 1) return { order: only.order, isGuess: false }
  const sorted = possible.filter(({ times }) => times.every((time, i) => i === 0 || time <= (times[i - 1] ?? Infinity)))
  const [onlySorted] = sorted
  if (onlySorted !== undefined && sorted.length === 1) return { order: onlySorted.order, isGuess: false }
  const hasSlashes = dates.every((date) => date.includes('/'))
  return { order: hasSlashes ? 'month-first' : 'day-first', isGuess: mostValid > 0 }
}

/**
 * Parses a start time of the full file, `2024-01-31 20:15:00` in UTC.
 * @returns ms since the epoch; null when the text is not a time
 */
export function parseStartTime (text: string): number | null {
  const [, day = '', time = ''] = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.\d{1,9})?Z?$/u.exec(text.trim()) ??
    []
  const at = Date.parse(`${day}T${time}Z`)
  return Number.isNaN(at) || at < 0 ? null : at
}

/**
 * Parses a duration, `HH:MM:SS`.
 * @returns ms; null when the text is not a duration
 */
export function parseDuration (text: string): number | null {
  const match = /^(\d{1,4}):([0-5]\d):([0-5]\d)(?:\.\d{1,9})?$/u.exec(text.trim())
  if (match === null) return null
  const [hours = 0, minutes = 0, seconds = 0] = match.slice(1).map(Number)
  return ((hours * 60 + minutes) * 60 + seconds) * 1_000
}
