import t from 'tap'
import { migration } from '../../migrations/0018-fill-chunk-fields.js'
import { openDatabase, runTwice } from './migration-helper.js'

t.test('jobs that exist are encoded without chunks, and newer ones stay as they are', async (t) => {
  const db = await openDatabase(t)
  const jobs = db.collection('encodingjobs')
  await jobs.insertMany([{ state: 'waiting' }, { isChunked: true, chunkSettings: 'a', crashes: 2 }])
  await runTwice(t, db, migration)
  t.match(await jobs.find().sort({ _id: 1 }).toArray(), [
    { state: 'waiting', isChunked: false, chunkSettings: null, crashes: 0 },
    { isChunked: true, chunkSettings: 'a', crashes: 2 },
  ])
})
