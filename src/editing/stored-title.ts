// Maps bodies of the API and lines of imports to stored titles. Episodes keep their IDs, because watch state refers to
// them.
import { Types } from 'mongoose'
import type { StoredMovie } from '../../models/movie.js'
import type { StoredEpisode, StoredSeason } from '../../models/show.js'
import type { Markers, StoredTitle, Translation } from '../../models/title.js'
import { formatCertification, parseRating, toMaturityRating } from '../domain/certifications.js'
import { conflict, prefixPointers, validationFailed } from '../errors.js'
import type { TitleBody } from '../schemas/title-input.js'
import { editChapters } from './chapters.js'
import { completeMarkers, editDetectedMarkers, stateDetectedMarkers } from './markers.js'

/** `replace` resets the fields that a body omits, `merge` keeps their values. */
export type EditMode = 'replace' | 'merge'

/** Values of the fields that a replacing body omits. */
export const TITLE_DEFAULTS = {
  originalTitle: null,
  alternativeTitles: [] as string[],
  synopsis: null,
  translations: undefined,
  year: null,
  releaseDate: null,
  genres: [] as string[],
  maturityRating: null,
  certification: undefined,
  cast: [] as StoredTitle['cast'],
  crew: [] as StoredTitle['crew'],
  posterUrl: null,
  backdropUrl: null,
  logoUrl: undefined,
  trailerUrl: undefined,
  originalLanguage: null,
  externalIds: {} as StoredTitle['externalIds'],
  availableFrom: null,
  availableUntil: null,
  published: true,
  popularity: 0,
} as const

/**
 * Maps a body to stored fields, except seasons and chapters; omitted fields are left out. An omitted year is derived
 * from the release date.
 */
export function toStoredFields (
  {
    seasons: _,
    availableFrom,
    availableUntil,
    alternativeTitles,
    genres,
    markers,
    chapters: _chapters,
    cast,
    crew,
    translations,
    maturityRating,
    certification,
    ...rest
  }: TitleBody,
): Partial<StoredMovie> {
  const year = rest.year === undefined && rest.releaseDate !== undefined && rest.releaseDate !== null
    ? { year: Number(rest.releaseDate.slice(0, 4)) }
    : {}
  return {
    ...rest,
    ...year,
    ...toStoredRating({ maturityRating, certification }),
    ...(alternativeTitles === undefined ? {} : { alternativeTitles: trimDistinct(alternativeTitles) }),
    ...(genres === undefined ? {} : { genres: trimDistinct(genres) }),
    ...(cast === undefined ? {} : { cast: cast.map(toStoredPerson) }),
    ...(crew === undefined ? {} : { crew: crew.map(toStoredPerson) }),
    ...(translations === undefined ? {} : { translations: toStoredTranslations(translations) }),
    ...(availableFrom === undefined ? {} : { availableFrom: toDate(availableFrom) }),
    ...(availableUntil === undefined ? {} : { availableUntil: toDate(availableUntil) }),
    ...(markers === undefined ? {} : { markers: toStoredMarkers(markers) }),
  } as Partial<StoredMovie>
}

/**
 * The rating of another country implies a maturity rating, unless the body states one. A maturity rating alone replaces
 * both.
 * @throws DomainError 400 `validation-failed`
 */
function toStoredRating (
  { maturityRating, certification }: Pick<TitleBody, 'maturityRating' | 'certification'>,
): Partial<Pick<StoredTitle, 'maturityRating' | 'certification'>> {
  const stated = maturityRating === undefined ? {} : { maturityRating }
  if (certification === undefined && maturityRating === undefined) return {}
  if (certification === undefined || certification === null) return { ...stated, certification: undefined }
  const parsed = parseRating(typeof certification === 'string' ? certification : formatCertification(certification))
  if (parsed === null) {
    throw validationFailed([{ pointer: '/certification', code: 'unknown-value', message: 'is not a known rating' }])
  }
  return parsed.certification === null
    ? { maturityRating: parsed.maturityRating, ...stated, certification: undefined }
    : { maturityRating: toMaturityRating(parsed.certification), ...stated, certification: parsed.certification }
}

function trimDistinct (texts: readonly string[]): string[] {
  return [...new Set(texts.map((text) => text.trim()))]
}

function toDate (timestamp: string | null): Date | null {
  return timestamp === null ? null : new Date(timestamp)
}

/** Rejects a title that would never be available. @throws DomainError 400 `validation-failed` */
export function assertAvailabilityWindow (
  stored: Pick<StoredTitle, 'availableFrom' | 'availableUntil'> | null,
  body: TitleBody,
  mode: EditMode,
): void {
  const fallback = mode === 'merge' ? stored : null
  const from = body.availableFrom === undefined ? fallback?.availableFrom ?? null : body.availableFrom
  const until = body.availableUntil === undefined ? fallback?.availableUntil ?? null : body.availableUntil
  if (from !== null && until !== null && new Date(until) <= new Date(from)) {
    throw validationFailed([{ pointer: '/availableUntil', message: 'is not after availableFrom' }])
  }
}

function toStoredPerson ({ name, role, imdb }: NonNullable<TitleBody['cast']>[number]): StoredTitle['cast'][number] {
  return { name, role: role ?? null, ...(imdb === undefined ? {} : { imdb }) }
}

