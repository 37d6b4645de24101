// The order of the results of a search, and which similar words they contain besides exact matches.
import type { ScoredDocument } from './posting-lists.js'
import type { MatchScore } from './ranking.js'

/** Candidates that are ranked by their texts. The rest keeps the order of the inverted index. */
export const MAX_RANKED = 300
/** With fewer results, documents with similar words are added, or those that match only a part of the query. */
export const MIN_RESULTS = 10
/** Share of the best coverage that other similar matches have. */
const MIN_SHARE_OF_BEST = 0.75

/** How much popularity can outweigh relevance. */
export const POPULARITY_WEIGHT = 0.12

/** Matching documents: some with a score of the inverted index, the others ordered by priority. */
export interface Candidates {
  readonly scored: readonly ScoredDocument[]
  readonly rest: readonly number[]
}

/** A document that is ranked by its texts. */
export interface Ranked {
  readonly id: number
  readonly match: MatchScore
  readonly rank: number
  readonly popularity: number
}

/** The documents that are not ranked by their texts. */
export function unranked ({ scored, rest }: Candidates): number[] {
  return [...scored.slice(MAX_RANKED).map(({ id }) => id), ...rest]
}

export interface FoundDocuments {
  /** Best match first. */
  readonly ids: Uint32Array
  /** Ranks of the first IDs, highest first; documents without a rank follow. */
  readonly ranks: Float64Array
}

/** More than the rank of any match: a whole name comes first, then the other exact matches. */
const RANKS_PER_LEVEL = 10

/** The ranked documents, best match first, then those that are not ranked. */
export function toFound (ranked: readonly Ranked[], unranked: readonly number[] = []): FoundDocuments {
  const sorted = ranked.map((one) => ({ ...one, fullRank: RANKS_PER_LEVEL * levelOf(one.match) + one.rank }))
    .sort((a, b) => b.fullRank - a.fullRank || b.popularity - a.popularity || a.id - b.id)
  return {
    ids: Uint32Array.from([...sorted.map(({ id }) => id), ...unranked]),
    ranks: Float64Array.from(sorted, ({ fullRank }) => fullRank),
  }
}

function levelOf ({ isExact, isWholeName }: MatchScore): number {
  return Number(isExact) + Number(isWholeName)
}

/** Few exact matches, and up to a number of results those that are similar: the query may be misspelled. */
export function withNearMatches (ranked: readonly Ranked[]): Ranked[] {
  const exact = ranked.filter(({ match }) => match.isExact)
  const near = ranked.filter(({ match }) => !match.isExact).sort((a, b) => b.rank - a.rank)
  return [...exact, ...near.slice(0, Math.max(0, MIN_RESULTS - exact.length))]
}

/** Without exact matches: those that fit about as well as the best. */
export function withoutPoorMatches (ranked: readonly Ranked[]): Ranked[] {
  const bestCoverage = Math.max(0, ...ranked.map(({ match }) => match.coverage))
  return ranked.filter(({ match }) => match.coverage >= bestCoverage * MIN_SHARE_OF_BEST)
}
