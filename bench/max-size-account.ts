// The largest an account document can get: every profile full, every field at its longest. Written through the model, and
// measured as it is stored.
import mongoose, { Types } from 'mongoose'
import { Account, MAX_WATCH_HISTORY_ENTRIES, MAX_WISHLIST_TITLES, type StoredProfile } from '../models/account.js'
import type { WatchEntry } from '../models/watch-entry.js'
import { newProfile } from '../src/accounts/profiles.js'
import { limitsOf } from '../src/domain/plans.js'

export const ACCOUNT_BYTES_BOUND = 150_000

/** 60 days, the longest that anything lasts, and no whole number of 32 bits. */
const LONGEST_MS = 60 * 86_400_000
/** As many digits as a season or an episode has in earnest; any whole number of 32 bits takes the same bytes. */
const LARGE_NUMBER = 9_999
const BCRYPT_LENGTH = 60

function fullEntry (): WatchEntry {
  const now = new Date()
  const item = new Types.ObjectId()
  return {
    title: new Types.ObjectId(),
    item,
    season: LARGE_NUMBER,
    episode: LARGE_NUMBER,
    positionMs: LONGEST_MS,
    durationMs: LONGEST_MS,
    watchedMs: LONGEST_MS,
    finished: true,
    finishedAt: now,
    lastWatchedAt: now,
    activityAt: now,
    isResumable: true,
    ended: { item, season: 0, episode: LARGE_NUMBER, after: { season: LARGE_NUMBER, episode: LARGE_NUMBER }, at: now },
    pass: LARGE_NUMBER,
    passSince: now,
    skipped: LARGE_NUMBER,
    hiddenAt: now,
    droppedAt: now,
    clearedAt: now,
    revision: LARGE_NUMBER,
  }
}

function fullProfile (number: number): StoredProfile {
  const now = new Date()
  // BCP 47 allows tags of 35 characters, and the service 20 of them.
  const languages = Array.from({ length: 20 }, (_, i) => `sl-Latn-IT-rozaj-biske-1994-x-${String(i).padStart(5, '0')}`)
  return {
    // One letter that compatibility folding, for comparing names, turns into 18 (33 bytes).
    ...newProfile({ name: `${'\uFDFA'.repeat(49)}${number}` }),
    // The longest avatar is 200 characters, here of four bytes each.
    avatar: '\u{1F98A}'.repeat(200),
    audioLanguages: languages,
    subtitleLanguages: languages,
    pinHash: 'x'.repeat(BCRYPT_LENGTH),
    wishlist: Array.from({ length: MAX_WISHLIST_TITLES }, () => new Types.ObjectId()),
    watchHistory: Array.from({ length: MAX_WATCH_HISTORY_ENTRIES }, fullEntry),
    archivedUntil: now,
    historyClearedAt: now,
  }
}

/** Stores such an account, reads it back as it is, and takes it away again. */
export async function measureLargestAccount (): Promise<number> {
  const limits = limitsOf('premium')
  const { _id } = await Account.create({
    email: `${'x'.repeat(242)}@example.com`,
    passwordHash: 'x'.repeat(BCRYPT_LENGTH),
    role: 'member',
    plan: 'premium',
    limits,
    profiles: Array.from({ length: limits.maxProfiles }, (_, i) => fullProfile(i)),
  })
  // As BSON types: a plain number would be written shorter than it is stored.
  const stored = await Account.collection.findOne({ _id }, { promoteValues: false })
  await Account.deleteOne({ _id })
  return mongoose.mongo.BSON.calculateObjectSize(stored ?? {})
}
