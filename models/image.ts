// Artwork of titles, uploaded or taken from a master, and pictures of people. The ID is random, because an image is
// public for everyone who knows its ID.
import { randomBytes } from 'node:crypto'
import mongoose, { Schema, Types } from 'mongoose'
import './mongoose-settings.js'

export const IMAGE_FORMATS = ['webp', 'avif'] as const
export type ImageFormat = typeof IMAGE_FORMATS[number]

/** A smaller version of an image. */
export interface StoredImageSize {
  /** The width that it is for, pixels. It is smaller where the image is. */
  width: number
  format: ImageFormat
  storageKey: string
  sizeBytes: number
  sha256: string
}

/** Five widths in two formats. */
export const MAX_IMAGE_SIZES = 10

export interface StoredImage {
  _id: Types.ObjectId
  /** Null for the picture of a person. */
  title: Types.ObjectId | null
  /** Missing for the artwork of a title. */
  person?: Types.ObjectId
  storageKey: string
  contentType: string
  sizeBytes: number
  sha256: string
  /** The master that a picture was taken from; missing for an uploaded image. */
  master?: Types.ObjectId
  /** ThumbHash, base64; null for an image that cannot be decoded. Missing in images of earlier versions. */
  placeholder?: string | null
  /** Those that clients have requested; missing for none. */
  sizes?: StoredImageSize[]
  /** Since when a periodic job finds no title, collection or person that shows it; missing for a used one. */
  unusedSince?: Date
  createdAt: Date
}

const imageSizeSchema = new Schema<StoredImageSize>({
  width: { type: Number, required: true },
  format: { type: String, enum: IMAGE_FORMATS, required: true },
  storageKey: { type: String, required: true },
  sizeBytes: { type: Number, required: true },
  sha256: { type: String, required: true },
}, { _id: false })

const imageSchema = new Schema<StoredImage>({
  _id: { type: Schema.Types.ObjectId, required: true },
  title: { type: Schema.Types.ObjectId, default: null },
  person: { type: Schema.Types.ObjectId },
  storageKey: { type: String, required: true },
  contentType: { type: String, required: true },
  sizeBytes: { type: Number, required: true },
  sha256: { type: String, required: true },
  master: { type: Schema.Types.ObjectId },
  placeholder: { type: String },
  sizes: {
    type: [imageSizeSchema],
    default: undefined,
    validate: (sizes: unknown[] | undefined) => (sizes?.length ?? 0) <= MAX_IMAGE_SIZES,
  },
  unusedSince: { type: Date },
  createdAt: { type: Date, required: true },
}, { collection: 'images', versionKey: false })

// Replacement of a title's artwork; deletion of a title.
imageSchema.index({ title: 1 })
// Replacement of a person's picture.
imageSchema.index({ person: 1 }, { sparse: true })

export const Image = mongoose.model('Image', imageSchema)

/** Creates an ID of 96 random bits: a usual ObjectId consists of the time and a counter and can be guessed. */
export function newImageId (): Types.ObjectId {
  return new Types.ObjectId(randomBytes(12).toString('hex'))
}

/** Storage keys of an image and its sizes. */
export function imageKeys ({ storageKey, sizes = [] }: Pick<StoredImage, 'storageKey' | 'sizes'>): string[] {
  return [storageKey, ...sizes.map((size) => size.storageKey)]
}

/**
 * Adds a size, unless the image was deleted or has it.
 * @returns whether it was added
 */
export async function addImageSize (imageId: Types.ObjectId, size: StoredImageSize): Promise<boolean> {
  const { width, format } = size
  const lacksSize = { _id: imageId, sizes: mongoose.trusted({ $not: { $elemMatch: { width, format } } }) }
  const { modifiedCount } = await Image.updateOne(lacksSize as never, { $push: { sizes: size } })
  return modifiedCount > 0
}
