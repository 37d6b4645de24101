// Fields of background work that processes claim and try again: encoding jobs, their chunks and steps, and marker
// detections.
import { Schema, type Types } from 'mongoose'
import './mongoose-settings.js'
import type { StoredFailure } from './media-file.js'

export interface StoredAttempt {
  /** Completed share of the running attempt, 0 to 1. */
  progress: number
  /** No attempt starts earlier. */
  nextAttemptAt: Date
  /** Why the last attempt failed, or why the work waits; null otherwise. */
  failure: StoredFailure | null
  /** What ffmpeg printed last. */
  logTail: string
  /** ID of the attempt that is running; null when none is. */
  claim: Types.ObjectId | null
  /** The process is considered dead when it has not renewed its claim by then. */
  claimedUntil: Date
}

/** Work with a state. */
export interface StoredWork extends StoredAttempt {
  _id: Types.ObjectId
  state: string
  /** Attempts that ended with a failure, or with a crash of work that is not resumed, and the running one. */
  attempts: number
  /** Crashes after which an attempt was resumed, since the work was queued. Absent: none. */
  crashes?: number
}

/** `claimedUntil` of work that no process has claimed. */
export const NOT_CLAIMED = new Date(0)
export const MAX_LOG_TAIL_CHARACTERS = 8 * 1024

const failureSchema = new Schema<StoredFailure>({
  code: { type: String, required: true },
  text: { type: String, required: true },
}, { _id: false })

/** Paths of the fields of `StoredAttempt`. */
export const attemptPaths = {
  progress: { type: Number, default: 0 },
  nextAttemptAt: { type: Date, required: true },
  failure: { type: failureSchema, default: null },
  logTail: { type: String, default: '', maxlength: MAX_LOG_TAIL_CHARACTERS },
  claim: { type: Schema.Types.ObjectId, default: null },
  claimedUntil: { type: Date, default: NOT_CLAIMED },
} as const
