// Reads the dialogue of SubStation Alpha (SSA, ASS): text, italics, and whether it is at the top. Every pattern is
// linear in the length of the text.
import {
  isBlank,
  MAX_CUES,
  renderWebVtt,
  toWebVttText,
  UnreadableTextError,
  type Cue,
  type WebVttResult,
} from './timed-text.js'

/** Fields of an event before its text, in the files of every version. */
const DEFAULT_EVENT_FIELDS = [
  'layer',
  'start',
  'end',
  'style',
  'name',
  'marginl',
  'marginr',
  'marginv',
  'effect',
  'text',
]
const TIME = /^(\d{1,3}):(\d{1,2}):(\d{1,2})(?:[.:,](\d{1,3}))?$/

/** Names of the styles that place text at the top of the screen. */
export type TopStyles = ReadonlySet<string>

/** True for the first section of a file. */
export function isAssHeader (line: string | undefined): boolean {
  return line !== undefined && /^\[script info\]\s*$/i.test(line.trim())
}

/** Reads the styles in the header of a file. */
export function readTopStyles (lines: readonly string[]): TopStyles {
  const top = new Set<string>()
  let alignmentField = -1
  let nameField = 0
  let isLegacy = false
  for (const line of lines) {
    const section = /^\s*\[(.{1,40})\]\s*$/.exec(line)?.[1]
    if (section !== undefined) isLegacy = section.toLowerCase() === 'v4 styles'
    const [keyword, fields] = splitFields(line, Infinity)
    if (keyword === 'format') {
      const names = fields.map((field) => field.toLowerCase())
      if (!names.includes('alignment')) continue
      alignmentField = names.indexOf('alignment')
      nameField = Math.max(0, names.indexOf('name'))
    } else if (keyword === 'style' && isTop(Number(fields[alignmentField]), isLegacy)) {
      top.add(fields[nameField] ?? '')
    }
  }
  return top
}

/** ASS numbers positions as on a keypad; SSA adds 4 to the bottom row for the top. */
function isTop (alignment: number, isLegacy: boolean): boolean {
  return isLegacy ? alignment >= 5 && alignment <= 7 : alignment >= 7 && alignment <= 9
}

/** Converts a file to WebVTT. @throws UnreadableTextError if it has too many cues */
export function convertAss (lines: readonly string[]): WebVttResult {
  const topStyles = readTopStyles(lines)
  const cues: Cue[] = []
  let unreadableCues = 0
  let names = DEFAULT_EVENT_FIELDS
  let isInEvents = false
  for (const line of lines) {
    if (/^\s*\[.{1,40}\]\s*$/.test(line)) isInEvents = /^\s*\[events\]/i.test(line)
    if (!isInEvents) continue
    const [keyword, fields] = splitFields(line, names.length)
    if (keyword === 'format') names = splitFields(line, Infinity)[1].map((field) => field.toLowerCase())
    if (keyword !== 'dialogue') continue
    if (cues.length === MAX_CUES) throw new UnreadableTextError(`The file has more than ${MAX_CUES} cues.`)
    const field = (name: string): string => fields[names.indexOf(name)] ?? ''
    const [startMs, endMs] = [parseTime(field('start')), parseTime(field('end'))]
    if (startMs === null || endMs === null || endMs <= startMs) {
      unreadableCues++
      continue
    }
    const text = toAssText(field('text'), topStyles.has(field('style')))
    if (text !== null) cues.push({ startMs, endMs, ...text })
  }
  return { webVtt: renderWebVtt(withoutRepetitions(cues)), unreadableCues }
}

/** Splits a line such as `Dialogue: 0,0:00:01.00,…`; the last field contains the other commas. */
function splitFields (line: string, count: number): [keyword: string, fields: string[]] {
  const colon = line.indexOf(':')
  if (colon < 0) return ['', []]
  const all = line.slice(colon + 1).split(',')
  const fields = all.length <= count ? all : [...all.slice(0, count - 1), all.slice(count - 1).join(',')]
  return [line.slice(0, colon).trim().toLowerCase(), fields.map((field) => field.trim())]
}

function parseTime (text: string): number | null {
  const match = TIME.exec(text)
  if (match === null) return null
  const [, hours, minutes, seconds, fraction = ''] = match
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000 + Number(fraction.padEnd(3, '0'))
}

/** Typesetting repeats a text in layers. */
export function withoutRepetitions (cues: readonly Cue[]): Cue[] {
  const byContents = new Map(cues.map((cue) => [`${cue.startMs} ${cue.endMs} ${cue.text}`, cue]))
  return [...byContents.values()]
}

/** Converts the text of an event. @returns null without visible text, such as for drawings */
export function toAssText (source: string, isAtTop: boolean): { text: string, settings: string } | null {
  const open = new Set<string>()
  let isDrawing = false
  let output = ''
  const close = (tag: string): void => {
    if (open.delete(tag)) output += `</${tag}>`
  }
  for (const part of source.split(/(\{[^{}]*\})/)) {
    if (!part.startsWith('{') || !part.endsWith('}')) {
      if (!isDrawing) output += part.replace(/\\[Nn]/g, '\n').replace(/\\h/g, '\u00a0')
      continue
    }
    for (const [, tag = '', value = ''] of part.matchAll(/\\(an|[ibupr])(\d{0,3})(?![\da-zA-Z])/g)) {
      if (tag === 'p') isDrawing = Number(value) > 0
      else if (tag === 'an') output += `{\\an${value}}`
      else if (tag === 'r') { for (const one of [...open].reverse()) close(one) }
      else if (Number(value) === 0) close(tag)
      else if (!open.has(tag)) {
        open.add(tag)
        output += `<${tag}>`
      }
    }
  }
  for (const tag of [...open].reverse()) close(tag)
  const { text, settings } = toWebVttText(output.split('\n'))
  if (isBlank(text.replace(/<\/?[ibu]>/g, ''))) return null
  return { text, settings: settings === '' && isAtTop ? 'line:0' : settings }
}
