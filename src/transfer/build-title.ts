// What a line of an import makes of a title: a new document, or the one that is there with what the line says. Pure, and
// the same form as documents have that are saved one by one.
import mongoose, { Types } from 'mongoose'
import type { StoredMovie } from '../../models/movie.js'
import { assertShow, countEpisodes, type StoredEpisode, type StoredSeason, type StoredShow } from '../../models/show.js'
import {
  assertWindow,
  storedFields,
  storedSeasons,
  TITLE_DEFAULTS,
  type EditMode,
  type EpisodeBody,
  type SeasonBody,
} from '../editing/stored-title.js'
import type { TitleBody } from '../schemas/title-input.js'
import type { TitleLine } from '../schemas/import-line.js'

export type StoredAny = StoredMovie | StoredShow

const MOVIE_DEFAULTS = { runtimeMs: null, markers: null } as const
const SHOW_DEFAULTS = { seasons: [] as StoredSeason[], episodeCount: 0 } as const

/** @throws DomainError when it would not be taken one by one either */
export function newTitle (_id: Types.ObjectId, line: TitleLine, now: Date): StoredAny {
  const fresh = {
    _id,
    kind: line.kind,
    ...TITLE_DEFAULTS,
    ...(line.kind === 'movie' ? MOVIE_DEFAULTS : SHOW_DEFAULTS),
    createdAt: now,
    updatedAt: now,
    __v: 0,
  } as unknown as StoredAny
  return written(fresh, line, 'replace')
}

/**
 * The title as the line leaves it, its revision one further.
 * @returns null when the line changes nothing
 * @throws DomainError when it would not be taken one by one either
 */
export function changedTitle (stored: StoredAny, line: TitleLine, mode: EditMode, now: Date): StoredAny | null {
  const next = written(stored, line, mode)
  return isSame(stored, next) ? null : { ...next, updatedAt: now, __v: stored.__v + 1 }
}

function written (stored: StoredAny, line: TitleLine, mode: EditMode): StoredAny {
  const { kind, id: _, addedAt, ...body } = line as TitleLine & TitleBody
  assertWindow(stored, body, mode)
  const defaults = mode === 'replace' ? { ...TITLE_DEFAULTS, ...(kind === 'movie' ? MOVIE_DEFAULTS : {}) } : {}
  const fields = storedFields(body)
  const externalIds = { ...(mode === 'merge' ? stored.externalIds : {}), ...body.externalIds }
  const next = withoutEmpty(
    {
      ...stored,
      ...defaults,
      ...fields,
      externalIds,
      ...(addedAt === undefined ? {} : { createdAt: new Date(addedAt) }),
    } as StoredAny,
  )
  return next.kind === 'movie'
    ? next
    : withSeasons(next, body.seasons, stored.kind === 'show' ? stored.seasons : [], mode)
}

/** As the database has it: what is undefined, or an object of which nothing is said, is not there. */
function withoutEmpty (title: StoredAny): StoredAny {
  return Object.fromEntries(
    Object.entries(title).filter(([key, value]) =>
      value !== undefined && (key !== 'externalIds' || Object.keys(value as object).length > 0)
    ),
  ) as unknown as StoredAny
}

function withSeasons (
  show: StoredShow,
  told: readonly SeasonBody[] | undefined,
  existing: readonly StoredSeason[],
  mode: EditMode,
): StoredShow {
  const seasons = mode === 'replace'
    ? storedSeasons(told ?? [], existing, { isImport: true })
    : told === undefined
    ? existing
    : mergedSeasons(told, existing)
  const next = { ...show, seasons: [...seasons], episodeCount: countEpisodes(seasons) }
  if (told !== undefined) assertShow(next)
  return next
}

/** Seasons and episodes are added or changed; those of which nothing is said stay, because everybody's progress hangs on them. */
function mergedSeasons (told: readonly SeasonBody[], existing: readonly StoredSeason[]): StoredSeason[] {
  const toldAnew = storedSeasons(told, existing, { isImport: true })
  const before = new Map(
    existing.flatMap((season) => season.episodes.map((episode) => [episode._id.toString(), episode] as const)),
  )
  const toldIn = new Map(
    toldAnew.flatMap((season) => season.episodes.map(({ _id }) => [_id.toString(), season.number] as const)),
  )
  const staysIn = (number: number) => ({ _id }: StoredEpisode): boolean =>
    (toldIn.get(_id.toString()) ?? number) === number
  const merged = existing.map((season) => ({ ...season, episodes: season.episodes.filter(staysIn(season.number)) }))
  for (const [index, season] of toldAnew.entries()) {
    const body = told[index] as SeasonBody
    const episodes = season.episodes.map((episode, at) =>
      mergedEpisode(before.get(episode._id.toString()), episode, body.episodes?.[at] as EpisodeBody)
    )
    const old = merged.find((one) => one.number === season.number)
    if (old === undefined) merged.push({ ...season, episodes })
    else Object.assign(old, said(season, body), { episodes: inPlace(old.episodes, episodes) })
  }
  return merged
}

/** Changed episodes where they stood, new ones by their numbers behind. */
function inPlace (existing: readonly StoredEpisode[], changed: readonly StoredEpisode[]): StoredEpisode[] {
  const byId = new Map(changed.map((episode) => [episode._id.toString(), episode]))
  const known = new Set(existing.map(({ _id }) => _id.toString()))
  return [
    ...existing.map((episode) => byId.get(episode._id.toString()) ?? episode),
    ...changed.filter(({ _id }) => !known.has(_id.toString())),
  ]
}

function mergedEpisode (old: StoredEpisode | undefined, told: StoredEpisode, body: EpisodeBody): StoredEpisode {
  if (old === undefined) return told
  return { ...old, ...said(told, body) }
}

/** Only what the body says of a season or an episode. */
function said<T extends object> (stored: T, body: object): Partial<T> {
  return Object.fromEntries(
    Object.entries(stored).filter(([key]) =>
      key !== 'episodes' && (key === '_id' || (body as Record<string, unknown>)[key] !== undefined)
    ),
  ) as Partial<T>
}

/** Whether two stored values say the same; what is missing is the same as undefined. */
export function isSame (a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (a instanceof Date) return b instanceof Date && a.getTime() === b.getTime()
  if (a instanceof mongoose.mongo.ObjectId) return b instanceof mongoose.mongo.ObjectId && a.equals(b)
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((one, index) => isSame(one, b[index]))
  }
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>]
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((key) => isSame(left[key], right[key]))
}
