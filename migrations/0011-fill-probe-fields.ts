// Media files have their embedded subtitles and the version of their probing. Files of version 0 are probed again:
// their `hev1` may be `hvc1`.
import { fillElements, type Migration } from './migration.js'

const FILE = { embeddedSubtitles: [], probeVersion: 0 }

export const migration: Migration = {
  name: '0011-fill-probe-fields',
  async up (db) {
    await db.collection('media').updateMany({}, [{ $set: { files: fillElements('$files', 'file', FILE) } }])
  },
}
