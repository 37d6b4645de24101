// The index itself: an inverted index (MiniSearch) finds candidates, the ranking puts them in order. It lives in a worker
// thread, where it holds up nobody.
import MiniSearch, { type Query, type SearchResult } from 'minisearch'
import { createVocabulary, type Reading, type Term } from './query-terms.js'
import { findEvidence, markMatches, type Evidence, type MarkedPart, type SearchableTitle } from './ranking.js'
import { wordsOf } from './words.js'

/** A title as it is given to the index. */
export interface SearchDocument extends SearchableTitle {
  /** A small number that stands for the title's id. */
  readonly slot: number
  readonly popularity: number
  /** The second name is the original title. */
  readonly hasOriginal: boolean
}

/** What matched in one title. */
export interface Explanation {
  readonly slot: number
  readonly highlights: Highlight[]
  /** The place of the episode that was meant among the title's; null when it was not one. */
  readonly episode: number | null
}

export interface Highlight {
  readonly field: 'title' | 'originalTitle' | 'alternativeTitle' | 'person' | 'episode'
  readonly parts: MarkedPart[]
}

export interface SearchIndex {
  put (document: SearchDocument): void
  remove (slot: number): void
  /** Slots of everything that answers the query, the best first. */
  search (query: string): Uint32Array
  explain (query: string, slots: readonly number[]): Explanation[]
}

/** So many candidates are ranked by reading them; the rest follows as the inverted index has it. */
const RANKED = 300
/** With fewer answers to the whole query, those to most of it are added. */
const ENOUGH = 10
/** How much popularity may lift an answer over a better one. */
const POPULARITY_WEIGHT = 0.12
/** Episodes' titles that are read for one query, in characters. */
const EPISODE_TEXT_READ = 200_000
const SHOWN_PEOPLE = 3

interface Ranked { readonly slot: number, readonly evidence: Evidence, readonly rank: number, readonly popularity: number }

export function createSearchIndex (): SearchIndex {
  const documents = new Map<number, SearchDocument>()
  const vocabulary = createVocabulary()
  let highestPopularity = 1
  const index = new MiniSearch<SearchDocument>({
    idField: 'slot',
    fields: ['names', 'people', 'episodes'],
    extractField: (document, field) => field === 'names' ? namesText(document) : document[field as 'slot'] as unknown as string,
    tokenize: (text) => wordsOf(text).map(({ word }) => word),
    processTerm: (word) => word,
    searchOptions: { tokenize: (text) => text.split(' '), boost: { names: 4, people: 1.5 } },
  })

  function put (document: SearchDocument): void {
    remove(document.slot)
    documents.set(document.slot, document)
    highestPopularity = Math.max(highestPopularity, document.popularity)
    for (const word of vocabularyOf(document)) vocabulary.add(word, document.popularity)
    index.add(document)
  }

  function remove (slot: number): void {
    const known = documents.get(slot)
    if (known === undefined) return
    documents.delete(slot)
    for (const word of vocabularyOf(known)) vocabulary.remove(word)
    index.discard(slot)
  }

  /** From 0 to 1; by orders of magnitude, because a film with a thousand votes more is not a better answer. */
  function popularityOf (slot: number): number {
    return Math.log1p(documents.get(slot)?.popularity ?? 0) / Math.log1p(highestPopularity)
  }

  function search (query: string): Uint32Array {
    const readings = vocabulary.readings(query)
    const candidates = findCandidates(readings, 'AND')
    const ranked = rank(candidates, readings)
    if (ranked.length < ENOUGH && readings.some(({ terms }) => terms.length > 1)) {
      const known = new Set(candidates.map(({ id }) => id as number))
      ranked.push(...rank(findCandidates(readings, 'OR').filter(({ id }) => !known.has(id as number)), readings))
    }
    ranked.sort((a, b) => Number(b.evidence.isExact) - Number(a.evidence.isExact) || b.rank - a.rank || b.popularity - a.popularity || a.slot - b.slot)
    return Uint32Array.from([...ranked.map(({ slot }) => slot), ...candidates.slice(RANKED).map(({ id }) => id as number)])
  }

  function findCandidates (readings: readonly Reading[], combineWith: 'AND' | 'OR'): SearchResult[] {
    const queries = readings.map(({ terms }) => toQuery(terms, combineWith)).filter((query) => query !== null)
    if (queries.length === 0) return []
    return index.search({ combineWith: 'OR', queries }, { boostDocument: (slot: number) => 1 + popularityOf(slot) })
  }

  function rank (candidates: readonly SearchResult[], readings: readonly Reading[]): Ranked[] {
    let episodeText = 0
    return candidates.slice(0, RANKED).flatMap(({ id, match }) => {
      const document = documents.get(id as number)
      if (document === undefined) return []
      const fields = new Set(Object.values(match).flat())
      const looksAt = { people: fields.has('people'), episodes: fields.has('episodes') && episodeText < EPISODE_TEXT_READ }
      if (looksAt.episodes) episodeText += document.episodes.length
      const evidence = findEvidence(document, readings, looksAt)
      const popularity = popularityOf(document.slot)
      return evidence === null ? [] : [{ slot: document.slot, evidence, rank: evidence.score + POPULARITY_WEIGHT * popularity, popularity }]
    })
  }

  function explain (query: string, slots: readonly number[]): Explanation[] {
    const readings = vocabulary.readings(query)
    return slots.flatMap((slot) => {
      const document = documents.get(slot)
      return document === undefined ? [] : [explainOne(document, readings)]
    })
  }

  return { put, remove, search, explain }
}

