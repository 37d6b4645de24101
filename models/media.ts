// The media files of one movie or episode in one document, whose ID is the item's.
// The hooks bound the lists on every write method.
import mongoose, { Schema, type Types } from 'mongoose'
import './mongoose-settings.js'
import { SUBTITLE_KINDS, type SubtitleKind } from '../src/domain/language-choice.js'
import { conflict } from '../src/errors.js'
import { mediaFileSchema, type StoredMediaFile } from './media-file.js'
import {
  pathsOfFilter,
  REPLACE_METHODS,
  rootSegment,
  UnguardedWriteError,
  UPDATE_METHODS,
  withoutPositions,
  writtenPaths,
  writtenPathsOfQuery,
  type AnyUpdate,
  type WrittenPath,
} from './write-guards.js'

export * from './media-file.js'

export const MAX_MEDIA_FILES = 64
export const MAX_SUBTITLES = 64

export interface StoredSubtitle {
  _id: Types.ObjectId
  /** BCP 47. */
  language: string
  kind: SubtitleKind
  /** Storage key of the subtitles, converted to WebVTT. */
  storageKey: string
  sizeBytes: number
  sha256: string
  /** ID of the media file that it was extracted from; null: it was uploaded. */
  mediaFile: Types.ObjectId | null
  /** Name of the track in the media file; null: none. */
  name: string | null
  createdAt: Date
}

/** Seek thumbnails: a WebVTT index of rectangles in one image. */
export interface StoredThumbnails {
  indexKey: string
  imageKey: string
  imageType: string
  imageBytes: number
  sha256: string
  /** The master from which they were made; null or absent: uploaded. */
  master?: Types.ObjectId | null
  createdAt: Date
}

export interface StoredMedia {
  /** ID of the movie or episode. */
  _id: Types.ObjectId
  title: Types.ObjectId
  season: number | null
  episode: number | null
  files: StoredMediaFile[]
  subtitles: StoredSubtitle[]
  thumbnails: StoredThumbnails | null
}

const subtitleSchema = new Schema<StoredSubtitle>({
  language: { type: String, required: true },
  kind: { type: String, enum: SUBTITLE_KINDS, required: true },
  storageKey: { type: String, required: true },
  sizeBytes: { type: Number, required: true },
  sha256: { type: String, required: true },
  mediaFile: { type: Schema.Types.ObjectId, default: null },
  name: { type: String, default: null },
  createdAt: { type: Date, required: true },
})

const thumbnailsSchema = new Schema<StoredThumbnails>({
  indexKey: { type: String, required: true },
  imageKey: { type: String, required: true },
  imageType: { type: String, required: true },
  imageBytes: { type: Number, required: true },
  sha256: { type: String, required: true },
  master: { type: Schema.Types.ObjectId },
  createdAt: { type: Date, required: true },
}, { _id: false })

const mediaSchema = new Schema<StoredMedia>({
  _id: { type: Schema.Types.ObjectId, required: true },
  title: { type: Schema.Types.ObjectId, required: true },
  season: { type: Number, default: null },
  episode: { type: Number, default: null },
  files: { type: [mediaFileSchema], default: [] },
  subtitles: { type: [subtitleSchema], default: [] },
  thumbnails: { type: thumbnailsSchema, default: null },
}, { collection: 'media', versionKey: false })

// Files of a show or a season.
mediaSchema.index({ title: 1, season: 1, episode: 1 })
// Delivery of a file by its ID.
mediaSchema.index({ 'files._id': 1 })
// Deletion of a file: stored objects that another file uses remain.
mediaSchema.index({ 'files.storageKey': 1 })
// The same for packages.
mediaSchema.index({ 'files.hls.packages.prefix': 1 })
// The metric of packaging jobs.
mediaSchema.index({ 'files.hls.state': 1 })
// Deletion of a subtitle by its ID.
mediaSchema.index({ 'subtitles._id': 1 })

export function mediaFileLimitReached (): Error {
  return conflict(
    'media-file-limit',
    'Too many media files',
    `A movie or episode has at most ${MAX_MEDIA_FILES} media files. Delete one first.`,
    { maxMediaFiles: MAX_MEDIA_FILES },
  )
}

