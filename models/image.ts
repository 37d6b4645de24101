// Pictures of titles that were uploaded: posters. The id is random, because whoever knows it may see the picture.
import { randomBytes } from 'node:crypto'
import mongoose, { Schema, Types } from 'mongoose'

export interface StoredImage {
  _id: Types.ObjectId
  title: Types.ObjectId
  storageKey: string
  contentType: string
  sizeBytes: number
  sha256: string
  createdAt: Date
}

const imageSchema = new Schema<StoredImage>({
  _id: { type: Schema.Types.ObjectId, required: true },
  title: { type: Schema.Types.ObjectId, required: true },
  storageKey: { type: String, required: true },
  contentType: { type: String, required: true },
  sizeBytes: { type: Number, required: true },
  sha256: { type: String, required: true },
  createdAt: { type: Date, required: true },
}, { collection: 'images', versionKey: false })

// A title's pictures go when it goes, or when it gets another.
imageSchema.index({ title: 1 })

export const Image = mongoose.model('Image', imageSchema)

/** 96 random bits: ObjectIds that are made from time and a counter could be guessed. */
export function newImageId (): Types.ObjectId {
  return new Types.ObjectId(randomBytes(12).toString('hex'))
}
