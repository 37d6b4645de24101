import mongoose from 'mongoose'
import t from 'tap'
import { migration } from '../../migrations/0014-fill-session-fields.js'
import { openDatabase, runTwice } from './migration-helper.js'

t.test('older sessions have their refresh tokens in bodies, and sessions with a cookie keep it', async (t) => {
  const db = await openDatabase(t)
  const sessions = db.collection('sessions')
  const [old, browser] = [new mongoose.mongo.ObjectId(), new mongoose.mongo.ObjectId()]
  await sessions.insertMany([{ _id: old, generation: 3 }, { _id: browser, transport: 'cookie' }])
  await runTwice(t, db, migration)
  t.strictSame(await sessions.find().sort({ _id: 1 }).toArray(), [
    { _id: old, generation: 3, transport: 'body' },
    { _id: browser, transport: 'cookie' },
  ])
})
