// Maps stored titles and collections to lines of the import format. Omits default values; includes the IDs and dates
// that an import would otherwise create. Images and media files are not part of the format, only their URLs.
import type { StoredCollection } from '../../models/collection.js'
import type { StoredEpisode, StoredSeason } from '../../models/show.js'
import type { Markers, StoredChapters, StoredTitle, Translation } from '../../models/title.js'
import { formatCertification } from '../domain/certifications.js'
import { listChapters } from '../editing/chapters.js'
import { listMarkerOrigins } from '../editing/markers.js'
import type { CollectionBody, TitleLine } from '../schemas/import-line.js'
import { toTranslations } from '../views/titles.js'
import type { StoredTitleDocument } from './build-title.js'

export function toTitleLine (title: StoredTitleDocument): TitleLine {
  const { kind, releaseDate, year } = title
  return {
    kind,
    id: title._id.toString(),
    addedAt: title.createdAt.toISOString(),
    ...omitDefaults({
      title: title.title,
      originalTitle: title.originalTitle,
      alternativeTitles: title.alternativeTitles,
      synopsis: title.synopsis,
      translations: toTranslationFields(title.translations),
      releaseDate,
      genres: title.genres,
      maturityRating: title.maturityRating,
      certification: title.certification === undefined ? null : formatCertification(title.certification),
      cast: toCredits(title.cast),
      crew: toCredits(title.crew),
      posterUrl: title.posterUrl,
      backdropUrl: title.backdropUrl,
      logoUrl: title.logoUrl ?? null,
      trailerUrl: title.trailerUrl ?? null,
      originalLanguage: title.originalLanguage,
      externalIds: title.externalIds,
      availableFrom: title.availableFrom?.toISOString() ?? null,
      availableUntil: title.availableUntil?.toISOString() ?? null,
    }),
    // An import derives a missing year from the release date, so a null year must be written.
    ...(year === null && releaseDate === null ? {} : { year }),
    ...(title.published ? {} : { published: false }),
    ...(title.popularity === 0 ? {} : { popularity: title.popularity }),
    ...(title.kind === 'show'
      ? { seasons: title.seasons.map(toSeason) }
      : {
        ...omitDefaults({ runtimeMs: title.runtimeMs, markers: toMarkerFields(title.markers) }),
        ...toChapterFields(title.chapters),
      }),
  } as TitleLine
}

function toSeason (season: StoredSeason): object {
  return {
    number: season.number,
    ...omitDefaults({
      title: season.title,
      synopsis: season.synopsis,
      translations: toTranslationFields(season.translations),
    }),
    episodes: season.episodes.map(toEpisode),
  }
}

function toEpisode (episode: StoredEpisode): object {
  return {
    id: episode._id.toString(),
    number: episode.number,
    title: episode.title,
    ...omitDefaults({
      synopsis: episode.synopsis,
      translations: toTranslationFields(episode.translations),
      runtimeMs: episode.runtimeMs,
      airDate: episode.airDate,
      placedAfter: episode.placedAfter,
      mediaSpan: episode.mediaSpan ?? null,
      markers: toMarkerFields(episode.markers),
      stillUrl: episode.stillUrl ?? null,
    }),
    ...toOriginFields(episode),
    ...toChapterFields(episode.chapters),
  }
}

export function toCollectionLine (collection: StoredCollection): CollectionBody {
  return {
    kind: 'collection',
    id: collection._id.toString(),
    collectionKind: collection.kind,
    title: collection.title,
    ...omitDefaults({
      synopsis: collection.synopsis,
      translations: toTranslationFields(collection.translations),
      posterUrl: collection.posterUrl,
    }),
    titleIds: collection.titles.map(String),
    ...(collection.published ? {} : { published: false }),
  } as CollectionBody
}

function toTranslationFields (translations: readonly Translation[] | undefined): object | null {
  return translations === undefined ? null : toTranslations(translations)
}

function toCredits (credits: StoredTitle['cast']): object[] {
  return credits.map(({ name, role, imdb }) => ({ name, ...omitDefaults({ role, imdb }) }))
}

function toMarkerFields (markers: Markers | null): object | null {
  return markers === null ? null : Object.fromEntries(Object.entries(markers).filter(([, value]) => value !== null))
}

/** Without detected or cleared markers, an import takes those of the line for those of people. */
function toOriginFields (episode: StoredEpisode): object {
  if (episode.detectedMarkers === undefined) return {}
  const { recap: _, ...origins } = listMarkerOrigins(episode)
  return { markers: toMarkerFields(episode.markers), markerOrigins: omitDefaults(origins) }
}

/** An empty list is written: people decided that the item has none. */
function toChapterFields (chapters: StoredChapters | undefined): object {
  return chapters === undefined ? {} : { chapters: listChapters(chapters) }
}

/** Omits null, undefined and empty arrays. Documents that are older than a field have undefined in it. */
function omitDefaults<T extends object> (fields: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) =>
      value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0)
    ),
  ) as Partial<T>
}
