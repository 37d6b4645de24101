// Creates, replaces, changes and removes movies and shows.
import { MarkerDetection } from '../../models/marker-detection.js'
import { Movie, type StoredMovie } from '../../models/movie.js'
import { Show, type StoredShow } from '../../models/show.js'
import { Title, type StoredTitle } from '../../models/title.js'
import { fail, notFound, preconditionFailed } from '../errors.js'
import { removeTitleImages } from '../media/images/images.js'
import type { TitleBody } from '../schemas/title-input.js'
import { editChapters } from './chapters.js'
import { assertRevision, removeMedia, revisionFilter, updateShow, type EditingDeps } from './edit-show.js'
import { insertTitle, saveTitle } from './save-title.js'
import {
  assertAvailabilityWindow,
  TITLE_DEFAULTS,
  toStoredFields,
  toStoredSeasons,
  type EditMode,
} from './stored-title.js'

/** @throws DomainError 400 `validation-failed` */
export async function createMovie (
  deps: EditingDeps,
  body: TitleBody & { title: string },
): Promise<StoredMovie> {
  assertAvailabilityWindow(null, body, 'replace')
  const movie = await insertTitle(
    deps,
    () => new Movie({ ...toStoredFields(body), chapters: editChapters(undefined, body.chapters, 'replace') }),
  )
  await deps.publishTitleChange(movie._id.toString())
  return movie.toObject() as unknown as StoredMovie
}

/** @throws DomainError 400 `validation-failed`, 409 `show-too-large` */
export async function createShow (
  deps: EditingDeps,
  body: TitleBody & { title: string },
): Promise<StoredShow> {
  assertAvailabilityWindow(null, body, 'replace')
  const show = await insertTitle(
    deps,
    () => new Show({ ...toStoredFields(body), seasons: toStoredSeasons(body.seasons ?? [], []) }),
  )
  await deps.publishTitleChange(show._id.toString())
  return show.toObject() as unknown as StoredShow
}

/** @throws DomainError 400, 404, 412 */
export async function editMovie (
  deps: EditingDeps,
  id: string,
  body: TitleBody,
  mode: EditMode,
  expectedRevision: number | null,
): Promise<StoredMovie> {
  const movie = await Movie.findById(id) ?? fail(notFound('movie'))
  assertRevision(movie.get('__v') as number, expectedRevision)
  const before = movie.toObject() as unknown as StoredMovie
  assertAvailabilityWindow(before, body, mode)
  const defaults = mode === 'replace' ? { ...TITLE_DEFAULTS, runtimeMs: null, markers: null } : {}
  const chapters = editChapters(before.chapters, body.chapters, mode)
  movie.set({ ...defaults, ...toStoredFields(body), chapters })
  await saveTitle(deps, movie, before.published, expectedRevision)
  await deps.publishTitleChange(id)
  return movie.toObject() as unknown as StoredMovie
}

/** @throws DomainError 400, 404, 409 `show-too-large`, 412 */
export async function editShow (
  deps: EditingDeps,
  id: string,
  body: TitleBody,
  mode: EditMode,
  expectedRevision: number | null,
): Promise<StoredShow> {
  return await updateShow(deps, id, expectedRevision, (show) => {
    assertAvailabilityWindow(show, body, mode)
    const defaults = mode === 'replace' ? { ...TITLE_DEFAULTS, seasons: [] } : {}
    const seasons = body.seasons === undefined ? {} : { seasons: toStoredSeasons(body.seasons, show.seasons) }
    return { ...defaults, ...toStoredFields(body), ...seasons }
  })
}

/** Removes a title with its media and images. Plays of it stay in the histories. @throws DomainError 404, 412 */
export async function removeTitle (
  deps: EditingDeps,
  kind: 'movie' | 'show',
  id: string,
  expectedRevision: number | null,
): Promise<void> {
  const title = await Title.findOne({ _id: id, kind }).select('__v').lean<Pick<StoredTitle, '__v'>>() ??
    fail(notFound(kind))
  assertRevision(title.__v, expectedRevision)
  const { deletedCount } = await Title.deleteOne(revisionFilter(id, expectedRevision))
  if (deletedCount === 0) throw expectedRevision === null ? notFound(kind) : preconditionFailed()
  await removeMedia(deps, { title: id })
  await removeTitleImages(deps, id)
  await MarkerDetection.deleteMany({ title: id })
  await deps.publishTitleChange(id)
}
