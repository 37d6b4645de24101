// An account: log-in data, plan, and its profiles with their recent watch history and wishlist.
// The hooks enforce the plan's limit on profiles on every write method.
import mongoose, { Schema, type HydratedDocument, type Types, type UpdateQuery } from 'mongoose'
import './mongoose-settings.js'
import { SUBTITLE_MODES, type SubtitleMode } from '../src/domain/language-choice.js'
import { ADULT_AGE } from '../src/domain/maturity.js'
import {
  assertProfileLimit,
  countUsableProfiles,
  isSameLimits,
  type PlanId,
  type PlanLimits,
  type PlanTable,
} from '../src/domain/plans.js'
import { profileNameKey } from '../src/domain/profile-names.js'
import { ROLES, type Role } from '../src/domain/vocabulary.js'
import { conflict } from '../src/errors.js'
import { findAddedProfile, roomForProfile } from './account-guards.js'
import { watchEntrySchema, type WatchEntry } from './watch-entry.js'
import { reportWritesOf } from './write-notifications.js'
import { REPLACE_METHODS, UnguardedWriteError, UPDATE_METHODS, type AnyUpdate } from './write-guards.js'

/** Number of titles in the embedded watch history of a profile; older entries move to the archive. */
export const MAX_WATCH_HISTORY_ENTRIES = 32
export const MAX_WISHLIST_TITLES = 500

export interface StoredProfile {
  _id: Types.ObjectId
  name: string
  /** Form of the name that is unique within the account: see `profileNameKey`. */
  nameKey: string
  avatar: string | null
  kids: boolean
  maxMaturityAge: number
  audioLanguages: string[]
  subtitleLanguages: string[]
  subtitleMode: SubtitleMode
  autoplay: boolean
  /** Removes a movie from the wishlist when it is finished. */
  dropWatchedMovies: boolean
  pinHash: string | null
  /** Grows when a PIN is set or changed: a profile token is valid for the number that it was issued with. */
  pinVersion: number
  /** Not usable in the current plan; keeps its data. */
  locked: boolean
  /** Newest first. */
  wishlist: Types.ObjectId[]
  /** One entry per title, unordered: readers sort it. */
  watchHistory: WatchEntry[]
  /** Newest activity in the archive: readers of newer entries skip the archive. Null when it is empty. */
  archivedUntil: Date | null
  /** The profile cleared its history: events up to this time do not restore it. */
  historyClearedAt: Date | null
}

export interface StoredAccount {
  _id: Types.ObjectId
  /** Normalised: trimmed, NFKC, lower case. */
  email: string
  /** When the owner confirmed the email address; null until then. */
  emailVerifiedAt: Date | null
  /** When a closed account is erased; null for an open account. */
  eraseAt: Date | null
  /** When the erasure of a closed account started: it can no longer be reopened. Null before. */
  erasureStartedAt: Date | null
  /** When an administrator disabled the account; null for an enabled one. */
  disabledAt: Date | null
  passwordHash: string
  /**
   * Grows with each change of the password or email, and when the account is disabled or closed. Email tokens and
   * log-ins in progress are valid for the number that they started with.
   */
  credentialsVersion: number
  role: Role
  plan: PlanId
  /** Copy of the limits of the plan, so that the guard of a write reads one document. */
  limits: PlanLimits
  profiles: StoredProfile[]
  createdAt: Date
  updatedAt: Date
  __v: number
}

export type AccountDocument = HydratedDocument<StoredAccount>

