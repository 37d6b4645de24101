// Writing the catalogue: movies and shows are created, replaced, changed and removed through their documents, so that
// hooks count and bound them. Episodes keep their ids, because everybody's progress hangs on them.
import { Types } from 'mongoose'
import type { Static } from 'typebox'
import { Media, type StoredMedia } from '../../models/media.js'
import { Movie, type StoredMovie } from '../../models/movie.js'
import { Show, type StoredEpisode, type StoredSeason, type StoredShow } from '../../models/show.js'
import { Title, type StoredTitle } from '../../models/title.js'
import { conflict, validationFailed, notFound, preconditionFailed } from '../errors.js'
import { removeImagesOf } from '../media/images/images.js'
import { removeMediaBytes } from '../media/object-cleanup.js'
import type { EpisodeChanges, EpisodeOrder, SeasonChanges, TitleBody } from '../schemas/title-input.js'
import type { MediaDeps, StorageDeps } from '../media/deps.js'
import {
  assertWindow,
  storedEpisode,
  storedFields,
  storedSeasons,
  storedTranslations,
  TITLE_DEFAULTS,
  toMarkers,
  type EditMode,
  type EpisodeBody,
  type SeasonBody,
} from './stored-title.js'

export type EditingDeps = StorageDeps & Pick<MediaDeps, 'catalogue'>

export async function createMovie (
  { catalogue }: EditingDeps,
  body: TitleBody & { title: string },
): Promise<StoredMovie> {
  assertWindow(null, body, 'replace')
  const movie = await new Movie(storedFields(body)).save()
  await catalogue.refresh(movie._id.toString())
  return movie.toObject() as unknown as StoredMovie
}

export async function createShow (
  { catalogue }: EditingDeps,
  body: TitleBody & { title: string },
): Promise<StoredShow> {
  assertWindow(null, body, 'replace')
  const show = await new Show({ ...storedFields(body), seasons: storedSeasons(body.seasons ?? [], []) }).save()
  await catalogue.refresh(show._id.toString())
  return show.toObject() as unknown as StoredShow
}

/** @throws DomainError 404, 412 */
export async function editMovie (
  { catalogue }: EditingDeps,
  id: string,
  body: TitleBody,
  mode: EditMode,
  revision: number | null,
): Promise<StoredMovie> {
  const movie = await Movie.findById(id) ?? failMissing('movie')
  assertRevision(movie.get('__v') as number, revision)
  assertWindow(movie.toObject() as unknown as StoredMovie, body, mode)
  movie.set(
    mode === 'replace'
      ? { ...TITLE_DEFAULTS, runtimeMs: null, markers: null, ...storedFields(body) }
      : storedFields(body),
  )
  await movie.save()
  await catalogue.refresh(id)
  return movie.toObject() as unknown as StoredMovie
}

/** @throws DomainError 404, 409 `show-too-large`, 412 */
export async function editShow (
  { catalogue, storage, log }: EditingDeps,
  id: string,
  body: TitleBody,
  mode: EditMode,
  revision: number | null,
): Promise<StoredShow> {
  return await changeShow({ catalogue, storage, log }, id, revision, (show) => {
    assertWindow(show, body, mode)
    const seasons = body.seasons === undefined
      ? mode === 'replace' ? { seasons: [] } : {}
      : { seasons: storedSeasons(body.seasons, show.seasons) }
    return { ...(mode === 'replace' ? TITLE_DEFAULTS : {}), ...storedFields(body), ...seasons }
  })
}

async function changeShow (
  services: EditingDeps,
  id: string,
  revision: number | null,
  change: (show: StoredShow) => object,
): Promise<StoredShow> {
  const show = await Show.findById(id) ?? failMissing('show')
  assertRevision(show.get('__v') as number, revision)
  const before = show.toObject() as unknown as StoredShow
  show.set(change(before))
  await show.save()
  const after = show.toObject() as unknown as StoredShow
  await moveMedia(services, id, before, after)
  await services.catalogue.refresh(id)
  return after
}

/** Files of episodes that left go with them; those of episodes that got another number follow it. */
export async function moveMedia (
  services: StorageDeps,
  showId: string,
  before: StoredShow,
  after: StoredShow,
): Promise<void> {
  const placeOf = (show: StoredShow): Map<string, { season: number, episode: number }> =>
    new Map(
      show.seasons.flatMap((season) =>
        season.episodes.map((episode) =>
          [episode._id.toString(), { season: season.number, episode: episode.number }] as const
        )
      ),
    )
  const places = placeOf(after)
  for (const [id, old] of placeOf(before)) {
    const place = places.get(id)
    if (place === undefined) await removeMedia(services, { _id: id })
    else if (place.season !== old.season || place.episode !== old.episode) {
      await Media.updateOne({ _id: id, title: showId }, { $set: place })
    }
  }
}

