// A movie: a title that is the playable item itself.
import { Schema } from 'mongoose'
import './mongoose-settings.js'
import { chaptersPath, markersSchema, Title, type Markers, type StoredChapters, type StoredTitle } from './title.js'

export interface StoredMovie extends StoredTitle {
  kind: 'movie'
  runtimeMs: number | null
  markers: Markers | null
  /** Missing when unknown. */
  chapters?: StoredChapters
}

export const Movie = Title.discriminator(
  'Movie',
  new Schema<StoredMovie>({
    runtimeMs: { type: Number, default: null },
    markers: { type: markersSchema, default: null },
    chapters: chaptersPath,
  }),
  'movie',
)
