import mongoose from 'mongoose'
import t from 'tap'
import { migration } from '../../migrations/0016-fill-masters.js'
import { openDatabase, runTwice } from './migration-helper.js'

t.test('older media files have no master, and others keep theirs', async (t) => {
  const db = await openDatabase(t)
  const master = new mongoose.mongo.ObjectId()
  await db.collection('media').insertOne({ files: [{ sizeBytes: 9 }, { sizeBytes: 8, master }] })
  await runTwice(t, db, migration)
  t.match(await db.collection('media').findOne(), {
    files: [{ sizeBytes: 9, master: null }, { sizeBytes: 8, master }],
  })
})
