// The size of the largest possible account document: full profiles with the maximum length of every field.
import mongoose, { Types } from 'mongoose'
import {
  Account,
  MAX_WATCH_HISTORY_ENTRIES,
  MAX_WISHLIST_TITLES,
  newAccount,
  type StoredProfile,
} from '../models/account.js'
import type { WatchEntry } from '../models/watch-entry.js'
import { newProfile } from '../src/accounts/profiles.js'
import { DEFAULT_PLANS } from '../src/domain/plans.js'

export const MAX_ACCOUNT_BYTES = 150_000

/** Longest duration, 60 days. It does not fit into 32 bits, so BSON stores it as a double. */
const MAX_DURATION_MS = 60 * 86_400_000
/** A realistic season or episode number. Every 32-bit integer has the same size. */
const LARGE_NUMBER = 9_999
const BCRYPT_LENGTH = 60
/** Maximum number of languages of a profile. */
const MAX_LANGUAGES = 20

function createFullEntry (): WatchEntry {
  const now = new Date()
  const item = new Types.ObjectId()
  return {
    title: new Types.ObjectId(),
    item,
    season: LARGE_NUMBER,
    episode: LARGE_NUMBER,
    positionMs: MAX_DURATION_MS,
    durationMs: MAX_DURATION_MS,
    watchedMs: MAX_DURATION_MS,
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

function createFullProfile (number: number): StoredProfile {
  const now = new Date()
  // BCP 47 recommends to support tags of 35 characters.
  const languages = Array.from(
    { length: MAX_LANGUAGES },
    (_, i) => `sl-Latn-IT-rozaj-biske-1994-x-${String(i).padStart(5, '0')}`,
  )
  return {
    // NFKC, which name comparison uses, expands this letter to 18 letters (33 bytes).
    ...newProfile({ name: `${'\uFDFA'.repeat(49)}${number}` }),
    // The maximum length is 200 characters; these have four bytes each.
    avatar: '\u{1F98A}'.repeat(200),
    audioLanguages: languages,
    subtitleLanguages: languages,
    pinHash: 'x'.repeat(BCRYPT_LENGTH),
    wishlist: Array.from({ length: MAX_WISHLIST_TITLES }, () => new Types.ObjectId()),
    watchHistory: Array.from({ length: MAX_WATCH_HISTORY_ENTRIES }, createFullEntry),
    archivedUntil: now,
    historyClearedAt: now,
  }
}

/** Stores the largest possible account, reads its size in bytes and deletes it. */
export async function measureMaxSizeAccount (): Promise<number> {
  const { maxProfiles } = DEFAULT_PLANS.limitsOf('premium')
  const { _id } = await newAccount({
    email: `${'x'.repeat(242)}@example.com`,
    passwordHash: 'x'.repeat(BCRYPT_LENGTH),
    role: 'member',
    plan: 'premium',
    profiles: Array.from({ length: maxProfiles }, (_, i) => createFullProfile(i)),
  }, DEFAULT_PLANS).save()
  // With promoted values, the driver would serialise numbers shorter than they are stored.
  const stored = await Account.collection.findOne({ _id }, { promoteValues: false })
  await Account.deleteOne({ _id })
  return mongoose.mongo.BSON.calculateObjectSize(stored ?? {})
}
