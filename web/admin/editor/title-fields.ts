// The fields of a title that can be changed, in the form that the API accepts.
import type { Episode, Movie, Show } from '@shared/api/client.js'
import type { EpisodeChanges, MovieChanges } from '../api/editing.js'

/** The fields that movies and shows share, and those of a movie. */
export type TitleFields = Required<MovieChanges>
/** The fields of an episode; the season moves it. */
export type EpisodeFields = Required<Omit<EpisodeChanges, 'season'>> & { readonly season: number }
export type Markers = Movie['markers']

const NO_MARKERS: Markers = {
  recapStartMs: null,
  recapEndMs: null,
  introStartMs: null,
  introEndMs: null,
  creditsStartMs: null,
}

type StoredCredit = Movie['credits']['cast'][number]

/** The ID of a person derives from the name and the IMDb ID. */
const toCreditInput = ({ name, role, imdb }: StoredCredit) => ({ name, role, ...imdb === undefined ? {} : { imdb } })

export function toTitleFields (title: Movie | Show): TitleFields {
  const { certification, credits } = title
  return {
    title: title.title,
    originalTitle: title.originalTitle,
    alternativeTitles: title.alternativeTitles,
    synopsis: title.synopsis,
    translations: title.translations ?? {},
    year: title.year,
    releaseDate: title.releaseDate,
    genres: title.genres,
    maturityRating: title.maturityRating,
    certification: certification === null ? null : `${certification.system} ${certification.rating}`,
    cast: credits.cast.map(toCreditInput),
    crew: credits.crew.map(toCreditInput),
    posterUrl: title.posterUrl,
    backdropUrl: title.backdropUrl,
    logoUrl: title.logoUrl,
    trailerUrl: title.trailerUrl,
    originalLanguage: title.originalLanguage,
    externalIds: title.externalIds,
    availableFrom: title.availableFrom,
    availableUntil: title.availableUntil,
    published: title.published,
    popularity: title.popularity,
    runtimeMs: 'runtimeMs' in title ? title.runtimeMs : null,
    markers: 'markers' in title ? title.markers : NO_MARKERS,
    chapters: 'chapters' in title ? title.chapters : [],
  }
}

export function toEpisodeFields (episode: Episode, season: number): EpisodeFields {
  const { placedAfter } = episode
  return {
    season,
    number: episode.number,
    title: episode.title,
    synopsis: episode.synopsis,
    translations: episode.translations ?? {},
    runtimeMs: episode.runtimeMs,
    airDate: episode.airDate,
    stillUrl: episode.stillUrl,
    placedAfter: placedAfter === null ? null : { season: placedAfter.season, episode: placedAfter.episode },
    mediaSpan: episode.mediaSpan,
    markers: episode.markers,
    chapters: episode.chapters,
  }
}
