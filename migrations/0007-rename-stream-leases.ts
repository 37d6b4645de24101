// The stream leases of an account: renamed fields, the height limit of the account, and the video height of each lease.
import type { mongo } from 'mongoose'
import { dropIndex, type Migration } from './migration.js'

/** Video height of a lease that does not know it. */
const UNKNOWN_HEIGHT = 0

function toLease (slot: mongo.Document): mongo.Document {
  const { keptUntil = null, finishMarkMs = null, endAt = null, endWatchedMs = null, base, ...lease } = slot
  const { endedAt = null, ...rest } = base ?? { watchedMs: 0, finishedAt: null, activeAt: null }
  return {
    ...lease,
    retainedUntil: keptUntil,
    completionThresholdMs: finishMarkMs,
    base: { ...rest, reachedEndAt: endedAt },
    reachedEndAt: endAt,
    reachedEndWatchedMs: endWatchedMs,
    videoHeight: UNKNOWN_HEIGHT,
  }
}

export const migration: Migration = {
  name: '0007-rename-stream-leases',
  async up (db) {
    const streams = db.collection('streams')
    for await (const { _id, slots, sweepAt } of streams.find({ slots: { $exists: true } })) {
      const account = await db.collection('accounts').findOne({ _id }, { projection: { 'limits.maxHeight': 1 } })
      const leases = (slots as mongo.Document[]).map(toLease)
      await streams.updateOne({ _id, slots: { $exists: true } }, {
        $set: { leases, removalDueAt: sweepAt ?? null, maxHeight: account?.['limits']?.maxHeight ?? 0 },
        $unset: { slots: '', sweepAt: '' },
      })
    }
    await dropIndex(db, 'streams', 'sweepAt_1')
  },
}
