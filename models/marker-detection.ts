// The job that detects the intro and the credits of the episodes of a season. There is one for each season with files.
import mongoose, { Schema, type Types } from 'mongoose'
import './mongoose-settings.js'
import { failureSchema, MAX_LOG_TAIL_CHARACTERS, NOT_CLAIMED } from './encoding-job.js'
import type { StoredFailure } from './media-file.js'

/**
 * - `waiting`: for its turn, for masters of the season, or for the next attempt
 * - `running`: a process compares the episodes
 * - `done`: the markers that were found are stored
 * - `skipped`: ffmpeg or chromaprint is missing; tried again until it is there
 * - `failed`: no further attempt without a request or a new file
 */
export const DETECTION_STATES = ['waiting', 'running', 'done', 'skipped', 'failed'] as const
export type DetectionState = (typeof DETECTION_STATES)[number]

export interface StoredMarkerDetection {
  _id: Types.ObjectId
  title: Types.ObjectId
  season: number
  /** Hash of the files that are compared: other files start another detection. */
  filesHash: string
  state: DetectionState
  /** 0 to 1. */
  progress: number
  /** Attempts that ended with a failure or a crash, and the running one. */
  attempts: number
  /** No attempt starts earlier. */
  nextAttemptAt: Date
  /** Why the last attempt failed or was skipped; null otherwise. */
  failure: StoredFailure | null
  /** What ffmpeg printed last. */
  logTail: string
  /** ID of the attempt that is running; null when none is. */
  claim: Types.ObjectId | null
  /** The process is considered dead when it has not renewed its claim by then. */
  claimedUntil: Date
  /** Episodes that the last successful attempt compared, and those in which it found an intro and credits. */
  comparedEpisodes: number
  introEpisodes: number
  creditsEpisodes: number
  /** When the last successful attempt ended; null: none has. */
  detectedAt: Date | null
  createdAt: Date
}

const markerDetectionSchema = new Schema<StoredMarkerDetection>({
  title: { type: Schema.Types.ObjectId, required: true },
  season: { type: Number, required: true },
  filesHash: { type: String, required: true },
  state: { type: String, enum: DETECTION_STATES, default: 'waiting' },
  progress: { type: Number, default: 0 },
  attempts: { type: Number, default: 0 },
  nextAttemptAt: { type: Date, required: true },
  failure: { type: failureSchema, default: null },
  logTail: { type: String, default: '', maxlength: MAX_LOG_TAIL_CHARACTERS },
  claim: { type: Schema.Types.ObjectId, default: null },
  claimedUntil: { type: Date, default: NOT_CLAIMED },
  comparedEpisodes: { type: Number, default: 0 },
  introEpisodes: { type: Number, default: 0 },
  creditsEpisodes: { type: Number, default: 0 },
  detectedAt: { type: Date, default: null },
  createdAt: { type: Date, required: true },
}, { collection: 'markerdetections', versionKey: false })

// One for each season. Also: deletion of a title.
markerDetectionSchema.index({ title: 1, season: 1 }, { unique: true })
// The queue, and the list by state.
markerDetectionSchema.index({ state: 1, nextAttemptAt: 1 })

export const MarkerDetection = mongoose.model('MarkerDetection', markerDetectionSchema)
