// Progress of a file import, so that an interrupted import resumes. A finished import deletes its checkpoint.
import mongoose, { Schema } from 'mongoose'
import './mongoose-settings.js'

const EXPIRES_AFTER_SECONDS = 30 * 86_400

export interface StoredImportCheckpoint {
  /** Hash of the files, their sizes and times, and the import mode: a changed file is another import. */
  _id: string
  /** Number of records that are processed, rejected ones included. */
  processedRecords: number
  counts: { created: number, updated: number, unchanged: number, refused: number }
  updatedAt: Date
}

const count = { type: Number, default: 0 }

const importCheckpointSchema = new Schema<StoredImportCheckpoint>({
  _id: { type: String, required: true },
  processedRecords: { type: Number, required: true },
  counts: {
    type: new Schema({ created: count, updated: count, unchanged: count, refused: count }, { _id: false }),
    required: true,
  },
  updatedAt: { type: Date, required: true },
}, { collection: 'importcheckpoints', versionKey: false })

// Clean-up of imports that were given up.
importCheckpointSchema.index({ updatedAt: 1 }, { expireAfterSeconds: EXPIRES_AFTER_SECONDS })

export const ImportCheckpoint = mongoose.model('ImportCheckpoint', importCheckpointSchema)
