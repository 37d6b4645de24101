import mongoose from 'mongoose'
import t from 'tap'
import { migration } from '../../migrations/0013-fill-upload-fields.js'
import { openDatabase, runTwice } from './migration-helper.js'

t.test('older resumable uploads are whole files, and partial uploads stay partial', async (t) => {
  const db = await openDatabase(t)
  const uploads = db.collection('mediauploads')
  const [old, part] = [new mongoose.mongo.ObjectId(), new mongoose.mongo.ObjectId()]
  await uploads.insertMany([{ _id: old, state: 'uploading' }, { _id: part, concatenation: 'partial' }])
  await runTwice(t, db, migration)
  t.strictSame(await uploads.find().sort({ _id: 1 }).toArray(), [
    { _id: old, state: 'uploading', concatenation: null },
    { _id: part, concatenation: 'partial' },
  ])
})
