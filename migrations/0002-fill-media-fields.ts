// Media documents have every field. A file without a packaging state is packaged like a new one.
import { fillElements, fillFields, type Migration } from './migration.js'

const HLS = {
  state: 'processing',
  progress: 0,
  failure: null,
  claim: null,
  claimedUntil: new Date(0),
  packages: [],
}

const FILE = {
  state: 'ready',
  failure: null,
  audioTracks: [],
  frameRate: null,
  edition: null,
}

export const migration: Migration = {
  name: '0002-fill-media-fields',
  async up (db) {
    const media = db.collection('media')
    await fillFields(media, { subtitles: [], thumbnails: null })
    // The field was null before a file could be packaged.
    const files = fillElements('$files', 'file', FILE, { hls: { $ifNull: ['$$file.hls', HLS] } })
    await media.updateMany({}, [{ $set: { files } }])
  },
}
