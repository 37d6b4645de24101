import mongoose from 'mongoose'
import t from 'tap'
import { migration } from '../../migrations/0011-fill-probe-fields.js'
import { openDatabase, runTwice } from './migration-helper.js'

t.test('media files get the fields of probing, and keep what they have', async (t) => {
  const db = await openDatabase(t)
  const media = db.collection('media')
  const [old, current] = [new mongoose.mongo.ObjectId(), new mongoose.mongo.ObjectId()]
  const embeddedSubtitles = [{ codec: 'subrip', language: 'en', name: null }]
  await media.insertOne({
    files: [{ _id: old, videoCodec: 'hev1.1' }, { _id: current, embeddedSubtitles, probeVersion: 1 }],
  })
  await runTwice(t, db, migration)
  t.strictSame((await media.findOne())?.['files'], [
    { _id: old, videoCodec: 'hev1.1', embeddedSubtitles: [], probeVersion: 0 },
    { _id: current, embeddedSubtitles, probeVersion: 1 },
  ])
})
