// The search index: an inverted index finds candidates, the ranking orders them. Runs in a worker thread.
import { significantTerms, type CombineWith } from './candidate-queries.js'
import { createDocumentStore, type SearchDocument } from './document-store.js'
import { fieldWords, genreWords, textWords } from './document-words.js'
import { explainMatch, type TitleMatch } from './highlights.js'
import { restoreIndex, toIndexChunks } from './index-chunks.js'
import {
  allows,
  interpretQuery,
  MAX_TERMS,
  withoutGuesses,
  withoutRestriction,
  type QueryInterpretation,
  type Term,
} from './query-interpretation.js'
import { createPostingLists, FIELDS, type ScoredDocument, type WeightedWord } from './posting-lists.js'
import { scoreMatch } from './ranking.js'
import {
  MAX_RANKED,
  MIN_RESULTS,
  POPULARITY_WEIGHT,
  toFound,
  unranked,
  withNearMatches,
  withoutPoorMatches,
  type Candidates,
  type FoundDocuments,
  type Ranked,
} from './search-results.js'
import { createVocabulary } from './vocabulary.js'

export interface DocumentExplanation extends TitleMatch {
  readonly documentId: number
}

export interface SearchIndex {
  /** Adds or replaces a document. */
  put(document: SearchDocument): void
  remove(id: number): void
  /** All matching documents, best match first. */
  search(query: string): FoundDocuments
  explain(query: string, ids: readonly number[]): DocumentExplanation[]
  /** Gives back the memory that the index reserves while it grows. */
  compact(): void
  /** The content for a snapshot. The index must not change until the last chunk was taken. */
  toChunks(): Generator<unknown>
  /** Takes the content of a snapshot; the index must be empty. */
  restore(chunks: Iterable<unknown>): void
}

/** Candidates that the inverted index scores. The rest is ordered by priority. */
const MAX_SCORED = 2_000
/** By how many characters a name may exceed a query that could be the complete name. */
const MAX_EXTRA_CHARACTERS = 4
/** More than the boost for popularity. */
const SHORT_NAME_BOOST = 1.5
/** With as many exact matches, similar words are not searched for. */
const ENOUGH_EXACT_MATCHES = 3
/** Characters of episode titles that are read for one query. */
const MAX_EPISODE_CHARACTERS = 200_000

/** A priority and an index are packed into 53 bits: resolution of the priority, and maximum number of candidates. */
const [PRIORITY_STEPS, MAX_CANDIDATES] = [2 ** 22, 2 ** 24]

/** Bits of the fields in a scored document. */
const [PEOPLE_BIT, EPISODES_BIT] = [1 << FIELDS.indexOf('people'), 1 << FIELDS.indexOf('episodes')]

