// Writes fields of a title that media give it, such as its images and chapters.
import mongoose, { type HydratedDocument, type Types } from 'mongoose'
import type { StoredMovie } from '../../models/movie.js'
import type { StoredEpisode, StoredShow } from '../../models/show.js'
import { Title, type StoredTitle } from '../../models/title.js'
import { fail, notFound } from '../errors.js'

const MAX_SAVE_ATTEMPTS = 10

/**
 * Loads, changes and saves a title. After another write to the title it tries again, so that no write is lost.
 * @param change called for each attempt; its result is that of the last one
 * @throws DomainError 404 `not-found`, 409 `show-too-large`
 */
export async function changeTitle<T> (
  titleId: string | Types.ObjectId,
  change: (title: HydratedDocument<StoredTitle>) => T | Promise<T>,
): Promise<T> {
  for (let attempt = 1;; attempt++) {
    const title = await Title.findById(titleId) ?? fail(notFound('title'))
    const result = await change(title as HydratedDocument<StoredTitle>)
    try {
      if (title.isModified()) await title.save()
      return result
    } catch (error) {
      if (!(error instanceof mongoose.Error.VersionError) || attempt === MAX_SAVE_ATTEMPTS) throw error
    }
  }
}

/** The movie or episode of a title; null when there is none with this ID. */
export function findStoredItem (
  title: HydratedDocument<StoredTitle>,
  itemId: string,
): StoredMovie | StoredEpisode | null {
  if (title.kind === 'movie') return title._id.toString() === itemId ? title as unknown as StoredMovie : null
  const { seasons } = title as unknown as StoredShow
  return seasons.flatMap(({ episodes }) => episodes).find(({ _id }) => _id.toString() === itemId) ?? null
}
