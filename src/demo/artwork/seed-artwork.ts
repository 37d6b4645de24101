// Stores the rendered artwork of the demo, and returns the URLs for titles and episodes.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Types } from 'mongoose'
import { Image, type StoredImage } from '../../../models/image.js'
import { PersonPicture } from '../../../models/person-picture.js'
import { derivedId } from '../../../models/upsert.js'
import { imageUrlOf } from '../../media/images/images.js'
import { storeSmallObject } from '../../media/small-objects.js'
import type { MediaStorage } from '../../storage/storage.js'
import type { DemoMovie, DemoShow } from '../demo-titles.js'
import { ARTWORK_FOLDER, artworkName, stillName } from './artwork.js'
import { listPeopleWithPortrait, portraitName, type DemoPerson } from './portraits.js'

const KINDS = ['poster', 'backdrop', 'logo'] as const

export interface ArtworkUrls {
  readonly posterUrl: string | null
  readonly backdropUrl: string | null
  readonly logoUrl: string | null
}

export interface DemoArtwork {
  /** By title ID; titles without artwork are left out. */
  readonly titles: ReadonlyMap<string, ArtworkUrls>
  /** URLs of stills by episode ID. */
  readonly stills: ReadonlyMap<string, string>
}

export async function seedArtwork (
  storage: MediaStorage,
  titles: ReadonlyArray<DemoMovie | DemoShow>,
): Promise<DemoArtwork> {
  const urls = new Map<string, ArtworkUrls>()
  const stills = new Map<string, string>()
  await Promise.all(titles.map(async (title) => {
    const [posterUrl = null, backdropUrl = null, logoUrl = null] = await Promise.all(
      KINDS.map(async (kind) => await storeTitleImage(storage, title.id, kind, `${artworkName(title)}.${kind}.webp`)),
    )
    if (posterUrl !== null || backdropUrl !== null) urls.set(title.id, { posterUrl, backdropUrl, logoUrl })
    if (title.kind === 'show') await storeStills(storage, title, stills)
  }))
  await Promise.all(
    listPeopleWithPortrait(titles).map(async (person) => {
      await storePortrait(storage, person)
    }),
  )
  return { titles: urls, stills }
}

async function storeStills (storage: MediaStorage, show: DemoShow, stills: Map<string, string>): Promise<void> {
  for (const season of show.seasons) {
    for (const { id, number } of season.episodes) {
      const url = await storeTitleImage(storage, show.id, `still-${id}`, stillName(show, season.number, number))
      if (url !== null) stills.set(id, url)
    }
  }
}

/** @returns the URL of the image; null without a file */
async function storeTitleImage (
  storage: MediaStorage,
  titleId: string,
  kind: string,
  fileName: string,
): Promise<string | null> {
  const _id = derivedId(`normflix-demo:image:${titleId}:${kind}`)
  const storageKey = `images/${titleId}/demo-${kind}`
  return await storeImage(storage, fileName, { _id, title: new Types.ObjectId(titleId), storageKey })
}

async function storePortrait (storage: MediaStorage, person: DemoPerson): Promise<void> {
  const _id = derivedId(`normflix-demo:image:person:${person.id}`)
  const owner = { title: null, person: new Types.ObjectId(person.id) }
  const storageKey = `images/people/${person.id}/demo`
  const url = await storeImage(storage, portraitName(person), { _id, ...owner, storageKey })
  if (url !== null) await PersonPicture.updateOne({ _id: person.id }, { $set: { url } }, { upsert: true })
}

async function storeImage (
  storage: MediaStorage,
  fileName: string,
  { _id, ...image }: Pick<StoredImage, '_id' | 'title' | 'person' | 'storageKey'>,
): Promise<string | null> {
  const file = path.join(ARTWORK_FOLDER, fileName)
  if (!existsSync(file)) return null
  const bytes = readFileSync(file)
  const sha256 = await storeSmallObject(storage, image.storageKey, bytes)
  const content = { contentType: 'image/webp', sizeBytes: bytes.length, sha256, createdAt: new Date() }
  await Image.updateOne({ _id }, { $set: { ...image, ...content } }, { upsert: true })
  return imageUrlOf(_id)
}
