// The shapes of the demo catalogue: what an admin would write of a movie or a show, with its id and popularity settled.
import type { MaturityRating } from '../domain/maturity.js'

/** Somebody of the cast (`role`: whom they play) or of the crew (`role`: what they did). */
export interface Credit {
  name: string
  role: string | null
}

/** What movies and shows have in common. */
export interface TitleInput {
  /** 24 hex digits, the same on every run. */
  id: string
  title: string
  originalTitle: string | null
  synopsis: string | null
  year: number | null
  /** YYYY-MM-DD; null when only the year is known, or nothing. */
  releaseDate: string | null
  genres: string[]
  maturityRating: MaturityRating | null
  cast: Credit[]
  crew: Credit[]
  /** BCP 47; null when it is not known. */
  originalLanguage: string | null
  externalIds: { imdb?: string, tmdb?: string, wikidata?: string }
  /** At least 0; only its order matters. */
  popularity: number
}

export interface MovieInput extends TitleInput {
  kind: 'movie'
  runtimeMs: number | null
}

export interface EpisodeInput {
  id: string
  number: number
  title: string
  synopsis: string | null
  runtimeMs: number | null
  /** YYYY-MM-DD; null when it is not known. */
  airDate: string | null
}

export interface SeasonInput {
  /** 0 holds specials. */
  number: number
  title: string | null
  synopsis: string | null
  episodes: EpisodeInput[]
}

export interface ShowInput extends TitleInput {
  kind: 'show'
  seasons: SeasonInput[]
}
