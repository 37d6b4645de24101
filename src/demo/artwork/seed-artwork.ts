// Stores the rendered artwork of the demo, and returns the URLs for the titles.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Types } from 'mongoose'
import { Image } from '../../../models/image.js'
import { derivedId } from '../../../models/upsert.js'
import { imageUrlOf } from '../../media/images/images.js'
import { storeSmallObject } from '../../media/small-objects.js'
import type { MediaStorage } from '../../storage/storage.js'
import type { DemoMovie, DemoShow } from '../demo-titles.js'
import { ARTWORK_FOLDER, artworkName } from './artwork.js'

const KINDS = ['poster', 'backdrop'] as const

export interface ArtworkUrls {
  readonly posterUrl: string | null
  readonly backdropUrl: string | null
}

/** @returns URLs by title ID; titles without artwork are left out */
export async function seedArtwork (
  storage: MediaStorage,
  titles: ReadonlyArray<DemoMovie | DemoShow>,
): Promise<ReadonlyMap<string, ArtworkUrls>> {
  const urls = new Map<string, ArtworkUrls>()
  await Promise.all(titles.map(async (title) => {
    const [posterUrl = null, backdropUrl = null] = await Promise.all(
      KINDS.map(async (kind) => await storeImage(storage, title, kind)),
    )
    if (posterUrl !== null || backdropUrl !== null) urls.set(title.id, { posterUrl, backdropUrl })
  }))
  return urls
}

async function storeImage (
  storage: MediaStorage,
  title: DemoMovie | DemoShow,
  kind: typeof KINDS[number],
): Promise<string | null> {
  const file = path.join(ARTWORK_FOLDER, `${artworkName(title)}.${kind}.webp`)
  if (!existsSync(file)) return null
  const bytes = readFileSync(file)
  const _id = derivedId(`normflix-demo:image:${title.id}:${kind}`)
  const storageKey = `images/${title.id}/demo-${kind}`
  const sha256 = await storeSmallObject(storage, storageKey, bytes)
  const image = { title: new Types.ObjectId(title.id), storageKey, contentType: 'image/webp', sizeBytes: bytes.length }
  await Image.updateOne({ _id }, { $set: { ...image, sha256, createdAt: new Date() } }, { upsert: true })
  return imageUrlOf(_id)
}
