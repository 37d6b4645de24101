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

/** An emoji with its modifiers, or a flag. Signs such as ™ are none. */
const EMOJI = '(?![©®™‼⁉])\\p{Extended_Pictographic}(?:\\p{EMod}|\\ufe0f|\\u200d\\p{Extended_Pictographic})*|\\p{RI}{2}'
/**
 * Elided articles (`d'Amélie`), initials (`E.T.`, `M*A*S*H`), letters and digits with apostrophes inside
 * (`Schindler's`), and emoji.
 */
const WORD_PATTERN = new RegExp(
  "(?<![\\p{L}\\p{N}])(?:[cdjlmnost]|qu)(?=['’]\\p{L}{3})" +
    '|(?:\\p{L}[.*]){2,}\\p{L}?' +
    "|[\\p{L}\\p{N}\\p{M}]+(?:['’ʼ][\\p{L}\\p{N}\\p{M}]+)*" +
    `|${EMOJI}`,
  'giu',
)
const EMOJI_WORD = new RegExp(`^(?:${EMOJI})$`, 'u')
/** Scripts without spaces between words. They are indexed by pairs of characters. */
const UNSPACED_SCRIPTS = ['Han', 'Hiragana', 'Katakana', 'Thai', 'Lao', 'Khmer', 'Myanmar']
const UNSPACED_PATTERN = new RegExp(
  `[${UNSPACED_SCRIPTS.map((name) => `\\p{Script_Extensions=${name}}`).join('')}]+`,
  'gu',
)
/** A letter with the marks that belong to it, such as the voicing marks of half-width kana. */
const LETTER = /[^\p{M}\uff9e\uff9f][\p{M}\uff9e\uff9f]*|^[\p{M}\uff9e\uff9f]+/gu

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

/** Distance of a katakana from its hiragana, in code points. */
const KANA_DISTANCE = 0x60

/** ASCII without apostrophes, dots and asterisks: the words are its runs of letters and digits. */
const ASCII_TEXT = /^[\0-&()+-\-/-\x7f]*$/
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
  return toHiragana(foldText(text))
    .replace(/[.*'’ʼ]/g, '')
    .replace(/[ßæœøłđðþı]/g, (letter) => TRANSLITERATIONS.get(letter) ?? letter)
    .replace(/(?<=\p{Extended_Pictographic})\p{EMod}/gu, '')
    .slice(0, MAX_WORD_LENGTH)
}

/** Katakana as the hiragana of the same sound: people type one for the other. */
function toHiragana (text: string): string {
  return text.replace(/[ァ-ヶ]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - KANA_DISTANCE))
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
  const letters = [...run.matchAll(LETTER)]
  if (letters.length <= 2) return [toToken(run, offset)]
  return letters.slice(1).map((letter, i) => {
    const first = letters[i] ?? letter
    return toToken(first[0] + letter[0], offset + first.index)
  })
}

const STOP_WORDS = new Set(
  ('a an the of and or in on at to for from by with vs is it its ' +
    'der die das den dem des ein eine und von zu im le la les l un une du de et ' +
    'en el los las lo il gli y i o da do das dos e').split(' '),
)

/** True for articles, prepositions and the like, and for emoji, which have little weight. */
export function isStopWord (word: string): boolean {
  return STOP_WORDS.has(word) || (word.charCodeAt(0) > 0xff && EMOJI_WORD.test(word))
}
