// Applies an import line to a title: builds a new document, or the updated version of a stored one. Pure.
// The result equals what the document's own save would store.
import mongoose, { Types } from 'mongoose'
import type { StoredMovie } from '../../models/movie.js'
import { assertShow, countEpisodes, type StoredEpisode, type StoredSeason, type StoredShow } from '../../models/show.js'
import { editChapters } from '../editing/chapters.js'
import {
  assertAvailabilityWindow,
  toStoredFields,
  toStoredSeasons,
  TITLE_DEFAULTS,
  type EditMode,
  type EpisodeBody,
  type SeasonBody,
} from '../editing/stored-title.js'
import type { TitleBody } from '../schemas/title-input.js'
import type { TitleLine } from '../schemas/import-line.js'

export type StoredTitleDocument = StoredMovie | StoredShow

const MOVIE_DEFAULTS = { runtimeMs: null, markers: null } as const
const SHOW_DEFAULTS = { seasons: [] as StoredSeason[], episodeCount: 0 } as const

/** Builds the document of a new title. @throws DomainError for the same lines that the API rejects */
export function buildNewTitle (_id: Types.ObjectId, line: TitleLine, now: Date): StoredTitleDocument {
  const empty = {
    _id,
    kind: line.kind,
    ...TITLE_DEFAULTS,
    ...(line.kind === 'movie' ? MOVIE_DEFAULTS : SHOW_DEFAULTS),
    createdAt: now,
    updatedAt: now,
    __v: 0,
  } as unknown as StoredTitleDocument
  return applyLine(empty, line, 'replace')
}

/**
 * Applies a line to a stored title and increments its revision.
 * @returns null when the line changes nothing
 * @throws DomainError for the same lines that the API rejects
 */
export function buildUpdatedTitle (
  stored: StoredTitleDocument,
  line: TitleLine,
  mode: EditMode,
  now: Date,
): StoredTitleDocument | null {
  const next = applyLine(stored, line, mode)
  return isDeepEqual(stored, next) ? null : { ...next, updatedAt: now, __v: stored.__v + 1 }
}

function applyLine (stored: StoredTitleDocument, line: TitleLine, mode: EditMode): StoredTitleDocument {
  const { kind, id: _, addedAt, ...body } = line as TitleLine & TitleBody
  assertAvailabilityWindow(stored, body, mode)
  const defaults = mode === 'replace' ? { ...TITLE_DEFAULTS, ...(kind === 'movie' ? MOVIE_DEFAULTS : {}) } : {}
  const fields = toStoredFields(body)
  const externalIds = { ...(mode === 'merge' ? stored.externalIds : {}), ...body.externalIds }
  const next = omitEmptyFields(
    {
      ...stored,
      ...defaults,
      ...fields,
      externalIds,
      ...(stored.kind === 'movie' ? { chapters: editChapters(stored.chapters, body.chapters, mode) } : {}),
      ...(addedAt === undefined ? {} : { createdAt: new Date(addedAt) }),
    } as StoredTitleDocument,
  )
  return next.kind === 'movie'
    ? next
    : applySeasons(next, body.seasons, stored.kind === 'show' ? stored.seasons : [], mode)
}

/** Omits what Mongoose does not store: undefined fields and an empty `externalIds`. */
function omitEmptyFields (title: StoredTitleDocument): StoredTitleDocument {
  return Object.fromEntries(
    Object.entries(title).filter(([key, value]) =>
      value !== undefined && (key !== 'externalIds' || Object.keys(value as object).length > 0)
    ),
  ) as unknown as StoredTitleDocument
}

function applySeasons (
  show: StoredShow,
  bodies: readonly SeasonBody[] | undefined,
  existing: readonly StoredSeason[],
  mode: EditMode,
): StoredShow {
  const seasons = mode === 'replace'
    ? toStoredSeasons(bodies ?? [], existing, { isImport: true })
    : bodies === undefined
    ? existing
    : mergeSeasons(bodies, existing)
  const next = { ...show, seasons: [...seasons], episodeCount: countEpisodes(seasons) }
  assertShow(next)
  return next
}

/** Adds or updates seasons and episodes. Never removes one that the line omits: watch state refers to episode IDs. */
function mergeSeasons (bodies: readonly SeasonBody[], existing: readonly StoredSeason[]): StoredSeason[] {
  const imported = toStoredSeasons(bodies, existing, { isImport: true })
  const existingEpisodes = new Map(
    existing.flatMap((season) => season.episodes.map((episode) => [episode._id.toString(), episode] as const)),
  )
  const importedSeasonNumbers = new Map(
    imported.flatMap((season) => season.episodes.map(({ _id }) => [_id.toString(), season.number] as const)),
  )
  const staysInSeason = (number: number) => ({ _id }: StoredEpisode): boolean =>
    (importedSeasonNumbers.get(_id.toString()) ?? number) === number
  const merged = existing.map((season) => ({
    ...season,
    episodes: season.episodes.filter(staysInSeason(season.number)),
  }))
  for (const [seasonIndex, season] of imported.entries()) {
    const body = bodies[seasonIndex] as SeasonBody
    const episodes = season.episodes.map((episode, episodeIndex) =>
      mergeEpisode(
        existingEpisodes.get(episode._id.toString()),
        episode,
        body.episodes?.[episodeIndex] as EpisodeBody,
      )
    )
    const target = merged.find(({ number }) => number === season.number)
    if (target === undefined) merged.push({ ...season, episodes })
    else {
      Object.assign(target, pickProvidedFields(season, body), {
        episodes: replaceEpisodes(target.episodes, episodes),
      })
    }
  }
  return merged
}

/** Replaces updated episodes in place and appends new ones. */
function replaceEpisodes (existing: readonly StoredEpisode[], imported: readonly StoredEpisode[]): StoredEpisode[] {
  const importedById = new Map(imported.map((episode) => [episode._id.toString(), episode]))
  const existingIds = new Set(existing.map(({ _id }) => _id.toString()))
  return [
    ...existing.map((episode) => importedById.get(episode._id.toString()) ?? episode),
    ...imported.filter(({ _id }) => !existingIds.has(_id.toString())),
  ]
}

function mergeEpisode (existing: StoredEpisode | undefined, imported: StoredEpisode, body: EpisodeBody): StoredEpisode {
  if (existing === undefined) return imported
  const { chapters: _, detectedMarkers, ...fields } = { ...existing, ...pickProvidedFields(imported, body) }
  const chapters = editChapters(existing.chapters, body.chapters, 'merge')
  // The imported episode has compared its markers with the existing ones.
  const detected = body.markers === undefined ? detectedMarkers : imported.detectedMarkers
  return {
    ...fields,
    ...(detected === undefined ? {} : { detectedMarkers: detected }),
    ...(chapters === undefined ? {} : { chapters }),
  }
}

/** Picks the ID and the fields that the body provides, without the episodes. */
function pickProvidedFields<T extends object> (stored: T, body: object): Partial<T> {
  return Object.fromEntries(
    Object.entries(stored).filter(([key]) =>
      key !== 'episodes' && (key === '_id' || (body as Record<string, unknown>)[key] !== undefined)
    ),
  ) as Partial<T>
}

/** Compares two stored values deeply; a missing field equals undefined. */
export function isDeepEqual (a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (a instanceof Date) return b instanceof Date && a.getTime() === b.getTime()
  if (a instanceof mongoose.mongo.ObjectId) return b instanceof mongoose.mongo.ObjectId && a.equals(b)
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((value, index) => isDeepEqual(value, b[index]))
  }
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>]
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((key) => isDeepEqual(left[key], right[key]))
}
