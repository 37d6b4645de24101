// Packages state their size. That of older ones is unknown until they are packaged again.
import { fillElements, type Migration } from './migration.js'

export const migration: Migration = {
  name: '0015-fill-package-sizes',
  async up (db) {
    const packages = fillElements('$$file.hls.packages', 'package', { sizeBytes: null })
    const hls = { $mergeObjects: ['$$file.hls', { packages }] }
    await db.collection('media').updateMany({}, [{ $set: { files: fillElements('$files', 'file', {}, { hls }) } }])
  },
}
