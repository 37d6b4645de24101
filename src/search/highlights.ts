// Highlights the parts of a title's texts that match a query.
import { toGenreWords } from './genres.js'
import { allows, type QueryInterpretation } from './query-interpretation.js'
import { scoreMatch, type SearchableTitle } from './ranking.js'
import { isIn } from './restrictions.js'
import { tokenise } from './tokenise.js'

/** A part of a text that matches completely, or not at all. */
export interface MarkedPart {
  readonly text: string
  readonly isMatch: boolean
}

export interface Highlight {
  readonly field: 'title' | 'originalTitle' | 'alternativeTitle' | 'person' | 'episode' | 'genre' | 'year'
  readonly parts: MarkedPart[]
}

/** Which texts of a title match a query. */
export interface TitleMatch {
  /** Best match first. */
  readonly highlights: readonly Highlight[]
  /** Index of the matching episode; null if none is the best match. */
  readonly episode: number | null
}

export interface ExplainableTitle extends SearchableTitle {
  /** True if the second name is the original title. */
  readonly hasOriginal: boolean
}

/** People are highlighted while there are at most this many highlights. */
const MAX_HIGHLIGHTS_WITH_PEOPLE = 3

export function explainMatch (
  title: ExplainableTitle,
  interpretations: readonly QueryInterpretation[],
): TitleMatch {
  const match = scoreMatch(title, interpretations, {
    people: title.people !== '',
    episodes: title.episodes !== '',
  })
  const highlights: Highlight[] = []
  const addHighlight = (field: Highlight['field'], text: string | undefined): void => {
    const parts = text === undefined ? null : markMatches(text, interpretations)
    if (parts !== null) highlights.push({ field, parts })
  }
  if (match?.field === 'name' && match.index > 0) {
    addHighlight(fieldOfName(title, match.index), title.names[match.index])
  }
  if (match?.field === 'person') addHighlight('person', title.people.split('\n')[match.index])
  const episode = match?.field === 'episode' ? match.index : null
  if (episode !== null) addHighlight('episode', title.episodes.split('\n')[episode])
  addHighlight('title', title.names[0])
  if (match?.field === 'genre' || match?.field === 'several') highlights.push(...markGenres(title, interpretations))
  if (match?.field === 'several') {
    for (const person of title.people.split('\n')) {
      if (highlights.length <= MAX_HIGHLIGHTS_WITH_PEOPLE) addHighlight('person', person)
    }
  }
  if (isYearMatch(title, interpretations)) {
    highlights.push({ field: 'year', parts: [{ text: String(title.year), isMatch: true }] })
  }
  return { highlights, episode }
}

/** Whether the query names the year of the title, or its decade. */
function isYearMatch (title: ExplainableTitle, interpretations: readonly QueryInterpretation[]): boolean {
  return interpretations.some((one) =>
    one.terms.some(({ typed }) => typed === String(title.year)) ||
    (allows(one, title) && isIn(one.restriction?.decades ?? [], title.year))
  )
}

/** A genre matches completely: people call it by many names. */
function markGenres (
  { genres }: ExplainableTitle,
  interpretations: readonly QueryInterpretation[],
): Highlight[] {
  const isMatch = (word: string): boolean =>
    interpretations.some(({ terms }) => terms.some(({ candidates }) => candidates.has(word)))
  return genres.filter((name) => toGenreWords(name).some(isMatch))
    .map((name) => ({ field: 'genre', parts: [{ text: name, isMatch: true }] }))
}

function fieldOfName ({ hasOriginal }: ExplainableTitle, index: number): Highlight['field'] {
  return index === 1 && hasOriginal ? 'originalTitle' : 'alternativeTitle'
}

/**
 * Splits a text at its matches. Of a word that the query begins, only the beginning is a match.
 * @returns null if nothing but stop words matches
 */
export function markMatches (text: string, interpretations: readonly QueryInterpretation[]): MarkedPart[] | null {
  const terms = interpretations.flatMap((one) => one.terms)
  const spans: Array<readonly [start: number, end: number]> = []
  let hasSignificantMatch = false
  for (const { word, start, end } of tokenise(text)) {
    const term = terms.find(({ candidates }) => candidates.has(word))
    if (term === undefined) continue
    hasSignificantMatch ||= !term.isStopWord
    const isBeginning = word.startsWith(term.typed) && word.length === end - start
    spans.push([start, isBeginning ? start + term.typed.length : end])
  }
  if (!hasSignificantMatch && terms.some((term) => !term.isStopWord)) return null
  return spans.length === 0 ? null : splitAtSpans(text, spans)
}

function splitAtSpans (text: string, spans: ReadonlyArray<readonly [number, number]>): MarkedPart[] {
  const parts: MarkedPart[] = []
  let last = 0
  for (const [start, end] of spans) {
    // Pairs of characters overlap.
    const from = Math.max(start, last)
    if (from > last) parts.push({ text: text.slice(last, from), isMatch: false })
    if (end > from) parts.push({ text: text.slice(from, end), isMatch: true })
    last = Math.max(last, end)
  }
  if (last < text.length) parts.push({ text: text.slice(last), isMatch: false })
  return parts
}
