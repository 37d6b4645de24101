// Stored objects that no document refers to, and documents whose object is missing.
import { chunkKeys, EncodingChunk, type StoredEncodingChunk } from '../../models/encoding-chunk.js'
import { EncodingJob, type StoredEncodingJob } from '../../models/encoding-job.js'
import { EncodingStep, type StoredEncodingStep } from '../../models/encoding-step.js'
import { Image, imageKeys, type StoredImage } from '../../models/image.js'
import { Media, type StoredMedia } from '../../models/media.js'
import { MediaUpload, type StoredUpload } from '../../models/media-upload.js'
import { listSnapshotKeys } from '../catalogue/store/saved-snapshots.js'
import { packagePrefix, thumbnailKeys } from '../media/object-cleanup.js'
import { packageKeys } from '../media/packaging/package-index.js'
import type { Check } from './findings.js'

/** A document refers to an object once it is complete: a younger object may belong to an upload in progress. */
const MIN_ORPHAN_AGE_MS = 24 * 3_600_000

/** The object keys that documents refer to. */
interface References {
  /** Keys that must exist, with a description of the owner. */
  readonly required: Map<string, string>
  /** Keys that may exist. */
  readonly optional: Set<string>
  /** Folders, with a slash at the end, that a packaging run is writing to. */
  readonly folders: Set<string>
}

export const storedObjects: Check = {
  name: 'stored-objects',
  objects: 'stored objects',
  async *find ({ storage, now }, countChecked) {
    const newestOrphan = now().getTime() - MIN_ORPHAN_AGE_MS
    // Objects are listed first: a key that a document refers to later is looked up again.
    const modifiedAtByKey = new Map<string, number>()
    for await (const { key, modifiedAt } of storage.list()) {
      countChecked()
      modifiedAtByKey.set(key, modifiedAt.getTime())
    }
    const references = await readReferences()
    for (const [key, modifiedAt] of modifiedAtByKey) {
      if (modifiedAt > newestOrphan || isReferenced(references, key)) continue
      yield {
        subject: `object ${key}`,
        problem: 'no document refers to it',
        fix: async () => {
          await storage.remove(key)
        },
      }
    }
    const missing: string[] = []
    for (const key of references.required.keys()) {
      if (!modifiedAtByKey.has(key) && await storage.stat(key) === null) missing.push(key)
    }
    if (missing.length === 0) return
    // Objects that were removed during the check have no reference any more.
    const { required } = await readReferences()
    for (const key of missing) {
      const subject = required.get(key)
      if (subject === undefined) continue
      const problem = `its object ${key} is missing: restore it, or delete the file and upload it again`
      yield { subject, problem, fix: null }
    }
  },
}

function isReferenced ({ required, optional, folders }: References, key: string): boolean {
  return required.has(key) || optional.has(key) || folders.has(key.slice(0, key.lastIndexOf('/') + 1))
}

async function readReferences (): Promise<References> {
  const references: References = {
    required: new Map(),
    // A process that finds no snapshot reads all titles.
    optional: new Set(await listSnapshotKeys()),
    folders: new Set(),
  }
  for await (const media of Media.find().lean<StoredMedia[]>().cursor() as AsyncIterable<StoredMedia>) {
    addMedia(references, media)
  }
  for await (const image of Image.find().lean<StoredImage[]>().cursor() as AsyncIterable<StoredImage>) {
    for (const key of imageKeys(image)) references.required.set(key, `image ${image._id.toString()}`)
  }
  const uploads = MediaUpload.find().select('storageKey').lean<StoredUpload[]>().cursor()
  for await (const { storageKey } of uploads as AsyncIterable<StoredUpload>) {
    for (const suffix of ['', '.info', '.part']) references.optional.add(storageKey + suffix)
  }
  const jobs = EncodingJob.find().select('storageKey renditions').lean<StoredEncodingJob[]>().cursor()
  for await (const { _id, storageKey, renditions } of jobs as AsyncIterable<StoredEncodingJob>) {
    references.required.set(storageKey, `master ${_id.toString()}`)
    for (const rendition of renditions) references.optional.add(rendition.storageKey)
  }
  const steps = EncodingStep.find().select('imageKeys').lean<StoredEncodingStep[]>().cursor()
  for await (const { imageKeys } of steps as AsyncIterable<StoredEncodingStep>) {
    for (const key of imageKeys) references.optional.add(key)
  }
  const chunks = EncodingChunk.find().select('-logTail').lean<StoredEncodingChunk[]>().cursor()
  for await (const chunk of chunks as AsyncIterable<StoredEncodingChunk>) {
    for (const key of chunkKeys(chunk)) references.optional.add(key)
  }
  return references
}

function addMedia ({ required, folders }: References, media: StoredMedia): void {
  for (const { _id, storageKey, hls } of media.files) {
    const owner = `media file ${_id.toString()}`
    required.set(storageKey, owner)
    for (const stored of hls.packages) {
      for (const key of packageKeys(stored)) required.set(key, `HLS package of ${owner}`)
    }
    if (hls.claim !== null) folders.add(`${packagePrefix(_id, hls.claim)}/`)
  }
  for (const { _id, storageKey } of media.subtitles) required.set(storageKey, `subtitle ${_id.toString()}`)
  for (const key of thumbnailKeys(media.thumbnails)) {
    required.set(key, `seek thumbnails of item ${media._id.toString()}`)
  }
}
