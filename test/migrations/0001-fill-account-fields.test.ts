import mongoose from 'mongoose'
import t from 'tap'
import { migration } from '../../migrations/0001-fill-account-fields.js'
import { migration as bindTokensToCredentials } from '../../migrations/0009-bind-tokens-to-credentials.js'
import { Account } from '../../models/account.js'
import { WatchArchive } from '../../models/watch-archive.js'
import { expectModelForm, openDatabase, runTwice } from './migration-helper.js'

const id = () => new mongoose.mongo.ObjectId()
const at = new Date('2026-03-01T20:00:00Z')

/** A watch history entry as it was before rewatches, skipped episodes and dismissals. */
const oldEntry = () => ({
  title: id(),
  item: id(),
  season: null,
  episode: null,
  positionMs: 1_000,
  durationMs: null,
  watchedMs: 1_000,
  finished: false,
  finishedAt: null,
  lastWatchedAt: at,
  activityAt: at,
  isResumable: true,
  ended: null,
  revision: 3,
})

const FILLED = { pass: 1, passSince: null, skipped: 0, hiddenAt: null, droppedAt: null, clearedAt: null }

const oldProfile = () => ({
  _id: id(),
  name: 'Kim',
  nameKey: 'kim',
  avatar: null,
  kids: false,
  maxMaturityAge: 18,
  audioLanguages: [],
  subtitleLanguages: [],
  locked: false,
  wishlist: [],
  watchHistory: [oldEntry(), { ...oldEntry(), ...FILLED, pass: 2, droppedAt: at }],
})

t.test('accounts, profiles and watch history entries get the fields that they lack', async (t) => {
  const db = await openDatabase(t)
  const account = {
    _id: id(),
    email: 'kim@example.com',
    passwordHash: 'x',
    role: 'member',
    plan: 'basic',
    limits: { maxProfiles: 1, maxStreams: 1, maxHeight: 720 },
    profiles: [oldProfile()],
    createdAt: at,
    updatedAt: at,
    __v: 0,
  }
  const disabled = { ...account, _id: id(), email: 'lee@example.com', disabledAt: at, emailVerifiedAt: at }
  await db.collection('accounts').insertMany([
    account,
    { ...disabled, profiles: [{ ...oldProfile(), subtitleMode: 'none', dropWatchedMovies: true }] },
  ])
  await db.collection('watcharchive').insertOne({ _id: id(), account: account._id, profile: id(), ...oldEntry() })
  await runTwice(t, db, migration)

  await bindTokensToCredentials.up(db)
  await expectModelForm(t, Account)
  await expectModelForm(t, WatchArchive)
  t.match(await Account.findById(account._id).lean(), {
    disabledAt: null,
    emailVerifiedAt: null,
    eraseAt: null,
    profiles: [{
      name: 'Kim',
      subtitleMode: 'smart',
      autoplay: true,
      dropWatchedMovies: false,
      watchHistory: [{ positionMs: 1_000, ...FILLED }, { ...FILLED, pass: 2, droppedAt: at }],
    }],
  })
  t.match(await Account.findById(disabled._id).lean(), {
    disabledAt: at,
    emailVerifiedAt: at,
    profiles: [{ subtitleMode: 'none', dropWatchedMovies: true }],
  })
})

t.test('entries that an undo restores get the fields too', async (t) => {
  const db = await openDatabase(t)
  await db.collection('undos').insertMany([
    { change: { kind: 'cleared-title', entry: oldEntry() } },
    { change: { kind: 'cleared-title', entry: null } },
    { change: { kind: 'cleared-history', historyClearedAt: null, archivedUntil: null, entries: [oldEntry()] } },
    { change: { kind: 'removed-play', play: id() } },
  ])
  await db.collection('trash').insertMany([
    { from: 'watcharchive', document: { _id: id(), ...oldEntry() } },
    { from: 'plays', document: { _id: id(), kind: 'play' } },
  ])
  await runTwice(t, db, migration)
  const changes = (await db.collection('undos').find().toArray()).map(({ change }) => change)
  t.match(changes, [{ entry: { positionMs: 1_000, ...FILLED } }, { entry: null }, { entries: [FILLED] }, {}])
  t.notOk('entry' in changes[3])
  const [entry, play] = (await db.collection('trash').find().toArray()).map(({ document }) => document)
  t.match(entry, { positionMs: 1_000, ...FILLED })
  t.strictSame(Object.keys(play), ['_id', 'kind'])
})
