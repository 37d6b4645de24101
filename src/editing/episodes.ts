// Writes episodes of a show. An episode keeps its ID when it changes or moves, because watch state refers to it.
import { Types } from 'mongoose'
import type { StoredEpisode, StoredSeason, StoredShow } from '../../models/show.js'
import type { EpisodeChanges } from '../schemas/title-input.js'
import { editChapters } from './chapters.js'
import {
  assertNoPlacedSpecials,
  putByNumber,
  requireEpisode,
  requireSeason,
  sortByNumber,
  updateShow,
  type EditingDeps,
  type WriteResult,
} from './edit-show.js'
import { keepSpecialsPlaced } from './placed-specials.js'
import { editDetectedMarkers } from './markers.js'
import {
  toMediaSpan,
  toStoredEpisode,
  toStoredMarkers,
  toStoredTranslations,
  type EpisodeBody,
} from './stored-title.js'

/** An episode that an edit wrote, with its season. */
export interface EditedEpisode extends WriteResult<StoredEpisode> {
  readonly season: StoredSeason
}

/** Creates or replaces an episode. Creates its season if needed. @throws DomainError 404, 409 `show-too-large`, 412 */
export async function putEpisode (
  deps: EditingDeps,
  showId: string,
  seasonNumber: number,
  number: number,
  body: Omit<EpisodeBody, 'number' | 'id'>,
  expectedRevision: number | null,
): Promise<EditedEpisode> {
  const show = await updateShow(deps, showId, expectedRevision, ({ seasons }) => {
    const season = findSeason(seasons, seasonNumber) ?? newSeason(seasonNumber)
    const existing = season.episodes.find((episode) => episode.number === number)
    const id = existing?._id ?? new Types.ObjectId()
    const episode = toStoredEpisode(id, seasonNumber, { ...body, number }, existing)
    return { seasons: putByNumber(seasons, [{ ...season, episodes: putByNumber(season.episodes, [episode]) }]) }
  })
  return toEdited(show, seasonNumber, number)
}

/**
 * Changes fields of an episode, or moves it to another number or season.
 * @throws DomainError 400, 404, 409 `duplicate-number`, `show-too-large`, 412
 */
export async function changeEpisode (
  deps: EditingDeps,
  showId: string,
  seasonNumber: number,
  number: number,
  changes: EpisodeChanges,
  expectedRevision: number | null,
): Promise<EditedEpisode> {
  const { season: targetNumber = seasonNumber, translations, markers, chapters, mediaSpan, ...fields } = changes
  const show = await updateShow(deps, showId, expectedRevision, (stored) => {
    const episode = requireEpisode(stored, seasonNumber, number)
    const { chapters: storedChapters, detectedMarkers, mediaSpan: storedSpan, ...existing } = episode
    const newChapters = editChapters(storedChapters, chapters, 'merge')
    const changed = {
      ...existing,
      ...fields,
      ...toMediaSpan(mediaSpan ?? storedSpan),
      ...(translations === undefined ? {} : { translations: toStoredTranslations(translations) }),
      ...(markers !== undefined
        ? editDetectedMarkers(episode, toStoredMarkers(markers))
        : detectedMarkers === undefined
        ? {}
        : { detectedMarkers }),
      // A field without a value would count as a change.
      ...(newChapters === undefined ? {} : { chapters: newChapters }),
    } as StoredEpisode
    if (targetNumber > 0) assertNoPlacedSpecials([changed])
    const seasons = moveEpisode(stored.seasons, seasonNumber, targetNumber, changed)
    return { seasons: keepSpecialsPlaced(stored.seasons, seasons) }
  })
  return toEdited(show, targetNumber, fields.number ?? number)
}

function toEdited (show: StoredShow, season: number, number: number): EditedEpisode {
  return { part: requireEpisode(show, season, number), season: requireSeason(show, season), revision: show.__v }
}

/** Duplicate numbers are possible; the model rejects them. */
function moveEpisode (
  seasons: readonly StoredSeason[],
  fromNumber: number,
  toNumber: number,
  changed: StoredEpisode,
): StoredSeason[] {
  const withoutEpisode = seasons.map((season) =>
    season.number === fromNumber
      ? { ...season, episodes: season.episodes.filter(({ _id }) => !_id.equals(changed._id)) }
      : season
  )
  const target = findSeason(withoutEpisode, toNumber) ?? newSeason(toNumber)
  return putByNumber(withoutEpisode, [{ ...target, episodes: sortByNumber([...target.episodes, changed]) }])
}

/** Removes an episode with its media. @throws DomainError 404, 412 */
export async function removeEpisode (
  deps: EditingDeps,
  showId: string,
  seasonNumber: number,
  number: number,
  expectedRevision: number | null,
): Promise<void> {
  await updateShow(deps, showId, expectedRevision, (stored) => {
    requireEpisode(stored, seasonNumber, number)
    const season = requireSeason(stored, seasonNumber)
    const episodes = season.episodes.filter((episode) => episode.number !== number)
    return { seasons: putByNumber(stored.seasons, [{ ...season, episodes }]) }
  })
}

function findSeason (seasons: readonly StoredSeason[], number: number): StoredSeason | undefined {
  return seasons.find((season) => season.number === number)
}

function newSeason (number: number): StoredSeason {
  return { number, title: null, synopsis: null, episodes: [] }
}
