// The picture of a person of the catalogue. People have no documents: their IDs derive from their names, or from their
// IMDb IDs, and a picture remains while no title credits the person.
import mongoose, { Schema, type Types } from 'mongoose'
import './mongoose-settings.js'
import { reportWritesOf } from './write-notifications.js'

export interface StoredPersonPicture {
  /** ID of the person. */
  _id: Types.ObjectId
  /** Path of an uploaded image. */
  url: string
  /** ThumbHash, base64; missing until it is computed, and for an image that cannot be decoded. */
  placeholder?: string
}

const personPictureSchema = new Schema<StoredPersonPicture>({
  _id: { type: Schema.Types.ObjectId, required: true },
  url: { type: String, required: true },
  placeholder: { type: String },
}, { collection: 'personpictures', versionKey: false })

reportWritesOf(personPictureSchema, 'personpictures')

export const PersonPicture = mongoose.model('PersonPicture', personPictureSchema)
