// How well a title answers a query: by one of its names, its people, an episode, or several of these together. Pure.
import { EXACT_QUALITY, type QueryInterpretation, type Term } from './query-terms.js'
import { isStopWord, wordsOf, type Word } from './words.js'

/** What of a title can be searched. */
export interface SearchableTitle {
  /** The title, then the original and alternative ones. */
  readonly names: readonly string[]
  /** One a line. */
  readonly people: string
  /** The episodes' titles, one a line. */
  readonly episodes: string
  readonly year: number | null
}

export type EvidenceField = 'name' | 'person' | 'episode' | 'several'

/** Why a title is an answer. */
export interface MatchScore {
  readonly field: EvidenceField
  /** From 0 to 1. */
  readonly score: number
  /** Every word that counts was found as it was typed, or begins so. */
  readonly isExact: boolean
  /** How much of what was typed was found, from 0 to 1. */
  readonly coverage: number
  /** The place of the name, person or episode in its list. */
  readonly index: number
}

/** What is in a name outranks what is in a cast list. */
const FIELD_WEIGHT = { name: 1, otherName: 0.97, person: 0.8, episode: 0.7, several: 0.66 } as const
const READING_WEIGHT = 0.97
/** A name that is just what was typed. */
const WHOLE_BONUS = 0.12
const SMALL_WORD_WEIGHT = 0.15
/** Somebody is meant when this much of the query is their name. */
const MENTIONED = 0.5

interface Fit {
  /** How well each term was found, and where. */
  readonly found: ReadonlyArray<{ readonly quality: number, readonly at: number }>
  readonly words: readonly Word[]
}

function fitOf (terms: readonly Term[], words: readonly Word[]): Fit {
  const found = terms.map(({ meanings }) => {
    let [quality, at] = [0, -1]
    for (const [i, { word }] of words.entries()) {
      const here = meanings.get(word) ?? 0
      if (here > quality) [quality, at] = [here, i]
    }
    return { quality, at }
  })
  return { found, words }
}

function coverageOf (terms: readonly Term[], qualities: readonly number[]): number {
  const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0)
  return sum(terms.map(({ weight }, i) => weight * (qualities[i] ?? 0))) /
    Math.max(sum(terms.map(({ weight }) => weight)), 1e-9)
}

function areExact (terms: readonly Term[], qualities: readonly number[]): boolean {
  const onlySmall = terms.every(({ isSmall }) => isSmall)
  return terms.every(({ isSmall }, i) => (isSmall && !onlySmall) || (qualities[i] ?? 0) >= EXACT_QUALITY)
}

/** How much of a name was found, and whether in its order. */
function fullnessOf ({ found, words }: Fit): { share: number, isInOrder: boolean } {
  const best = new Map<number, number>()
  for (const { at, quality } of found) if (at >= 0) best.set(at, Math.max(best.get(at) ?? 0, quality))
  const weightOf = ({ word }: Word): number => isStopWord(word) ? SMALL_WORD_WEIGHT : 1
  const total = words.reduce((sum, word) => sum + weightOf(word), 0)
  const hit = words.reduce((sum, word, i) => sum + weightOf(word) * (best.get(i) ?? 0), 0)
  const places = found.filter(({ at }) => at >= 0).map(({ at }) => at)
  return {
    share: total === 0 ? 0 : hit / total,
    isInOrder: places.every((at, i) => i === 0 || at > (places[i - 1] ?? 0)),
  }
}

function scoreLine (terms: readonly Term[], fit: Fit): { score: number, coverage: number, isExact: boolean } {
  const qualities = fit.found.map(({ quality }) => quality)
  const coverage = coverageOf(terms, qualities)
  const isExact = areExact(terms, qualities)
  const { share, isInOrder } = fullnessOf(fit)
  const isWhole = share > 0.84 && qualities.every((quality, i) => quality >= 0.95 || terms[i]?.isSmall === true)
  return {
    score: coverage * (0.68 + 0.27 * share + (isInOrder ? 0.05 : 0)) + (isWhole && isExact ? WHOLE_BONUS : 0),
    coverage,
    isExact,
  }
}

/**
 * The best evidence that a title is what was meant; null when less than half of the query is found in it.
 * @param looksAt which parts of the title have any of the words at all
 */
