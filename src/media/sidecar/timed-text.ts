// Reads and writes timed text in linear time: SubRip as it is found, and WebVTT.
import { isUnreadableTimesLine, isWebVttTimesLine, parseTimesLine, renderTimesLine, toAsciiTimes } from './cue-times.js'

/** A film has some thousands of cues. */
export const MAX_CUES = 50_000

/** The file is not what it should be; the message is for the uploader. */
export class UnreadableTextError extends Error {
  constructor (message: string) {
    super(message)
    this.name = 'UnreadableTextError'
  }
}

export interface WebVttResult {
  readonly webVtt: string
  /** Cues that were left out, because their times cannot be read or they are never visible. */
  readonly unreadableCues: number
}

/** A cue of WebVTT. */
export interface Cue {
  readonly startMs: number
  readonly endMs: number
  readonly settings: string
  readonly text: string
}

/** Splits a text into lines without control characters. Text-mode transfers turn CR LF into CR CR LF. */
export function splitLines (text: string): string[] {
  return text
    .replace(/^\ufeff/, '')
    .replace(/\r+\n?/g, (run) => run.endsWith('\n') ? '\n' : '\n'.repeat(run.length))
    .replace(/[\v\f\u0085\u2028\u2029]/g, '\n')
    .replace(/(?![\t\n])\p{Cc}/gu, '')
    .split('\n')
}

/** True for the first line of a WebVTT file. */
export function isWebVttHeader (line: string | undefined): boolean {
  return line !== undefined && /^WEBVTT(?=[ \t]|$)/i.test(line)
}

/**
 * Converts SubRip to WebVTT. Everything between two times lines is the text of a cue, also behind an empty line, except
 * the number of the next cue.
 */
