// Media files have a stage, and a master can replace another one. The index that allowed one master for each edition of
// an item goes: another one replaces it.
import { fillElements, type Migration } from './migration.js'

const OLD_INDEX = 'item_1_edition_1'

export const migration: Migration = {
  name: '0017-fill-media-stages',
  async up (db) {
    const fields = { stage: 'active', retiredAt: null }
    await db.collection('media').updateMany({}, [{ $set: { files: fillElements('$files', 'file', fields) } }])
    const jobs = db.collection('encodingjobs')
    await jobs.updateMany({ replaces: { $exists: false } }, { $set: { replaces: null } })
    const indexes = await jobs.indexes().catch(() => [])
    if (indexes.some(({ name }) => name === OLD_INDEX)) await jobs.dropIndex(OLD_INDEX)
  },
}
