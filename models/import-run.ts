// How far an import of a file has come, so that an interrupted one goes on where it was. One that is finished leaves none.
import mongoose, { Schema } from 'mongoose'

export interface StoredImportRun {
  /** Made of the files, their sizes and times, and how they are imported: a file that was changed is another import. */
  _id: string
  /** Records that are dealt with. */
  items: number
  counts: { created: number, updated: number, unchanged: number, refused: number }
  updatedAt: Date
}

const count = { type: Number, default: 0 }

const importRunSchema = new Schema<StoredImportRun>({
  _id: { type: String, required: true },
  items: { type: Number, required: true },
  counts: {
    type: new Schema({ created: count, updated: count, unchanged: count, refused: count }, { _id: false }),
    required: true,
  },
  updatedAt: { type: Date, required: true },
}, { collection: 'importruns', versionKey: false })

const KEPT_SECONDS = 30 * 86_400
// Clean-up: nobody goes on after a month.
importRunSchema.index({ updatedAt: 1 }, { expireAfterSeconds: KEPT_SECONDS })

export const ImportRun = mongoose.model('ImportRun', importRunSchema)
