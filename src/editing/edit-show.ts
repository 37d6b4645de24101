// Edits a show with its embedded seasons and episodes as one document, so that the hooks of the model validate it.
import mongoose from 'mongoose'
import { MarkerDetection } from '../../models/marker-detection.js'
import { Media, type StoredMedia } from '../../models/media.js'
import { Show, type StoredEpisode, type StoredSeason, type StoredShow } from '../../models/show.js'
import { fail, notFound, preconditionFailed } from '../errors.js'
import type { MediaDeps, StorageDeps } from '../media/deps.js'
import { removeMediaObjects } from '../media/object-cleanup.js'
import { saveTitle } from './save-title.js'
import { placedOutsideSpecials } from './stored-title.js'

export type EditingDeps = StorageDeps & Pick<MediaDeps, 'publishTitleChange' | 'events'>

/** The season or episode that an edit wrote, with the new revision of the show. */
export interface WriteResult<T> {
  readonly part: T
  readonly revision: number
}

/**
 * Applies changed fields to a show and saves it.
 * @param expectedRevision null for any
 * @throws DomainError 404 `not-found`, 412 `precondition-failed`, and the errors of `getChanges` and of the model
 */
export async function updateShow (
  deps: EditingDeps,
  id: string,
  expectedRevision: number | null,
  getChanges: (show: StoredShow) => object,
): Promise<StoredShow> {
  const show = await Show.findById(id) ?? fail(notFound('show'))
  assertRevision(show.get('__v') as number, expectedRevision)
  const before = show.toObject() as unknown as StoredShow
  show.set(getChanges(before))
  await saveTitle(deps, show, before.published, expectedRevision)
  const after = show.toObject() as unknown as StoredShow
  await syncEpisodeMedia(deps, id, before, after)
  await deps.publishTitleChange(id)
  return after
}

/**
 * Removes the media of episodes that were removed, renumbers the media of episodes that were moved, and removes the
 * detections of seasons that have no episodes any more.
 */
export async function syncEpisodeMedia (
  deps: StorageDeps,
  showId: string,
  before: StoredShow,
  after: StoredShow,
): Promise<void> {
  const numbersAfter = numbersByEpisodeId(after.seasons)
  for (const [id, old] of numbersByEpisodeId(before.seasons)) {
    const numbers = numbersAfter.get(id)
    if (numbers === undefined) await removeMedia(deps, { _id: id })
    else if (numbers.season !== old.season || numbers.episode !== old.episode) {
      await Media.updateOne({ _id: id, title: showId }, { $set: numbers })
    }
  }
  const filled = listSeasonsWithEpisodes(after.seasons)
  const emptied = listSeasonsWithEpisodes(before.seasons).filter((season) => !filled.includes(season))
  if (emptied.length > 0) {
    await MarkerDetection.deleteMany({ title: showId, season: mongoose.trusted({ $in: emptied }) } as never)
  }
}

/** @returns their numbers */
export function listSeasonsWithEpisodes (
  seasons: ReadonlyArray<{ readonly number: number, readonly episodes: readonly unknown[] }>,
): number[] {
  return seasons.flatMap(({ number, episodes }) => episodes.length > 0 ? number : [])
}

/** Removes media with their stored objects. */
export async function removeMedia (deps: StorageDeps, filter: { _id: string } | { title: string }): Promise<void> {
  const media = await Media.find(filter).lean<StoredMedia[]>()
  await Media.deleteMany(filter)
  await removeMediaObjects(deps, media)
}

interface EpisodeNumbers {
  readonly season: number
  readonly episode: number
}

export function numbersByEpisodeId (seasons: readonly StoredSeason[]): Map<string, EpisodeNumbers> {
  return new Map(
    seasons.flatMap((season) =>
      season.episodes.map((episode) =>
        [episode._id.toString(), { season: season.number, episode: episode.number }] as const
      )
    ),
  )
}

/** @throws DomainError 404 `not-found` */
export function requireSeason ({ seasons }: Pick<StoredShow, 'seasons'>, number: number): StoredSeason {
  return seasons.find((season) => season.number === number) ?? fail(notFound('season'))
}

/** @throws DomainError 404 `not-found` */
export function requireEpisode (show: Pick<StoredShow, 'seasons'>, season: number, number: number): StoredEpisode {
  return requireSeason(show, season).episodes.find((episode) => episode.number === number) ?? fail(notFound('episode'))
}

/** Replaces seasons or episodes with the same numbers, and adds the others. @returns a sorted list */
export function putByNumber<T extends { number: number }> (list: readonly T[], replacements: readonly T[]): T[] {
  const numbers = new Set(replacements.map((one) => one.number))
  return sortByNumber([...list.filter((one) => !numbers.has(one.number)), ...replacements])
}

export function sortByNumber<T extends { number: number }> (list: readonly T[]): T[] {
  return [...list].sort((a, b) => a.number - b.number)
}

/** @param expected null for any. @throws DomainError 412 `precondition-failed` */
export function assertRevision (revision: number, expected: number | null): void {
  if (expected !== null && expected !== revision) throw preconditionFailed()
}

/** Filter for the removal of a document at the expected revision. @param expected null for any */
export function revisionFilter (id: string, expected: number | null): { _id: string, __v?: number } {
  return { _id: id, ...(expected === null ? {} : { __v: expected }) }
}

/** Only specials have a position after a regular episode. @throws DomainError 400 `validation-failed` */
export function assertNoPlacedSpecials (episodes: readonly StoredEpisode[]): void {
  if (episodes.some(({ placedAfter }) => (placedAfter ?? null) !== null)) throw placedOutsideSpecials()
}