/** A show after a write, with the part that was written. */
export interface Written<T> {
  readonly part: T
  readonly revision: number
}

/** Puts one season whole. @throws DomainError 404, 409, 412 */
export async function putSeason (
  services: EditingDeps,
  showId: string,
  number: number,
  body: Omit<SeasonBody, 'number'>,
  revision: number | null,
): Promise<Written<StoredSeason>> {
  const show = await changeShow(services, showId, revision, (stored) => ({
    seasons: withOne(stored.seasons, storedSeasons([{ ...body, number }], stored.seasons, { pointerOf: () => '' })),
  }))
  return { part: seasonOf(show, number), revision: show.__v }
}

function seasonOf ({ seasons }: Pick<StoredShow, 'seasons'>, number: number): StoredSeason {
  return seasons.find((season) => season.number === number) ?? failMissing('season')
}

function episodeOf (show: Pick<StoredShow, 'seasons'>, season: number, number: number): StoredEpisode {
  return seasonOf(show, season).episodes.find((episode) => episode.number === number) ?? failMissing('episode')
}

/** Changes what is said of a season, or its number. @throws DomainError 404, 409 `duplicate-number`, 412 */
export async function changeSeason (
  services: EditingDeps,
  showId: string,
  number: number,
  { translations, ...changes }: Static<typeof SeasonChanges>,
  revision: number | null,
): Promise<Written<StoredSeason>> {
  const show = await changeShow(services, showId, revision, (stored) => {
    const changed = {
      ...seasonOf(stored, number),
      ...changes,
      ...(translations === undefined ? {} : { translations: storedTranslations(translations) }),
    } as StoredSeason
    if (changed.number > 0) assertNoSpecials(changed.episodes)
    return {
      seasons: withPlacesFollowed(
        stored.seasons,
        sorted([...stored.seasons.filter((season) => season.number !== number), changed]),
      ),
    }
  })
  return { part: seasonOf(show, changes.number ?? number), revision: show.__v }
}

/** Changes an episode, or moves it; its id stays. @throws DomainError 404, 409 `duplicate-number` and `show-too-large`, 412 */
export async function changeEpisode (
  services: EditingDeps,
  showId: string,
  seasonNumber: number,
  number: number,
  changes: Static<typeof EpisodeChanges>,
  revision: number | null,
): Promise<Written<StoredEpisode>> {
  const { season: movedTo = seasonNumber, translations, markers, ...fields } = changes
  const show = await changeShow(services, showId, revision, (stored) => {
    const changed = {
      ...episodeOf(stored, seasonNumber, number),
      ...fields,
      ...(translations === undefined ? {} : { translations: storedTranslations(translations) }),
      ...(markers === undefined ? {} : { markers: toMarkers(markers) }),
    } as StoredEpisode
    if (movedTo > 0) assertNoSpecials([changed])
    const without = stored.seasons.map((season) =>
      season.number === seasonNumber
        ? { ...season, episodes: season.episodes.filter((one) => !one._id.equals(changed._id)) }
        : season
    )
    const target = without.find((season) => season.number === movedTo) ??
      { number: movedTo, title: null, synopsis: null, episodes: [] }
    const seasons = withOne(without, [{ ...target, episodes: sorted([...target.episodes, changed]) }])
    return { seasons: withPlacesFollowed(stored.seasons, seasons) }
  })
  return { part: episodeOf(show, movedTo, fields.number ?? number), revision: show.__v }
}

/** Numbers the episodes of a season anew, in the order given. @throws DomainError 404, 409 `other-episodes`, 412 */
export async function orderEpisodes (
  services: EditingDeps,
  showId: string,
  number: number,
  { episodeIds, firstNumber = 1 }: Static<typeof EpisodeOrder>,
  revision: number | null,
): Promise<Written<StoredSeason>> {
  const show = await changeShow(services, showId, revision, (stored) => {
    const season = seasonOf(stored, number)
    const byId = new Map(season.episodes.map((episode) => [episode._id.toString(), episode]))
    const unknown = episodeIds.filter((id) => !byId.has(id))
    const missing = [...byId.keys()].filter((id) => !episodeIds.includes(id))
    if (unknown.length + missing.length > 0) {
      throw conflict(
        'other-episodes',
        'Other episodes',
        'An order names every episode of the season once. Read the season again.',
        { unknown, missing },
      )
    }
    const episodes = episodeIds.map((id, index) => ({
      ...byId.get(id),
      number: firstNumber + index,
    })) as StoredEpisode[]
    return { seasons: withPlacesFollowed(stored.seasons, withOne(stored.seasons, [{ ...season, episodes }])) }
  })
  return { part: seasonOf(show, number), revision: show.__v }
}

/** @throws DomainError 400 */
function assertNoSpecials (episodes: readonly StoredEpisode[]): void {
  if (episodes.some(({ placedAfter }) => (placedAfter ?? null) !== null)) {
    throw validationFailed([{ pointer: '/placedAfter', message: 'is for specials, in season 0' }])
  }
}

