// Storage against the database: objects that no document names, and documents whose object is missing.
import { Image, type StoredImage } from '../../models/image.js'
import { Media, type StoredMedia } from '../../models/media.js'
import { MediaUpload, type StoredUpload } from '../../models/media-upload.js'
import { packageKeys } from '../media/packaging/package-index.js'
import { prefixOf, thumbnailKeys } from '../media/object-cleanup.js'
import type { Check } from './findings.js'

/** What is stored is named by a document only when it is complete: younger objects may be on their way. */
const SETTLED_MS = 24 * 3_600_000

interface Named {
  /** Keys that must be there, by whose they are. */
  readonly needed: Map<string, string>
  /** Keys that may be there. */
  readonly allowed: Set<string>
  /** What is being written: everything that begins with it. */
  readonly prefixes: Set<string>
}

export const storedObjects: Check = {
  name: 'storage',
  async *find ({ storage, now }, look) {
    const settledBefore = now().getTime() - SETTLED_MS
    // Listed first: whatever is named afterwards and not in the list is asked for once more.
    const found = new Map<string, number>()
    for await (const { key, modifiedAt } of storage.list()) {
      look()
      found.set(key, modifiedAt.getTime())
    }
    const { needed, allowed, prefixes } = await readNames(look)
    for (const [key, modifiedAt] of found) {
      if (
        needed.has(key) || allowed.has(key) || prefixes.has(key.slice(0, key.lastIndexOf('/') + 1)) ||
        modifiedAt > settledBefore
      ) continue
      yield {
        subject: `object ${key}`,
        problem: 'no document names it',
        mend: async () => {
          await storage.remove(key)
        },
      }
    }
    const absent: string[] = []
    for (const key of needed.keys()) if (!found.has(key) && await storage.stat(key) === null) absent.push(key)
    if (absent.length === 0) return
    // What was removed meanwhile is named no more.
    const { needed: still } = await readNames(look)
    for (const key of absent) {
      const owner = still.get(key)
      if (owner !== undefined) {
        yield {
          subject: owner,
          problem: `its object ${key} is missing: restore it, or delete the file and upload it again`,
          mend: null,
        }
      }
    }
  },
}

async function readNames (look: () => void): Promise<Named> {
  const named: Named = { needed: new Map(), allowed: new Set(), prefixes: new Set() }
  for await (const media of Media.find().lean<StoredMedia[]>().cursor() as AsyncIterable<StoredMedia>) {
    look()
    nameMedia(named, media)
  }
  for await (const { _id, storageKey } of Image.find().lean<StoredImage[]>().cursor() as AsyncIterable<StoredImage>) {
    named.needed.set(storageKey, `image ${_id.toString()}`)
  }
  for await (
    const { storageKey } of MediaUpload.find().select('storageKey').lean<StoredUpload[]>().cursor() as AsyncIterable<
      StoredUpload
    >
  ) {
    for (const suffix of ['', '.info', '.part']) named.allowed.add(storageKey + suffix)
  }
  return named
}

function nameMedia ({ needed, prefixes }: Named, media: StoredMedia): void {
  for (const { _id, storageKey, hls } of media.files) {
    const owner = `media file ${_id.toString()}`
    needed.set(storageKey, owner)
    for (const pack of hls?.packages ?? []) {
      for (const key of packageKeys(pack)) needed.set(key, `HLS package of ${owner}`)
    }
    if (hls?.claim != null) prefixes.add(`${prefixOf(_id, hls.claim)}/`)
  }
  for (const { _id, storageKey } of media.subtitles ?? []) needed.set(storageKey, `subtitle ${_id.toString()}`)
  for (const key of thumbnailKeys(media.thumbnails ?? null)) {
    needed.set(key, `seek thumbnails of item ${media._id.toString()}`)
  }
}
