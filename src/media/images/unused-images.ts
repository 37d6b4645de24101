// Finds and removes images that nothing shows any more: a URL has replaced an upload, a season was removed, an import
// has written other artwork.
import mongoose from 'mongoose'
import { Account, type StoredAccount } from '../../../models/account.js'
import { Collection } from '../../../models/collection.js'
import { Image, type StoredImage } from '../../../models/image.js'
import { PersonPicture } from '../../../models/person-picture.js'
import { Show } from '../../../models/show.js'
import { Title } from '../../../models/title.js'
import type { MediaDeps } from '../deps.js'
import { ARTWORK_FIELDS, imageUrlOf } from './image-slots.js'
import { removeImages } from './images.js'

/** Time from the last use of an image to its removal: an edit can be undone, and cached pages find the image. */
export const UNUSED_IMAGE_TTL_MS = 24 * 3_600_000
const BATCH_SIZE = 500
const IMAGE_URL = /\/v1\/images\/[0-9a-f]{24}/

interface ShownImages {
  readonly posterUrl?: string | null
  readonly backdropUrl?: string | null
  readonly logoUrl?: string | null
  readonly seasons?: ReadonlyArray<{ readonly episodes: ReadonlyArray<{ readonly stillUrl?: string | null }> }>
}

/** Removes the images that have been unused for long enough, and marks those that are unused since the last run. */
export async function removeUnusedImages (deps: Pick<MediaDeps, 'storage' | 'log' | 'now'>): Promise<void> {
  const now = deps.now()
  for await (const { image, isUsed } of checkImages()) {
    const { _id, unusedSince } = image
    if (isUsed) {
      if (unusedSince !== undefined) await Image.updateOne({ _id }, { $unset: { unusedSince: 1 } })
    } else if (unusedSince === undefined) {
      await Image.updateOne({ _id }, { $set: { unusedSince: now } })
    } else if (isExpired(image, now)) {
      await removeImages(deps, [image])
    }
  }
}

/** Whether an unused image can be removed. Of one that no run has seen, the age counts. */
export function isExpired ({ unusedSince, createdAt }: StoredImage, now: Date): boolean {
  return (unusedSince ?? createdAt).getTime() <= now.getTime() - UNUSED_IMAGE_TTL_MS
}

export interface CheckedImage {
  readonly image: StoredImage
  /** A title, an episode, a collection, a person or a profile shows it. */
  readonly isUsed: boolean
}

/** Checks all images. An image may be shown by other titles than its own. */
export async function* checkImages (): AsyncIterable<CheckedImage> {
  let batch: StoredImage[] = []
  const cursor = Image.find().sort({ _id: 1 }).lean<StoredImage[]>().cursor({ batchSize: BATCH_SIZE })
  for await (const image of cursor as AsyncIterable<StoredImage>) {
    batch.push(image)
    if (batch.length < BATCH_SIZE) continue
    yield* await checkBatch(batch)
    batch = []
  }
  yield* await checkBatch(batch)
}

async function checkBatch (images: readonly StoredImage[]): Promise<CheckedImage[]> {
  if (images.length === 0) return []
  const titleIds = images.flatMap(({ title }) => title ?? [])
  const used = await listTitleUrls({ _id: mongoose.trusted({ $in: titleIds }) })
  const rest = images.map(({ _id }) => imageUrlOf(_id)).filter((url) => !used.has(url))
  if (rest.length > 0) { for (const url of await listOtherUrls(rest)) used.add(url) }
  return images.map((image) => ({ image, isUsed: used.has(imageUrlOf(image._id)) }))
}

/** Reads collections, people, and if need be all titles and profiles. */
async function listOtherUrls (urls: readonly string[]): Promise<string[]> {
  const isOne = mongoose.trusted({ $in: urls })
  const [collections, people] = await Promise.all([
    Collection.find({ posterUrl: isOne } as never).select('posterUrl').lean(),
    PersonPicture.find({ url: isOne } as never).select('url').lean(),
  ])
  const found = [...collections.flatMap(({ posterUrl }) => posterUrl ?? []), ...people.map(({ url }) => url)]
  const rest = urls.filter((url) => !found.includes(url))
  if (rest.length === 0) return found
  const isRest = mongoose.trusted({ $in: rest })
  const [shown, stills] = await Promise.all([
    listTitleUrls({ $or: ARTWORK_FIELDS.map((field) => ({ [field]: isRest })) }),
    Show.find({ 'seasons.episodes.stillUrl': isRest } as never).select('seasons.episodes.stillUrl').lean<
      ShownImages[]
    >(),
  ])
  found.push(...shown, ...listUrls(stills))
  const unused = urls.filter((url) => !found.includes(url))
  return unused.length === 0 ? found : [...found, ...await listAvatarUrls()]
}

/** Without an index: few runs find an image that nothing else shows. Avatars may be absolute URLs, and state a size. */
async function listAvatarUrls (): Promise<string[]> {
  const urls = new Set<string>()
  const cursor = Account.find({ 'profiles.avatar': IMAGE_URL } as never).select('profiles.avatar')
    .lean<Array<Pick<StoredAccount, 'profiles'>>>().cursor()
  for await (const { profiles } of cursor as AsyncIterable<Pick<StoredAccount, 'profiles'>>) {
    for (const { avatar } of profiles) {
      const [url] = IMAGE_URL.exec(avatar ?? '') ?? []
      if (url !== undefined) urls.add(url)
    }
  }
  return [...urls]
}

async function listTitleUrls (filter: object): Promise<Set<string>> {
  const fields = [...ARTWORK_FIELDS, 'seasons.episodes.stillUrl'].join(' ')
  return listUrls(await Title.find(filter as never).select(fields).lean<ShownImages[]>())
}

function listUrls (titles: readonly ShownImages[]): Set<string> {
  const urls = titles.flatMap(({ posterUrl, backdropUrl, logoUrl, seasons = [] }) => [
    ...[posterUrl, backdropUrl, logoUrl],
    ...seasons.flatMap(({ episodes }) => episodes.map(({ stillUrl }) => stillUrl)),
  ])
  return new Set(urls.filter((url) => typeof url === 'string'))
}
