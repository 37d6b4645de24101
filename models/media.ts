// The media files of one movie or episode, in one document under the item's id.
import mongoose, { Schema, type Types } from 'mongoose'
import { conflict } from '../src/errors.js'
import { REPLACE_VERBS, shapeOf, touchesOf, UnguardedWriteError, UPDATE_VERBS } from './guards.js'

export const MEDIA_FILES_LIMIT = 64

export interface StoredMediaFile {
  _id: Types.ObjectId
  state: 'ready' | 'failed'
  storageKey: string
  contentType: string
  audioLanguages: string[]
  subtitleLanguages: string[]
  width: number | null
  height: number | null
  frameRate: number | null
  videoCodec: string | null
  audioCodec: string | null
  container: string | null
  /** bit/s */
  bitrate: number | null
  durationMs: number | null
  sizeBytes: number
  sha256: string
  edition: string | null
  createdAt: Date
}

export interface StoredMedia {
  /** The movie's or the episode's id. */
  _id: Types.ObjectId
  title: Types.ObjectId
  season: number | null
  episode: number | null
  files: StoredMediaFile[]
}

const mediaFileSchema = new Schema<StoredMediaFile>({
  state: { type: String, enum: ['ready', 'failed'], default: 'ready' },
  storageKey: { type: String, required: true },
  contentType: { type: String, required: true },
  audioLanguages: { type: [String], default: [] },
  subtitleLanguages: { type: [String], default: [] },
  width: { type: Number, default: null },
  height: { type: Number, default: null },
  frameRate: { type: Number, default: null },
  videoCodec: { type: String, default: null },
  audioCodec: { type: String, default: null },
  container: { type: String, default: null },
  bitrate: { type: Number, default: null },
  durationMs: { type: Number, default: null },
  sizeBytes: { type: Number, required: true },
  sha256: { type: String, required: true },
  edition: { type: String, default: null },
  createdAt: { type: Date, required: true },
})

const mediaSchema = new Schema<StoredMedia>({
  _id: { type: Schema.Types.ObjectId, required: true },
  title: { type: Schema.Types.ObjectId, required: true },
  season: { type: Number, default: null },
  episode: { type: Number, default: null },
  files: { type: [mediaFileSchema], default: [] },
}, { collection: 'media', versionKey: false })

// All files of a show or one of its seasons, when it is read or removed.
mediaSchema.index({ title: 1, season: 1, episode: 1 })
// A file's bytes are asked for by the file's id alone.
mediaSchema.index({ 'files._id': 1 })
// Whether bytes are still used by another file, when one is removed.
mediaSchema.index({ 'files.storageKey': 1 })

export function tooManyMediaFiles (): Error {
  return conflict('media-file-limit', 'Too many media files', `A movie or episode holds up to ${MEDIA_FILES_LIMIT} media files. Delete one first.`,
    { maxMediaFiles: MEDIA_FILES_LIMIT })
}

mediaSchema.pre('validate', function boundFiles () {
  if (this.files.length > MEDIA_FILES_LIMIT) throw tooManyMediaFiles()
})

mediaSchema.pre([...UPDATE_VERBS], function guardFileCount () {
  for (const { operator, path, value } of touchesOf(this.getUpdate())) {
    if (shapeOf(path) !== 'files' && path !== '') continue
    if (operator === '$pull') continue
    const isOne = operator === '$push' && path === 'files' && typeof value === 'object' && value !== null && !('$each' in value)
    if (!isOne) throw new UnguardedWriteError(`media: "${path}" is not written by ${operator}`)
    // The filter decides, so that two uploads at once never pass the bound.
    this.where({ [`files.${MEDIA_FILES_LIMIT - 1}`]: mongoose.trusted({ $exists: false }) })
  }
})

mediaSchema.pre([...REPLACE_VERBS], function refuseReplacement () {
  throw new UnguardedWriteError('media are never replaced whole')
})

export const Media = mongoose.model('Media', mediaSchema)
