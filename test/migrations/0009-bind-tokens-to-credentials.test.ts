import mongoose from 'mongoose'
import t from 'tap'
import { migration } from '../../migrations/0009-bind-tokens-to-credentials.js'
import { Account, loadAccount } from '../../models/account.js'
import { EmailToken } from '../../models/email-token.js'
import { expectModelForm, openDatabase, runTwice } from './migration-helper.js'

const id = () => new mongoose.mongo.ObjectId()
const at = new Date('2026-03-01T20:00:00Z')

const oldProfile = (name: string, nameKey: string) => ({
  _id: id(),
  name,
  nameKey,
  avatar: null,
  kids: false,
  maxMaturityAge: 18,
  audioLanguages: [],
  subtitleLanguages: [],
  subtitleMode: 'smart',
  autoplay: true,
  dropWatchedMovies: false,
  pinHash: null,
  locked: false,
  wishlist: [],
  watchHistory: [],
  archivedUntil: null,
  historyClearedAt: null,
})

t.test('tokens get the numbers of their accounts, and profile names fold case in every language', async (t) => {
  const db = await openDatabase(t)
  const accountId = id()
  const oldAccount = {
    _id: accountId,
    email: 'kim@example.com',
    emailVerifiedAt: null,
    eraseAt: null,
    disabledAt: null,
    passwordHash: 'x',
    role: 'member',
    plan: 'premium',
    limits: { maxProfiles: 5, maxStreams: 4, maxHeight: 2_160 },
    profiles: [
      oldProfile('Straße', 'straße'),
      oldProfile('STRASSE', 'strasse'),
      oldProfile('Kim', 'kim'),
      oldProfile('\u3164', '\u1160'),
    ],
    createdAt: at,
    updatedAt: at,
    __v: 0,
  }
  await db.collection('accounts').insertOne(oldAccount)
  await db.collection<{ _id: string }>('emailtokens').insertOne({
    _id: 'hash',
    kind: 'verify-email',
    account: accountId,
    email: 'kim@example.com',
    createdAt: at,
    expiresAt: at,
    usedAt: null,
  } as never)
  await runTwice(t, db, migration)

  await expectModelForm(t, Account)
  await expectModelForm(t, EmailToken)
  t.match(await EmailToken.findById('hash').lean(), { credentialsVersion: 0 })
  const account = (await loadAccount(accountId))!
  t.match(account.toObject(), { credentialsVersion: 0, erasureStartedAt: null })
  t.match(account.profiles.map(({ name, nameKey, pinVersion }) => ({ name, nameKey, pinVersion })), [
    { name: 'Straße', nameKey: 'strasse', pinVersion: 0 },
    { name: 'STRASSE 2', nameKey: 'strasse 2' },
    { name: 'Kim', nameKey: 'kim' },
    { name: 'Profile', nameKey: 'profile' },
  ])
  account.profiles[2]!.name = 'Lee'
  await account.save()
  t.pass('the hook accepts the names')
})
