// Splits text into words for search: without case and accents, each with its position in the text.
import { foldText } from '../domain/text.js'

export interface Token {
  /** The word without case, accents, apostrophes and dots. */
  readonly word: string
  /** Start in the text, in UTF-16 code units. */
  readonly start: number
  /** End in the text, exclusive, in UTF-16 code units. */
  readonly end: number
}

/** Longer words are cut off. */
const MAX_WORD_LENGTH = 40

/** Elided articles (`d'Amélie`), initials (`E.T.`), else letters and digits with apostrophes inside (`Schindler's`). */
const WORD_PATTERN = new RegExp(
  "(?<![\\p{L}\\p{N}])(?:[cdjlmnost]|qu)(?=['’]\\p{L}{3})" +
    '|(?:\\p{L}\\.){2,}\\p{L}?' +
    "|[\\p{L}\\p{N}\\p{M}]+(?:['’ʼ][\\p{L}\\p{N}\\p{M}]+)*",
  'giu',
)
/** Scripts without spaces between words. They are indexed by pairs of characters. */
const UNSPACED_SCRIPTS = ['Han', 'Hiragana', 'Katakana', 'Thai', 'Lao', 'Khmer', 'Myanmar']
const UNSPACED_PATTERN = new RegExp(`[${UNSPACED_SCRIPTS.map((name) => `\\p{Script=${name}}`).join('')}]+`, 'gu')

/** Letters without a Unicode decomposition, and how people type them. */
const TRANSLITERATIONS: ReadonlyMap<string, string> = new Map([
  ['ß', 'ss'],
  ['æ', 'ae'],
  ['œ', 'oe'],
  ['ø', 'o'],
  ['ł', 'l'],
  ['đ', 'd'],
  ['ð', 'd'],
  ['þ', 'th'],
  ['ı', 'i'],
])

/** ASCII without apostrophes and dots: the words are its runs of letters and digits. */
const ASCII_TEXT = /^[\0-&(-\-/-\x7f]*$/
const ASCII_WORDS = /[a-z0-9]+/gi

/** Returns the words of a text. A text without words, such as `!!!`, is one word. */
export function tokenise (text: string): Token[] {
  const tokens = ASCII_TEXT.test(text) ? tokeniseAscii(text) : tokeniseUnicode(text)
  if (tokens.length > 0) return tokens
  const whole = foldText(text)
  return whole === '' ? [] : [{ word: whole.slice(0, MAX_WORD_LENGTH), start: 0, end: text.length }]
}

function tokeniseUnicode (text: string): Token[] {
  return [...text.matchAll(WORD_PATTERN)].flatMap((match) => {
    const runs = [...match[0].matchAll(UNSPACED_PATTERN)]
    return runs.length === 0 ? [toToken(match[0], match.index)] : tokeniseMixed(match[0], match.index, runs)
  }).filter(({ word }) => word !== '')
}

function tokeniseAscii (text: string): Token[] {
  return [...text.matchAll(ASCII_WORDS)].map(({ 0: word, index }) => ({
    word: word.toLowerCase().slice(0, MAX_WORD_LENGTH),
    start: index,
    end: index + word.length,
  }))
}

function toToken (text: string, start: number): Token {
  return { word: normaliseWord(text), start, end: start + text.length }
}

function normaliseWord (text: string): string {
  // Fast path for most words.
  if (/^[a-z0-9]+$/.test(text)) return text.slice(0, MAX_WORD_LENGTH)
  return foldText(text)
    .replace(/[.'’ʼ]/g, '')
    .replace(/[ßæœøłđðþı]/g, (letter) => TRANSLITERATIONS.get(letter) ?? letter)
    .slice(0, MAX_WORD_LENGTH)
}

/** @param runs the runs of scripts without spaces in the text */
function tokeniseMixed (text: string, offset: number, runs: readonly RegExpMatchArray[]): Token[] {
  const tokens: Token[] = []
  let last = 0
  for (const run of runs) {
    const start = run.index ?? 0
    if (start > last) tokens.push(toToken(text.slice(last, start), offset + last))
    tokens.push(...toPairs(run[0], offset + start))
    last = start + run[0].length
  }
  if (last < text.length) tokens.push(toToken(text.slice(last), offset + last))
  return tokens
}

function toPairs (run: string, offset: number): Token[] {
  if (run.length <= 2) return [toToken(run, offset)]
  return Array.from({ length: run.length - 1 }, (_, i) => toToken(run.slice(i, i + 2), offset + i))
}

const STOP_WORDS = new Set(
  ('a an the of and or in on at to for from by with vs is it its ' +
    'der die das den dem des ein eine und von zu im le la les l un une du de et ' +
    'en el los las lo il gli y i o da do das dos e').split(' '),
)

/** True for articles, prepositions and the like, which have little weight. */
export function isStopWord (word: string): boolean {
  return STOP_WORDS.has(word)
}