const profileSchema = new Schema<StoredProfile>({
  name: { type: String, required: true },
  nameKey: { type: String, required: true },
  avatar: { type: String, default: null },
  kids: { type: Boolean, default: false },
  maxMaturityAge: { type: Number, default: ADULT_AGE, min: 0, max: ADULT_AGE },
  audioLanguages: { type: [String], default: [] },
  subtitleLanguages: { type: [String], default: [] },
  subtitleMode: { type: String, enum: SUBTITLE_MODES, default: 'smart' },
  autoplay: { type: Boolean, default: true },
  dropWatchedMovies: { type: Boolean, default: false },
  pinHash: { type: String, default: null },
  pinVersion: { type: Number, default: 0 },
  locked: { type: Boolean, default: false },
  wishlist: {
    type: [Schema.Types.ObjectId],
    default: [],
    validate: (titles: unknown[]) => titles.length <= MAX_WISHLIST_TITLES,
  },
  watchHistory: {
    type: [watchEntrySchema],
    default: [],
    validate: (entries: unknown[]) => entries.length <= MAX_WATCH_HISTORY_ENTRIES,
  },
  archivedUntil: { type: Date, default: null },
  historyClearedAt: { type: Date, default: null },
})

const accountSchema = new Schema<StoredAccount>({
  // Log-in; an email belongs to one account.
  email: { type: String, required: true, unique: true },
  emailVerifiedAt: { type: Date, default: null },
  eraseAt: { type: Date, default: null },
  erasureStartedAt: { type: Date, default: null },
  disabledAt: { type: Date, default: null },
  passwordHash: { type: String, required: true },
  credentialsVersion: { type: Number, default: 0 },
  role: { type: String, enum: ROLES, default: 'member' },
  // Not an enumeration: an account may have a plan that is no longer on offer.
  plan: { type: String, required: true },
  limits: {
    maxProfiles: { type: Number, required: true },
    maxStreams: { type: Number, required: true },
    maxHeight: { type: Number, required: true },
  },
  profiles: { type: [profileSchema], default: [] },
}, { collection: 'accounts', timestamps: true, optimisticConcurrency: ['plan', 'limits', 'profiles'] })

// Closed accounts whose grace period is over.
accountSchema.index({ eraseAt: 1 })
// Check for another administrator; lists by role.
accountSchema.index({ role: 1, _id: 1 })

export function profileNameTaken (): Error {
  return conflict(
    'profile-name-taken',
    'Name taken',
    'Another profile of this account has this name; upper and lower case are the same.',
  )
}

/**
 * Creates an unsaved account. Its save copies the limits of the plan from the table.
 * @throws DomainError 400 `validation-failed` when the plan is not on offer
 */
export function newAccount (
  fields: Pick<StoredAccount, 'email' | 'passwordHash' | 'plan' | 'profiles'> & Partial<Pick<StoredAccount, 'role'>>,
  plans: PlanTable,
): AccountDocument {
  const account = new Account({ ...fields, limits: plans.limitsOf(fields.plan) })
  account.$locals['plans'] = plans
  return account
}

/**
 * Changes the plan of a loaded account. Its save copies the limits from the table, also those of the same plan when
 * they have changed.
 * @throws DomainError 400 `validation-failed` when the plan is not on offer
 */
export function setPlan (account: AccountDocument, planId: PlanId, plans: PlanTable): void {
  const hasOtherLimits = !isSameLimits(account.limits, plans.limitsOf(planId))
  account.$locals['plans'] = plans
  account.plan = planId
  if (hasOtherLimits) account.markModified('plan')
}

/**
 * Adds a profile in one write. The filter contains the limits, so that concurrent calls cannot exceed them.
 * @returns false when the account does not exist, has the name already or has no room
 */
export async function pushProfile (
  accountId: string | Types.ObjectId,
  profile: StoredProfile,
  plans: PlanTable,
): Promise<boolean> {
  const { modifiedCount } = await Account.updateOne(
    { _id: accountId },
    { $push: { profiles: profile } },
    { plans } as never,
  )
  return modifiedCount > 0
}

