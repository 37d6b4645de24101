// How similar two titles are, judged by their metadata; and which genres a profile likes, from its feedback.

export interface SimilarityTraits {
  readonly kind: 'movie' | 'show'
  readonly genres: readonly string[]
  readonly people: readonly string[]
  readonly year: number | null
  readonly originalLanguage: string | null
}

const MAX_SHARED_PEOPLE = 3
const MAX_YEARS_APART = 20
/** Rounds to halves, so that the more popular of about equally similar titles ranks first. */
const STEPS_PER_POINT = 2

/** Scores the similarity of two titles, from 0 for no common genre and person upwards. */
export function similarity (a: SimilarityTraits, b: SimilarityTraits): number {
  return scoreSimilarity(a, b, countShared(a.people, b.people), countShared(a.genres, b.genres))
}

/** Creates a function that scores many titles by their similarity to one. */
export function createSimilarityTo (a: SimilarityTraits): (b: SimilarityTraits) => number {
  const people = new Set(a.people)
  // Titles with the same genres share one array.
  const sharedGenres = new Map<readonly string[], number>()
  return (b) => {
    let genres = sharedGenres.get(b.genres)
    if (genres === undefined) {
      genres = countShared(a.genres, b.genres)
      sharedGenres.set(b.genres, genres)
    }
    // Few titles share people.
    const sharedPeople = b.people.some((name) => people.has(name)) ? countShared(a.people, b.people) : 0
    return scoreSimilarity(a, b, sharedPeople, genres)
  }
}

function scoreSimilarity (
  a: SimilarityTraits,
  b: SimilarityTraits,
  sharedPeople: number,
  sharedGenres: number,
): number {
  if (sharedPeople + sharedGenres === 0) return 0
  const allGenres = a.genres.length + b.genres.length - sharedGenres
  const yearsApart = a.year === null || b.year === null ? MAX_YEARS_APART : Math.abs(a.year - b.year)
  const score = 2 * Math.min(sharedPeople, MAX_SHARED_PEOPLE) +
    (allGenres === 0 ? 0 : 4 * sharedGenres / allGenres) +
    Math.max(0, 1 - yearsApart / MAX_YEARS_APART) +
    (a.kind === b.kind ? 0.5 : 0) +
    (a.originalLanguage !== null && a.originalLanguage === b.originalLanguage ? 0.5 : 0)
  return Math.round(score * STEPS_PER_POINT) / STEPS_PER_POINT
}

function countShared (a: readonly string[], b: readonly string[]): number {
  let count = 0
  for (const one of a) if (b.includes(one)) count++
  return count
}

/** What a profile did with a title, as a signal. */
export type Feedback = 'watched' | 'wished' | 'up' | 'love' | 'down'

const WEIGHTS: Readonly<Record<Feedback, number>> = { watched: 1, wished: 1, up: 2, love: 4, down: -3 }

/** Sums the feedback of titles for each of their genres; a negative weight means dislike. */
export function weighGenres (
  titles: ReadonlyArray<{ readonly genres: readonly string[], readonly feedback: Feedback }>,
): Map<string, number> {
  const weights = new Map<string, number>()
  for (const { genres, feedback } of titles) {
    for (const genre of genres) weights.set(genre, (weights.get(genre) ?? 0) + WEIGHTS[feedback])
  }
  return weights
}
