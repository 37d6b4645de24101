// Which terms of an interpretation have to match.
import type { Term } from './query-interpretation.js'

export type CombineWith = 'AND' | 'OR'

/**
 * The terms that have to match: stop words only if there are no other terms.
 * @returns an empty list if a term that has to match has no candidates
 */
export function significantTerms (terms: readonly Term[], combineWith: CombineWith): readonly Term[] {
  const withoutStopWords = terms.filter((term) => !term.isStopWord)
  const significant = withoutStopWords.length > 0 ? withoutStopWords : terms
  const matchable = significant.filter(({ candidates }) => candidates.size > 0)
  return combineWith === 'AND' && matchable.length < significant.length ? [] : matchable
}
