// Text as search sees it: folded words, each with its place in the text.
import { foldText } from '../domain/fold-text.js'

export interface Word {
  /** Folded: no case, accents, apostrophes or dots. */
  readonly word: string
  /** Its place in the text, in UTF-16 code units. */
  readonly start: number
  readonly end: number
}

/** Longer words are cut: nobody types them. */
const WORD_LENGTH = 40

/** Initials (`E.T.`), what is elided (`d'Amélie`), else letters and digits with apostrophes between them (`Schindler's`). */
const WORDS =
  /(?<![\p{L}\p{N}])(?:[cdjlmnost]|qu)(?=['’]\p{L}{3})|(?:\p{L}\.){2,}\p{L}?|[\p{L}\p{N}\p{M}]+(?:['’ʼ][\p{L}\p{N}\p{M}]+)*/giu
/** Written without spaces: found by pairs of characters. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]+/gu

/** Letters that have no decomposition, as they are typed without them. */
const PLAIN: ReadonlyMap<string, string> = new Map([
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

/** Neither accents nor what stands within words: the words are its runs of letters and digits. */
const PLAIN_TEXT = /^[\0-&(-\-/-\x7f]*$/
const PLAIN_WORDS = /[a-z0-9]+/gi

/** The words of a text. A text without any, such as `!!!`, is one word. */
export function wordsOf (text: string): Word[] {
  const words = PLAIN_TEXT.test(text) ? plainWordsOf(text) : anyWordsOf(text)
  if (words.length > 0) return words
  const whole = foldText(text)
  return whole === '' ? [] : [{ word: whole.slice(0, WORD_LENGTH), start: 0, end: text.length }]
}

function anyWordsOf (text: string): Word[] {
  return [...text.matchAll(WORDS)].flatMap((match) => {
    const unspaced = [...match[0].matchAll(UNSPACED)]
    return unspaced.length === 0 ? [toWord(match[0], match.index)] : mixedWords(match[0], match.index, unspaced)
  }).filter(({ word }) => word !== '')
}

function plainWordsOf (text: string): Word[] {
  return [...text.matchAll(PLAIN_WORDS)].map(({ 0: word, index }) => ({
    word: word.toLowerCase().slice(0, WORD_LENGTH),
    start: index,
    end: index + word.length,
  }))
}

function toWord (text: string, start: number): Word {
  return { word: foldWord(text), start, end: start + text.length }
}

function foldWord (text: string): string {
  // Most of what there is, in a fraction of the time.
  const folded = /^[a-z0-9]+$/.test(text)
    ? text
    : foldText(text).replace(/[.'’ʼ]/g, '').replace(/[ßæœøłđðþı]/g, (letter) => PLAIN.get(letter) ?? letter)
  return folded.slice(0, WORD_LENGTH)
}

function mixedWords (text: string, offset: number, unspaced: RegExpMatchArray[]): Word[] {
  const words: Word[] = []
  let last = 0
  for (const run of unspaced) {
    const start = run.index ?? 0
    if (start > last) words.push(toWord(text.slice(last, start), offset + last))
    words.push(...pairsOf(run[0], offset + start))
    last = start + run[0].length
  }
  if (last < text.length) words.push(toWord(text.slice(last), offset + last))
  return words
}

function pairsOf (run: string, offset: number): Word[] {
  if (run.length <= 2) return [toWord(run, offset)]
  return Array.from({ length: run.length - 1 }, (_, i) => toWord(run.slice(i, i + 2), offset + i))
}

/** Articles and the like: they neither make nor break a match. */
const SMALL_WORDS = new Set(('a an the of and or in on at to for from by with vs is it its ' +
  'der die das den dem des ein eine und von zu im le la les l un une du de et en el los las lo il gli y i o da do das dos e')
  .split(' '))

export function isStopWord (word: string): boolean {
  return SMALL_WORDS.has(word)
}
