// What somebody may have meant: each typed word with the words of the catalogue that it stands for, and how well.
import { doubleMetaphone } from 'double-metaphone'
import SearchableMap from 'minisearch/SearchableMap'
import { maxEdits, editDistance, prefixEditDistance, unswap } from '../domain/spelling.js'
import { isStopWord, wordsOf } from './words.js'

/** More words are left aside. */
export const MAX_TERMS = 12
/** The most likely words that one typed word may stand for. */
const MAX_MEANINGS = 60
/** In how many titles the words are that one letter may begin, about: typed alone, it would be in most of the catalogue. */
const MAX_USES_ALONE = 20_000
/** How many words with a beginning are looked at. */
const MAX_LOOKED_AT = 20_000
const MAX_READINGS = 5

/** What is at least this good is what was typed, or began to be; below are guesses. */
export const EXACT_QUALITY = 0.8
const MAX_GUESS_QUALITY = 0.79

export interface Term {
  readonly typed: string
  readonly weight: number
  readonly isSmall: boolean
  /** Words of the catalogue, with how well each fits, from 0 to 1. */
  readonly meanings: ReadonlyMap<string, number>
  /** In how many titles they are, at most. */
  readonly uses: number
}

/** One way to read a query: its words, with some of them put together or taken apart. */
export interface QueryInterpretation {
  readonly terms: readonly Term[]
  readonly isAsTyped: boolean
}

const SMALL_WEIGHT = 0.15

/** Every word of the catalogue, found by its beginning, by a misspelling, or by its sound. */
export interface Vocabulary {
  add(word: string, popularity: number): void
  remove(word: string): void
  has(word: string): boolean
  readings(query: string): QueryInterpretation[]
}

