// Watched marks of movies, episodes, seasons and shows.
import { profileClient, type Season, type Show, type Undo } from '@shared/api/client.js'
import { unwrap } from '@shared/api/problem.js'
import { currentProfileId } from '@shared/api/session.js'

/** What a mark is for: a movie, an episode or a show; with `season`, that season of the show. */
export interface MarkTarget {
  readonly id: string
  readonly season?: number
}

export async function markWatched ({ id, season }: MarkTarget, isWatched: boolean): Promise<Undo> {
  const params = {
    path: { profileId: currentProfileId(), id },
    ...season === undefined ? {} : { query: { season } },
  }
  return await unwrap(
    isWatched
      ? profileClient.PUT('/v1/profiles/{profileId}/watched/{id}', { params, body: {} })
      : profileClient.DELETE('/v1/profiles/{profileId}/watched/{id}', { params }),
  )
}

/** Marks one target after the other, since each mark changes the same watch history. */
export async function markAll (targets: readonly MarkTarget[], isWatched: boolean): Promise<Undo[]> {
  const undos: Undo[] = []
  for (const target of targets) undos.push(await markWatched(target, isWatched))
  return undos
}

/** The earlier seasons and the episodes of the season up to one of them. Specials are separate. */
export function targetsUpTo (show: Show, season: Season, episodeNumber: number): MarkTarget[] {
  const isSpecial = season.number === 0
  const earlierSeasons = isSpecial
    ? []
    : show.seasons.filter(({ number, episodeCount }) => number > 0 && number < season.number && episodeCount > 0)
  return [
    ...earlierSeasons.map(({ number }) => ({ id: show.id, season: number })),
    ...season.episodes.filter(({ number }) => number <= episodeNumber).map(({ id }) => ({ id })),
  ]
}

/** The episodes of the season from one of them, and the later seasons. Specials are separate. */
export function targetsFrom (show: Show, season: Season, episodeNumber: number): MarkTarget[] {
  const laterSeasons = season.number === 0
    ? []
    : show.seasons.filter(({ number, episodeCount }) => number > season.number && episodeCount > 0)
  return [
    ...season.episodes.filter(({ number }) => number >= episodeNumber).map(({ id }) => ({ id })),
    ...laterSeasons.map(({ number }) => ({ id: show.id, season: number })),
  ]
}