function sorted<T extends { number: number }> (list: readonly T[]): T[] {
  return [...list].sort((a, b) => a.number - b.number)
}

/** A special that is watched after an episode stays behind it when that episode gets another number. */
function withPlacesFollowed (before: readonly StoredSeason[], after: readonly StoredSeason[]): StoredSeason[] {
  const idAt = new Map(
    before.flatMap((season) =>
      season.episodes.map((episode) => [`${season.number} ${episode.number}`, episode._id.toString()] as const)
    ),
  )
  const placeOf = new Map(
    after.flatMap((season) =>
      season.episodes.map((episode) =>
        [episode._id.toString(), { season: season.number, episode: episode.number }] as const
      )
    ),
  )
  const oldPlaces = new Map(
    before.flatMap((season) =>
      season.episodes.map((episode) => [episode._id.toString(), episode.placedAfter] as const)
    ),
  )
  const follow = (special: StoredEpisode): StoredEpisode => {
    const old = oldPlaces.get(special._id.toString()) ?? null
    // A place that this very change gives is the one that is meant.
    if (old === null || special.placedAfter?.season !== old.season || special.placedAfter.episode !== old.episode) {
      return special
    }
    const now = placeOf.get(idAt.get(`${old.season} ${old.episode}`) ?? '')
    return now === undefined || now.season === 0 ? special : { ...special, placedAfter: now }
  }
  return after.map((season) => season.number === 0 ? { ...season, episodes: season.episodes.map(follow) } : season)
}

/** Puts one episode; its season is made when it is missing. @throws DomainError 404, 409, 412 */
export async function putEpisode (
  services: EditingDeps,
  showId: string,
  seasonNumber: number,
  number: number,
  body: Omit<EpisodeBody, 'number' | 'id'>,
  revision: number | null,
): Promise<Written<StoredEpisode>> {
  const show = await changeShow(services, showId, revision, (stored) => {
    const season = stored.seasons.find((one) => one.number === seasonNumber) ??
      { number: seasonNumber, title: null, synopsis: null, episodes: [] }
    const old = season.episodes.find((episode) => episode.number === number)
    const episode = storedEpisode(old?._id ?? new Types.ObjectId(), seasonNumber, { ...body, number })
    return { seasons: withOne(stored.seasons, [{ ...season, episodes: withOne(season.episodes, [episode]) }]) }
  })
  return { part: episodeOf(show, seasonNumber, number), revision: show.__v }
}

function withOne<T extends { number: number }> (list: readonly T[], replacements: readonly T[]): T[] {
  const numbers = new Set(replacements.map((one) => one.number))
  return [...list.filter((one) => !numbers.has(one.number)), ...replacements].sort((a, b) => a.number - b.number)
}

/** @throws DomainError 404, 412 */
export async function removeSeason (
  services: EditingDeps,
  showId: string,
  number: number,
  revision: number | null,
): Promise<void> {
  await changeShow(services, showId, revision, (stored) => {
    if (!stored.seasons.some((season) => season.number === number)) throw notFound('season')
    return { seasons: stored.seasons.filter((season) => season.number !== number) }
  })
}

/** @throws DomainError 404, 412 */
export async function removeEpisode (
  services: EditingDeps,
  showId: string,
  seasonNumber: number,
  number: number,
  revision: number | null,
): Promise<void> {
  await changeShow(services, showId, revision, (stored) => {
    const season = stored.seasons.find((one) => one.number === seasonNumber)
    if (season?.episodes.some((episode) => episode.number === number) !== true) throw notFound('episode')
    const left = { ...season, episodes: season.episodes.filter((episode) => episode.number !== number) }
    return { seasons: withOne(stored.seasons, [left]) }
  })
}

/** Removes a title with its media files; what was watched of it stays in everybody's history. @throws DomainError 404, 412 */
export async function removeTitle (
  services: EditingDeps,
  kind: 'movie' | 'show',
  id: string,
  revision: number | null,
): Promise<void> {
  const title = await Title.findOne({ _id: id, kind }).select('__v').lean<Pick<StoredTitle, '__v'>>() ??
    failMissing(kind)
  assertRevision(title.__v, revision)
  await Title.deleteOne({ _id: id })
  await removeMedia(services, { title: id })
  await removeImagesOf(services, id)
  await services.catalogue.refresh(id)
}

async function removeMedia (services: StorageDeps, filter: { _id: string } | { title: string }): Promise<void> {
  const media = await Media.find(filter).lean<StoredMedia[]>()
  await Media.deleteMany(filter)
  await removeMediaBytes(services, media)
}

function failMissing (what: string): never {
  throw notFound(what)
}

/** @throws DomainError 412 */
function assertRevision (revision: number, wanted: number | null): void {
  if (wanted !== null && wanted !== revision) throw preconditionFailed()
}
