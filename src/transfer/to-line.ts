// Titles and collections as lines of the import format: what is the default is left out, what an import would otherwise
// make anew is carried. Pictures and media files are not part of it, only their addresses are.
import type { StoredCollection } from '../../models/collection.js'
import type { StoredEpisode, StoredSeason } from '../../models/show.js'
import type { Markers, StoredTitle, Translation } from '../../models/title.js'
import { toTranslations } from '../schemas/catalogue.js'
import type { CollectionBody, TitleLine } from '../schemas/import-line.js'
import type { StoredAny } from './build-title.js'

export function toTitleLine (title: StoredAny): TitleLine {
  const { kind, releaseDate, year } = title
  return {
    kind,
    id: title._id.toString(),
    addedAt: title.createdAt.toISOString(),
    ...withoutDefaults({
      title: title.title,
      originalTitle: title.originalTitle,
      alternativeTitles: title.alternativeTitles,
      synopsis: title.synopsis,
      translations: toldTranslations(title.translations),
      releaseDate,
      genres: title.genres,
      maturityRating: title.maturityRating,
      cast: people(title.cast),
      crew: people(title.crew),
      posterUrl: title.posterUrl,
      backdropUrl: title.backdropUrl,
      originalLanguage: title.originalLanguage,
      externalIds: title.externalIds,
      availableFrom: title.availableFrom?.toISOString() ?? null,
      availableUntil: title.availableUntil?.toISOString() ?? null,
    }),
    // Left out, it would be that of the release.
    ...(year === null && releaseDate === null ? {} : { year }),
    ...(title.published ? {} : { published: false }),
    ...(title.popularity === 0 ? {} : { popularity: title.popularity }),
    ...(title.kind === 'show'
      ? { seasons: title.seasons.map(toSeason) }
      : withoutDefaults({ runtimeMs: title.runtimeMs, markers: toldMarkers(title.markers) })),
  } as TitleLine
}

function toSeason (season: StoredSeason): object {
  return {
    number: season.number,
    ...withoutDefaults({
      title: season.title,
      synopsis: season.synopsis,
      translations: toldTranslations(season.translations),
    }),
    episodes: season.episodes.map(toEpisode),
  }
}

function toEpisode (episode: StoredEpisode): object {
  return {
    id: episode._id.toString(),
    number: episode.number,
    title: episode.title,
    ...withoutDefaults({
      synopsis: episode.synopsis,
      translations: toldTranslations(episode.translations),
      runtimeMs: episode.runtimeMs,
      airDate: episode.airDate,
      placedAfter: episode.placedAfter,
      markers: toldMarkers(episode.markers),
    }),
  }
}

export function toCollectionLine (collection: StoredCollection): CollectionBody {
  return {
    kind: 'collection',
    id: collection._id.toString(),
    collectionKind: collection.kind,
    title: collection.title,
    ...withoutDefaults({
      synopsis: collection.synopsis,
      translations: toldTranslations(collection.translations),
      posterUrl: collection.posterUrl,
    }),
    titleIds: collection.titles.map(String),
    ...(collection.published ? {} : { published: false }),
  } as CollectionBody
}

function toldTranslations (translations: readonly Translation[] | undefined): object | null {
  return translations === undefined ? null : toTranslations(translations)
}

function people (list: StoredTitle['cast']): object[] {
  return list.map(({ name, role, imdb }) => ({ name, ...withoutDefaults({ role, imdb }) }))
}

function toldMarkers (markers: Markers | null): object | null {
  return markers === null ? null : Object.fromEntries(Object.entries(markers).filter(([, value]) => value !== null))
}

/** Documents from before a field was there do not have it. */
function withoutDefaults<T extends object> (fields: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) =>
      value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0)
    ),
  ) as Partial<T>
}