export function subtitleLimitReached (): Error {
  return conflict(
    'subtitle-limit',
    'Too many subtitles',
    `A movie or episode has at most ${MAX_SUBTITLES} subtitles. Delete one first.`,
    { maxSubtitles: MAX_SUBTITLES },
  )
}

/** The bounded lists. */
const LIMITS: ReadonlyMap<string, number> = new Map([['files', MAX_MEDIA_FILES], ['subtitles', MAX_SUBTITLES]])

/** @throws DomainError 409 `media-file-limit` or `subtitle-limit` */
function assertListSizes ({ files, subtitles }: { readonly files?: unknown[], readonly subtitles?: unknown[] }): void {
  if (files !== undefined && files.length > MAX_MEDIA_FILES) throw mediaFileLimitReached()
  if (subtitles !== undefined && subtitles.length > MAX_SUBTITLES) throw subtitleLimitReached()
}

function checkListSizes (this: Pick<StoredMedia, 'files' | 'subtitles'>): void {
  assertListSizes(this)
}

mediaSchema.pre('validate', checkListSizes)
mediaSchema.pre('save', checkListSizes)

/**
 * Finds the lists to which an update adds one element.
 * @throws UnguardedWriteError for other writes that may exceed a limit
 */
function findGrowingLists (paths: readonly WrittenPath[]): string[] {
  return paths.flatMap(({ operator, path, value }) => {
    if (path !== '' && !LIMITS.has(rootSegment(path))) return []
    if (operator === '$pull' || isWriteInElement(operator, path) || isBoundedInsert(operator, path, value)) return []
    if (operator === '$push' && LIMITS.has(path) && isSingleElement(value)) return [path]
    throw new UnguardedWriteError(`media: "${path}" is not written by ${operator}`)
  })
}

/** An index may create elements: only positional operators select existing ones. */
function isWriteInElement (operator: string, path: string): boolean {
  const isInElement = !LIMITS.has(withoutPositions(path)) && !/\.\d+(\.|$)/.test(path)
  return path !== '' && operator !== 'pipeline' && operator !== 'upsert' && isInElement
}

function isBoundedInsert (operator: string, path: string, value: unknown): boolean {
  return operator === '$setOnInsert' && Array.isArray(value) && value.length <= (LIMITS.get(path) ?? 0)
}

function isSingleElement (value: unknown): boolean {
  return typeof value === 'object' && value !== null && !('$each' in value)
}

mediaSchema.pre([...UPDATE_METHODS], function guardUpdate () {
  for (const path of findGrowingLists(writtenPathsOfQuery(this))) {
    // The filter contains the limit, so that concurrent uploads cannot exceed it.
    this.where({ [`${path}.${(LIMITS.get(path) ?? 0) - 1}`]: mongoose.trusted({ $exists: false }) })
  }
})

mediaSchema.pre([...REPLACE_METHODS], function rejectReplacement () {
  throw new UnguardedWriteError('media are never replaced')
})

mediaSchema.pre('insertMany', async function guardInsertMany (documents) {
  for (const document of [documents].flat()) assertListSizes(document as Partial<StoredMedia>)
})

mediaSchema.pre('bulkWrite', async function guardBulkWrite (operations) {
  for (const operation of operations) {
    if ('insertOne' in operation) {
      assertListSizes(operation.insertOne.document as Partial<StoredMedia>)
    } else if ('updateOne' in operation || 'updateMany' in operation) {
      const { update, filter, upsert } = 'updateOne' in operation ? operation.updateOne : operation.updateMany
      const filterPaths = upsert === true ? pathsOfFilter(filter) : []
      if (findGrowingLists([...writtenPaths(update as AnyUpdate), ...filterPaths]).length > 0) {
        throw new UnguardedWriteError('media: elements are added one at a time')
      }
    } else if ('replaceOne' in operation) {
      throw new UnguardedWriteError('media are never replaced')
    }
  }
})

export const Media = mongoose.model('Media', mediaSchema)
