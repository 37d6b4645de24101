import mongoose from 'mongoose'
import t from 'tap'
import { migration } from '../../migrations/0005-rename-title-preferences.js'
import { findTitlePreferences, ProfileTitlePreferences } from '../../models/profile-title-preferences.js'
import { expectModelForm, openDatabase, runTwice } from './migration-helper.js'

const id = () => new mongoose.mongo.ObjectId()
const at = new Date('2026-03-01T20:00:00Z')

t.test('preferences are found under their new IDs', async (t) => {
  const db = await openDatabase(t)
  const [profile, title] = [id(), id()]
  const preferences = Array.from({ length: 520 }, (_, i) => ({
    _id: id(),
    account: id(),
    profile,
    title: i === 0 ? title : id(),
    rating: i % 2 === 0 ? 'love' : null,
    ratedAt: at,
    audio: { language: 'es', kind: 'main' },
    subtitles: null,
    updatedAt: at,
  }))
  await db.collection('tastes').insertMany(preferences)
  await runTwice(t, db, migration)
  await expectModelForm(t, ProfileTitlePreferences)
  t.equal(await ProfileTitlePreferences.countDocuments(), 520)
  t.match(await findTitlePreferences(profile.toString(), title.toString()), {
    rating: 'love',
    ratedAt: at,
    audio: { language: 'es' },
  })
  t.strictSame(await db.listCollections({ name: 'tastes' }).toArray(), [])
})
