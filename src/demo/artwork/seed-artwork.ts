// Stores the rendered artwork of the demo, and returns the URLs for titles and episodes.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Types } from 'mongoose'
import { Image, type StoredImage } from '../../../models/image.js'
import { PersonPicture } from '../../../models/person-picture.js'
import type { StoredPlaceholder } from '../../../models/title.js'
import { derivedId } from '../../../models/upsert.js'
import { imageUrlOf } from '../../media/images/image-slots.js'
import { storeSmallObject } from '../../media/small-objects.js'
import type { MediaStorage } from '../../storage/storage.js'
import type { DemoMovie, DemoShow } from '../demo-titles.js'
import { ARTWORK_FOLDER, artworkName, PLACEHOLDERS_FILE, stillName } from './artwork.js'
import { listPeopleWithPortrait, portraitName, type DemoPerson } from './portraits.js'

const KINDS = ['poster', 'backdrop', 'logo'] as const

export interface Artwork {
  readonly posterUrl: string | null
  readonly backdropUrl: string | null
  readonly logoUrl: string | null
  readonly placeholders: StoredPlaceholder[]
}

export interface DemoStill {
  readonly stillUrl: string
  readonly stillPlaceholder?: StoredPlaceholder
}

interface DemoImage {
  readonly url: string
  readonly placeholder: StoredPlaceholder | null
}

/** Placeholders by file name. */
type Hashes = Readonly<Record<string, string | null>>

export interface DemoArtwork {
  /** By title ID; titles without artwork are left out. */
  readonly titles: ReadonlyMap<string, Artwork>
  /** By episode ID. */
  readonly stills: ReadonlyMap<string, DemoStill>
}

export async function seedArtwork (
  storage: MediaStorage,
  titles: ReadonlyArray<DemoMovie | DemoShow>,
): Promise<DemoArtwork> {
  const artwork = new Map<string, Artwork>()
  const stills = new Map<string, DemoStill>()
  const hashes = readPlaceholders()
  await Promise.all(titles.map(async (title) => {
    const store = async (kind: string, fileName: string): Promise<DemoImage | null> =>
      await storeTitleImage(storage, title.id, kind, fileName, hashes)
    const images = await Promise.all(KINDS.map(async (kind) => await store(kind, `${artworkName(title)}.${kind}.webp`)))
    const [posterUrl = null, backdropUrl = null, logoUrl = null] = images.map((image) => image?.url ?? null)
    const placeholders = images.flatMap((image) => image?.placeholder ?? [])
    if (posterUrl !== null || backdropUrl !== null) {
      artwork.set(title.id, { posterUrl, backdropUrl, logoUrl, placeholders })
    }
    if (title.kind === 'show') await storeStills(title, stills, store)
  }))
  await Promise.all(
    listPeopleWithPortrait(titles).map(async (person) => {
      await storePortrait(storage, person, hashes)
    }),
  )
  return { titles: artwork, stills }
}

/** Empty without the file: a job computes the placeholders then. */
function readPlaceholders (): Hashes {
  return existsSync(PLACEHOLDERS_FILE) ? JSON.parse(readFileSync(PLACEHOLDERS_FILE, 'utf8')) as Hashes : {}
}

async function storeStills (
  show: DemoShow,
  stills: Map<string, DemoStill>,
  store: (kind: string, fileName: string) => Promise<DemoImage | null>,
): Promise<void> {
  for (const season of show.seasons) {
    for (const { id, number } of season.episodes) {
      const image = await store(`still-${id}`, stillName(show, season.number, number))
      if (image === null) continue
      const { url, placeholder } = image
      stills.set(id, { stillUrl: url, ...(placeholder === null ? {} : { stillPlaceholder: placeholder }) })
    }
  }
}

/** @returns null without a file */
async function storeTitleImage (
  storage: MediaStorage,
  titleId: string,
  kind: string,
  fileName: string,
  hashes: Hashes,
): Promise<DemoImage | null> {
  const _id = derivedId(`normflix-demo:image:${titleId}:${kind}`)
  const storageKey = `images/${titleId}/demo-${kind}`
  return await storeImage(storage, fileName, { _id, title: new Types.ObjectId(titleId), storageKey }, hashes)
}

async function storePortrait (storage: MediaStorage, person: DemoPerson, hashes: Hashes): Promise<void> {
  const _id = derivedId(`normflix-demo:image:person:${person.id}`)
  const owner = { title: null, person: new Types.ObjectId(person.id) }
  const storageKey = `images/people/${person.id}/demo`
  const image = await storeImage(storage, portraitName(person), { _id, ...owner, storageKey }, hashes)
  if (image === null) return
  const { url, placeholder } = image
  const fields = { url, ...(placeholder === null ? {} : { placeholder: placeholder.hash }) }
  await PersonPicture.updateOne({ _id: person.id }, { $set: fields }, { upsert: true })
}

async function storeImage (
  storage: MediaStorage,
  fileName: string,
  { _id, ...image }: Pick<StoredImage, '_id' | 'title' | 'person' | 'storageKey'>,
  hashes: Hashes,
): Promise<DemoImage | null> {
  const file = path.join(ARTWORK_FOLDER, fileName)
  if (!existsSync(file)) return null
  const bytes = readFileSync(file)
  const sha256 = await storeSmallObject(storage, image.storageKey, bytes)
  const hash = hashes[fileName] ?? null
  const content = {
    contentType: 'image/webp',
    sizeBytes: bytes.length,
    sha256,
    ...(hash === null ? {} : { placeholder: hash }),
    createdAt: new Date(),
  }
  await Image.updateOne({ _id }, { $set: { ...image, ...content } }, { upsert: true })
  return { url: imageUrlOf(_id), placeholder: hash === null ? null : { image: _id, hash } }
}
