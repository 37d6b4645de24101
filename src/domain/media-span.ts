// Files with several episodes: the media of one episode also contains those that follow it in the season. They have no
// media of their own, and are watched with it.

/** Of one file. */
export const MAX_MEDIA_SPAN = 20

interface SpanningEpisode {
  readonly number: number
  /** Number of episodes that its media contains, from this one on; missing for 1. */
  readonly mediaSpan?: number
}

/** Numbers of the other episodes that the media of an episode contains. */
export function containedNumbers ({ number, mediaSpan = 1 }: SpanningEpisode): number[] {
  return Array.from({ length: mediaSpan - 1 }, (_, i) => number + 1 + i)
}

/**
 * For the number of each episode of a season that the media of another one contains: that one, the first of several.
 */
export function findContainers<Episode extends SpanningEpisode> (season: readonly Episode[]): Map<number, Episode> {
  const containers = new Map<number, Episode>()
  for (const episode of season) {
    if ((episode.mediaSpan ?? 1) === 1) continue
    for (const number of containedNumbers(episode)) {
      const other = containers.get(number)
      if (other === undefined || other.number > episode.number) containers.set(number, episode)
    }
  }
  return containers
}
