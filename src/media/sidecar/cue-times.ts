// Reads the times lines of WebVTT and SubRip, also as real files have them, and writes them as WebVTT. Every pattern is
// linear in the length of the line.

/** Times of a cue, ms. */
export interface CueTimes {
  readonly startMs: number
  readonly endMs: number
  /** Text behind the end time: cue settings or coordinates. */
  readonly rest: string
}

/** Hours are optional; single digits, spaces, and `,` `.` `:` before the fraction occur. */
const TIME = String.raw`((?:-\s?)?(?:\d{1,4}\s?:\s?)?-?\d{1,3}\s?:\s?-?\d{1,3}(?:\s?[.,:;]\s?-?\d{1,9})?)`
/** `-->`, also with too few or typographic dashes, and escaped as in HTML. */
const ARROW = String.raw`(?:(?:[-\u2010-\u2015\u2212=]\s?){1,3}(?:>|&gt;)|\u2192)`
const TIMES_LINE = new RegExp(String.raw`^\s*${TIME}\s*${ARROW}\s*${TIME}(?![\d:])(.*)$`, 'u')
const WEBVTT_TIME = String.raw`(?:\d{2,}:)?[0-5]\d:[0-5]\d\.\d{3}`
const WEBVTT_TIMES_LINE = new RegExp(String.raw`^[ \t]*${WEBVTT_TIME}[ \t]*-->[ \t]*${WEBVTT_TIME}(?:[ \t]|$)`)

/** Most lines are text: a cheap test before the pattern. `0:1-->0:2` is the shortest times line. */
const MIN_TIMES_LINE_LENGTH = 9
const ARROW_HEAD = /[>\u2192]|&gt;/

/** Marks of the writing direction and spaces without width. */
const INVISIBLE = /[\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/gu
/** Code points of the digit 0 of Arabic, Persian and Devanagari, and of full width. */
const ZEROS = [0x660, 0x6f0, 0x966, 0xff10]

/** Digits of other scripts, full-width signs and invisible characters as ASCII. */
export function toAsciiTimes (line: string): string {
  if (!/[^\0-\x7f]/.test(line)) return line
  return line.replace(INVISIBLE, '').replaceAll('\uff1a', ':').replaceAll('\uff0c', ',').replaceAll('\uff0e', '.')
    .replace(/\p{Nd}/gu, (digit) => {
      const code = digit.codePointAt(0) ?? 0
      const zero = ZEROS.find((one) => one <= code && code < one + 10)
      return zero === undefined ? digit : String(code - zero)
    })
}

/** Reads a times line. @returns null if the line is not one */
export function parseTimesLine (source: string): CueTimes | null {
  if (source.length < MIN_TIMES_LINE_LENGTH || !ARROW_HEAD.test(source)) return null
  const line = toAsciiTimes(source)
  const match = TIMES_LINE.exec(line)
  if (match === null) return null
  const [, start = '', end = '', rest = ''] = match
  // Text may contain "10:30 -> 11:45".
  if (!line.includes('-->') && ![start, end].every((time) => /[:.,].*[:.,]/.test(time))) return null
  return { startMs: parseTime(start), endMs: parseTime(end), rest: rest.trim() }
}

/** True for a line that is meant as a times line, but whose times cannot be read. */
export function isUnreadableTimesLine (line: string): boolean {
  return line.includes('-->') && (/^\s*-?\d+\s?:/.test(line) || /-->\s?-?\d+\s?:/.test(line))
}

/** True for a times line by the WebVTT specification. */
export function isWebVttTimesLine (line: string): boolean {
  return WEBVTT_TIMES_LINE.test(line)
}

/** Renders a times line of WebVTT. */
export function renderTimesLine ({ startMs, endMs }: Pick<CueTimes, 'startMs' | 'endMs'>, settings: string): string {
  return `${toTimestamp(startMs)} --> ${toTimestamp(endMs)}${settings === '' ? '' : ` ${settings}`}`
}

/** A negative time, which an edited offset causes, is the start. */
function parseTime (text: string): number {
  if (text.includes('-')) return 0
  const fields = text.replace(/\s/g, '').split(/[:.,;]/)
  const hasFraction = fields.length === 4 || /[.,;]/.test(text)
  const fraction = hasFraction ? fields.pop() ?? '' : ''
  const seconds = fields.reduce((sum, field) => sum * 60 + Number(field), 0)
  return seconds * 1_000 + Number(fraction.slice(0, 3).padEnd(3, '0'))
}

function toTimestamp (ms: number): string {
  const pad = (value: number, length = 2): string => String(Math.floor(value)).padStart(length, '0')
  return `${pad(ms / 3_600_000)}:${pad(ms / 60_000 % 60)}:${pad(ms / 1_000 % 60)}.${pad(ms % 1_000, 3)}`
}
