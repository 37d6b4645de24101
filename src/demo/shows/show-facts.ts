// Maps the facts of a show to a demo show. IDs and episode numbers are derived from the order.
import type { MaturityRating } from '../../domain/maturity.js'
import {
  demoEpisodeId,
  demoShowId,
  type Credit,
  type DemoEpisode,
  type DemoSeason,
  type DemoShow,
} from '../demo-titles.js'

const MS_PER_MINUTE = 60_000

export interface EpisodeFacts {
  readonly title: string
  /** YYYY-MM-DD of the first broadcast; null if unknown. */
  readonly airDate: string | null
  readonly synopsis: string
  /** Runtime, if it differs from that of the show. */
  readonly minutes?: number
}

export interface SeasonFacts {
  /** 0 contains specials. Episodes are numbered from 1 in their order. */
  readonly number: number
  readonly title?: string
  readonly synopsis?: string
  readonly episodes: readonly EpisodeFacts[]
}

export interface ShowFacts {
  /** Short name that never changes; IDs are derived from it. */
  readonly key: string
  readonly title: string
  readonly synopsis: string
  readonly genres: readonly string[]
  readonly maturityRating: MaturityRating | null
  /** Characters by actor. */
  readonly cast: Readonly<Record<string, string>>
  readonly crew: readonly Credit[]
  readonly originalLanguage: string
  readonly imdb: string
  /** An estimate on the scale of the movies' votes. */
  readonly popularity: number
  /** Usual runtime of an episode. */
  readonly minutes: number
  readonly seasons: readonly SeasonFacts[]
}

/** The release date is the earliest air date of a regular episode. */
export function toDemoShow (facts: ShowFacts): DemoShow {
  const airDates = facts.seasons.filter((season) => season.number > 0)
    .flatMap((season) => season.episodes.map((episode) => episode.airDate)).filter((date) => date !== null).sort()
  const releaseDate = airDates[0] ?? null
  return {
    id: demoShowId(facts.key),
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

function toSeason (show: ShowFacts, season: SeasonFacts): DemoSeason {
  return {
    number: season.number,
    title: season.title ?? null,
    synopsis: season.synopsis ?? null,
    episodes: season.episodes.map((episode, index) => toEpisode(show, season, episode, index + 1)),
  }
}

function toEpisode (show: ShowFacts, season: SeasonFacts, episode: EpisodeFacts, number: number): DemoEpisode {
  return {
    id: demoEpisodeId(show.key, season.number, number),
    number,
    title: episode.title,
    synopsis: episode.synopsis,
    runtimeMs: (episode.minutes ?? show.minutes) * MS_PER_MINUTE,
    airDate: episode.airDate,
  }
}