export function createSearchIndex (): SearchIndex {
  const documents = createDocumentStore()
  const postings = createPostingLists()
  const vocabulary = createVocabulary()
  const genreCounts = new Map<string, number>()
  const countGenre = (word: string): number => genreCounts.get(word) ?? 0
  let maxLogPopularity = Math.log1p(1)
  /** Explanations follow a search for the same query. */
  let lastQuery: { readonly query: string, readonly interpretations: QueryInterpretation[] } | null = null

  function put (document: SearchDocument): void {
    remove(document.id)
    documents.put(document)
    maxLogPopularity = Math.max(maxLogPopularity, documents.logPopularity(document.id))
    const words = fieldWords(document)
    postings.add(document.id, words)
    for (const word of textWords(words)) vocabulary.add(word, document.popularity)
    for (const word of genreWords(words)) genreCounts.set(word, countGenre(word) + 1)
    lastQuery = null
  }

  function remove (id: number): void {
    const document = documents.get(id)
    if (document === undefined) return
    const words = fieldWords(document)
    documents.remove(id)
    for (const word of textWords(words)) vocabulary.remove(word)
    for (const word of genreWords(words)) genreCounts.set(word, countGenre(word) - 1)
    postings.remove(id, words)
    lastQuery = null
  }

  function interpret (query: string): readonly QueryInterpretation[] {
    if (lastQuery?.query !== query) {
      lastQuery = { query, interpretations: interpretQuery(vocabulary, countGenre, query) }
    }
    return lastQuery.interpretations
  }

  /** From 0 to 1, on a logarithmic scale: a thousand more votes do not make a famous title more relevant. */
  function relativePopularity (id: number): number {
    return documents.logPopularity(id) / maxLogPopularity
  }

  function hasShortName (id: number, queryLength: number): boolean {
    return documents.shortestName(id) <= queryLength + MAX_EXTRA_CHARACTERS
  }

  function search (query: string): FoundDocuments {
    const interpretations = interpret(query)
    const exact = withoutGuesses(interpretations)
    const exactMatches = findCandidates(exact, 'AND', query.length)
    if (exactMatches.scored.length + exactMatches.rest.length >= ENOUGH_EXACT_MATCHES) {
      return toFound(rankByText(exactMatches.scored, exact), unranked(exactMatches))
    }
    const candidates = findCandidates(interpretations, 'AND', query.length)
    const { scored } = candidates
    const ranked = rankByText(scored, interpretations)
    if (ranked.some(({ match }) => match.isExact)) return toFound(withNearMatches(ranked))
    if (ranked.length < MIN_RESULTS && interpretations.some(({ terms }) => terms.length > 1)) {
      const knownIds = new Set(scored.map(({ id }) => id))
      ranked.push(...rankPartialMatches(interpretations, query.length, knownIds))
    }
    return toFound(withoutPoorMatches(ranked), unranked(candidates))
  }

  /** Titles that match a part of the query. With a restriction such as `80s`, they fit it, unless none does. */
  function rankPartialMatches (
    interpretations: readonly QueryInterpretation[],
    queryLength: number,
    knownIds: ReadonlySet<number>,
  ): Ranked[] {
    const restricted = interpretations.filter(({ restriction }) => restriction !== null)
    for (const some of restricted.length === 0 ? [interpretations] : [restricted, restricted.map(withoutRestriction)]) {
      const { scored } = findCandidates(some, 'OR', queryLength)
      const ranked = rankByText(scored.filter(({ id }) => !knownIds.has(id)), some)
      if (ranked.length > 0) return ranked
    }
    return []
  }

  function findCandidates (
    interpretations: readonly QueryInterpretation[],
    combineWith: CombineWith,
    queryLength: number,
  ): Candidates {
    const termLists: Array<readonly Term[]> = []
    const termCounts = new Map<number, number>()
    const matchingIds = new Set<number>()
    for (const interpretation of interpretations) {
      const terms = significantTerms(interpretation.terms, combineWith)
      const ids = interpretation.terms.length === 0 ? documents.ids() : findIds(terms, combineWith, termCounts)
      for (const id of ids) if (isAllowed(interpretation, id)) matchingIds.add(id)
      if (terms.length > 0) termLists.push(terms)
    }
    if (matchingIds.size === 0) return { scored: [], rest: [] }
    const byPriority = matchingIds.size > MAX_SCORED ? sortByPriority(matchingIds, termCounts, queryLength) : []
    const idsToScore = matchingIds.size > MAX_SCORED ? new Set(byPriority.slice(0, MAX_SCORED)) : matchingIds
    const boostOf = (id: number): number =>
      1 + relativePopularity(id) + (hasShortName(id, queryLength) ? SHORT_NAME_BOOST : 0)
    const queries = termLists.map((terms) => terms.map(({ candidates }): WeightedWord[] => [...candidates]))
    const scored = postings.score(queries, combineWith, (id) => idsToScore.has(id) ? boostOf(id) : 0)
    if (byPriority.length === 0 && scored.length === matchingIds.size) return { scored, rest: [] }
    // Titles that match a restriction and no words have no score.
    const scoredIds = new Set(scored.map(({ id }) => id))
    const ordered = byPriority.length > 0 ? byPriority : sortByPriority(matchingIds, termCounts, -Infinity)
    return { scored, rest: ordered.filter((id) => !scoredIds.has(id)) }
  }

  function isAllowed (interpretation: QueryInterpretation, id: number): boolean {
    return documents.has(id) && allows(interpretation, documents.restrictedFields(id))
  }

  function findIds (
    terms: readonly Term[],
    combineWith: CombineWith,
    termCounts: Map<number, number>,
  ): Iterable<number> {
    if (terms.length === 0) return []
    return combineWith === 'AND' ? findWithAll(terms) : findWithAny(terms, termCounts)
  }

  function findWithAll (terms: readonly Term[]): Set<number> {
    let found: Set<number> | null = null
    // Starting with the rarest term keeps the sets small.
    for (const term of [...terms].sort((a, b) => a.documentFrequency - b.documentFrequency)) {
      const previous: Set<number> | null = found
      const next = new Set<number>()
      postings.visit(term.candidates.keys(), (id) => {
        if (previous === null || previous.has(id)) next.add(id)
      })
      found = next
    }
    return found ?? new Set()
  }

  /** @param termCounts number of terms that each document contains; updated */
  function findWithAny (terms: readonly Term[], termCounts: Map<number, number>): Iterable<number> {
    for (const term of terms) {
      const ids = new Set<number>()
      postings.visit(term.candidates.keys(), (id) => {
        ids.add(id)
      })
      for (const id of ids) termCounts.set(id, (termCounts.get(id) ?? 0) + 1)
    }
    return termCounts.keys()
  }

  /** Orders documents by the number of terms, then short names first, then by popularity. */
  function sortByPriority (
    ids: ReadonlySet<number>,
    termCounts: ReadonlyMap<number, number>,
    queryLength: number,
  ): number[] {
    const list = [...ids]
    // One number per document sorts fastest: the priority, then the index in the list.
    const keys = new Float64Array(list.length)
    for (const [i, id] of list.entries()) {
      const termCount = Math.min(MAX_TERMS, termCounts.get(id) ?? 0)
      const priority = 2 * termCount + Number(hasShortName(id, queryLength)) + relativePopularity(id)
      keys[i] = Math.floor(priority * PRIORITY_STEPS) * MAX_CANDIDATES + i
    }
    return Array.from(keys.sort().reverse(), (key) => list[key % MAX_CANDIDATES] ?? 0)
  }

  function rankByText (
    candidates: readonly ScoredDocument[],
    interpretations: readonly QueryInterpretation[],
  ): Ranked[] {
    let episodeCharacters = 0
    return candidates.slice(0, MAX_RANKED).flatMap(({ id, fields }) => {
      const document = documents.get(id)
      if (document === undefined) return []
      const searched = {
        people: (fields & PEOPLE_BIT) !== 0,
        episodes: (fields & EPISODES_BIT) !== 0 && episodeCharacters < MAX_EPISODE_CHARACTERS,
      }
      if (searched.episodes) episodeCharacters += document.episodes.length
      const match = scoreMatch(document, interpretations, searched)
      const popularity = relativePopularity(document.id)
      return match === null
        ? []
        : [{ id: document.id, match, rank: match.score + POPULARITY_WEIGHT * popularity, popularity }]
    })
  }

  function explain (query: string, ids: readonly number[]): DocumentExplanation[] {
    const interpretations = interpret(query)
    return ids.flatMap((id) => {
      const document = documents.get(id)
      return document === undefined ? [] : [{ documentId: id, ...explainMatch(document, interpretations) }]
    })
  }

  const parts = { documents, postings, vocabulary, genreCounts }
  return {
    put,
    remove,
    search,
    explain,
    compact: postings.compact,
    toChunks: () => toIndexChunks(parts),
    restore (chunks) {
      restoreIndex(parts, chunks)
      for (const id of documents.ids()) maxLogPopularity = Math.max(maxLogPopularity, documents.logPopularity(id))
    },
  }
}
