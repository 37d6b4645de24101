// Views of movies, shows, seasons and episodes in full.
import type { StoredMovie } from '../../models/movie.js'
import type { StoredEpisode, StoredSeason, StoredShow } from '../../models/show.js'
import { findPlaceholder, type Person, type StoredTitle, type Translation } from '../../models/title.js'
import type { Translatable } from '../catalogue/queries/localise.js'
import { certificationOf } from '../domain/certifications.js'
import { findContainers } from '../domain/media-span.js'
import { derivePersonId } from '../catalogue/store/people-index.js'
import { listChapters } from '../editing/chapters.js'
import { normaliseMarkers } from '../../models/markers.js'
import { listMarkerOrigins } from '../editing/markers.js'
import type { MediaFile } from '../schemas/media-files.js'
import type { Credit, Episode, Movie, Season, Show } from '../schemas/titles.js'
import { toCard } from './cards.js'
import { toPicture } from './pictures.js'
import type { TextOptions, TitlePageDetails } from './title-details.js'

export function toMovie (movie: StoredMovie, files: readonly MediaFile[], details: TitlePageDetails): Movie {
  return {
    ...toTitlePage(movie, details),
    runtimeMs: movie.runtimeMs,
    markers: normaliseMarkers(movie.markers),
    chapters: listChapters(movie.chapters),
    mediaFiles: [...files],
  }
}

export function toShow (show: StoredShow, details: TitlePageDetails): Show {
  const { hasTranslations, localiser } = details
  return {
    ...toTitlePage(show, details),
    episodeCount: show.episodeCount,
    seasons: [...show.seasons].sort((a, b) => a.number - b.number).map((season) => ({
      number: season.number,
      title: hasTranslations ? season.title : localiser.localisedFields(season).title,
      episodeCount: season.episodes.length,
    })),
  }
}

/** @param itemFiles returns the media files of an episode by its ID */
export function toSeason (
  season: StoredSeason,
  itemFiles: (itemId: string) => readonly MediaFile[],
  options: TextOptions,
): Season {
  const { language: _, ...texts } = toTexts(season, options)
  const containers = findContainers(season.episodes)
  return {
    number: season.number,
    ...texts,
    episodes: [...season.episodes].sort((a, b) => a.number - b.number).map((episode) =>
      toEpisode(episode, containers, itemFiles(episode._id.toString()), options)
    ),
  }
}

/** @param containers of the season, see `findContainers` */
export function toEpisode (
  episode: StoredEpisode,
  containers: ReadonlyMap<number, StoredEpisode>,
  files: readonly MediaFile[],
  options: TextOptions,
): Episode {
  const { language: _, ...texts } = toTexts(episode, options)
  return {
    id: episode._id.toString(),
    number: episode.number,
    ...texts,
    title: texts.title ?? episode.title,
    runtimeMs: episode.runtimeMs,
    airDate: episode.airDate,
    stillUrl: episode.stillUrl ?? null,
    stillPlaceholder: findPlaceholder(episode.stillUrl, [episode.stillPlaceholder].filter((one) => one != null)),
    placedAfter: episode.placedAfter,
    mediaSpan: episode.mediaSpan ?? 1,
    containedIn: containers.get(episode.number)?.number ?? null,
    markers: normaliseMarkers(episode.markers),
    markerOrigins: listMarkerOrigins(episode),
    chapters: listChapters(episode.chapters),
    mediaFiles: [...files],
  }
}

/** Sorted by language, so that equal translations give equal responses. */
export function toTranslations (
  translations: readonly Translation[] = [],
): Record<string, { title: string | null, synopsis: string | null }> {
  const sorted = [...translations].sort((a, b) => a.language < b.language ? -1 : 1)
  return Object.fromEntries(sorted.map(({ language, title, synopsis }) => [language, { title, synopsis }]))
}

function toTitlePage (title: StoredTitle, details: TitlePageDetails): Omit<Show, 'seasons' | 'episodeCount'> {
  const { playableFormats, isPlayable, collections, localiser, findPicture } = details
  const texts = toTexts(title, details)
  return {
    ...toCard(title, isPlayable),
    certification: toCertification(title),
    ...texts,
    title: texts.title ?? title.title,
    available: {
      heights: [...playableFormats.heights],
      audioLanguages: [...playableFormats.audioLanguages],
      subtitleLanguages: [...playableFormats.subtitleLanguages],
    },
    collections: collections.map((collection) => ({
      id: collection.id,
      kind: collection.kind,
      title: localiser.localisedFields(collection).title ?? collection.title,
    })),
    originalTitle: title.originalTitle,
    alternativeTitles: title.alternativeTitles,
    releaseDate: title.releaseDate,
    credits: {
      cast: title.cast.map((person) => toCredit(person, findPicture)),
      crew: title.crew.map((person) => toCredit(person, findPicture)),
    },
    logoUrl: title.logoUrl ?? null,
    logoPlaceholder: findPlaceholder(title.logoUrl, title.placeholders),
    trailerUrl: title.trailerUrl ?? null,
    originalLanguage: title.originalLanguage,
    externalIds: title.externalIds ?? {},
    availableFrom: title.availableFrom?.toISOString() ?? null,
    availableUntil: title.availableUntil?.toISOString() ?? null,
    published: title.published,
    popularity: title.popularity,
  }
}

function toCertification (title: StoredTitle): Show['certification'] {
  const certification = certificationOf(title)
  return certification === null ? null : { ...certification }
}

function toTexts (stored: Translatable & { translations?: Translation[] }, options: TextOptions) {
  const { localiser, hasTranslations } = options
  if (!hasTranslations) return localiser.localisedFields(stored)
  return {
    title: stored.title,
    synopsis: stored.synopsis ?? null,
    // Texts without translations are in the language of the catalogue.
    language: localiser.localisedFields({ title: null }).language,
    translations: toTranslations(stored.translations),
  }
}

function toCredit (person: Person, findPicture: TitlePageDetails['findPicture']): Credit {
  const personId = derivePersonId(person)
  return {
    personId,
    name: person.name,
    role: person.role,
    ...(person.imdb === undefined ? {} : { imdb: person.imdb }),
    ...toPicture(findPicture(personId)),
  }
}
