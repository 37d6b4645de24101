// Accounts, profiles and watch history entries have every field. Documents lack the fields that were added after them.
import { fillElements, fillFields, type Migration } from './migration.js'

const PROFILE = {
  subtitleMode: 'smart',
  autoplay: true,
  dropWatchedMovies: false,
  pinHash: null,
  archivedUntil: null,
  historyClearedAt: null,
}

const WATCH_ENTRY = {
  pass: 1,
  passSince: null,
  skipped: 0,
  hiddenAt: null,
  droppedAt: null,
  clearedAt: null,
}

export const migration: Migration = {
  name: '0001-fill-account-fields',
  async up (db) {
    const accounts = db.collection('accounts')
    await fillFields(accounts, { emailVerifiedAt: null, eraseAt: null, disabledAt: null })
    const profiles = fillElements('$profiles', 'profile', PROFILE, {
      watchHistory: fillElements('$$profile.watchHistory', 'entry', WATCH_ENTRY),
    })
    await accounts.updateMany({}, [{ $set: { profiles } }])
    await fillFields(db.collection('watcharchive'), WATCH_ENTRY)
    // Entries that an undo restores.
    const undos = db.collection('undos')
    await undos.updateMany({ 'change.kind': 'cleared-title', 'change.entry.title': { $exists: true } }, [
      { $set: { 'change.entry': { $mergeObjects: [WATCH_ENTRY, '$change.entry'] } } },
    ])
    await undos.updateMany({ 'change.kind': 'cleared-history' }, [
      { $set: { 'change.entries': fillElements('$change.entries', 'entry', WATCH_ENTRY) } },
    ])
    await db.collection('trash').updateMany({ from: 'watcharchive' }, [
      { $set: { document: { $mergeObjects: [WATCH_ENTRY, '$document'] } } },
    ])
  },
}
