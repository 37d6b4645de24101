// The media files of one movie or episode, in one document under the item's id.
import mongoose, { Schema, type Types } from 'mongoose'
import { AUDIO_KINDS, SUBTITLE_KINDS, type AudioKind, type SubtitleKind } from '../src/domain/language-choice.js'
import { conflict } from '../src/errors.js'
import { REPLACE_METHODS, withoutPositions, writtenPaths, UnguardedWriteError, UPDATE_METHODS } from './write-guards.js'

export const MAX_MEDIA_FILES = 64
export const MAX_SUBTITLES = 64

/** Why something cannot be used: a stable code, and words for people. */
export interface StoredFailure {
  code: string
  text: string
}

/** One sound of a file, in the order of its tracks. */
export interface StoredAudioTrack {
  /** BCP 47; null when neither the file nor the uploader says. */
  language: string | null
  kind: AudioKind
  name: string | null
  channels: number
  /** RFC 6381; null when it is not known. */
  codec: string | null
}

/**
 * One packaging of a file: its bytes never change, a new packaging has a new one. What is in it stands in its index.
 */
export interface StoredPackage {
  _id: Types.ObjectId
  /** The storage keys of its objects begin with this. */
  prefix: string
  /** How many audio renditions it has. */
  audioCount: number
  createdAt: Date
  /** Since when a newer one is offered; null for the current one. */
  retiredAt: Date | null
}

export interface StoredHls {
  state: 'processing' | 'ready' | 'failed'
  /** 0 to 1. */
  progress: number
  failure: StoredFailure | null
  /** The package that is being written, and until when whoever writes it is believed to be alive. */
  claim: Types.ObjectId | null
  claimedUntil: Date
  /** The current one last. */
  packages: StoredPackage[]
}

export interface StoredMediaFile {
  _id: Types.ObjectId
  state: 'processing' | 'ready' | 'failed'
  /** Why the state is failed. */
  failure: StoredFailure | null
  storageKey: string
  contentType: string
  audioLanguages: string[]
  audioTracks: StoredAudioTrack[]
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
  /** Null in files from before packaging: they are taken up like new ones. */
  hls: StoredHls | null
  createdAt: Date
}

export interface StoredSubtitle {
  _id: Types.ObjectId
  /** BCP 47. */
  language: string
  kind: SubtitleKind
  /** WebVTT, whatever was uploaded. */
  storageKey: string
  sizeBytes: number
  sha256: string
  createdAt: Date
}

/** Small pictures to seek by: a WebVTT index of places in one large picture. */
export interface StoredThumbnails {
  indexKey: string
  imageKey: string
  imageType: string
  imageBytes: number
  sha256: string
  createdAt: Date
}

export interface StoredMedia {
  /** The movie's or the episode's id. */
  _id: Types.ObjectId
  title: Types.ObjectId
  season: number | null
  episode: number | null
  files: StoredMediaFile[]
  subtitles: StoredSubtitle[]
  thumbnails: StoredThumbnails | null
}

const failureSchema = new Schema<StoredFailure>({
  code: { type: String, required: true },
  text: { type: String, required: true },
}, { _id: false })

const audioTrackSchema = new Schema<StoredAudioTrack>({
  language: { type: String, default: null },
  kind: { type: String, enum: AUDIO_KINDS, default: 'main' },
  name: { type: String, default: null },
  channels: { type: Number, required: true },
  codec: { type: String, default: null },
}, { _id: false })

const packageSchema = new Schema<StoredPackage>({
  prefix: { type: String, required: true },
  audioCount: { type: Number, required: true },
  createdAt: { type: Date, required: true },
  retiredAt: { type: Date, default: null },
})

const hlsSchema = new Schema<StoredHls>({
  state: { type: String, enum: ['processing', 'ready', 'failed'], required: true },
  progress: { type: Number, default: 0 },
  failure: { type: failureSchema, default: null },
  claim: { type: Schema.Types.ObjectId, default: null },
  claimedUntil: { type: Date, required: true },
  packages: { type: [packageSchema], default: [] },
}, { _id: false })

const mediaFileSchema = new Schema<StoredMediaFile>({
  state: { type: String, enum: ['processing', 'ready', 'failed'], default: 'ready' },
  failure: { type: failureSchema, default: null },
  storageKey: { type: String, required: true },
  contentType: { type: String, required: true },
  audioLanguages: { type: [String], default: [] },
  audioTracks: { type: [audioTrackSchema], default: [] },
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
  hls: { type: hlsSchema, default: null },
  createdAt: { type: Date, required: true },
})

const subtitleSchema = new Schema<StoredSubtitle>({
  language: { type: String, required: true },
  kind: { type: String, enum: SUBTITLE_KINDS, required: true },
  storageKey: { type: String, required: true },
  sizeBytes: { type: Number, required: true },
  sha256: { type: String, required: true },
  createdAt: { type: Date, required: true },
})

const thumbnailsSchema = new Schema<StoredThumbnails>({
  indexKey: { type: String, required: true },
  imageKey: { type: String, required: true },
  imageType: { type: String, required: true },
  imageBytes: { type: Number, required: true },
  sha256: { type: String, required: true },
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

// All files of a show or one of its seasons, when it is read or removed.
mediaSchema.index({ title: 1, season: 1, episode: 1 })
// A file's bytes are asked for by the file's id alone.
mediaSchema.index({ 'files._id': 1 })
// Whether bytes are still used by another file, when one is removed.
mediaSchema.index({ 'files.storageKey': 1 })
// The same for the bytes of packages.
mediaSchema.index({ 'files.hls.packages.prefix': 1 })
// A subtitle is deleted by its id alone.
mediaSchema.index({ 'subtitles._id': 1 })

export function mediaFileLimitReached (): Error {
  return conflict(
    'media-file-limit',
    'Too many media files',
    `A movie or episode holds up to ${MAX_MEDIA_FILES} media files. Delete one first.`,
    { maxMediaFiles: MAX_MEDIA_FILES },
  )
}

export function subtitleLimitReached (): Error {
  return conflict(
    'subtitle-limit',
    'Too many subtitles',
    `A movie or episode holds up to ${MAX_SUBTITLES} subtitles. Delete one first.`,
    { maxSubtitles: MAX_SUBTITLES },
  )
}

/** The lists that can grow, and how far. */
const LIMITS: ReadonlyMap<string, number> = new Map([['files', MAX_MEDIA_FILES], ['subtitles', MAX_SUBTITLES]])

mediaSchema.pre('validate', function boundLists () {
  if (this.files.length > MAX_MEDIA_FILES) throw mediaFileLimitReached()
  if (this.subtitles.length > MAX_SUBTITLES) throw subtitleLimitReached()
})

mediaSchema.pre([...UPDATE_METHODS], function guardCounts () {
  for (const { operator, path, value } of writtenPaths(this.getUpdate())) {
    const limit = LIMITS.get(withoutPositions(path))
    if (limit === undefined && path !== '') continue
    if (operator === '$pull') continue
    const isOne = operator === '$push' && LIMITS.has(path) && typeof value === 'object' && value !== null &&
      !('$each' in value)
    if (!isOne || limit === undefined) throw new UnguardedWriteError(`media: "${path}" is not written by ${operator}`)
    // The filter decides, so that two uploads at once never pass the bound.
    this.where({ [`${path}.${limit - 1}`]: mongoose.trusted({ $exists: false }) })
  }
})

mediaSchema.pre([...REPLACE_METHODS], function refuseReplacement () {
  throw new UnguardedWriteError('media are never replaced whole')
})

export const Media = mongoose.model('Media', mediaSchema)
