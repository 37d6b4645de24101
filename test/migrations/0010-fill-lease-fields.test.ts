import mongoose from 'mongoose'
import t from 'tap'
import { migration } from '../../migrations/0010-fill-lease-fields.js'
import { openDatabase, runTwice } from './migration-helper.js'

const id = () => new mongoose.mongo.ObjectId()

t.test('stream leases get the fields of ends and estimates, and keep what they have', async (t) => {
  const db = await openDatabase(t)
  const streams = db.collection('streams')
  const [old, current] = [id(), id()]
  await streams.insertOne({ leases: [{ _id: old, positionMs: 5 }, { _id: current, endReason: 'plan', servedMs: 7 }] })
  await runTwice(t, db, migration)
  t.strictSame((await streams.findOne())?.['leases'], [
    { _id: old, positionMs: 5, endReason: null, estimatePosition: false, readAt: null, servedMs: 0 },
    { _id: current, endReason: 'plan', servedMs: 7, estimatePosition: false, readAt: null },
  ])
})