interface KnownWord {
  uses: number
  /** The highest of any title that has it. */
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
const SAME_NUMERAL = new Map(
  NUMERALS.flatMap((same) => same.map((one) => [one, same.filter((other) => other !== one)] as const)),
)

export function createVocabulary (): Vocabulary {
  const words = new SearchableMap<KnownWord>()
  /** Words by how they sound. */
  const bySound = new Map<string, Set<string>>()

  function add (word: string, popularity: number): void {
    const known = words.get(word)
    if (known !== undefined) {
      known.uses++
      known.popularity = Math.max(known.popularity, popularity)
      return
    }
    words.set(word, { uses: 1, popularity })
    for (const sound of soundsOf(word)) {
      const same = bySound.get(sound)
      if (same === undefined) bySound.set(sound, new Set([word]))
      else same.add(word)
    }
  }

  function remove (word: string): void {
    const known = words.get(word)
    if (known === undefined || --known.uses > 0) return
    words.delete(word)
    for (const sound of soundsOf(word)) {
      const same = bySound.get(sound)
      same?.delete(word)
      if (same?.size === 0) bySound.delete(sound)
    }
  }

  function toTerm (typed: string, isLast: boolean, isAlone: boolean): Term {
    const isSmall = isStopWord(typed)
    const meanings = best(meaningsOf(typed, isLast), isAlone ? MAX_USES_ALONE : Infinity)
    return {
      typed,
      weight: isSmall ? SMALL_WEIGHT : 1,
      isSmall,
      meanings,
      uses: [...meanings.keys()].reduce((sum, word) => sum + usesOf(word), 0),
    }
  }

  function meaningsOf (typed: string, isLast: boolean): Map<string, number> {
    const found = new Map<string, number>()
    const keep = (word: string, quality: number): void => {
      if (quality > (found.get(word) ?? 0)) found.set(word, quality)
    }
    if (words.has(typed)) keep(typed, 1)
    for (const same of SAME_NUMERAL.get(typed) ?? []) if (words.has(same)) keep(same, 0.95)
    if (isLast) { for (const [word, quality] of completions(typed)) keep(word, quality) }
    // Nobody misspells "2001", and "ring" is not a misspelling of "king" when there are rings.
    if (typed.length >= 4 && !/\p{N}/u.test(typed)) {
      for (const [word, quality] of guesses(typed, isLast)) keep(word, quality)
    }
    return found
  }

  /** The most likely; of words that are only begun or guessed, those that would come to too many titles are left out. */
  function best (found: ReadonlyMap<string, number>, mostUses: number): Map<string, number> {
    const rank = ([word, quality]: [string, number]): number =>
      Math.floor(quality * 5) * 1e12 + (words.get(word)?.popularity ?? 0)
    const kept = new Map<string, number>()
    let uses = 0
    for (const [word, quality] of [...found].sort((a, b) => rank(b) - rank(a))) {
      if (kept.size === MAX_MEANINGS) break
      if (quality < 1 && uses + usesOf(word) > mostUses) continue
      uses += usesOf(word)
      kept.set(word, quality)
    }
    return kept
  }

  function* completions (typed: string): Generator<[string, number]> {
    let lookedAt = 0
    for (const word of words.atPrefix(typed).keys()) {
      if (++lookedAt > MAX_LOOKED_AT) return
      if (word !== typed) yield [word, EXACT_QUALITY + 0.15 * typed.length / word.length]
    }
  }

  function* guesses (typed: string, isLast: boolean): Generator<[string, number]> {
    const limit = maxEdits(typed.length)
    const quality = (word: string, mistakes: number): number =>
      Math.min(MAX_GUESS_QUALITY, 0.9 - mistakes * 0.8 / typed.length - (word[0] === typed[0] ? 0 : 0.04))
    for (const [word] of words.fuzzyGet(typed, limit)) yield [word, quality(word, editDistance(typed, word, limit))]
    for (const word of unswap(typed)) if (words.has(word)) yield [word, quality(word, 1)]
    for (const sound of soundsOf(typed)) {
      for (const word of bySound.get(sound) ?? []) {
        yield [word, Math.min(0.72, quality(word, editDistance(typed, word, 4)))]
      }
    }
    if (!isLast) return
    for (const beginning of new Set([typed.slice(0, 2), `${typed[1] ?? ''}${typed[0] ?? ''}`])) {
      let lookedAt = 0
      for (const word of words.atPrefix(beginning).keys()) {
        if (++lookedAt > MAX_LOOKED_AT) break
        const mistakes = prefixEditDistance(typed, word, limit)
        if (mistakes <= limit) yield [word, Math.max(0.2, quality(word, mistakes) - 0.1)]
      }
    }
  }

  /** `starwars` is `star wars`, `fire fly` is `firefly`: where the words exist. */
  function readings (query: string): QueryInterpretation[] {
    const typed = wordsOf(query).slice(0, MAX_TERMS).map(({ word }) => word)
    if (typed.length === 0) return []
    const terms = typed.map((word, i) => toTerm(word, i === typed.length - 1, typed.length === 1))
    const exactly = (word: string, quality: number): Term => ({
      typed: word,
      weight: isStopWord(word) ? SMALL_WEIGHT : 1,
      isSmall: isStopWord(word),
      meanings: new Map([[word, quality]]),
      uses: usesOf(word),
    })
    const others: QueryInterpretation[] = []
    for (const [i, word] of typed.entries()) {
      const next = typed[i + 1]
      const put = (replaced: number, replacement: readonly Term[]): void => {
        others.push({ isAsTyped: false, terms: [...terms.slice(0, i), ...replacement, ...terms.slice(i + replaced)] })
      }
      if (next !== undefined && words.has(word + next)) put(2, [exactly(word + next, 0.97)])
      if (!words.has(word)) {
        for (const parts of splits(word)) {
          put(
            1,
            parts.map((part) => exactly(part, parts.some(isStopWord) ? MAX_GUESS_QUALITY : 0.97)),
          )
        }
      }
    }
    return [{ terms, isAsTyped: true }, ...others.slice(0, MAX_READINGS - 1)]
  }

  /** The two most likely ways to take a word apart. */
  function splits (word: string): Array<[string, string]> {
    if (word.length < 4) return []
    return Array.from(
      { length: word.length - 1 },
      (_, i) => [word.slice(0, i + 1), word.slice(i + 1)] as [string, string],
    )
      .filter(([a, b]) => words.has(a) && words.has(b))
      .sort(([a, b], [c, d]) => Math.min(usesOf(c), usesOf(d)) - Math.min(usesOf(a), usesOf(b)))
      .slice(0, 2)
  }

  function usesOf (word: string): number {
    return words.get(word)?.uses ?? 0
  }

  return { add, remove, has: (word) => words.has(word), readings }
}

/** Double metaphone codes; none for what is not Latin or too short to tell. */
function soundsOf (word: string): Set<string> {
  if (!/^[a-z]{4,}$/.test(word)) return new Set()
  return new Set(doubleMetaphone(word).filter((sound) => sound.length > 1))
}