/** Derives limits and name keys, and checks the profiles. Both hooks call it: a save may skip validation. */
function deriveLimitsAndCheckProfiles (this: AccountDocument): void {
  if (this.isNew || this.isModified('plan')) {
    const plans = this.$locals['plans'] as PlanTable | undefined
    if (plans === undefined) throw new UnguardedWriteError('accounts: a plan is set by newAccount or setPlan')
    this.limits = plans.limitsOf(this.plan)
  } else if (this.isModified('limits')) {
    throw new UnguardedWriteError('accounts: limits are copied from the plan, never set')
  }
  if (!this.isModified('profiles') && !this.isModified('plan') && !this.isNew) return
  for (const profile of this.profiles) profile.nameKey = profileNameKey(profile.name)
  assertProfileLimit(this.limits, this.profiles)
  if (countUsableProfiles(this.profiles) === 0) {
    throw conflict('last-profile', 'Last profile', 'An account keeps at least one usable profile.')
  }
  if (new Set(this.profiles.map((profile) => profile.nameKey)).size !== this.profiles.length) throw profileNameTaken()
}

accountSchema.pre('validate', deriveLimitsAndCheckProfiles)
accountSchema.pre('save', deriveLimitsAndCheckProfiles)

accountSchema.pre([...UPDATE_METHODS], function guardUpdate () {
  const update = this.getUpdate()
  const { plans, upsert } = this.getOptions() as { plans?: PlanTable, upsert?: boolean }
  // An upsert would insert the fields of its filter.
  if (upsert === true) throw new UnguardedWriteError('accounts are created by newAccount, not by an upsert')
  const profile = findAddedProfile(update)
  if (profile === null) return
  if (plans === undefined) throw new UnguardedWriteError('accounts: a profile is added by pushProfile')
  profile.nameKey = profileNameKey(profile.name)
  profile.locked = false
  this.where(roomForProfile(profile.nameKey, plans.maxStoredProfiles))
  // The new version makes the save of a document that was loaded before fail, which would overwrite this profile.
  const operators = update as UpdateQuery<unknown>
  this.setUpdate({ ...operators, $inc: { ...operators.$inc, __v: 1 } })
})

accountSchema.pre([...REPLACE_METHODS], function rejectReplacement () {
  throw new UnguardedWriteError('accounts are never replaced')
})

accountSchema.pre('insertMany', async function rejectInsertMany () {
  throw new UnguardedWriteError('accounts are created by newAccount, one at a time')
})

accountSchema.pre('bulkWrite', async function guardBulkWrite (operations) {
  for (const operation of operations) {
    if ('insertOne' in operation || 'replaceOne' in operation) {
      throw new UnguardedWriteError('accounts are neither inserted nor replaced in bulk')
    }
    if ('updateOne' in operation || 'updateMany' in operation) {
      const { update, upsert } = 'updateOne' in operation ? operation.updateOne : operation.updateMany
      if (upsert === true || findAddedProfile(update as AnyUpdate) !== null) {
        throw new UnguardedWriteError('accounts: profiles are added by pushProfile, accounts by newAccount')
      }
    }
  }
})

reportWritesOf(accountSchema, 'accounts')

export const Account = mongoose.model('Account', accountSchema)

/** Excludes the fields that grow with watching; account and profile pages do not need them. */
const WITHOUT_WATCHING = '-profiles.watchHistory -profiles.wishlist'

export async function findAccount (id: string | Types.ObjectId): Promise<StoredAccount | null> {
  return await Account.findById(id).select(WITHOUT_WATCHING).lean<StoredAccount>()
}

export async function findAccountByEmail (email: string): Promise<StoredAccount | null> {
  return await Account.findOne({ email }).select(WITHOUT_WATCHING).lean<StoredAccount>()
}

/** Loads the document for changes to plan and profiles. A save fails when the account has changed in between. */
export async function loadAccount (id: string | Types.ObjectId): Promise<AccountDocument | null> {
  return await Account.findById(id).select(WITHOUT_WATCHING)
}

/** Finds one profile with its watch history and wishlist. By the driver: Mongoose takes half as long again. */
export async function findProfile (
  accountId: string | Types.ObjectId,
  profileId: string,
): Promise<StoredProfile | null> {
  const projection = { profiles: { $elemMatch: { _id: new mongoose.Types.ObjectId(profileId) } } }
  const account = await Account.collection.findOne<Pick<StoredAccount, 'profiles'>>(
    { _id: new mongoose.Types.ObjectId(accountId) },
    { projection },
  )
  return account?.profiles?.[0] ?? null
}