function namesText ({ names, year }: SearchDocument): string {
  return year === null ? names.join('\n') : `${names.join('\n')}\n${year}`
}

function vocabularyOf (document: SearchDocument): Set<string> {
  return new Set(wordsOf(`${namesText(document)}\n${document.people}\n${document.episodes}`).map(({ word }) => word))
}

/** All words that count, each in any of its meanings; small words only when there are no others. */
function toQuery (terms: readonly Term[], combineWith: 'AND' | 'OR'): Query | null {
  const counting = terms.some(({ isSmall }) => !isSmall) ? terms.filter(({ isSmall }) => !isSmall) : terms
  const meant = counting.filter(({ meanings }) => meanings.size > 0)
  if (meant.length === 0 || (combineWith === 'AND' && meant.length < counting.length)) return null
  return {
    combineWith,
    queries: meant.map(({ meanings }) => ({ combineWith: 'OR', queries: [[...meanings.keys()].join(' ')], boostTerm: (word: string) => meanings.get(word) ?? 0 })),
  }
}

function explainOne (document: SearchDocument, readings: readonly Reading[]): Explanation {
  const evidence = findEvidence(document, readings, { people: document.people !== '', episodes: document.episodes !== '' })
  const highlights: Highlight[] = []
  const add = (field: Highlight['field'], text: string | undefined): void => {
    const parts = text === undefined ? null : markMatches(text, readings)
    if (parts !== null) highlights.push({ field, parts })
  }
  const [title, ...others] = document.names
  if (evidence?.field === 'name' && evidence.index > 0) add(fieldOfName(document, evidence.index), others[evidence.index - 1])
  if (evidence?.field === 'person') add('person', document.people.split('\n')[evidence.index])
  const episode = evidence?.field === 'episode' ? evidence.index : null
  if (episode !== null) add('episode', document.episodes.split('\n')[episode])
  add('title', title)
  if (evidence?.field === 'several') {
    for (const person of document.people.split('\n')) if (highlights.length <= SHOWN_PEOPLE) add('person', person)
  }
  return { slot: document.slot, highlights, episode }
}

function fieldOfName ({ hasOriginal }: SearchDocument, index: number): Highlight['field'] {
  return index === 1 && hasOriginal ? 'originalTitle' : 'alternativeTitle'
}
