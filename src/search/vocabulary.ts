// All words of the catalogue. Finds the words that a typed word can stand for: by prefix, misspelling and sound.
import { doubleMetaphone } from 'double-metaphone'
import SearchableMap from 'minisearch/SearchableMap'
import { editDistance, maxEdits, prefixEditDistance, transpositions } from '../domain/text.js'

/** Candidates for one typed word. */
const MAX_CANDIDATES = 60
/** Words with a prefix that are examined. */
const MAX_EXAMINED_WORDS = 20_000
/** Shorter words, and words with digits such as `2001`, are not matched by misspelling or sound. */
const MIN_MISSPELLED_LENGTH = 4

/** Candidates of this quality or more are the typed word or start with it. Others are guesses. */
export const EXACT_QUALITY = 0.8
export const MAX_GUESS_QUALITY = 0.79
const MAX_SOUND_QUALITY = 0.72
const NUMERAL_QUALITY = 0.95

export interface CandidateOptions {
  /** True if the typed word may be unfinished. */
  readonly isPrefix: boolean
  /** Bounds the documents that contain inexact candidates; the sum over all candidates. */
  readonly maxDocuments: number
}

export interface Vocabulary {
  /** Adds one document that contains the word. */
  add(word: string, popularity: number): void
  /** Removes one document that contains the word. */
  remove(word: string): void
  has(word: string): boolean
  /** Highest popularity of the documents that contained the word. */
  popularity(word: string): number
  /** Adds a word of a snapshot. */
  restore(word: string, documentFrequency: number, popularity: number): void
  /** Number of documents that contain the word. */
  documentFrequency(word: string): number
  /** Words that a typed word can stand for, with their quality from 0 to 1, best first. */
  findCandidates(typed: string, options: CandidateOptions): Map<string, number>
}

interface VocabularyEntry {
  documentFrequency: number
  /** Highest popularity of the documents that contained the word. */
  popularity: number
}

const NUMERALS = [
  ['2', 'two', 'ii'],
  ['3', 'three', 'iii'],
  ['4', 'four', 'iv'],
  ['5', 'five', 'v'],
  ['6', 'six', 'vi'],
  ['7', 'seven', 'vii'],
  ['8', 'eight', 'viii'],
  ['9', 'nine', 'ix'],
  ['10', 'ten', 'x'],
  ['11', 'eleven', 'xi'],
  ['12', 'twelve', 'xii'],
  ['13', 'thirteen', 'xiii'],
  ['1', 'one', 'i'],
]
const EQUAL_NUMERALS = new Map(
  NUMERALS.flatMap((equal) => equal.map((one) => [one, equal.filter((other) => other !== one)] as const)),
)

