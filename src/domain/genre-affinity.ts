// Which genres a profile likes, derived from what it watched, added to its wishlist and rated.

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
