// Writing the catalogue: movies and shows are created, replaced, changed and removed through their documents, so that
// hooks count and bound them. Episodes keep their ids, because everybody's progress hangs on them.
import { Types } from 'mongoose'
import { Media, type StoredMedia } from '../../models/media.js'
import { Movie, type StoredMovie } from '../../models/movie.js'
import { Show, type StoredEpisode, type StoredSeason, type StoredShow } from '../../models/show.js'
import { Title, type Markers, type StoredTitle } from '../../models/title.js'
import { conflict, invalid, notFound, preconditionFailed } from '../errors.js'
import { removeImagesOf } from '../media/images.js'
import { removeMediaBytes } from '../media/stored-bytes.js'
import type { TitleBody } from '../schemas/catalogue.js'
import type { Services } from '../services.js'
import { completeMarkers } from './markers.js'

export type CatalogueServices = Pick<Services, 'catalogue' | 'storage' | 'log'>

/** What PUT resets when the body leaves it out. */
const TITLE_DEFAULTS = {
  originalTitle: null,
  synopsis: null,
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
function storedFields ({ seasons: _, availableFrom, availableUntil, genres, markers, cast, crew, ...rest }: TitleBody): Partial<StoredMovie> {
  const year = rest.year === undefined && rest.releaseDate !== undefined && rest.releaseDate !== null ? { year: Number(rest.releaseDate.slice(0, 4)) } : {}
  return {
    ...rest,
    ...year,
    ...(genres === undefined ? {} : { genres: [...new Set(genres.map((genre) => genre.trim()))] }),
    ...(cast === undefined ? {} : { cast: cast.map(({ name, role }) => ({ name, role: role ?? null })) }),
    ...(crew === undefined ? {} : { crew: crew.map(({ name, role }) => ({ name, role: role ?? null })) }),
    ...(availableFrom === undefined ? {} : { availableFrom: availableFrom === null ? null : new Date(availableFrom) }),
    ...(availableUntil === undefined ? {} : { availableUntil: availableUntil === null ? null : new Date(availableUntil) }),
    ...(markers === undefined ? {} : { markers: toMarkers(markers) }),
  } as Partial<StoredMovie>
}

function toMarkers (markers: TitleBody['markers']): Markers | null {
  return markers === undefined || markers === null ? null : completeMarkers(markers)
}

type SeasonBody = NonNullable<TitleBody['seasons']>[number]
type EpisodeBody = NonNullable<SeasonBody['episodes']>[number]

/** Seasons as they are stored; an episode keeps its id by id or by season and number. */
function storedSeasons (seasons: readonly SeasonBody[], existing: readonly StoredSeason[]): StoredSeason[] {
  const known = new Map(existing.flatMap((season) => season.episodes.map((episode) => [episode._id.toString(), episode._id] as const)))
  const byNumber = new Map(existing.flatMap((season) => season.episodes.map((episode) => [`${season.number} ${episode.number}`, episode._id] as const)))
  const claimed = new Set(seasons.flatMap((season) => (season.episodes ?? []).map((episode) => episode.id)))
  function idOf (season: number, episode: EpisodeBody): Types.ObjectId {
    if (episode.id !== undefined) {
      return known.get(episode.id) ?? failUnknown(season, episode.number)
    }
    const same = byNumber.get(`${season} ${episode.number}`)
    return same === undefined || claimed.has(same.toString()) ? new Types.ObjectId() : same
  }
  return seasons.map((season) => ({
    number: season.number,
    title: season.title ?? null,
    synopsis: season.synopsis ?? null,
    episodes: (season.episodes ?? []).map((episode) => storedEpisode(idOf(season.number, episode), season.number, episode)),
  }))
}

function failUnknown (season: number, episode: number): never {
  throw conflict('unknown-episode', 'Unknown episode', `Season ${season}, episode ${episode} names an id that no episode of this show has. Leave the id out for a new episode.`)
}

function storedEpisode (id: Types.ObjectId, season: number, episode: Omit<EpisodeBody, 'id'>): StoredEpisode {
  const placedAfter = episode.placedAfter ?? null
  if (placedAfter !== null && season > 0) throw invalid([{ pointer: '/placedAfter', message: 'is for specials, in season 0' }])
  return {
    _id: id,
    number: episode.number,
    title: episode.title,
    synopsis: episode.synopsis ?? null,
    runtimeMs: episode.runtimeMs ?? null,
    airDate: episode.airDate ?? null,
    placedAfter,
    markers: toMarkers(episode.markers),
  }
}

export async function createMovie ({ catalogue }: CatalogueServices, body: TitleBody & { title: string }): Promise<StoredMovie> {
  const movie = await new Movie(storedFields(body)).save()
  await catalogue.refresh(movie._id.toString())
  return movie.toObject() as unknown as StoredMovie
}

export async function createShow ({ catalogue }: CatalogueServices, body: TitleBody & { title: string }): Promise<StoredShow> {
  const show = await new Show({ ...storedFields(body), seasons: storedSeasons(body.seasons ?? [], []) }).save()
  await catalogue.refresh(show._id.toString())
  return show.toObject() as unknown as StoredShow
}

/** How a title is changed: `replace` resets what the body leaves out, `merge` keeps it. */
export type EditMode = 'replace' | 'merge'

/** @throws DomainError 404, 412 */
export async function editMovie ({ catalogue }: CatalogueServices, id: string, body: TitleBody, mode: EditMode, revision: number | null): Promise<StoredMovie> {
  const movie = await Movie.findById(id) ?? failMissing('movie')
  assertRevision(movie.get('__v') as number, revision)
  movie.set(mode === 'replace' ? { ...TITLE_DEFAULTS, runtimeMs: null, markers: null, ...storedFields(body) } : storedFields(body))
  await movie.save()
  await catalogue.refresh(id)
  return movie.toObject() as unknown as StoredMovie
}

/** @throws DomainError 404, 409 `show-too-large`, 412 */
export async function editShow ({ catalogue, storage, log }: CatalogueServices, id: string, body: TitleBody, mode: EditMode, revision: number | null): Promise<StoredShow> {
  return await changeShow({ catalogue, storage, log }, id, revision, (show) => {
    const seasons = body.seasons === undefined
      ? mode === 'replace' ? { seasons: [] } : {}
      : { seasons: storedSeasons(body.seasons, show.seasons) }
    return { ...(mode === 'replace' ? TITLE_DEFAULTS : {}), ...storedFields(body), ...seasons }
  })
}

async function changeShow (services: CatalogueServices, id: string, revision: number | null, change: (show: StoredShow) => object): Promise<StoredShow> {
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
async function moveMedia (services: CatalogueServices, showId: string, before: StoredShow, after: StoredShow): Promise<void> {
  const placeOf = (show: StoredShow): Map<string, { season: number, episode: number }> => new Map(show.seasons.flatMap((season) =>
    season.episodes.map((episode) => [episode._id.toString(), { season: season.number, episode: episode.number }] as const)))
  const places = placeOf(after)
  for (const [id, old] of placeOf(before)) {
    const place = places.get(id)
    if (place === undefined) await removeMedia(services, { _id: id })
    else if (place.season !== old.season || place.episode !== old.episode) await Media.updateOne({ _id: id, title: showId }, { $set: place })
  }
}

/** Puts one season whole. @throws DomainError 404, 409, 412 */
export async function putSeason (services: CatalogueServices, showId: string, number: number, body: Omit<SeasonBody, 'number'>, revision: number | null): Promise<StoredSeason> {
  const show = await changeShow(services, showId, revision, (stored) => ({
    seasons: withOne(stored.seasons, storedSeasons([{ ...body, number }], stored.seasons)),
  }))
  return show.seasons.find((season) => season.number === number) ?? failMissing('season')
}

/** Puts one episode; its season is made when it is missing. @throws DomainError 404, 409, 412 */
export async function putEpisode (services: CatalogueServices, showId: string, seasonNumber: number, number: number, body: Omit<EpisodeBody, 'number' | 'id'>, revision: number | null): Promise<StoredEpisode> {
  const show = await changeShow(services, showId, revision, (stored) => {
    const season = stored.seasons.find((one) => one.number === seasonNumber) ?? { number: seasonNumber, title: null, synopsis: null, episodes: [] }
    const old = season.episodes.find((episode) => episode.number === number)
    const episode = storedEpisode(old?._id ?? new Types.ObjectId(), seasonNumber, { ...body, number })
    return { seasons: withOne(stored.seasons, [{ ...season, episodes: withOne(season.episodes, [episode]) }]) }
  })
  return show.seasons.find((season) => season.number === seasonNumber)?.episodes.find((episode) => episode.number === number) ?? failMissing('episode')
}

function withOne<T extends { number: number }> (list: readonly T[], replacements: readonly T[]): T[] {
  const numbers = new Set(replacements.map((one) => one.number))
  return [...list.filter((one) => !numbers.has(one.number)), ...replacements].sort((a, b) => a.number - b.number)
}

/** @throws DomainError 404, 412 */
export async function removeSeason (services: CatalogueServices, showId: string, number: number, revision: number | null): Promise<void> {
  await changeShow(services, showId, revision, (stored) => {
    if (!stored.seasons.some((season) => season.number === number)) throw notFound('season')
    return { seasons: stored.seasons.filter((season) => season.number !== number) }
  })
}

/** @throws DomainError 404, 412 */
export async function removeEpisode (services: CatalogueServices, showId: string, seasonNumber: number, number: number, revision: number | null): Promise<void> {
  await changeShow(services, showId, revision, (stored) => {
    const season = stored.seasons.find((one) => one.number === seasonNumber)
    if (season?.episodes.some((episode) => episode.number === number) !== true) throw notFound('episode')
    const left = { ...season, episodes: season.episodes.filter((episode) => episode.number !== number) }
    return { seasons: withOne(stored.seasons, [left]) }
  })
}

/** Removes a title with its media files; what was watched of it stays in everybody's history. @throws DomainError 404, 412 */
export async function removeTitle (services: CatalogueServices, kind: 'movie' | 'show', id: string, revision: number | null): Promise<void> {
  const title = await Title.findOne({ _id: id, kind }).select('__v').lean<Pick<StoredTitle, '__v'>>() ?? failMissing(kind)
  assertRevision(title.__v, revision)
  await Title.deleteOne({ _id: id })
  await removeMedia(services, { title: id })
  await removeImagesOf(services, id)
  await services.catalogue.refresh(id)
}

async function removeMedia (services: CatalogueServices, filter: { _id: string } | { title: string }): Promise<void> {
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