export function createVocabulary (): Vocabulary {
  const entries = new SearchableMap<VocabularyEntry>()
  const wordsByCode = new Map<string, Set<string>>()

  function add (word: string, popularity: number): void {
    const entry = entries.get(word)
    if (entry !== undefined) {
      entry.documentFrequency++
      entry.popularity = Math.max(entry.popularity, popularity)
      return
    }
    restore(word, 1, popularity)
  }

  function restore (word: string, documentFrequency: number, popularity: number): void {
    entries.set(word, { documentFrequency, popularity })
    for (const code of metaphoneCodes(word)) {
      const words = wordsByCode.get(code)
      if (words === undefined) wordsByCode.set(code, new Set([word]))
      else words.add(word)
    }
  }

  function remove (word: string): void {
    const entry = entries.get(word)
    if (entry === undefined || --entry.documentFrequency > 0) return
    entries.delete(word)
    for (const code of metaphoneCodes(word)) {
      const words = wordsByCode.get(code)
      words?.delete(word)
      if (words?.size === 0) wordsByCode.delete(code)
    }
  }

  function documentFrequency (word: string): number {
    return entries.get(word)?.documentFrequency ?? 0
  }

  function findCandidates (typed: string, { isPrefix, maxDocuments }: CandidateOptions): Map<string, number> {
    const qualities = new Map<string, number>()
    const addCandidate = (word: string, quality: number): void => {
      if (quality > (qualities.get(word) ?? 0)) qualities.set(word, quality)
    }
    if (entries.has(typed)) addCandidate(typed, 1)
    for (const numeral of EQUAL_NUMERALS.get(typed) ?? []) {
      if (entries.has(numeral)) addCandidate(numeral, NUMERAL_QUALITY)
    }
    if (isPrefix) { for (const [word, quality] of completions(typed)) addCandidate(word, quality) }
    if (typed.length >= MIN_MISSPELLED_LENGTH && !/\p{N}/u.test(typed)) {
      for (const [word, quality] of guesses(typed, isPrefix)) addCandidate(word, quality)
    }
    return selectBest(qualities, maxDocuments)
  }

  /** Orders candidates by quality, in five levels, then by popularity. */
  function selectBest (qualities: ReadonlyMap<string, number>, maxDocuments: number): Map<string, number> {
    const rank = ([word, quality]: [string, number]): number =>
      Math.floor(quality * 5) * 1e12 + (entries.get(word)?.popularity ?? 0)
    const selected = new Map<string, number>()
    let documents = 0
    for (const [word, quality] of [...qualities].sort((a, b) => rank(b) - rank(a))) {
      if (selected.size === MAX_CANDIDATES) break
      if (quality < 1 && documents + documentFrequency(word) > maxDocuments) continue
      documents += documentFrequency(word)
      selected.set(word, quality)
    }
    return selected
  }

  function* completions (typed: string): Generator<[string, number]> {
    let examined = 0
    for (const word of entries.atPrefix(typed).keys()) {
      if (++examined > MAX_EXAMINED_WORDS) return
      if (word !== typed) yield [word, EXACT_QUALITY + 0.15 * typed.length / word.length]
    }
  }

  /** Words that are similar by letters or by sound. */
  function* guesses (typed: string, isPrefix: boolean): Generator<[string, number]> {
    const limit = maxEdits(typed.length)
    const qualityOf = (word: string, edits: number): number =>
      Math.min(MAX_GUESS_QUALITY, 0.9 - edits * 0.8 / typed.length - (word[0] === typed[0] ? 0 : 0.04))
    for (const [word] of entries.fuzzyGet(typed, limit)) {
      yield [word, qualityOf(word, editDistance(typed, word, limit))]
    }
    // fuzzyGet counts a transposition as two edits.
    for (const word of transpositions(typed)) if (entries.has(word)) yield [word, qualityOf(word, 1)]
    for (const code of metaphoneCodes(typed)) {
      for (const word of wordsByCode.get(code) ?? []) {
        yield [word, Math.min(MAX_SOUND_QUALITY, qualityOf(word, editDistance(typed, word, 4)))]
      }
    }
    if (isPrefix) yield* guessedCompletions(typed, limit, qualityOf)
  }

  /** Words whose beginning is similar to the typed word, with the same first two letters in either order. */
  function* guessedCompletions (
    typed: string,
    limit: number,
    qualityOf: (word: string, edits: number) => number,
  ): Generator<[string, number]> {
    for (const prefix of new Set([typed.slice(0, 2), `${typed[1] ?? ''}${typed[0] ?? ''}`])) {
      let examined = 0
      for (const word of entries.atPrefix(prefix).keys()) {
        if (++examined > MAX_EXAMINED_WORDS) break
        const edits = prefixEditDistance(typed, word, limit)
        if (edits <= limit) yield [word, Math.max(0.2, qualityOf(word, edits) - 0.1)]
      }
    }
  }

  return {
    add,
    remove,
    restore,
    has: (word) => entries.has(word),
    documentFrequency,
    popularity: (word) => entries.get(word)?.popularity ?? 0,
    findCandidates,
  }
}

/** Double Metaphone codes. Words that are not Latin, or are too short, have none. */
function metaphoneCodes (word: string): Set<string> {
  if (!/^[a-z]{4,}$/.test(word)) return new Set()
  return new Set(doubleMetaphone(word).filter((code) => code.length > 1))
}
