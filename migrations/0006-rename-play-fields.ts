// A play stores when it reached its end, a rewatch when it was cancelled. Copies of plays in undos and soft-deleted
// documents change with them.
import type { mongo } from 'mongoose'
import type { Migration } from './migration.js'

type Stages = mongo.Document[]

/** Stages for a play at a path, which is empty or ends with a dot. */
const renameInPlay = (path: string): Stages => [
  {
    $set: {
      [`${path}reachedEndAt`]: { $ifNull: [`$${path}endAt`, null] },
      [`${path}reachedEndWatchedMs`]: { $ifNull: [`$${path}endWatchedMs`, null] },
    },
  },
  { $unset: [`${path}endAt`, `${path}endWatchedMs`] },
]

/** The same for kind `pass`, a rewatch. */
const renameInRewatch = (path: string): Stages => [
  { $set: { [`${path}cancelledAt`]: { $ifNull: [`$${path}endAt`, null] } } },
  ...renameInPlay(path),
  { $set: { [`${path}reachedEndAt`]: null } },
]

async function renameIn (collection: mongo.Collection<mongo.Document>, path: string): Promise<void> {
  const isOld = { [`${path}endAt`]: { $exists: true } }
  await collection.updateMany({ ...isOld, [`${path}kind`]: 'pass' }, renameInRewatch(path))
  await collection.updateMany(isOld, renameInPlay(path))
}

function toNewPlay ({ endAt = null, endWatchedMs = null, ...play }: mongo.Document): mongo.Document {
  const reachedEndWatchedMs = endWatchedMs
  return play['kind'] === 'pass'
    ? { ...play, reachedEndAt: null, reachedEndWatchedMs, cancelledAt: endAt }
    : { ...play, reachedEndAt: endAt, reachedEndWatchedMs }
}

export const migration: Migration = {
  name: '0006-rename-play-fields',
  async up (db) {
    await renameIn(db.collection('plays'), '')
    // Documents of the archive have no such field.
    await renameIn(db.collection('softdeleted'), 'document.')
    const undos = db.collection('undos')
    for await (const { _id, change } of undos.find({ 'change.rows.before.endAt': { $exists: true } })) {
      const rows = (change.rows as mongo.Document[]).map(({ before, ...row }) => {
        const isOld = before !== null && 'endAt' in before
        return { ...row, before: isOld ? toNewPlay(before) : before }
      })
      await undos.updateOne({ _id }, { $set: { 'change.rows': rows } })
    }
  },
}
