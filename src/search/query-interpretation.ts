// Interprets a query: the words of the catalogue that each typed word can stand for, with words joined or split.
import { findFilters, type QueryFilters } from './genres.js'
import { fits, type Restriction } from './restrictions.js'
import { isStopWord, tokenise } from './tokenise.js'
import { EXACT_QUALITY, MAX_GUESS_QUALITY, type Vocabulary } from './vocabulary.js'

/** Further words of a query are ignored. */
export const MAX_TERMS = 12
const MAX_INTERPRETATIONS = 5
/** Bounds the documents that one typed word can match when it is the whole query, such as a single letter. */
const MAX_DOCUMENTS_OF_SINGLE_TERM = 20_000
export const STOP_WORD_WEIGHT = 0.15
/** Quality of two joined words, or of the parts of a split word. */
const JOINED_QUALITY = 0.97
const MIN_SPLIT_LENGTH = 4
const MAX_SPLITS = 2

export interface Term {
  readonly typed: string
  readonly weight: number
  readonly isStopWord: boolean
  /** Words of the catalogue that the term can stand for, with their quality from 0 to 1. */
  readonly candidates: ReadonlyMap<string, number>
  /** Upper bound of the number of documents that contain a candidate. */
  readonly documentFrequency: number
}

/** One possible meaning of a query. */
export interface QueryInterpretation {
  readonly terms: readonly Term[]
  /** False if words were joined or split, or name a genre. */
  readonly isAsTyped: boolean
  /** Null: all titles. */
  readonly restriction: Restriction | null
}

/** Number of titles with a genre, by the word of the genre in the index. */
export type CountGenre = (genreWord: string) => number

/**
 * Lists the interpretations, as typed first. `starwars` can be `star wars`, `fire fly` can be `firefly`, `sci fi` is a
 * genre, and `80s` a decade.
 */
export function interpretQuery (vocabulary: Vocabulary, countGenre: CountGenre, query: string): QueryInterpretation[] {
  const typedWords = tokenise(query).slice(0, MAX_TERMS).map(({ word }) => word)
  if (typedWords.length === 0) return []
  const maxDocuments = typedWords.length === 1 ? MAX_DOCUMENTS_OF_SINGLE_TERM : Infinity
  const filters = findFilters(typedWords, {
    isGenre: (word) => countGenre(word) > 0,
    isKnown: vocabulary.has,
  })
  const terms = typedWords.map((typed, i) => {
    const isPrefix = i === typedWords.length - 1
    const term = createTerm(vocabulary, typed, vocabulary.findCandidates(typed, { isPrefix, maxDocuments }))
    return filters?.restrictionWords.has(typed) === true ? withoutGuessesOf(term) : term
  })
  const others: QueryInterpretation[] = []
  for (const [i, word] of typedWords.entries()) {
    const next = typedWords[i + 1]
    const replaceTerms = (count: number, replacement: readonly Term[]): void => {
      others.push({
        isAsTyped: false,
        restriction: null,
        terms: [...terms.slice(0, i), ...replacement, ...terms.slice(i + count)],
      })
    }
    const exactTerm = (exact: string, quality: number): Term =>
      createTerm(vocabulary, exact, new Map([[exact, quality]]))
    if (next !== undefined && vocabulary.has(word + next)) replaceTerms(2, [exactTerm(word + next, JOINED_QUALITY)])
    if (vocabulary.has(word)) continue
    for (const parts of findSplits(vocabulary, word)) {
      const quality = parts.some(isStopWord) ? MAX_GUESS_QUALITY : JOINED_QUALITY
      replaceTerms(1, parts.map((part) => exactTerm(part, quality)))
    }
  }
  const filtered = filters === null ? [] : [interpretFilters(vocabulary, countGenre, filters)]
  const asTyped = { terms, isAsTyped: true, restriction: null }
  return [asTyped, ...filtered, ...others.slice(0, MAX_INTERPRETATIONS - 1 - filtered.length)]
}

/** The interpretation of words as genres, kinds and decades. */
function interpretFilters (
  vocabulary: Vocabulary,
  countGenre: CountGenre,
  { words, genres, restriction }: QueryFilters,
): QueryInterpretation {
  const genreTerms = genres.flatMap(({ words: genreWords, quality }) =>
    genreWords.map((word) => ({
      typed: word,
      weight: 1,
      isStopWord: false,
      candidates: new Map([[word, quality]]),
      documentFrequency: countGenre(word),
    }))
  )
  const wordTerms = words.map((word) =>
    createTerm(vocabulary, word, vocabulary.findCandidates(word, { isPrefix: false, maxDocuments: Infinity }))
  )
  // `the 80s` means all titles of the decade, not those with an article.
  const hasOnlyStopWords = genreTerms.length === 0 && wordTerms.every((term) => term.isStopWord)
  const isRestricted = restriction.kind !== null || restriction.decades.length > 0
  return {
    terms: hasOnlyStopWords && isRestricted ? [] : [...genreTerms, ...wordTerms],
    isAsTyped: false,
    restriction: isRestricted ? restriction : null,
  }
}

/** True if the interpretation leaves no title out because of its kind or year. */
export function allows (
  { restriction }: Pick<QueryInterpretation, 'restriction'>,
  title: Parameters<typeof fits>[1],
): boolean {
  return restriction === null || fits(restriction, title)
}

/** The same interpretations without guesses: each word is as typed, or begins with it. */
export function withoutGuesses (interpretations: readonly QueryInterpretation[]): QueryInterpretation[] {
  return interpretations.map((one) => ({ ...one, terms: one.terms.map(withoutGuessesOf) }))
}

export const withoutRestriction = (one: QueryInterpretation): QueryInterpretation => ({ ...one, restriction: null })

function withoutGuessesOf (term: Term): Term {
  return { ...term, candidates: new Map([...term.candidates].filter(([, quality]) => quality >= EXACT_QUALITY)) }
}

function createTerm (vocabulary: Vocabulary, typed: string, candidates: ReadonlyMap<string, number>): Term {
  return {
    typed,
    weight: isStopWord(typed) ? STOP_WORD_WEIGHT : 1,
    isStopWord: isStopWord(typed),
    candidates,
    documentFrequency: [...candidates.keys()].reduce((sum, word) => sum + vocabulary.documentFrequency(word), 0),
  }
}

/** The most likely ways to split a word into two: those whose rarer part is most frequent. */
function findSplits (vocabulary: Vocabulary, word: string): Array<[string, string]> {
  if (word.length < MIN_SPLIT_LENGTH) return []
  const rarerFrequency = (parts: [string, string]): number => Math.min(...parts.map(vocabulary.documentFrequency))
  return Array.from(
    { length: word.length - 1 },
    (_, i) => [word.slice(0, i + 1), word.slice(i + 1)] as [string, string],
  )
    .filter(([a, b]) => vocabulary.has(a) && vocabulary.has(b))
    .sort((a, b) => rarerFrequency(b) - rarerFrequency(a))
    .slice(0, MAX_SPLITS)
}
