// The index itself: an inverted index (MiniSearch) finds candidates, the ranking puts them in order. It lives in a worker
// thread, where it holds up nobody.
import MiniSearch, { type Query, type SearchResult } from 'minisearch'
import { createVocabulary, MAX_TERMS, type QueryInterpretation, type Term } from './query-terms.js'
import { scoreMatch, markMatches, type MatchScore, type MarkedPart, type SearchableTitle } from './ranking.js'
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
  put(document: SearchDocument): void
  remove(slot: number): void
  /** Slots of everything that answers the query, the best first. */
  search(query: string): Uint32Array
  explain(query: string, slots: readonly number[]): Explanation[]
}

/** So many candidates are ranked by reading them; the rest follows as the inverted index has it. */
const RANKED = 300
/** Of more matches only the most promising are scored; the rest follows by popularity. */
const SCORED = 2_000
/** A name that is so much longer than what was typed may still be the whole of what was meant. */
const NEARLY_WHOLE = 4
/** More than popularity can lift another one. */
const WHOLE_LIFT = 1.5
/** With fewer answers to the whole query, those to most of it are added. */
const ENOUGH = 10
/** How much popularity may lift an answer over a better one. */
const POPULARITY_WEIGHT = 0.12
/** Episodes' titles that are read for one query, in characters. */
const EPISODE_TEXT_READ = 200_000
const SHOWN_PEOPLE = 3

/** What has the words of a query: the promising as the inverted index scores them, and the slots of the others. */
interface Candidates {
  readonly scored: readonly SearchResult[]
  readonly rest: readonly number[]
}

/** How finely promises are told apart, and how many slots fit beside them into 53 bits. */
const [PROMISE_STEPS, MOST_SLOTS] = [2 ** 22, 2 ** 24]

interface Ranked {
  readonly slot: number
  readonly evidence: MatchScore
  readonly rank: number
  readonly popularity: number
}

