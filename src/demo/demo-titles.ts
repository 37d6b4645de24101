// The shapes and the IDs of the demo catalogue. IDs are derived, so that seeding again changes nothing.
import { derivedId } from '../../models/upsert.js'
import type { MaturityRating } from '../domain/maturity.js'

/** A member of the cast or crew. */
export interface Credit {
  name: string
  /** The character of an actor, or the job of a crew member. */
  role: string | null
}

/** The common fields of movies and shows. */
export interface DemoTitle {
  /** 24 hexadecimal digits, the same in each run. */
  id: string
  title: string
  originalTitle: string | null
  synopsis: string | null
  year: number | null
  /** YYYY-MM-DD; null if the day is unknown. */
  releaseDate: string | null
  genres: string[]
  maturityRating: MaturityRating | null
  cast: Credit[]
  crew: Credit[]
  /** BCP 47; null if unknown. */
  originalLanguage: string | null
  externalIds: { imdb?: string, tmdb?: string, wikidata?: string }
  /** At least 0; only the order matters. */
  popularity: number
}

export interface DemoMovie extends DemoTitle {
  kind: 'movie'
  runtimeMs: number | null
}

export interface DemoEpisode {
  id: string
  number: number
  title: string
  synopsis: string | null
  runtimeMs: number | null
  /** YYYY-MM-DD; null if unknown. */
  airDate: string | null
}

export interface DemoSeason {
  /** 0 contains specials. */
  number: number
  title: string | null
  synopsis: string | null
  episodes: DemoEpisode[]
}

export interface DemoShow extends DemoTitle {
  kind: 'show'
  seasons: DemoSeason[]
}

/** Derives the ID of a demo movie. Title and year identify movies, remakes included. */
export function demoMovieId (title: string, year: number | null): string {
  return demoId('movie', `${title}|${year ?? 'undated'}`)
}

/** Derives the ID of a demo show. @param key short name that never changes, such as `firefly` */
export function demoShowId (key: string): string {
  return demoId('show', key)
}

/** Derives the ID of a demo episode. */
export function demoEpisodeId (showKey: string, season: number, episode: number): string {
  return demoId('episode', `${showKey}|${season}|${episode}`)
}

function demoId (kind: 'movie' | 'show' | 'episode', key: string): string {
  return derivedId(`normflix-demo:${kind}:${key}`).toString()
}
