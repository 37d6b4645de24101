// The job that detects the intro and the credits of the episodes of a season. There is one for each season with files.
import mongoose, { Schema, type Types } from 'mongoose'
import './mongoose-settings.js'
import { attemptPaths, type StoredWork } from './attempt.js'

/**
 * - `waiting`: for its turn, for masters of the season, or for the next attempt
 * - `running`: a process compares the episodes
 * - `done`: the markers that were found are stored
 * - `skipped`: ffmpeg or chromaprint is missing; tried again until it is there
 * - `failed`: no further attempt without a request or a new file
 */
export const DETECTION_STATES = ['waiting', 'running', 'done', 'skipped', 'failed'] as const
export type DetectionState = (typeof DETECTION_STATES)[number]

export interface StoredMarkerDetection extends StoredWork {
  _id: Types.ObjectId
  title: Types.ObjectId
  season: number
  /** Hash of the files that are compared: other files start another detection. */
  filesHash: string
  state: DetectionState
  /** Episodes that the last successful attempt compared, and those in which it found an intro and credits. */
  comparedEpisodes: number
  introEpisodes: number
  creditsEpisodes: number
  /** When the last successful attempt ended; null: none has. */
  detectedAt: Date | null
  createdAt: Date
  /** When it was queued last, by a request or by files that changed. Absent: when it was created. */
  queuedAt?: Date
}

const markerDetectionSchema = new Schema<StoredMarkerDetection>({
  title: { type: Schema.Types.ObjectId, required: true },
  season: { type: Number, required: true },
  filesHash: { type: String, required: true },
  state: { type: String, enum: DETECTION_STATES, default: 'waiting' },
  ...attemptPaths,
  attempts: { type: Number, default: 0 },
  crashes: { type: Number, default: 0 },
  comparedEpisodes: { type: Number, default: 0 },
  introEpisodes: { type: Number, default: 0 },
  creditsEpisodes: { type: Number, default: 0 },
  detectedAt: { type: Date, default: null },
  createdAt: { type: Date, required: true },
  queuedAt: { type: Date },
}, { collection: 'markerdetections', versionKey: false })

// One for each season. Also: deletion of a title.
markerDetectionSchema.index({ title: 1, season: 1 }, { unique: true })
// The queue.
markerDetectionSchema.index({ state: 1, nextAttemptAt: 1 })
// The list of one state, newest first.
markerDetectionSchema.index({ state: 1, _id: -1 })

export const MarkerDetection = mongoose.model('MarkerDetection', markerDetectionSchema)

/** When a detection was queued last. */
export function queuedAtOf ({ queuedAt, createdAt }: Pick<StoredMarkerDetection, 'queuedAt' | 'createdAt'>): Date {
  return queuedAt ?? createdAt
}
