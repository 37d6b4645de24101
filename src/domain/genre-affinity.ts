// Which genres somebody likes, from what they watched, wished for and rated. Pure.

/** What a profile did with a title. */
export type Feedback = 'watched' | 'wished' | 'up' | 'love' | 'down'

const WEIGHTS: Readonly<Record<Feedback, number>> = { watched: 1, wished: 1, up: 2, love: 4, down: -3 }

/**
 * Weighs each genre; below 0 is disliked.
 * @param titles the genres of each title, and what was done with it
 */
export function weighGenres (
  titles: ReadonlyArray<{ readonly genres: readonly string[], readonly liking: Feedback }>,
): Map<string, number> {
  const weights = new Map<string, number>()
  for (const { genres, liking } of titles) {
    for (const genre of genres) weights.set(genre, (weights.get(genre) ?? 0) + WEIGHTS[liking])
  }
  return weights
}
