// Subtitles state the media file that they were extracted from, and its name for them. Subtitle tracks of media files
// have a kind and the state of their extraction; the next probing finds them.
import { fillElements, type Migration } from './migration.js'

const TRACK = { kind: 'full', extraction: 'failed' }

export const migration: Migration = {
  name: '0012-fill-extraction-fields',
  async up (db) {
    const embeddedSubtitles = fillElements('$$file.embeddedSubtitles', 'track', TRACK)
    await db.collection('media').updateMany({}, [{
      $set: {
        files: fillElements('$files', 'file', {}, { embeddedSubtitles }),
        subtitles: fillElements('$subtitles', 'subtitle', { mediaFile: null, name: null }),
      },
    }])
  },
}