export function createSearchIndex (): SearchIndex {
  const documents = new Map<number, SearchDocument>()
  /** By slot, of all documents: orders of magnitude of popularity, and the length of the shortest name. */
  const [magnitudes, shortest]: [number[], number[]] = [[], []]
  const vocabulary = createVocabulary()
  let highestMagnitude = Math.log1p(1)
  /** The words of the document that is being added. */
  let added = new Set<string>()
  /** What was read into the last query: it is asked for again to explain what was found. */
  let last: { readonly query: string, readonly readings: QueryInterpretation[] } | null = null
  const index = new MiniSearch<SearchDocument>({
    idField: 'slot',
    fields: ['names', 'people', 'episodes'],
    extractField: (document, field) =>
      field === 'names' ? namesText(document) : document[field as 'slot'] as unknown as string,
    tokenize: (text) =>
      wordsOf(text).map(({ word }) => {
        added.add(word)
        return word
      }),
    processTerm: (word) => word,
    searchOptions: { tokenize: (text) => text.split(' '), boost: { names: 4, people: 1.5 } },
  })

  function put (document: SearchDocument): void {
    remove(document.slot)
    documents.set(document.slot, document)
    highestMagnitude = Math.max(highestMagnitude, Math.log1p(document.popularity))
    magnitudes[document.slot] = Math.log1p(document.popularity)
    shortest[document.slot] = Math.min(...document.names.map(({ length }) => length))
    added = new Set()
    index.add(document)
    for (const word of added) vocabulary.add(word, document.popularity)
    last = null
  }

  function remove (slot: number): void {
    const known = documents.get(slot)
    if (known === undefined) return
    documents.delete(slot)
    for (const word of vocabularyOf(known)) vocabulary.remove(word)
    index.discard(slot)
    last = null
  }

  function readingsOf (query: string): readonly QueryInterpretation[] {
    if (last?.query !== query) last = { query, readings: vocabulary.readings(query) }
    return last.readings
  }

  /** From 0 to 1; by orders of magnitude, because a film with a thousand votes more is not a better answer. */
  function popularityOf (slot: number): number {
    return (magnitudes[slot] ?? 0) / highestMagnitude
  }

  function isNearlyWhole (slot: number, typedLength: number): boolean {
    return (shortest[slot] ?? Infinity) <= typedLength + NEARLY_WHOLE
  }

  function search (query: string): Uint32Array {
    const readings = readingsOf(query)
    const { scored, rest } = findCandidates(readings, 'AND', query.length)
    const ranked = rank(scored, readings)
    if (ranked.length < ENOUGH && readings.some(({ terms }) => terms.length > 1)) {
      const known = new Set(scored.map(({ id }) => id as number))
      ranked.push(
        ...rank(
          findCandidates(readings, 'OR', query.length).scored.filter(({ id }) => !known.has(id as number)),
          readings,
        ),
      )
    }
    ranked.sort((a, b) =>
      Number(b.evidence.isExact) - Number(a.evidence.isExact) || b.rank - a.rank || b.popularity - a.popularity ||
      a.slot - b.slot
    )
    return Uint32Array.from([
      ...ranked.map(({ slot }) => slot),
      ...scored.slice(RANKED).map(({ id }) => id as number),
      ...rest,
    ])
  }

  function findCandidates (
    readings: readonly QueryInterpretation[],
    combineWith: 'AND' | 'OR',
    typedLength: number,
  ): Candidates {
    const meant = readings.map(({ terms }) => meantTerms(terms, combineWith)).filter(({ length }) => length > 0)
    const wordsFound = new Map<number, number>()
    const matching = new Set<number>()
    for (const terms of meant) {
      for (
        const slot of combineWith === 'AND'
          ? findWithAll(terms)
          : findWithAny(terms, wordsFound)
      ) matching.add(slot)
    }
    if (matching.size === 0) return { scored: [], rest: [] }
    const inOrder = matching.size > SCORED ? byPromise(matching, wordsFound, typedLength) : []
    const promising = matching.size > SCORED ? new Set(inOrder.slice(0, SCORED)) : matching
    const queries = meant.map((terms) => toQuery(terms, combineWith))
    const scored = index.search({ combineWith: 'OR', queries }, {
      boostDocument: (slot: number) =>
        promising.has(slot) ? 1 + popularityOf(slot) + (isNearlyWhole(slot, typedLength) ? WHOLE_LIFT : 0) : 0,
    })
    return { scored, rest: inOrder.slice(SCORED) }
  }

  /** Looks slots up, which is a fraction of the work of scoring them. */
  function notice (term: Term, see: (slot: number) => void): void {
    index.search(toQuery([term], 'OR'), {
      boostDocument (slot: number) {
        see(slot)
        return 0
      },
    })
  }

  function findWithAll (terms: readonly Term[]): Set<number> {
    let found: Set<number> | null = null
    // The rarest first: what does not have it need not be looked at again.
    for (const term of [...terms].sort((a, b) => a.uses - b.uses)) {
      const [before, here]: [Set<number> | null, Set<number>] = [found, new Set()]
      notice(
        term,
        before === null
          ? (slot) => {
            here.add(slot)
          }
          : (slot) => {
            if (before.has(slot)) here.add(slot)
          },
      )
      found = here
    }
    return found ?? new Set()
  }

  /** @param wordsFound how many each slot has, to be added to */
  function findWithAny (terms: readonly Term[], wordsFound: Map<number, number>): Iterable<number> {
    for (const term of terms) {
      const here = new Set<number>()
      notice(term, (slot) => {
        here.add(slot)
      })
      for (const slot of here) wordsFound.set(slot, (wordsFound.get(slot) ?? 0) + 1)
    }
    return wordsFound.keys()
  }

  /** Those that have the most of the words, then those whose name may be all that was typed, then the most popular. */
  function byPromise (
    matching: ReadonlySet<number>,
    wordsFound: ReadonlyMap<number, number>,
    typedLength: number,
  ): number[] {
    const slots = [...matching]
    // Packed into one number each, because there are many: the promise, then the place in the list.
    const keys = new Float64Array(slots.length)
    for (const [place, slot] of slots.entries()) {
      const words = Math.min(MAX_TERMS, wordsFound.get(slot) ?? 0)
      keys[place] =
        Math.floor((2 * words + Number(isNearlyWhole(slot, typedLength)) + popularityOf(slot)) * PROMISE_STEPS) *
          MOST_SLOTS + place
    }
    return Array.from(keys.sort().reverse(), (key) => slots[key % MOST_SLOTS] ?? 0)
  }

  function rank (candidates: readonly SearchResult[], readings: readonly QueryInterpretation[]): Ranked[] {
    let episodeText = 0
    return candidates.slice(0, RANKED).flatMap(({ id, match }) => {
      const document = documents.get(id as number)
      if (document === undefined) return []
      const fields = new Set(Object.values(match).flat())
      const looksAt = {
        people: fields.has('people'),
        episodes: fields.has('episodes') && episodeText < EPISODE_TEXT_READ,
      }
      if (looksAt.episodes) episodeText += document.episodes.length
      const evidence = scoreMatch(document, readings, looksAt)
      const popularity = popularityOf(document.slot)
      return evidence === null
        ? []
        : [{ slot: document.slot, evidence, rank: evidence.score + POPULARITY_WEIGHT * popularity, popularity }]
    })
  }

  function explain (query: string, slots: readonly number[]): Explanation[] {
    const readings = readingsOf(query)
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

/** The words that count, small ones only when there are no others; none when one that has to be there means nothing. */
function meantTerms (terms: readonly Term[], combineWith: 'AND' | 'OR'): readonly Term[] {
  const counting = terms.some(({ isSmall }) => !isSmall) ? terms.filter(({ isSmall }) => !isSmall) : terms
  const meant = counting.filter(({ meanings }) => meanings.size > 0)
  return combineWith === 'AND' && meant.length < counting.length ? [] : meant
}

/** Each word in any of its meanings. */
function toQuery (terms: readonly Term[], combineWith: 'AND' | 'OR'): Query {
  return {
    combineWith,
    queries: terms.map(({ meanings }) => ({
      combineWith: 'OR',
      queries: [[...meanings.keys()].join(' ')],
      boostTerm: (word: string) => meanings.get(word) ?? 0,
    })),
  }
}

function explainOne (document: SearchDocument, readings: readonly QueryInterpretation[]): Explanation {
  const evidence = scoreMatch(document, readings, {
    people: document.people !== '',
    episodes: document.episodes !== '',
  })
  const highlights: Highlight[] = []
  const add = (field: Highlight['field'], text: string | undefined): void => {
    const parts = text === undefined ? null : markMatches(text, readings)
    if (parts !== null) highlights.push({ field, parts })
  }
  const [title, ...others] = document.names
  if (evidence?.field === 'name' && evidence.index > 0) {
    add(fieldOfName(document, evidence.index), others[evidence.index - 1])
  }
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
