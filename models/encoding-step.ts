// A step that follows the encoding of a master. The title plays without it.
import mongoose, { Schema, type Types } from 'mongoose'
import { STEP_KINDS, type StepKind } from '../src/domain/vocabulary.js'
import './mongoose-settings.js'
import { attemptPaths, type StoredWork } from './attempt.js'
import { derivedId } from './upsert.js'

/**
 * - `waiting`: for its turn, or for the next attempt
 * - `running`
 * - `done`: also when there was nothing to add, such as beside uploaded artwork
 * - `failed`: no further attempt without a request
 * - `cancelled`: another master replaces this one
 */
export const STEP_STATES = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const
export type StepState = (typeof STEP_STATES)[number]

/** Still, backdrop and poster. */
const MAX_IMAGE_KEYS = 3

export interface StoredEncodingStep extends StoredWork {
  /** Derived from job and kind: a step exists once. */
  _id: Types.ObjectId
  /** ID of the master, and of its encoding job. */
  job: Types.ObjectId
  kind: StepKind
  /** The movie or episode. */
  item: Types.ObjectId
  title: Types.ObjectId
  /** ID of the master that this one replaces, whose pictures it replaces too; null: none. */
  replaces: Types.ObjectId | null
  /** Of the master, ms. */
  durationMs: number
  /** Storage keys of images that the step may have stored; those that no image has are removed. */
  imageKeys: string[]
  state: StepState
  /** Attempts that ended with a crash, since the step was queued: the process may encode a master beside it. */
  crashes: number
  createdAt: Date
}

const encodingStepSchema = new Schema<StoredEncodingStep>({
  job: { type: Schema.Types.ObjectId, required: true },
  kind: { type: String, enum: STEP_KINDS, required: true },
  item: { type: Schema.Types.ObjectId, required: true },
  title: { type: Schema.Types.ObjectId, required: true },
  replaces: { type: Schema.Types.ObjectId, default: null },
  durationMs: { type: Number, required: true },
  imageKeys: {
    type: [String],
    default: [],
    validate: { validator: (keys: string[]) => keys.length <= MAX_IMAGE_KEYS, message: 'too many images' },
  },
  state: { type: String, enum: STEP_STATES, default: 'waiting' },
  ...attemptPaths,
  attempts: { type: Number, default: 0 },
  crashes: { type: Number, default: 0 },
  createdAt: { type: Date, required: true },
}, { collection: 'encodingsteps', versionKey: false })

// The steps of masters.
encodingStepSchema.index({ job: 1 })
// The queue, and the list by state.
encodingStepSchema.index({ state: 1, nextAttemptAt: 1 })

export const EncodingStep = mongoose.model('EncodingStep', encodingStepSchema)

export const stepId = (job: Types.ObjectId, kind: StepKind): Types.ObjectId => derivedId(job.toString(), kind)
