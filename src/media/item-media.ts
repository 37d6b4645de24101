// The media document of an item, and the removal of what was added while the item was deleted.
import { Media, type StoredMedia, type StoredMediaFile, type StoredSubtitle } from '../../models/media.js'
import { Movie } from '../../models/movie.js'
import { Show, type StoredShow } from '../../models/show.js'
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
 * @throws DomainError 404 `not-found` if the item was deleted in between; `limitReached` if the list is full
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
 * would belong to no title. A move changes the numbers of the media that it finds.
 * @throws DomainError 404 `not-found` if the item was deleted; its media are removed then
 */
export async function requireItem (deps: StorageDeps, title: CatalogueTitle, item: CatalogueItem): Promise<void> {
  const isFound = item.id === title.id
    ? await Movie.exists({ _id: title.id }) !== null
    : await renumberEpisode(title.id, item.id)
  if (isFound) return
  const media = await Media.findByIdAndDelete(item.id).lean<StoredMedia>()
  if (media !== null) await removeMediaObjects(deps, [media])
  throw notFound('movie or episode')
}

/**
 * Gives media the numbers of their episode, which may have been moved since they were read. Reads the numbers again
 * after the write: a move after that finds the media itself.
 * @returns false if the episode does not exist
 */
async function renumberEpisode (showId: string, episodeId: string): Promise<boolean> {
  for (let written: string | null = null;;) {
    const numbers = await findNumbers(showId, episodeId)
    if (numbers === null) return false
    if (written === JSON.stringify(numbers)) return true
    await Media.updateOne({ _id: episodeId }, { $set: numbers })
    written = JSON.stringify(numbers)
  }
}

async function findNumbers (showId: string, episodeId: string): Promise<{ season: number, episode: number } | null> {
  const show = await Show.findById(showId)
    .select('seasons.number seasons.episodes._id seasons.episodes.number').lean<StoredShow>()
  for (const season of show?.seasons ?? []) {
    const episode = season.episodes.find(({ _id }) => _id.toString() === episodeId)
    if (episode !== undefined) return { season: season.number, episode: episode.number }
  }
  return null
}
