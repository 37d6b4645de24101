// How alike two titles are, from what is known of them. Pure.

export interface SimilarityTraits {
  readonly kind: 'movie' | 'show'
  readonly genres: readonly string[]
  readonly people: readonly string[]
  readonly year: number | null
  readonly originalLanguage: string | null
}

const SHARED_PEOPLE_THAT_COUNT = 3
const YEARS_APART = 20
/** Steps, so that of titles which are about as alike the better known comes first. */
const STEPS = 2

/** From 0, nothing in common, upwards; in halves. */
export function similarity (a: SimilarityTraits, b: SimilarityTraits): number {
  const shared = countShared(a.people, b.people)
  const sharedGenres = countShared(a.genres, b.genres)
  const allGenres = a.genres.length + b.genres.length - sharedGenres
  const yearsApart = a.year === null || b.year === null ? YEARS_APART : Math.abs(a.year - b.year)
  if (shared + sharedGenres === 0) return 0
  const likeness = 2 * Math.min(shared, SHARED_PEOPLE_THAT_COUNT) +
    (allGenres === 0 ? 0 : 4 * sharedGenres / allGenres) +
    Math.max(0, 1 - yearsApart / YEARS_APART) +
    (a.kind === b.kind ? 0.5 : 0) +
    (a.originalLanguage !== null && a.originalLanguage === b.originalLanguage ? 0.5 : 0)
  return Math.round(likeness * STEPS) / STEPS
}

function countShared (a: readonly string[], b: readonly string[]): number {
  return a.filter((one) => b.includes(one)).length
}
