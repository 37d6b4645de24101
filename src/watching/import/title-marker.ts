// Recognises the season, part or episode that a segment of a title text names, in any language of Netflix: `Season 2`,
// `2. Sezon`, `シーズン2`, `第二季`, `الموسم الثاني`. The word and the number may come in any order.
import { foldText } from '../../domain/text.js'
import {
  FILLER_WORDS,
  LIMITED_SERIES_WORDS,
  MARKER_WORDS,
  NUMBER_WORDS,
  SPECIALS_WORDS,
  type MarkerKind,
} from './netflix-words.js'

export interface Marker {
  readonly kind: MarkerKind
  readonly number: number
  /** Number of the episode in the same segment: `S1:E2`, `Season 1, Episode 2`. */
  readonly episode?: number
}

/** Longer segments are names. */
const MAX_MARKER_CHARS = 40
const MAX_DIGITS = 5
/** Code points of the digit 0 in the scripts of Netflix's languages. */
const ZEROS = [0x30, 0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0x17e0]
const HAN_DIGITS = '零一二三四五六七八九'

/** Parts of a text, folded: words, and numbers in digits. */
function splitTokens (text: string): string[] {
  return foldText(text)
    .replace(/ı/gu, 'i')
    .replace(/\p{Nd}+/gu, ' $& ')
    .replace(/第\s*([〇零一二两兩三四五六七八九十]+)/gu, ' 第 $1 ')
    .split(/[^\p{L}\p{M}\p{Nd}]+/u)
    .filter((token) => token !== '')
}

/** Compares words without spaces, hyphens and apostrophes. */
const toWordKey = (text: string): string => splitTokens(text).join('')

const KINDS = new Map<string, MarkerKind>()
for (const [kind, words] of MARKER_WORDS) {
  for (const key of words.map(toWordKey)) if (!KINDS.has(key)) KINDS.set(key, kind)
}
const NUMBERS = new Map<string, number>()
for (const words of NUMBER_WORDS) {
  for (const [i, key] of words.map(toWordKey).entries()) if (!NUMBERS.has(key)) NUMBERS.set(key, i + 1)
}
const FILLERS = new Set(FILLER_WORDS.map(toWordKey))
const SPECIALS = new Set(SPECIALS_WORDS.map(toWordKey))
const LIMITED_SERIES = new Set(LIMITED_SERIES_WORDS.map(toWordKey))

/** True for `Limited Series` and its translations. */
export function isLimitedSeries (segment: string): boolean {
  return segment.length <= MAX_MARKER_CHARS && LIMITED_SERIES.has(toWordKey(segment))
}

/** True for the season of specials, whose number is 0. */
export function isSpecials (segment: string): boolean {
  return segment.length <= MAX_MARKER_CHARS && SPECIALS.has(toWordKey(segment))
}

/** Parses a whole segment. @returns null when it is a name */
export function parseMarker (segment: string): Marker | null {
  if (segment.length > MAX_MARKER_CHARS) return null
  const tokens = splitTokens(segment)
  const whole = parseTokens(tokens)
  if (whole !== null) return whole
  const numberSign = /^#\s?(\d{1,4})$/u.exec(segment)?.[1]
  if (numberSign !== undefined) return { kind: 'episode', number: Number(numberSign) }
  // `Season 2 (Dubbed)`, `Season 4 Volume 1`, `Staffel 1 – Coven`, `Episode 4/8`.
  const [head = ''] = segment.split(/\s*[(（[]|\s+[-–—|]\s+|\s?\/\s?(?=\p{Nd})/u)
  const first = head === segment ? null : parseTokens(splitTokens(head))
  if (first !== null) return first
  for (let i = 2; i <= tokens.length - 2; i++) {
    const before = parseTokens(tokens.slice(0, i))
    if (before === null || before.kind === 'episode') continue
    const behind = parseTokens(tokens.slice(i))
    if (behind !== null) return behind.kind === 'episode' ? { ...before, episode: behind.number } : before
  }
  return null
}

function parseTokens (tokens: readonly string[]): Marker | null {
  if (tokens.length < 2 || tokens.length > 6) return null
  // The number in digits decides: other tokens can be numbers too, such as the article `un`.
  const digits = tokens.findIndex((token) => /^\p{Nd}+$/u.test(token))
  const candidates = digits === -1 ? tokens.keys() : [digits]
  for (const i of candidates) {
    const number = parseNumber(tokens[i] ?? '')
    const rest = tokens.filter((_, j) => j !== i)
    const words = rest.filter((token) => !FILLERS.has(token))
    const kind = KINDS.get(words.join('')) ?? (words.length === 0 ? KINDS.get(rest.join('')) : undefined)
    if (number !== null && kind !== undefined) return { kind, number }
  }
  return null
}

function parseNumber (token: string): number | null {
  if (/^\p{Nd}+$/u.test(token)) return token.length <= MAX_DIGITS ? Number(Array.from(token, toDigit).join('')) : null
  return NUMBERS.get(token) ?? parseHanNumber(token)
}

function toDigit (character: string): number {
  const code = character.codePointAt(0) ?? 0
  return code - (ZEROS.findLast((zero) => zero <= code) ?? code)
}

/** Chinese and Japanese numbers below 100. */
function parseHanNumber (token: string): number | null {
  const match = /^([一二两兩三四五六七八九])?(十)?([一二两兩三四五六七八九])?$/u.exec(token)
  if (match === null || token === '') return null
  const [, first = '', ten = '', last = ''] = match.map((part) => part?.replace(/[两兩]/u, '二'))
  if (ten === '') return last === '' ? HAN_DIGITS.indexOf(first) : null
  return (first === '' ? 1 : HAN_DIGITS.indexOf(first)) * 10 + (last === '' ? 0 : HAN_DIGITS.indexOf(last))
}
