// The stored form of what administrators and imports write of titles: bodies become documents' fields, episodes keep their
// ids, because everybody's progress hangs on them.
import { Types } from 'mongoose'
import type { StoredMovie } from '../../models/movie.js'
import type { StoredEpisode, StoredSeason } from '../../models/show.js'
import type { Markers, StoredTitle, Translation } from '../../models/title.js'
import { conflict, validationFailed, prefixPointers } from '../errors.js'
import type { TitleBody } from '../schemas/title-input.js'
import { completeMarkers } from './markers.js'

/** How a title is changed: `replace` resets what the body leaves out, `merge` keeps it. */
export type EditMode = 'replace' | 'merge'

/** What PUT resets when the body leaves it out. */
export const TITLE_DEFAULTS = {
  originalTitle: null,
  alternativeTitles: [] as string[],
  synopsis: null,
  translations: undefined,
  year: null,
  releaseDate: null,
  genres: [] as string[],
  maturityRating: null,
  cast: [] as StoredTitle['cast'],
  crew: [] as StoredTitle['crew'],
  posterUrl: null,
  backdropUrl: null,
  originalLanguage: null,
  externalIds: {} as StoredTitle['externalIds'],
  availableFrom: null,
  availableUntil: null,
  published: true,
  popularity: 0,
} as const

/** The stored form of what a body says; `year` follows the release date unless it is said. */
export function storedFields (
  { seasons: _, availableFrom, availableUntil, alternativeTitles, genres, markers, cast, crew, translations, ...rest }:
    TitleBody,
): Partial<StoredMovie> {
  const year = rest.year === undefined && rest.releaseDate !== undefined && rest.releaseDate !== null
    ? { year: Number(rest.releaseDate.slice(0, 4)) }
    : {}
  return {
    ...rest,
    ...year,
    ...(alternativeTitles === undefined
      ? {}
      : { alternativeTitles: [...new Set(alternativeTitles.map((title) => title.trim()))] }),
    ...(genres === undefined ? {} : { genres: [...new Set(genres.map((genre) => genre.trim()))] }),
    ...(cast === undefined ? {} : { cast: cast.map(toPerson) }),
    ...(crew === undefined ? {} : { crew: crew.map(toPerson) }),
    ...(translations === undefined ? {} : { translations: storedTranslations(translations) }),
    ...(availableFrom === undefined ? {} : { availableFrom: availableFrom === null ? null : new Date(availableFrom) }),
    ...(availableUntil === undefined
      ? {}
      : { availableUntil: availableUntil === null ? null : new Date(availableUntil) }),
    ...(markers === undefined ? {} : { markers: toMarkers(markers) }),
  } as Partial<StoredMovie>
}

/** A title that ends before it begins would never be there. @throws DomainError 400 */
export function assertWindow (
  stored: Pick<StoredTitle, 'availableFrom' | 'availableUntil'> | null,
  body: TitleBody,
  mode: EditMode,
): void {
  const kept = mode === 'merge' ? stored : null
  const from = body.availableFrom === undefined ? kept?.availableFrom ?? null : body.availableFrom
  const until = body.availableUntil === undefined ? kept?.availableUntil ?? null : body.availableUntil
  if (from !== null && until !== null && new Date(until) <= new Date(from)) {
    throw validationFailed([{ pointer: '/availableUntil', message: 'lies before availableFrom' }])
  }
}

function toPerson ({ name, role, imdb }: NonNullable<TitleBody['cast']>[number]): StoredTitle['cast'][number] {
  return { name, role: role ?? null, ...(imdb === undefined ? {} : { imdb }) }
}

/** @throws DomainError 400 for two tags that are one language */
export function storedTranslations (translations: TitleBody['translations'] = {}): Translation[] | undefined {
  const stored = Object.entries(translations).map(([language, { title, synopsis }]) => ({
    language: canonicalTag(language),
    title: title ?? null,
    synopsis: synopsis ?? null,
  }))
  if (new Set(stored.map(({ language }) => language)).size < stored.length) {
    throw validationFailed([{ pointer: '/translations', message: 'has two tags of one language' }])
  }
  return stored.length === 0 ? undefined : stored
}

function canonicalTag (language: string): string {
  try {
    return Intl.getCanonicalLocales(language)[0] ?? language
  } catch {
    throw validationFailed([{ pointer: `/translations/${language}`, message: 'is no language tag (BCP 47)' }])
  }
}

export function toMarkers (markers: TitleBody['markers']): Markers | null {
  return markers === undefined || markers === null ? null : completeMarkers(markers)
}

export type SeasonBody = NonNullable<TitleBody['seasons']>[number]
export type EpisodeBody = NonNullable<SeasonBody['episodes']>[number]

/**
 * Seasons as they are stored; an episode keeps its id by id or by season and number.
 * @param isImport takes ids that this show has not, as an export of another database names them
 * @param pointerOf where a season is in the body
 * @throws DomainError 400, 409 `unknown-episode`
 */
export function storedSeasons (
  seasons: readonly SeasonBody[],
  existing: readonly StoredSeason[],
  { isImport = false, pointerOf = (index: number) => `/seasons/${index}` } = {},
): StoredSeason[] {
  const known = new Map(
    existing.flatMap((season) => season.episodes.map((episode) => [episode._id.toString(), episode._id] as const)),
  )
  const byNumber = new Map(
    existing.flatMap((season) =>
      season.episodes.map((episode) => [`${season.number} ${episode.number}`, episode._id] as const)
    ),
  )
  const claimed = new Set(seasons.flatMap((season) => (season.episodes ?? []).map((episode) => episode.id)))
  function idOf (season: number, episode: EpisodeBody): Types.ObjectId {
    const mine = episode.id === undefined ? undefined : known.get(episode.id)
    if (mine !== undefined) return mine
    if (episode.id !== undefined && !isImport) failUnknown(season, episode.number)
    const same = byNumber.get(`${season} ${episode.number}`)
    return same === undefined || claimed.has(same.toString()) ? new Types.ObjectId(episode.id) : same
  }
  return seasons.map((season, index) =>
    prefixPointers(pointerOf(index), () => ({
      number: season.number,
      title: season.title ?? null,
      synopsis: season.synopsis ?? null,
      ...withTranslations(season.translations),
      episodes: (season.episodes ?? []).map((episode, at) =>
        prefixPointers(`/episodes/${at}`, () => storedEpisode(idOf(season.number, episode), season.number, episode))
      ),
    }))
  )
}

function withTranslations (translations: TitleBody['translations']): { translations?: Translation[] } {
  const stored = storedTranslations(translations)
  return stored === undefined ? {} : { translations: stored }
}

function failUnknown (season: number, episode: number): never {
  throw conflict(
    'unknown-episode',
    'Unknown episode',
    `Season ${season}, episode ${episode} names an id that no episode of this show has. Leave the id out for a new episode.`,
  )
}

export function storedEpisode (id: Types.ObjectId, season: number, episode: Omit<EpisodeBody, 'id'>): StoredEpisode {
  const placedAfter = episode.placedAfter ?? null
  if (placedAfter !== null && season > 0) {
    throw validationFailed([{ pointer: '/placedAfter', message: 'is for specials, in season 0' }])
  }
  return {
    _id: id,
    number: episode.number,
    title: episode.title,
    synopsis: episode.synopsis ?? null,
    ...withTranslations(episode.translations),
    runtimeMs: episode.runtimeMs ?? null,
    airDate: episode.airDate ?? null,
    placedAfter,
    markers: toMarkers(episode.markers),
  }
}
