import mongoose from 'mongoose'
import t from 'tap'
import { migration } from '../../migrations/0017-fill-media-stages.js'
import { openDatabase, runTwice } from './migration-helper.js'

t.test('older media files are active, and a second master of an edition can be stored', async (t) => {
  const db = await openDatabase(t)
  const [item, replaces] = [new mongoose.mongo.ObjectId(), new mongoose.mongo.ObjectId()]
  const retired = { sizeBytes: 8, stage: 'retired', retiredAt: new Date(5) }
  await db.collection('media').insertOne({ files: [{ sizeBytes: 9 }, retired] })
  const jobs = db.collection('encodingjobs')
  await jobs.createIndex({ item: 1, edition: 1 }, { unique: true })
  await jobs.insertOne({ item, edition: null })
  await runTwice(t, db, migration)
  t.match(await db.collection('media').findOne(), {
    files: [{ sizeBytes: 9, stage: 'active', retiredAt: null }, retired],
  })
  await jobs.insertOne({ item, edition: null, replaces })
  t.match(await jobs.find().sort({ _id: 1 }).toArray(), [{ replaces: null }, { replaces }])
})
