import mongoose from 'mongoose'
import t from 'tap'
import { migration } from '../../migrations/0007-rename-stream-leases.js'
import { AccountStreams, findStreamLeases } from '../../models/account-streams.js'
import { createIndexes } from '../../src/database/indexes.js'
import { expectModelForm, openDatabase, runTwice } from './migration-helper.js'

const id = () => new mongoose.mongo.ObjectId()
const at = new Date('2026-03-01T20:00:00Z')
const later = new Date('2026-03-01T20:01:00Z')

const oldSlot = () => ({
  _id: id(),
  profile: id(),
  session: id(),
  title: id(),
  item: id(),
  season: 1,
  episode: 2,
  mediaFile: id(),
  device: 'TV',
  private: true,
  state: 'paused',
  maxHeight: 1_080,
  startedAt: at,
  expiresAt: later,
  startPositionMs: 0,
  durationMs: 60_000,
  finishMarkMs: 54_000,
  base: { watchedMs: 10, finishedAt: at, endedAt: at, activeAt: later },
  at,
  eventId: 'e',
  positionMs: 5_000,
  furthestMs: 6_000,
  watchedMs: 4_000,
  endAt: later,
  endWatchedMs: 3_000,
  flushedAt: null,
})

t.test('slots become leases, with the height limit of the account', async (t) => {
  const db = await openDatabase(t)
  const [account, orphan] = [id(), id()]
  await db.collection('accounts').insertOne({ _id: account, limits: { maxHeight: 2_160 } })
  const streams = { maxStreams: 2, limitRevision: 5, slots: [oldSlot(), { ...oldSlot(), keptUntil: later }] }
  await db.collection('streams').insertMany([
    { _id: account, ...streams, sweepAt: later },
    { _id: orphan, ...streams, slots: [], sweepAt: null },
  ])
  await db.collection('streams').createIndex({ sweepAt: 1 })
  await runTwice(t, db, migration)

  await expectModelForm(t, AccountStreams)
  t.match(await AccountStreams.findById(account).lean(), {
    maxStreams: 2,
    maxHeight: 2_160,
    limitRevision: 5,
    removalDueAt: later,
  })
  t.match(await findStreamLeases(account), [
    {
      positionMs: 5_000,
      retainedUntil: null,
      completionThresholdMs: 54_000,
      base: { watchedMs: 10, finishedAt: at, reachedEndAt: at, activeAt: later },
      reachedEndAt: later,
      reachedEndWatchedMs: 3_000,
      videoHeight: 0,
    },
    { retainedUntil: later },
  ])
  t.match(await AccountStreams.findById(orphan).lean(), { maxHeight: 0, leases: [], removalDueAt: null })
  await createIndexes()
  const indexes = (await db.collection('streams').indexes()).map(({ name }) => name)
  t.strictSame(indexes.sort(), ['_id_', 'removalDueAt_1'])
})
