// A chunk of a master that is encoded in chunks: a part of its video, or its audio. Workers claim chunks one by one.
import mongoose, { Schema, type Types } from 'mongoose'
import './mongoose-settings.js'
import { attemptPaths, type StoredAttempt } from './attempt.js'
import { MAX_RENDITIONS } from './encoding-job.js'

/**
 * - `waiting`: no process has encoded it yet; one that is encoding it has the claim
 * - `done`: its outputs are in the storage
 * - `failed`: each attempt failed; the job fails too
 */
export const CHUNK_STATES = ['waiting', 'done', 'failed'] as const

/** `pass` of the chunk that contains all audio and subtitle tracks. */
export const AUDIO_PASS = 0

export interface StoredEncodingChunk extends StoredAttempt {
  /** Job, settings, pass and number: a chunk exists once. */
  _id: string
  job: Types.ObjectId
  /** The movie or episode. */
  item: Types.ObjectId
  /** `AUDIO_PASS`, or the number of a pass over the video, from 1. */
  pass: number
  /** Position in the pass, from 0. */
  number: number
  /** Resolutions of the outputs; empty for audio. */
  heights: number[]
  state: (typeof CHUNK_STATES)[number]
  /** Frames of each output; 0 for audio, and for a chunk after the end of the video. */
  frames: number
  /** Claims so far. None: no output can exist. */
  claims: number
  /** Attempts that failed. A crash is none. */
  failures: number
}

const encodingChunkSchema = new Schema<StoredEncodingChunk>({
  _id: { type: String, required: true },
  job: { type: Schema.Types.ObjectId, required: true },
  item: { type: Schema.Types.ObjectId, required: true },
  pass: { type: Number, required: true },
  number: { type: Number, required: true },
  heights: {
    type: [Number],
    default: [],
    validate: { validator: (list: unknown[]) => list.length <= MAX_RENDITIONS, message: 'too many outputs' },
  },
  state: { type: String, enum: CHUNK_STATES, default: 'waiting' },
  ...attemptPaths,
  frames: { type: Number, default: 0 },
  claims: { type: Number, default: 0 },
  failures: { type: Number, default: 0 },
}, { collection: 'encodingchunks', versionKey: false })

// The chunks of a job.
encodingChunkSchema.index({ job: 1 })
// Scratch folders of attempts that have ended.
encodingChunkSchema.index({ claim: 1 })

export const EncodingChunk = mongoose.model('EncodingChunk', encodingChunkSchema)

/** Storage key of an output. @param height null: the audio */
export function chunkKey ({ _id, item }: Pick<StoredEncodingChunk, '_id' | 'item'>, height: number | null): string {
  return `${item.toString()}/${_id}-${height ?? 'audio'}`
}

/** Storage keys that the outputs of a chunk may have. */
export function chunkKeys (chunk: StoredEncodingChunk): string[] {
  if (chunk.claims === 0) return []
  return chunk.pass === AUDIO_PASS ? [chunkKey(chunk, null)] : chunk.heights.map((height) => chunkKey(chunk, height))
}
