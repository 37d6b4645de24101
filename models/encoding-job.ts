// A master of a movie or episode, and the job that encodes it. The renditions become media files of the item.
import mongoose, { Schema, type Types } from 'mongoose'
import './mongoose-settings.js'
import { attemptPaths, type StoredAttempt } from './attempt.js'

/**
 * - `waiting`: for its turn, or for the next attempt
 * - `running`: a process encodes it
 * - `done`: all renditions are media files
 * - `failed`: no further attempt without a request
 * - `cancelled`: by request
 */
export const ENCODING_STATES = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const
export type EncodingState = (typeof ENCODING_STATES)[number]

export const MAX_RENDITIONS = 12

/** A rendition whose object may exist; stored before the object is. The media file gets its ID. */
export interface StoredRendition {
  _id: Types.ObjectId
  /** Resolution, lines of a 16:9 picture. */
  height: number
  storageKey: string
  /** The video of the master itself, in a file of its own. Absent: false. */
  isOriginal?: boolean
}

/** The clock of the video of a master, as the first attempt found it. */
export interface StoredClock {
  /** Of all parts together. */
  durationMs: number
  /** Whether the clock counts on, without a jump. */
  isContinuous: boolean
  /** Longest time from a key frame to the next one, or to the end, ms. */
  keyFrameDistanceMs: number
}

export interface StoredEncodingJob extends StoredAttempt {
  /** ID of the master. */
  _id: Types.ObjectId
  /** The movie or episode. */
  item: Types.ObjectId
  title: Types.ObjectId
  edition: string | null
  /** ID of the master whose renditions stay active until those of this one are complete; null: none. */
  replaces: Types.ObjectId | null
  /** Of the master. */
  storageKey: string
  sizeBytes: number
  sha256: string
  state: EncodingState
  /** Attempts that ended with a failure or a crash, and the running one. */
  attempts: number
  renditions: StoredRendition[]
  /** Long masters are encoded in chunks, which have documents of their own. */
  isChunked: boolean
  /** Identifies what the chunks were encoded with; null: there are none yet. */
  chunkSettings: string | null
  /** Of a master whose length is not known before the first attempt. Absent or null: known, or no attempt yet. */
  clock?: StoredClock | null
  /** Whether the pictures of the video may contain captions. Absent: no attempt has looked for them. */
  hasCaptions?: boolean
  /** Attempts in a row that ended with a crash before a chunk was done. Only of masters that are encoded in chunks. */
  crashes: number
  createdAt: Date
}

const renditionSchema = new Schema<StoredRendition>({
  height: { type: Number, required: true },
  storageKey: { type: String, required: true },
  isOriginal: { type: Boolean, default: false },
})

const clockSchema = new Schema<StoredClock>({
  durationMs: { type: Number, required: true },
  isContinuous: { type: Boolean, required: true },
  keyFrameDistanceMs: { type: Number, required: true },
}, { _id: false })

const encodingJobSchema = new Schema<StoredEncodingJob>({
  item: { type: Schema.Types.ObjectId, required: true },
  title: { type: Schema.Types.ObjectId, required: true },
  edition: { type: String, default: null },
  replaces: { type: Schema.Types.ObjectId, default: null },
  storageKey: { type: String, required: true },
  sizeBytes: { type: Number, required: true },
  sha256: { type: String, required: true },
  state: { type: String, enum: ENCODING_STATES, default: 'waiting' },
  ...attemptPaths,
  attempts: { type: Number, default: 0 },
  renditions: {
    type: [renditionSchema],
    default: [],
    validate: { validator: (list: unknown[]) => list.length <= MAX_RENDITIONS, message: 'too many renditions' },
  },
  isChunked: { type: Boolean, default: false },
  chunkSettings: { type: String, default: null },
  clock: { type: clockSchema, default: null },
  hasCaptions: Boolean,
  crashes: { type: Number, default: 0 },
  createdAt: { type: Date, required: true },
}, { collection: 'encodingjobs', versionKey: false })

// One master for each edition of an item, and one that replaces it. Also: deletion of an item.
encodingJobSchema.index({ item: 1, edition: 1, replaces: 1 }, { unique: true })
// The queue, and the list by state.
encodingJobSchema.index({ state: 1, _id: -1 })

export const EncodingJob = mongoose.model('EncodingJob', encodingJobSchema)

export async function findEncodingJob (id: string | Types.ObjectId): Promise<StoredEncodingJob | null> {
  return await EncodingJob.findById(id).lean<StoredEncodingJob>()
}