export function scoreMatch (
  title: SearchableTitle,
  readings: readonly QueryInterpretation[],
  looksAt: { readonly people: boolean, readonly episodes: boolean },
): MatchScore | null {
  const names = title.names.map(wordsOf)
  const people = looksAt.people ? title.people.split('\n').map(wordsOf) : []
  const episodes = looksAt.episodes ? title.episodes.split('\n').map(wordsOf) : []
  let best: MatchScore | null = null
  for (const { terms, isAsTyped } of readings) {
    for (const evidence of evidenceOf(title, terms, names, people, episodes)) {
      const score = evidence.score * (isAsTyped ? 1 : READING_WEIGHT)
      if (evidence.coverage >= MENTIONED && (best === null || isBetter({ ...evidence, score }, best))) {
        best = { ...evidence, score }
      }
    }
  }
  return best
}

function isBetter (a: MatchScore, b: MatchScore): boolean {
  return a.isExact === b.isExact ? a.score > b.score : a.isExact
}

function* evidenceOf (
  title: SearchableTitle,
  terms: readonly Term[],
  names: ReadonlyArray<readonly Word[]>,
  people: ReadonlyArray<readonly Word[]>,
  episodes: ReadonlyArray<readonly Word[]>,
): Generator<MatchScore> {
  const anywhere = terms.map(() => 0)
  let mostInOne = 0
  const remember = (fit: Fit): void => {
    for (const [i, { quality }] of fit.found.entries()) anywhere[i] = Math.max(anywhere[i] ?? 0, quality)
  }
  for (const [index, words] of names.entries()) {
    const fit = fitOf(terms, words)
    remember(fit)
    const line = scoreLine(terms, fit)
    mostInOne = Math.max(mostInOne, line.coverage)
    yield {
      field: 'name',
      ...line,
      score: line.score * (index === 0 ? FIELD_WEIGHT.name : FIELD_WEIGHT.otherName),
      index,
    }
  }
  const inNames = [...anywhere]
  for (const [index, words] of people.entries()) {
    const fit = fitOf(terms, words)
    remember(fit)
    const line = scoreLine(terms, fit)
    mostInOne = Math.max(mostInOne, line.coverage)
    yield { field: 'person', ...line, score: line.score * FIELD_WEIGHT.person, index }
  }
  for (const [i, { typed }] of terms.entries()) if (typed === String(title.year)) anywhere[i] = 1
  const together = coverageOf(terms, anywhere)
  if (together > mostInOne) {
    yield {
      field: 'several',
      score: together * FIELD_WEIGHT.several,
      coverage: together,
      isExact: areExact(terms, anywhere),
      index: 0,
    }
  }
  for (const [index, words] of episodes.entries()) {
    const fit = fitOf(terms, words)
    if (fit.found.every(({ at }, i) => at < 0 || terms[i]?.isSmall === true)) continue
    // `firefly ariel` names the show and its episode.
    const qualities = fit.found.map(({ quality }, i) => Math.max(quality, inNames[i] ?? 0))
    const { share } = fullnessOf(fit)
    const coverage = coverageOf(terms, qualities)
    yield {
      field: 'episode',
      score: coverage * (0.7 + 0.3 * share) * FIELD_WEIGHT.episode,
      coverage,
      isExact: areExact(terms, qualities),
      index,
    }
  }
}

/** A name in parts: those that matched, and what is between them. */
export interface MarkedPart {
  readonly text: string
  readonly isMatch: boolean
}

/** Marks what matched; null when nothing that counts did. Of a word that is only begun, its beginning is marked. */
export function markMatches (text: string, readings: readonly QueryInterpretation[]): MarkedPart[] | null {
  const spans: Array<readonly [start: number, end: number]> = []
  let counts = false
  for (const { word, start, end } of wordsOf(text)) {
    const term = readings.flatMap(({ terms }) => terms).find(({ meanings }) => meanings.has(word))
    if (term === undefined) continue
    counts ||= !term.isSmall
    const isBegun = word.startsWith(term.typed) && word.length === end - start
    spans.push([start, isBegun ? start + term.typed.length : end])
  }
  if (!counts && readings.some(({ terms }) => terms.some(({ isSmall }) => !isSmall))) return null
  return spans.length === 0 ? null : partsOf(text, spans)
}

function partsOf (text: string, spans: ReadonlyArray<readonly [number, number]>): MarkedPart[] {
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
