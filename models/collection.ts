// A list of titles in a fixed order: a series of movies or an editorial list.
import mongoose, { Schema, type Types } from 'mongoose'
import './mongoose-settings.js'
import { COLLECTION_KINDS, MAX_COLLECTION_TITLES, type CollectionKind } from '../src/domain/vocabulary.js'
import { translationsPath, type Translation } from './title.js'

export interface StoredCollection {
  _id: Types.ObjectId
  kind: CollectionKind
  title: string
  synopsis: string | null
  translations?: Translation[]
  posterUrl: string | null
  /** In order. Readers skip deleted titles. */
  titles: Types.ObjectId[]
  published: boolean
  createdAt: Date
  updatedAt: Date
  __v: number
}

const collectionSchema = new Schema<StoredCollection>({
  kind: { type: String, enum: COLLECTION_KINDS, required: true },
  title: { type: String, required: true },
  synopsis: { type: String, default: null },
  translations: translationsPath,
  posterUrl: { type: String, default: null },
  titles: {
    type: [Schema.Types.ObjectId],
    default: [],
    validate: (titles: unknown[]) => titles.length <= MAX_COLLECTION_TITLES,
  },
  published: { type: Boolean, default: true },
}, { collection: 'collections', timestamps: true, optimisticConcurrency: true })

export const Collection = mongoose.model('Collection', collectionSchema)
