// Parses the dates and durations of Netflix's viewing activity. The short file writes dates in the format of the
// account's country, which the file does not name.
import { findMonthName } from './month-names.js'

export type DateOrder = 'month-first' | 'day-first' | 'year-first'

/** Noon UTC falls on the same date in almost every time zone. */
const NOON_MS = 12 * 3_600_000
const DAY_MS = 86_400_000
const MAX_DATE_CHARS = 40
/** Years of the Thai calendar; two digits from 50 are such years too, because Netflix is younger. */
const BUDDHIST_ERA = { first: 2_500, offset: 543, firstShort: 50 }
/** Years before the first year of the eras that calendars of Japan and Taiwan use. */
const ERAS: ReadonlyArray<readonly [name: RegExp, offset: number]> = [
  [/^(?:R|令和)\s?(?=\d)/u, 2_018],
  [/^(?:H|平成)\s?(?=\d)/u, 1_988],
  [/^(?:民國|民国)\s?(?=\d)/u, 1_911],
]
/** Code points of the digit 0 in the scripts of Netflix's languages. */
const ZEROS = [0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0x1040, 0x17e0]
const INVISIBLE = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/gu
/** A time behind the date, as programs add it. */
const TIME_SUFFIX =
  /[,T\s]{1,3}\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d{1,9})?)?\s?(?:[AP]\.?M\.?)?\s?(?:Z|UTC|[+-]\d{2}:?\d{2})?$/iu
/** Excel marks a text by an apostrophe. */
const PREFIX = /^(?:['’`]|\p{L}{2,14}\.?,?\s{1,2}(?=\d))/u
/** `15. 12. 2021`, `2021. 12. 15.`, `2021年12月15日`, `15.12.2021 г.`; letters may follow each number. */
const DATE = /^\D{0,4}(\d{1,4})\D{1,9}(\d{1,2})\D{1,9}(\d{1,4})\D{0,12}$/u

/**
 * Parses a date of the short file: `1/31/24`, `31. 1. 2024`, `2024. 1. 31.`, `31.01.2024 г.`, `2024-01-31`, or with the
 * name of the month. Years of the Thai calendar and of eras become common ones. A time behind the date is ignored.
 * @returns noon UTC, ms since the epoch; null when the text is not a date in that order
 */
export function parseDate (text: string, order: DateOrder): number | null {
  if (text.length > MAX_DATE_CHARS) return null
  const date = toCommonForm(text)
  const parts = DATE.exec(date.replace(PREFIX, ''))?.slice(1).map(Number)
  if (parts === undefined) return parseNamedMonth(date)
  const [first = 0, second = 0, third = 0] = parts
  if (order === 'year-first') return toNoon(first, second, third)
  return order === 'month-first' ? toNoon(third, first, second) : toNoon(third, second, first)
}

function toCommonForm (text: string): string {
  const date = toAsciiDigits(text).trim().replace(TIME_SUFFIX, '').replace('元年', '1年')
  const era = ERAS.find(([name]) => name.test(date))
  if (era === undefined) return date
  return date.replace(era[0], '').replace(/^\d{1,3}/u, (year) => String(Number(year) + era[1]))
}

/** `31 May 2024`, `May 31, 2024`, `31 de mayo de 2024`, `2024 m. gegužės 31 d.` */
function parseNamedMonth (date: string): number | null {
  const [first = '', second = '', ...others] = date.match(/\d+/gu) ?? []
  if (first === '' || second === '' || others.length > 0) return null
  const month = findMonthName(date)
  if (month === null) return null
  return first.length === 4
    ? toNoon(Number(first), month, Number(second))
    : toNoon(Number(second), month, Number(first))
}

function toAsciiDigits (text: string): string {
  return text.normalize('NFKC').replace(INVISIBLE, '').replace(/\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0
    const zero = ZEROS.findLast((one) => one <= code && code < one + 10)
    return zero === undefined ? digit : String(code - zero)
  })
}

function toNoon (writtenYear: number, month: number, day: number): number | null {
  const { first, firstShort, offset } = BUDDHIST_ERA
  const isShort = writtenYear < 100
  const buddhistYear = isShort && writtenYear >= firstShort ? first + writtenYear : writtenYear
  const year = buddhistYear >= first ? buddhistYear - offset : writtenYear
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

/** Year-first dates have four digits, or two if no other order fits: `24. 5. 31.` */
const LONG_YEAR_FIRST = /^\D{0,4}\d{3,4}\D/u

/**
 * Detects the date order of a whole file: the order in which most dates are valid and past. If several fit equally, the
 * only one in which the dates are sorted newest first as Netflix lists them, else the convention of the separator.
 */
export function detectDateOrder (dates: readonly string[], now: Date): DetectedDateOrder {
  const count = (order: DateOrder, texts: readonly string[]) => {
    const times = texts.map((date) => parseDate(date, order)).filter((time) => time !== null)
    return { order, times, past: times.filter((time) => time <= now.getTime() + DAY_MS).length }
  }
  const withLongYear = dates.filter((date) => LONG_YEAR_FIRST.test(toCommonForm(date.slice(0, MAX_DATE_CHARS))))
  const read = [count('year-first', withLongYear), count('month-first', dates), count('day-first', dates)]
  const mostPast = Math.max(...read.map(({ past }) => past))
  if (count('year-first', dates).past > mostPast) return { order: 'year-first', isGuess: false }
  const pastOrders = read.filter(({ past }) => past === mostPast)
  const mostValid = Math.max(...pastOrders.map(({ times }) => times.length))
  const possible = pastOrders.filter(({ times }) => times.length === mostValid)
  const [only] = possible
  if (only !== undefined && possible.length === 1) return { order: only.order, isGuess: false }
  const sorted = possible.filter(({ times }) => times.every((time, i) => i === 0 || time <= (times[i - 1] ?? Infinity)))
  const [onlySorted] = sorted
  if (onlySorted !== undefined && sorted.length === 1) return { order: onlySorted.order, isGuess: false }
  const hasSlashes = dates.every((date) => date.includes('/'))
  // Names of months decide alone.
  const isSame = possible.every(({ times }) => times.every((time, i) => time === only?.times[i]))
  return { order: hasSlashes ? 'month-first' : 'day-first', isGuess: mostValid > 0 && !isSame }
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
