import mongoose from 'mongoose'
import t from 'tap'
import { migration } from '../../migrations/0015-fill-package-sizes.js'
import { openDatabase, runTwice } from './migration-helper.js'

t.test('older packages have an unknown size, and others keep theirs', async (t) => {
  const db = await openDatabase(t)
  const media = db.collection('media')
  const [old, current] = [new mongoose.mongo.ObjectId(), new mongoose.mongo.ObjectId()]
  await media.insertOne({
    files: [
      {
        sizeBytes: 9,
        hls: { state: 'ready', packages: [{ _id: old, audioCount: 1 }, { _id: current, sizeBytes: 7 }] },
      },
      { sizeBytes: 8, hls: { state: 'processing', packages: [] } },
    ],
  })
  await runTwice(t, db, migration)
  t.match(await media.findOne(), {
    files: [
      {
        sizeBytes: 9,
        hls: {
          state: 'ready',
          packages: [{ _id: old, audioCount: 1, sizeBytes: null }, { _id: current, sizeBytes: 7 }],
        },
      },
      { sizeBytes: 8, hls: { state: 'processing', packages: [] } },
    ],
  })
})
