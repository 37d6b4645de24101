// Scores how well a title matches a query: by one of its names, its people, an episode, its genres, or several of these
// together.
import { toGenreWords } from './genres.js'
import { allows, STOP_WORD_WEIGHT, type QueryInterpretation, type Term } from './query-interpretation.js'
import type { TitleKind } from './restrictions.js'
import { isStopWord, tokenise, type Token } from './tokenise.js'
import { EXACT_QUALITY } from './vocabulary.js'

/** The searchable texts of a title. */
export interface SearchableTitle {
  readonly kind: TitleKind
  /** The title, then the original title and alternative titles. */
  readonly names: readonly string[]
  /** One name per line. */
  readonly people: string
  /** One episode title per line. */
  readonly episodes: string
  /** Names of the genres. */
  readonly genres: readonly string[]
  readonly year: number | null
}

export type MatchField = 'name' | 'person' | 'episode' | 'genre' | 'several'

/** How well a title matches a query. */
export interface MatchScore {
  readonly field: MatchField
  /** Relevance; about 1 for a complete name. */
  readonly score: number
  /** True if each term, stop words aside, was found as typed or as the beginning of a word. */
  readonly isExact: boolean
  /** True if the query is one of the names. */
  readonly isWholeName: boolean
  /** Share of the query that was found, from 0 to 1. */
  readonly coverage: number
  /** Index of the name, person or episode; 0 for other fields. */
  readonly index: number
}

/** Matches in names are more relevant than matches in a cast list. */
const FIELD_WEIGHTS = { name: 1, otherName: 0.97, person: 0.8, episode: 0.7, several: 0.66, genre: 0.5 } as const
/** Weight of interpretations that join or split words. */
const JOINED_OR_SPLIT_WEIGHT = 0.97
/** For a name that equals the query. */
const WHOLE_NAME_BONUS = 0.12
const MIN_COVERAGE = 0.5
const NO_NAME = { isWholeName: false } as const

interface TermMatch {
  readonly quality: number
  /** Index of the matching token; -1 for none. */
  readonly at: number
}

/** The best match of each term in a line. */
interface LineMatch {
  readonly termMatches: readonly TermMatch[]
  readonly tokens: readonly Token[]
}

function matchLine (terms: readonly Term[], tokens: readonly Token[]): LineMatch {
  const termMatches = terms.map(({ candidates }) => {
    let [quality, at] = [0, -1]
    for (const [i, { word }] of tokens.entries()) {
      const tokenQuality = candidates.get(word) ?? 0
      if (tokenQuality > quality) [quality, at] = [tokenQuality, i]
    }
    return { quality, at }
  })
  return { termMatches, tokens }
}

function computeCoverage (terms: readonly Term[], qualities: readonly number[]): number {
  const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0)
  const found = sum(terms.map(({ weight }, i) => weight * (qualities[i] ?? 0)))
  return found / Math.max(sum(terms.map(({ weight }) => weight)), 1e-9)
}

function isExactMatch (terms: readonly Term[], qualities: readonly number[]): boolean {
  const hasOnlyStopWords = terms.every((term) => term.isStopWord)
  return terms.every((term, i) => (term.isStopWord && !hasOnlyStopWords) || (qualities[i] ?? 0) >= EXACT_QUALITY)
}

/** Share of a line that was found, and whether the terms have the order of the line. */
function measureLine ({ termMatches, tokens }: LineMatch): { share: number, isInOrder: boolean } {
  const bestQualities = new Map<number, number>()
  for (const { at, quality } of termMatches) {
    if (at >= 0) bestQualities.set(at, Math.max(bestQualities.get(at) ?? 0, quality))
  }
  const weightOf = ({ word }: Token): number => isStopWord(word) ? STOP_WORD_WEIGHT : 1
  const total = tokens.reduce((sum, token) => sum + weightOf(token), 0)
  const found = tokens.reduce((sum, token, i) => sum + weightOf(token) * (bestQualities.get(i) ?? 0), 0)
  const indexes = termMatches.filter(({ at }) => at >= 0).map(({ at }) => at)
  return {
    share: total === 0 ? 0 : found / total,
    isInOrder: indexes.every((at, i) => i === 0 || at > (indexes[i - 1] ?? 0)),
  }
}

interface LineScore {
  readonly score: number
  readonly coverage: number
  readonly isExact: boolean
  readonly isWhole: boolean
}

function scoreLine (terms: readonly Term[], line: LineMatch): LineScore {
  const qualities = line.termMatches.map(({ quality }) => quality)
  const coverage = computeCoverage(terms, qualities)
  const isExact = isExactMatch(terms, qualities)
  const { share, isInOrder } = measureLine(line)
  const isWhole = isExact && share > 0.84 &&
    qualities.every((quality, i) => quality >= 0.95 || terms[i]?.isStopWord === true)
  return {
    score: coverage * (0.68 + 0.27 * share + (isInOrder ? 0.05 : 0)) + (isWhole ? WHOLE_NAME_BONUS : 0),
    coverage,
    isExact,
    isWhole,
  }
}

