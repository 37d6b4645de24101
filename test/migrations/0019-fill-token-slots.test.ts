import mongoose from 'mongoose'
import t from 'tap'
import { migration } from '../../migrations/0019-fill-token-slots.js'
import { openDatabase, runTwice } from './migration-helper.js'

t.test('each token of an account, and each service account, gets its own slot', async (t) => {
  const db = await openDatabase(t)
  const tokens = db.collection<{ account: string, slot?: number }>('apitokens')
  const services = db.collection('serviceaccounts')
  const ids = Array.from({ length: 4 }, () => new mongoose.mongo.ObjectId())
  await tokens.insertMany([
    { _id: ids[0]!, account: 'kim' },
    { _id: ids[1]!, account: 'lee' },
    { _id: ids[2]!, account: 'kim', slot: 0 },
    { _id: ids[3]!, account: 'kim' },
  ])
  await services.insertMany([{ name: 'importer' }, { name: 'reader' }])
  await runTwice(t, db, migration)
  t.strictSame(
    (await tokens.find().sort({ _id: 1 }).toArray()).map(({ account, slot }) => [account, slot]),
    [['kim', 1], ['lee', 0], ['kim', 0], ['kim', 2]],
  )
  t.strictSame((await services.find().sort({ _id: 1 }).toArray()).map(({ slot }) => slot), [0, 1])
})
