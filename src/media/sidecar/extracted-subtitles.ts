// Stores the subtitles that were extracted from a media file. They belong to the item until the media file is deleted.
import mongoose, { Types } from 'mongoose'
import { Media, type StoredSubtitle } from '../../../models/media.js'
import { derivedId } from '../../../models/upsert.js'
import { isSameLanguage } from '../../domain/language-choice.js'
import type { StorageDeps } from '../deps.js'
import type { ExtractedSubtitle } from '../probing/embedded-subtitles.js'
import { sha256Hex, storeSmallObject } from '../small-objects.js'

/** BCP 47: undetermined. */
const UNKNOWN_LANGUAGE = 'und'

export interface ExtractedSubtitles {
  readonly itemId: string
  readonly fileId: string
  readonly subtitles: readonly ExtractedSubtitle[]
  /** Languages that the uploader stated; tracks without a language receive those that no track has, in their order. */
  readonly declaredLanguages: readonly string[]
}

/**
 * Adds the subtitles of a media file to its item, as far as they fit. Can be repeated.
 * @returns false if the media file was deleted, or the item has too many subtitles
 */
export async function addExtractedSubtitles (
  deps: StorageDeps & { now(): Date },
  { itemId, fileId, subtitles, declaredLanguages }: ExtractedSubtitles,
): Promise<boolean> {
  const undeclared = declaredLanguages.filter((tag) =>
    !subtitles.some(({ language }) => language !== null && isSameLanguage(tag, language))
  )
  for (const { kind, name, webVtt, ...track } of subtitles) {
    const language = track.language ?? undeclared.shift() ?? UNKNOWN_LANGUAGE
    const bytes = Buffer.from(webVtt)
    const _id = derivedId(fileId, language, kind, name ?? '', sha256Hex(bytes))
    const isAdded = await addOne(deps, itemId, fileId, { _id, language, kind, name }, bytes)
    if (!isAdded) return false
  }
  return true
}

/** @returns false if the media file was deleted, or the item has too many subtitles */
async function addOne (
  { storage, log, now }: StorageDeps & { now(): Date },
  itemId: string,
  fileId: string,
  fields: Pick<StoredSubtitle, '_id' | 'language' | 'kind' | 'name'>,
  bytes: Buffer,
): Promise<boolean> {
  if (await hasSubtitle(itemId, fields._id)) return true
  // An attempt that was interrupted leaves no other object than the next one writes.
  const storageKey = `${itemId}/subtitle-${fields._id.toString()}`
  const sha256 = await storeSmallObject(storage, storageKey, bytes)
  const mediaFile = new Types.ObjectId(fileId)
  const subtitle = { ...fields, storageKey, sizeBytes: bytes.length, sha256, mediaFile, createdAt: now() }
  const isNew = { 'files._id': mediaFile, 'subtitles._id': mongoose.trusted({ $ne: fields._id }) }
  const { modifiedCount } = await Media.updateOne({ _id: itemId, ...isNew }, { $push: { subtitles: subtitle } })
  if (modifiedCount === 1 || await hasSubtitle(itemId, fields._id)) return true
  await storage.remove(storageKey)
  log.warn({ mediaFile: fileId }, 'an extracted subtitle was not added: the media file or the space for it is missing')
  return false
}

async function hasSubtitle (itemId: string, subtitleId: Types.ObjectId): Promise<boolean> {
  return await Media.exists({ _id: itemId, 'subtitles._id': subtitleId }) !== null
}
