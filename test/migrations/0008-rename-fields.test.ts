import mongoose from 'mongoose'
import t from 'tap'
import { migration } from '../../migrations/0008-rename-fields.js'
import { Audit } from '../../models/audit.js'
import { ChangeLog } from '../../models/change-log.js'
import { MediaUpload } from '../../models/media-upload.js'
import { Session } from '../../models/session.js'
import { Throttle } from '../../models/throttle.js'
import { createIndexes } from '../../src/database/indexes.js'
import { expectModelForm, openDatabase, runTwice } from './migration-helper.js'

const id = () => new mongoose.mongo.ObjectId()
const at = new Date('2026-03-01T20:00:00Z')
const later = new Date('2026-04-01T20:00:00Z')

t.test('fields are renamed and keep their values', async (t) => {
  const db = await openDatabase(t)
  const catalogue = new mongoose.mongo.ObjectId('000000000000000000000000')
  await db.collection('changelogs').insertMany([
    { _id: id(), account: id(), seq: 9, forgotten: 4, entries: [{ seq: 9, kind: 'rating', title: id() }] },
    { _id: catalogue, account: null, seq: 0, forgotten: 0, entries: [], windowsToldUntil: at },
  ])
  await db.collection<{ _id: string }>('throttles').insertOne(
    { _id: 'pin 1', count: 3, blockedUntil: at, forgetAt: later } as never,
  )
  await db.collection('throttles').createIndex({ forgetAt: 1 }, { expireAfterSeconds: 0 })
  await db.collection('mediauploads').insertOne({
    item: id(),
    startedBy: id(),
    state: 'uploading',
    storageKey: 'k',
    metadata: 'filename YQ==',
    sizeBytes: 2,
    receivedBytes: 1,
    failure: null,
    createdAt: at,
    touchedAt: at,
    leaseHolder: 'process',
    leaseUntil: later,
    leaseWanted: true,
  })
  await db.collection('audit').insertOne({
    at,
    action: 'log-in',
    result: 'ok',
    reason: null,
    requestId: 'r',
    actor: id(),
    session: null,
    account: id(),
    subject: { kind: 'movie', id: 'x' },
    address: '10.0.0.0',
    expiresAt: later,
  })
  await db.collection('sessions').insertOne({
    account: id(),
    seed: 's',
    kid: 'k',
    generation: 2,
    rotatedAt: at,
    device: null,
    createdAt: at,
    lastUsedAt: at,
    expiresAt: later,
    absoluteExpiresAt: later,
    revokedAt: at,
    revokedBecause: 'log-out',
  })
  await runTwice(t, db, migration)

  for (const model of [ChangeLog, Throttle, MediaUpload, Audit, Session]) await expectModelForm(t, model)
  t.match(await db.collection('changelogs').find().sort({ seq: 1 }).toArray(), [
    { trimmedSeq: 0, notifiedUntil: at },
    { trimmedSeq: 4, entries: [{ seq: 9 }] },
  ])
  t.match(await Throttle.findById('pin 1').lean(), { count: 3, expiresAt: later })
  t.match(await MediaUpload.findOne().lean(), { lockHolder: 'process', lockedUntil: later, isReleaseRequested: true })
  t.match(await Audit.findOne().lean(), { ipAddress: '10.0.0.0' })
  t.match(await Session.findOne().lean(), { revocationReason: 'log-out' })
  await createIndexes()
  t.strictSame((await db.collection('throttles').indexes()).map(({ name }) => name), ['_id_', 'expiresAt_1'])
})
