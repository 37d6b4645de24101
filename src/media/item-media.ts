// The media document of an item, and the removal of what was added while the item was deleted.
import { Media, type StoredMedia, type StoredMediaFile, type StoredSubtitle } from '../../models/media.js'
import { Movie } from '../../models/movie.js'
import { Show } from '../../models/show.js'
import { episodeNumbers, type CatalogueItem, type CatalogueTitle } from '../catalogue/store/catalogue.js'
import { notFound } from '../errors.js'
import type { StorageDeps } from './deps.js'
import { removeMediaObjects } from './object-cleanup.js'

/** Creates the document unless it exists. */
export async function ensureMedia (title: CatalogueTitle, item: CatalogueItem): Promise<void> {
  await Media.updateOne({ _id: item.id }, { $setOnInsert: { title: title.id, ...episodeNumbers(title, item) } }, {
    upsert: true,
  })
}

/**
 * Adds an element to a list of the media document.
 * @throws DomainError 404 `not-found` if the item was deleted meanwhile; `limitReached` if the list is full
 */
export async function addToMedia (
  deps: StorageDeps,
  title: CatalogueTitle,
  item: CatalogueItem,
  element: { readonly files: StoredMediaFile } | { readonly subtitles: StoredSubtitle },
  limitReached: () => Error,
): Promise<void> {
  await ensureMedia(title, item)
  const { modifiedCount } = await Media.updateOne({ _id: item.id }, { $push: element })
  // A deletion of the item removes the document too: only a list of an item that exists can be full.
  await requireItem(deps, title, item)
  if (modifiedCount === 0) throw limitReached()
}

/**
 * Checks an item after a file was added to it. A deletion removes the media that it finds; what was added afterwards
 * would belong to no title.
 * @throws DomainError 404 `not-found` if the item was deleted; its media are removed then
 */
export async function requireItem (deps: StorageDeps, title: CatalogueTitle, item: CatalogueItem): Promise<void> {
  const found = item.id === title.id
    ? await Movie.exists({ _id: title.id })
    : await Show.exists({ '_id': title.id, 'seasons.episodes._id': item.id })
  if (found !== null) return
  const media = await Media.findByIdAndDelete(item.id).lean<StoredMedia>()
  if (media !== null) await removeMediaObjects(deps, [media])
  throw notFound('movie or episode')
}
