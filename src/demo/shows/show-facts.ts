// From the facts of a show as they are written down to the body that is stored: ids and numbers follow from the order.
import type { MaturityRating } from '../../domain/maturity.js'
import type { Credit, EpisodeInput, SeasonInput, ShowInput } from '../demo-types.js'
import { episodeId, stableId } from '../stable-id.js'

const MS_PER_MINUTE = 60_000

export interface EpisodeFacts {
  readonly title: string
  /** YYYY-MM-DD of the first broadcast; null when it is not known. */
  readonly airDate: string | null
  readonly synopsis: string
  /** Where it is longer than its fellows. */
  readonly minutes?: number
}

export interface SeasonFacts {
  /** 0 holds specials; episodes are numbered from 1 by their place. */
  readonly number: number
  readonly title?: string
  readonly synopsis?: string
  readonly episodes: readonly EpisodeFacts[]
}

export interface ShowFacts {
  /** A short name that never changes: ids come from it. */
  readonly key: string
  readonly title: string
  readonly synopsis: string
  readonly genres: readonly string[]
  readonly maturityRating: MaturityRating | null
  /** Who plays whom. */
  readonly cast: Readonly<Record<string, string>>
  readonly crew: readonly Credit[]
  readonly originalLanguage: string
  readonly imdb: string
  /** Our own guess, on the scale of the movies' votes. */
  readonly popularity: number
  /** How long an episode usually is. */
  readonly minutes: number
  readonly seasons: readonly SeasonFacts[]
}

/** The show's body; it was released when its first regular episode was broadcast. */
export function toShowInput (facts: ShowFacts): ShowInput {
  const airDates = facts.seasons.filter((season) => season.number > 0)
    .flatMap((season) => season.episodes.map((episode) => episode.airDate)).filter((date) => date !== null).sort()
  const releaseDate = airDates[0] ?? null
  return {
    id: stableId('show', facts.key),
    kind: 'show',
    title: facts.title,
    originalTitle: null,
    synopsis: facts.synopsis,
    year: releaseDate === null ? null : Number(releaseDate.slice(0, 4)),
    releaseDate,
    genres: [...facts.genres],
    maturityRating: facts.maturityRating,
    cast: Object.entries(facts.cast).map(([name, role]) => ({ name, role })),
    crew: facts.crew.map((credit) => ({ ...credit })),
    originalLanguage: facts.originalLanguage,
    externalIds: { imdb: facts.imdb },
    popularity: facts.popularity,
    seasons: facts.seasons.map((season) => toSeason(facts, season)),
  }
}

function toSeason (show: ShowFacts, season: SeasonFacts): SeasonInput {
  return {
    number: season.number,
    title: season.title ?? null,
    synopsis: season.synopsis ?? null,
    episodes: season.episodes.map((episode, index) => toEpisode(show, season, episode, index + 1)),
  }
}

function toEpisode (show: ShowFacts, season: SeasonFacts, episode: EpisodeFacts, number: number): EpisodeInput {
  return {
    id: episodeId(show.key, season.number, number),
    number,
    title: episode.title,
    synopsis: episode.synopsis,
    runtimeMs: (episode.minutes ?? show.minutes) * MS_PER_MINUTE,
    airDate: episode.airDate,
  }
}