/**
 * Returns the best match of a title; null if it contains less than half of the query.
 * @param searched which texts of the title to search besides the names
 */
export function scoreMatch (
  title: SearchableTitle,
  interpretations: readonly QueryInterpretation[],
  searched: { readonly people: boolean, readonly episodes: boolean },
): MatchScore | null {
  const lines: TitleLines = {
    year: title.year,
    names: title.names.map(tokenise),
    people: searched.people ? title.people.split('\n').map(tokenise) : [],
    episodes: searched.episodes ? title.episodes.split('\n').map(tokenise) : [],
    genres: title.genres.flatMap(toGenreWords),
  }
  let best: MatchScore | null = null
  for (const interpretation of interpretations) {
    const { terms, isAsTyped } = interpretation
    if (!allows(interpretation, title)) continue
    for (const match of listMatches(lines, terms)) {
      const weighted = { ...match, score: match.score * (isAsTyped ? 1 : JOINED_OR_SPLIT_WEIGHT) }
      if (match.coverage >= MIN_COVERAGE && (best === null || isBetter(weighted, best))) best = weighted
    }
  }
  return best
}

function isBetter (a: MatchScore, b: MatchScore): boolean {
  return a.isExact === b.isExact ? a.score > b.score : a.isExact
}

interface TitleLines {
  readonly year: number | null
  readonly names: ReadonlyArray<readonly Token[]>
  readonly people: ReadonlyArray<readonly Token[]>
  readonly episodes: ReadonlyArray<readonly Token[]>
  readonly genres: readonly string[]
}

function* listMatches (
  { year, names, people, episodes, genres }: TitleLines,
  terms: readonly Term[],
): Generator<MatchScore> {
  /** Best quality of each term in any line. */
  const qualities = terms.map(() => 0)
  let bestCoverage = 0
  function scoreLineOf (tokens: readonly Token[]): LineScore {
    const line = matchLine(terms, tokens)
    for (const [i, { quality }] of line.termMatches.entries()) qualities[i] = Math.max(qualities[i] ?? 0, quality)
    const score = scoreLine(terms, line)
    bestCoverage = Math.max(bestCoverage, score.coverage)
    return score
  }

  for (const [index, tokens] of names.entries()) {
    const { isWhole, score, ...line } = scoreLineOf(tokens)
    const weight = index === 0 ? FIELD_WEIGHTS.name : FIELD_WEIGHTS.otherName
    yield { field: 'name', ...line, score: score * weight, isWholeName: isWhole, index }
  }
  const nameQualities = [...qualities]
  for (const [index, tokens] of people.entries()) {
    const { score, coverage, isExact } = scoreLineOf(tokens)
    yield { ...NO_NAME, field: 'person', score: score * FIELD_WEIGHTS.person, coverage, isExact, index }
  }
  const genreQualities = terms.map(({ candidates }) => Math.max(0, ...genres.map((word) => candidates.get(word) ?? 0)))
  const genreCoverage = computeCoverage(terms, genreQualities)
  if (genreCoverage > 0) {
    const isExact = isExactMatch(terms, genreQualities)
    const score = genreCoverage * FIELD_WEIGHTS.genre
    yield { ...NO_NAME, field: 'genre', score, coverage: genreCoverage, isExact, index: 0 }
    bestCoverage = Math.max(bestCoverage, genreCoverage)
  }
  for (const [i, { typed }] of terms.entries()) {
    qualities[i] = typed === String(year) ? 1 : Math.max(qualities[i] ?? 0, genreQualities[i] ?? 0)
  }
  const coverage = computeCoverage(terms, qualities)
  if (coverage > bestCoverage) {
    const isExact = isExactMatch(terms, qualities)
    yield { ...NO_NAME, field: 'several', score: coverage * FIELD_WEIGHTS.several, coverage, isExact, index: 0 }
  }
  for (const [index, tokens] of episodes.entries()) {
    const match = scoreEpisode(terms, matchLine(terms, tokens), nameQualities)
    if (match !== null) yield { ...NO_NAME, field: 'episode', ...match, index }
  }
}

/** Matches an episode title together with the names of the show: `firefly ariel` is an episode of Firefly. */
function scoreEpisode (
  terms: readonly Term[],
  line: LineMatch,
  nameQualities: readonly number[],
): { score: number, coverage: number, isExact: boolean } | null {
  if (line.termMatches.every(({ at }, i) => at < 0 || terms[i]?.isStopWord === true)) return null
  const qualities = line.termMatches.map(({ quality }, i) => Math.max(quality, nameQualities[i] ?? 0))
  const coverage = computeCoverage(terms, qualities)
  const { share } = measureLine(line)
  return {
    score: coverage * (0.7 + 0.3 * share) * FIELD_WEIGHTS.episode,
    coverage,
    isExact: isExactMatch(terms, qualities),
  }
}
