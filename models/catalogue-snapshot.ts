// The newest snapshot of the catalogue that a version of the service can load. The files are in the storage; this
// document decides which of them are valid.
import mongoose, { Schema } from 'mongoose'
import './mongoose-settings.js'

export interface StoredSnapshotFile {
  key: string
  sizeBytes: number
  /** Of the whole file, hex. */
  sha256: string
}

export interface StoredCatalogueSnapshot {
  /** Version of the service and of the format. */
  _id: string
  /** Resume token of the change stream: the files contain every change before it. Null before the first snapshot. */
  position: unknown
  titles: StoredSnapshotFile | null
  search: StoredSnapshotFile | null
  savedAt: Date | null
  /** Keys of the previous files, which a process may still read. */
  replacedKeys: string[]
  /** A process writes a snapshot until then. */
  claimedUntil: Date
  /** A random value that each start writes: when it arrives in the change stream, no earlier change is missing. */
  readBy: string | null
}

const file = {
  type: new Schema<StoredSnapshotFile>({
    key: { type: String, required: true },
    sizeBytes: { type: Number, required: true },
    sha256: { type: String, required: true },
  }, { _id: false }),
  default: null,
}

const catalogueSnapshotSchema = new Schema<StoredCatalogueSnapshot>({
  _id: { type: String, required: true },
  position: { type: Schema.Types.Mixed, default: null },
  titles: file,
  search: file,
  savedAt: { type: Date, default: null },
  replacedKeys: { type: [String], default: [] },
  claimedUntil: { type: Date, required: true },
  readBy: { type: String, default: null },
}, { collection: 'cataloguesnapshots', versionKey: false })

export const CatalogueSnapshot = mongoose.model('CatalogueSnapshot', catalogueSnapshotSchema)