/** @throws DomainError 400 `validation-failed` for invalid and for equivalent language tags */
export function toStoredTranslations (translations: TitleBody['translations'] = {}): Translation[] | undefined {
  const stored = Object.entries(translations).map(([language, { title, synopsis }]) => ({
    language: canonicaliseTag(language),
    title: title ?? null,
    synopsis: synopsis ?? null,
  }))
  if (new Set(stored.map(({ language }) => language)).size < stored.length) {
    throw validationFailed([{ pointer: '/translations', message: 'contains two tags for the same language' }])
  }
  return stored.length === 0 ? undefined : stored
}

function canonicaliseTag (language: string): string {
  try {
    return Intl.getCanonicalLocales(language)[0] ?? language
  } catch {
    throw validationFailed([{ pointer: `/translations/${language}`, message: 'is not a language tag (BCP 47)' }])
  }
}

/** @throws DomainError 400 `validation-failed` */
export function toStoredMarkers (markers: TitleBody['markers']): Markers | null {
  return markers === undefined || markers === null ? null : completeMarkers(markers)
}

export type SeasonBody = NonNullable<TitleBody['seasons']>[number]
export type EpisodeBody = NonNullable<SeasonBody['episodes']>[number]

/**
 * Maps season bodies to stored seasons. An existing episode is identified by its ID, else by its season and number.
 * @param isImport accepts IDs that the show does not have, as exports of other databases contain them
 * @param pointerOf JSON Pointer of a season in the body
 * @throws DomainError 400 `validation-failed`, 409 `unknown-episode`
 */
export function toStoredSeasons (
  seasons: readonly SeasonBody[],
  existing: readonly StoredSeason[],
  { isImport = false, pointerOf = (index: number) => `/seasons/${index}` } = {},
): StoredSeason[] {
  const idsByText = new Map(
    existing.flatMap((season) => season.episodes.map((episode) => [episode._id.toString(), episode._id] as const)),
  )
  const idsByNumber = new Map(
    existing.flatMap((season) =>
      season.episodes.map((episode) => [`${season.number} ${episode.number}`, episode._id] as const)
    ),
  )
  const episodesById = new Map(
    existing.flatMap((season) => season.episodes.map((episode) => [episode._id.toString(), episode] as const)),
  )
  const idsInBody = new Set(seasons.flatMap((season) => (season.episodes ?? []).map((episode) => episode.id)))

  function resolveEpisodeId (season: number, episode: EpisodeBody): Types.ObjectId {
    const existingId = episode.id === undefined ? undefined : idsByText.get(episode.id)
    if (existingId !== undefined) return existingId
    if (episode.id !== undefined && !isImport) throw unknownEpisode(season, episode.number)
    const idOfNumber = idsByNumber.get(`${season} ${episode.number}`)
    const isTaken = idOfNumber === undefined || idsInBody.has(idOfNumber.toString())
    return isTaken ? new Types.ObjectId(episode.id) : idOfNumber
  }

  return seasons.map((season, index) =>
    prefixPointers(pointerOf(index), () => ({
      number: season.number,
      title: season.title ?? null,
      synopsis: season.synopsis ?? null,
      ...translationFields(season.translations),
      episodes: (season.episodes ?? []).map((episode, at) =>
        prefixPointers(
          `/episodes/${at}`,
          () => {
            const id = resolveEpisodeId(season.number, episode)
            return toStoredEpisode(id, season.number, episode, episodesById.get(id.toString()))
          },
        )
      ),
    }))
  )
}

function translationFields (translations: TitleBody['translations']): { translations?: Translation[] } {
  const stored = toStoredTranslations(translations)
  return stored === undefined ? {} : { translations: stored }
}

function unknownEpisode (season: number, episode: number): Error {
  return conflict(
    'unknown-episode',
    'Unknown episode',
    `The show has no episode with the ID that season ${season}, episode ${episode} contains. ` +
      'Omit the ID to create a new episode.',
  )
}

/**
 * @param existing the episode that is replaced
 * @throws DomainError 400 `validation-failed`
 */
export function toStoredEpisode (
  id: Types.ObjectId,
  season: number,
  episode: Omit<EpisodeBody, 'id'>,
  existing?: StoredEpisode,
): StoredEpisode {
  const placedAfter = episode.placedAfter ?? null
  if (placedAfter !== null && season > 0) throw placedOutsideSpecials()
  const chapters = editChapters(existing?.chapters, episode.chapters, 'replace')
  const markers = episode.markers === undefined ? undefined : toStoredMarkers(episode.markers)
  return {
    _id: id,
    number: episode.number,
    title: episode.title,
    synopsis: episode.synopsis ?? null,
    ...translationFields(episode.translations),
    runtimeMs: episode.runtimeMs ?? null,
    airDate: episode.airDate ?? null,
    placedAfter,
    ...toMediaSpan(episode.mediaSpan ?? existing?.mediaSpan),
    ...(episode.markerOrigins === undefined
      ? editDetectedMarkers(existing, markers)
      : stateDetectedMarkers(markers, episode.markerOrigins)),
    ...(chapters === undefined ? {} : { chapters }),
    ...(episode.stillUrl === undefined || episode.stillUrl === null ? {} : { stillUrl: episode.stillUrl }),
    ...(existing?.stillPlaceholder === undefined ? {} : { stillPlaceholder: existing.stillPlaceholder }),
  }
}

/** What was never stated is not stored: the ingest may state it. */
export function toMediaSpan (mediaSpan: number | undefined): Pick<StoredEpisode, 'mediaSpan'> {
  return mediaSpan === undefined ? {} : { mediaSpan }
}

export function placedOutsideSpecials (): Error {
  return validationFailed([{ pointer: '/placedAfter', message: 'is only for specials, in season 0' }])
}
