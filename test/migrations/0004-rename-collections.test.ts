import mongoose from 'mongoose'
import t from 'tap'
import { migration } from '../../migrations/0004-rename-collections.js'
import { EmailToken } from '../../models/email-token.js'
import { IdempotencyRecord } from '../../models/idempotency-record.js'
import { ImportCheckpoint } from '../../models/import-checkpoint.js'
import { SoftDeleted } from '../../models/soft-deleted.js'
import { createIndexes } from '../../src/database/indexes.js'
import { expectModelForm, openDatabase, runTwice } from './migration-helper.js'

const id = () => new mongoose.mongo.ObjectId()
// Not in the past: the documents would expire.
const at = new Date(Date.now() + 86_400_000)

async function insertOldDocuments (db: mongoose.mongo.Db): Promise<void> {
  await db.collection<{ _id: string }>('maillinks').insertOne({
    _id: 'hash',
    kind: 'reset-password',
    account: id(),
    email: 'kim@example.com',
    createdAt: at,
    expiresAt: at,
    usedAt: null,
  } as never)
  await db.collection('maillinks').createIndex({ account: 1, kind: 1 })
  await db.collection('trash').insertOne({
    undo: id(),
    account: id(),
    profile: id(),
    from: 'plays',
    document: { _id: id(), kind: 'play' },
    expiresAt: at,
  })
  const response = { status: 201, headers: { etag: '"1"' }, body: '{}' }
  await db.collection<{ _id: string }>('repeatablerequests').insertMany([
    { _id: 'done', account: id(), fingerprint: 'f', workUntil: at, answer: response, expiresAt: at },
    { _id: 'claimed', account: id(), fingerprint: 'f', workUntil: at, answer: null, expiresAt: at },
  ] as never)
  await db.collection<{ _id: string }>('importruns').insertOne({
    _id: 'run',
    items: 500,
    counts: { created: 1, updated: 2, unchanged: 3, refused: 4 },
    updatedAt: at,
  } as never)
}

async function expectNewDocuments (t: Tap, db: mongoose.mongo.Db): Promise<void> {
  for (const model of [EmailToken, SoftDeleted, IdempotencyRecord, ImportCheckpoint]) await expectModelForm(t, model)
  t.match(await IdempotencyRecord.findById('done').lean(), { claimedUntil: at, response: { status: 201 } })
  t.match(await IdempotencyRecord.findById('claimed').lean(), { claimedUntil: at, response: null })
  t.match(await ImportCheckpoint.findOne().lean(), { processedRecords: 500, counts: { refused: 4 } })
  const names = (await db.listCollections().toArray()).map(({ name }) => name)
  t.notOk(names.some((name) => ['maillinks', 'trash', 'repeatablerequests', 'importruns'].includes(name)))
}

type Tap = Parameters<typeof expectModelForm>[0]

t.test('collections are renamed with their documents and indexes', async (t) => {
  const db = await openDatabase(t)
  await insertOldDocuments(db)
  await runTwice(t, db, migration)
  await expectNewDocuments(t, db)
  t.ok((await db.collection('emailtokens').indexes()).some(({ name }) => name === 'account_1_kind_1'))
})

t.test('documents move when the new collections exist, because indexes were created first', async (t) => {
  const db = await openDatabase(t)
  await createIndexes()
  await insertOldDocuments(db)
  await runTwice(t, db, migration)
  await expectNewDocuments(t, db)
})

t.test('a move that was interrupted continues', async (t) => {
  const db = await openDatabase(t)
  await insertOldDocuments(db)
  const [copied] = await db.collection('maillinks').find().toArray()
  await db.collection('emailtokens').insertOne(copied ?? {})
  await runTwice(t, db, migration)
  t.equal(await EmailToken.countDocuments(), 1)
  await expectNewDocuments(t, db)
})

t.test('an empty database has nothing to rename', async (t) => {
  await runTwice(t, await openDatabase(t), migration)
})
