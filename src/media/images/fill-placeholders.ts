// Computes the placeholders of images that an earlier version of the service stored.
import type { Types } from 'mongoose'
import mongoose from 'mongoose'
import { buffer } from 'node:stream/consumers'
import { Image, type StoredImage } from '../../../models/image.js'
import { PersonPicture } from '../../../models/person-picture.js'
import { DomainError } from '../../errors.js'
import { ObjectNotFoundError } from '../../storage/storage.js'
import { changeTitle } from '../change-title.js'
import type { MediaDeps } from '../deps.js'
import { findSlots, imageUrlOf } from './image-slots.js'
import { computePlaceholder } from './placeholder.js'

/** Images of one run: an image takes about 20 ms. */
const MAX_IMAGES = 50

type FillDeps = Pick<MediaDeps, 'storage' | 'catalogue' | 'publishTitleChange'>

/** @returns a function that fills some placeholders. After a run that finds none it does nothing. */
export function createPlaceholderFiller (deps: FillDeps): () => Promise<void> {
  let isComplete = false
  return async () => {
    if (isComplete) return
    // The order keeps the images of a title together.
    const isMissing = { placeholder: mongoose.trusted({ $exists: false }) }
    const images = await Image.find(isMissing as never).sort({ title: 1 }).limit(MAX_IMAGES).lean<StoredImage[]>()
    isComplete = images.length === 0
    for (const image of images) image.placeholder = await readPlaceholder(deps, image)
    for (const [titleId, group] of groupByTitle(images)) {
      if (titleId === '') await fillPeople(deps, group)
      else await fillTitle(deps, titleId, group)
      // Last: an interruption repeats the rest.
      for (const { _id, placeholder } of group) await Image.updateOne({ _id }, { $set: { placeholder } })
    }
  }
}

/** @returns null for an image that cannot be decoded, or has no object */
async function readPlaceholder ({ storage }: FillDeps, { storageKey }: StoredImage): Promise<string | null> {
  try {
    return await computePlaceholder(await buffer(await storage.open(storageKey)))
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return null
    throw error
  }
}

/** The images of people have an empty ID. */
function groupByTitle (images: readonly StoredImage[]): Map<string, StoredImage[]> {
  const groups = new Map<string, StoredImage[]>()
  for (const image of images) {
    const titleId = (image.title as Types.ObjectId | null)?.toString() ?? ''
    groups.set(titleId, [...groups.get(titleId) ?? [], image])
  }
  return groups
}

async function fillTitle (deps: FillDeps, titleId: string, images: readonly StoredImage[]): Promise<void> {
  try {
    const filled = await changeTitle(titleId, (title) => {
      const slots = images.flatMap((image) => findSlots(title, image).map((slot) => ({ slot, image })))
        .filter(({ image }) => image.placeholder !== null)
      for (const { slot, image } of slots) slot.write(title, image)
      return slots.length
    })
    if (filled > 0) await deps.publishTitleChange(titleId)
  } catch (error) {
    // Deleted, or a show at the limit of its size.
    if (!(error instanceof DomainError)) throw error
  }
}

async function fillPeople ({ catalogue }: FillDeps, images: readonly StoredImage[]): Promise<void> {
  for (const { _id, person, placeholder } of images) {
    if (person === undefined || placeholder === null) continue
    await PersonPicture.updateOne({ _id: person, url: imageUrlOf(_id) }, { $set: { placeholder } })
    await catalogue.reloadPersonPicture(person.toString())
  }
}