export function convertSubRip (source: readonly string[]): WebVttResult {
  // Chats put files between fences.
  const lines = source.filter((line) => !/^```\w{0,10}\s*$/.test(line))
  const blocks = splitAtTimes(lines)
  const isNumbered = blocks.filter(({ hasNumber }) => hasNumber).length * 2 >= blocks.length
  const cues: Cue[] = []
  let unreadableCues = 0
  for (const [i, { line, start }] of blocks.entries()) {
    const times = parseTimesLine(line)
    if (times === null || times.endMs <= times.startMs) {
      unreadableCues++
      continue
    }
    const next = blocks[i + 1]
    const nextTimes = next === undefined ? lines.length : next.start - 1
    const numberLine = next !== undefined && isNumbered ? numberStart(lines, nextTimes, start) : nextTimes
    // In a file without numbers, a line above the times is the text of the cue before.
    const end = blocks[0]?.hasNumber === false && numberLine === start ? nextTimes : numberLine
    const { text, settings } = toWebVttText([toText(times.rest), ...lines.slice(start, end)])
    if (text !== '') cues.push({ startMs: times.startMs, endMs: times.endMs, settings, text })
  }
  return { webVtt: renderWebVtt(cues), unreadableCues }
}

interface Block {
  /** The times line, readable or not. */
  readonly line: string
  /** Index of the line behind it. */
  readonly start: number
  readonly hasNumber: boolean
}

export function splitAtTimes (lines: readonly string[]): Block[] {
  const blocks: Block[] = []
  for (const [i, line] of lines.entries()) {
    if (parseTimesLine(line) === null && !isUnreadableTimesLine(line)) continue
    if (blocks.length === MAX_CUES) throw new UnreadableTextError(`The file has more than ${MAX_CUES} cues.`)
    const hasNumber = numberStart(lines, i, blocks.at(-1)?.start ?? 0) < i
    blocks.push({ line, start: i + 1, hasNumber })
  }
  return blocks
}

/** Index of the line with the number of a cue, above its times line; that of the times line if there is none. */
function numberStart (lines: readonly string[], timesIndex: number, from: number): number {
  let i = timesIndex - 1
  while (i > from && isBlank(lines[i])) i--
  return i >= from && /^\s*\d{1,9}\.?\s*$/.test(toAsciiTimes(lines[i] ?? '')) ? i : timesIndex
}

export function isBlank (line: string | undefined): boolean {
  return line === undefined || line.trim() === ''
}

/** Text behind the times, without coordinates and settings. */
function toText (rest: string): string {
  return rest.split(/\s+/).filter((word) => !/^[A-Za-z]\w*:\S/.test(word)).join(' ')
}

/** SubRip has i, b, u, fonts, which WebVTT lacks, and `{\an8}` for the top of the screen, which it adopted from SSA. */
export function toWebVttText (lines: readonly string[]): { text: string, settings: string } {
  const source = lines.filter((line) => !isBlank(line)).map((line) => line.trim()).join('\n')
  const text = source
    .replace(/\{(\/?)([ibu])\}/gi, '<$1$2>')
    .replace(/\{y:([ibu])\}/gi, '<$1>')
    .replace(/\\N/g, '\n')
    .replace(/^X1:\d{1,6} X2:\d{1,6} Y1:\d{1,6} Y2:\d{1,6} *(?:\n|$)/, '')
    .replace(/\{\\[^{}]*\}/g, '')
    .replace(/<\/?font[^<>]*>/gi, '')
    .replace(/<br[ /]{0,3}>/gi, '\n')
    .replace(/&(?!(?:amp|lt|gt|nbsp|lrm|rlm|#\d{1,7}|#x[\da-f]{1,6});)/gi, '&amp;')
    .replace(/<(?!\/?[ibu]>)/gi, '&lt;')
    .replace(/-->/g, '--&gt;')
    .replace(/<(\/?[ibu])>/gi, (markup) => markup.toLowerCase())
  return {
    text: closeTags(text.split('\n').filter((line) => !isBlank(line)).join('\n').trim()),
    settings: /\{\\an[789]\}|\{\\a[567]\}/.test(source) ? 'line:0' : '',
  }
}

/** Closes the tags that a text leaves open. */
function closeTags (text: string): string {
  const open: string[] = []
  for (const [, slash, tag = ''] of text.matchAll(/<(\/?)([ibu])>/g)) {
    if (slash === '') open.push(tag)
    else if (open.at(-1) === tag) open.pop()
  }
  return open.length > 10 ? text : text + open.reverse().map((tag) => `</${tag}>`).join('')
}

/** Renders WebVTT, ordered by time. */
export function renderWebVtt (cues: readonly Cue[]): string {
  const rendered = [...cues].sort((a, b) => a.startMs - b.startMs)
    .map((cue) => `${renderTimesLine(cue, cue.settings)}\n${cue.text}\n`)
  return ['WEBVTT\n', ...rendered].join('\n')
}

/**
 * Checks WebVTT and keeps its styles and positions. Times that only the specification forbids are rewritten. A map of
 * MPEG-TS times is removed: the video starts at 0.
 */
export function cleanWebVtt (lines: readonly string[]): WebVttResult & { readonly cueCount: number } {
  const first = lines.findIndex((line) => !isBlank(line))
  if (!isWebVttHeader(lines[first])) throw new UnreadableTextError('The file is not a WebVTT file.')
  const output: string[] = []
  let cueCount = 0
  let unreadableCues = 0
  for (const [i, line] of lines.slice(first).entries()) {
    if (i === 0) {
      output.push(line.replace(/^webvtt/i, 'WEBVTT'))
      continue
    }
    if (/^X-TIMESTAMP-MAP *=/.test(line)) continue
    const times = line.includes('-->') ? parseTimesLine(line) : null
    if (times === null) {
      if (isUnreadableTimesLine(line)) unreadableCues++
      output.push(line)
      continue
    }
    if (times.endMs > times.startMs) cueCount++
    else unreadableCues++
    if (cueCount > MAX_CUES) throw new UnreadableTextError(`The file has more than ${MAX_CUES} cues.`)
    if (output.length === 1) output.push('')
    // Without an empty line, players show the number of the next cue as text.
    if (/^\d{1,9}$/.test(output.at(-1) ?? '') && !isBlank(output.at(-2))) output.splice(-1, 0, '')
    output.push(isWebVttTimesLine(line) ? line : renderTimesLine(times, times.rest))
  }
  return { webVtt: output.join('\n'), unreadableCues, cueCount }
}

/** States in a stored subtitle that cues and video start at the same time, as HLS requires (RFC 8216 §3.5). */
export function withTimestampMap (webVtt: string): string {
  return webVtt.replace(/^WEBVTT.*$/m, (line) => `${line}\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000`)
}
