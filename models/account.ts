// An account: sign-in data, plan, and its profiles with their recent watch history and wishlist.
// The plan's limit on profiles is enforced here, on every write verb.
import { createHash } from 'node:crypto'
import mongoose, { Schema, type HydratedDocument, type Types, type UpdateQuery } from 'mongoose'
import {
  assertProfileLimit,
  countUsableProfiles,
  limitsOf,
  maxStoredProfiles,
  type PlanId,
  type PlanLimits,
} from '../src/domain/plans.js'
import { SUBTITLE_MODES, type SubtitleMode } from '../src/domain/language-choice.js'
import { ADULT_AGE } from '../src/domain/maturity.js'
import { conflict } from '../src/errors.js'
import {
  REPLACE_METHODS,
  rootSegment,
  withoutPositions,
  writtenPaths,
  UnguardedWriteError,
  UPDATE_METHODS,
  type AnyUpdate,
} from './write-guards.js'
import { watchEntrySchema, type WatchEntry } from './watch-entry.js'

/** How many titles a profile keeps in its embedded watch history; older entries move to the archive. */
export const MAX_WATCH_HISTORY_ENTRIES = 24
export const MAX_WISHLIST_TITLES = 500
/** A name may unfold to many times its length: a longer one is compared by its hash. */
const NAME_KEY_LENGTH = 100

export type Role = 'member' | 'admin'

export interface StoredProfile {
  _id: Types.ObjectId
  name: string
  /** The name as it is compared within the account: case and width folded. */
  nameKey: string
  avatar: string | null
  kids: boolean
  maxMaturityAge: number
  audioLanguages: string[]
  subtitleLanguages: string[]
  /** Missing in profiles from before it could be chosen: smart. */
  subtitleMode?: SubtitleMode
  autoplay: boolean
  /** A movie leaves the wishlist when it was watched to its end. */
  dropWatchedMovies: boolean
  pinHash: string | null
  locked: boolean
  /** Newest added first. */
  wishlist: Types.ObjectId[]
  /** One entry a title, in no order: sorted when read. */
  watchHistory: WatchEntry[]
  /** The newest activity in the archive: whoever needs nothing older need not look there. Null when it is empty. */
  archivedUntil: Date | null
  /** Events up to this moment were cleared by the viewer and stay away. */
  historyClearedAt: Date | null
}

export interface StoredAccount {
  _id: Types.ObjectId
  /** Normalised: trimmed, NFKC, lower case. */
  email: string
  /** When its owner proved to read the mail of the address; null until then. */
  emailVerifiedAt: Date | null
  /** Closed by its owner, and erased from then on; null for an account that is open. */
  eraseAt: Date | null
  /** When an administrator shut it: nobody signs in; null, or missing in older ones, for an account that is open. */
  disabledAt?: Date | null
  passwordHash: string
  role: Role
  plan: PlanId
  /** Copied from the plan, so that the guard of a write reads one document. */
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
  locked: { type: Boolean, default: false },
  wishlist: {
    type: [Schema.Types.ObjectId],
    default: [],
    validate: (list: unknown[]) => list.length <= MAX_WISHLIST_TITLES,
  },
  watchHistory: {
    type: [watchEntrySchema],
    default: [],
    validate: (list: unknown[]) => list.length <= MAX_WATCH_HISTORY_ENTRIES,
  },
  archivedUntil: { type: Date, default: null },
  historyClearedAt: { type: Date, default: null },
})

const accountSchema = new Schema<StoredAccount>({
  // Log-in and the promise that an address is taken once.
  email: { type: String, required: true, unique: true },
  emailVerifiedAt: { type: Date, default: null },
  eraseAt: { type: Date, default: null },
  disabledAt: { type: Date, default: null },
  passwordHash: { type: String, required: true },
  role: { type: String, enum: ['member', 'admin'], default: 'member' },
  // Which there are is checked where it changes: an account may be on one that is not offered any more.
  plan: { type: String, required: true },
  limits: {
    maxProfiles: { type: Number, required: true },
    maxStreams: { type: Number, required: true },
    maxHeight: { type: Number, required: true },
  },
  profiles: { type: [profileSchema], default: [] },
}, { collection: 'accounts', timestamps: true, optimisticConcurrency: ['plan', 'limits', 'profiles'] })

// Closed accounts whose period of grace is over.
accountSchema.index({ eraseAt: 1 })
// Whether there is another administrator; lists by role.
accountSchema.index({ role: 1, _id: 1 })

/** Folds a profile's name for comparison: `Kim`, `KIM` and full-width `Ｋｉｍ` are one name. */
export function profileNameKey (name: string): string {
  const folded = name.normalize('NFKC').trim().toLowerCase()
  return folded.length <= NAME_KEY_LENGTH ? folded : createHash('sha256').update(folded).digest('hex')
}

accountSchema.pre('validate', function deriveLimitsAndGuardProfiles () {
  if (this.isModified('plan') || this.isNew) this.limits = limitsOf(this.plan)
  if (!this.isModified('profiles') && !this.isModified('plan') && !this.isNew) return
  for (const profile of this.profiles) profile.nameKey = profileNameKey(profile.name)
  assertProfileLimit(this.limits, this.profiles)
  if (countUsableProfiles(this.profiles) === 0) {
    throw conflict('last-profile', 'The last profile stays', 'An account keeps at least one usable profile.')
  }
  if (new Set(this.profiles.map((profile) => profile.nameKey)).size !== this.profiles.length) throw profileNameTaken()
})

export function profileNameTaken (): Error {
  return conflict(
    'profile-name-taken',
    'Name taken',
    'Another profile of this account has this name; capitals do not make a difference.',
  )
}

/** What targeted updates may write inside a profile: none of it decides about limits. */
const FREE_PROFILE_PATHS = [
  'profiles.watchHistory',
  'profiles.wishlist',
  'profiles.archivedUntil',
  'profiles.historyClearedAt',
]
const GUARDED_ROOTS = new Set(['profiles', 'plan', 'limits'])

interface GuardedUpdate {
  filter: Record<string, unknown>
  extra: UpdateQuery<unknown>
}

/**
 * Checks an update of accounts. Adding a profile gets the plan's limit and the uniqueness of names into its filter;
 * anything else that touches plan or profiles has to go through the document and its hooks.
 * @throws UnguardedWriteError
 */
function guardUpdate (update: AnyUpdate): GuardedUpdate | null {
  let added: StoredProfile | null = null
  for (const { operator, path, value } of writtenPaths(update)) {
    if (path !== '' && !GUARDED_ROOTS.has(rootSegment(path))) continue
    const shape = withoutPositions(path)
    if (operator !== 'pipeline' && FREE_PROFILE_PATHS.some((free) => shape === free || shape.startsWith(`${free}.`))) {
      continue
    }
    if (operator === '$push' && path === 'profiles' && isOneProfile(value)) {
      added = value
      continue
    }
    throw new UnguardedWriteError(`accounts: "${path}" is written by saving the document, not by ${operator}`)
  }
  return added === null ? null : guardAddedProfile(added)
}

/** `$each` and its like add several at once, which the guard's filter would not count. */
function isOneProfile (value: unknown): value is StoredProfile {
  return typeof value === 'object' && value !== null && 'name' in value && !('$each' in value)
}

function guardAddedProfile (profile: StoredProfile): GuardedUpdate {
  profile.nameKey = profileNameKey(profile.name)
  profile.locked = false
  const usable = { $filter: { input: '$profiles', as: 'profile', cond: { $ne: ['$$profile.locked', true] } } }
  const filter = {
    'profiles.nameKey': mongoose.trusted({ $ne: profile.nameKey }),
    $expr: mongoose.trusted({
      $and: [{ $lt: [{ $size: usable }, '$limits.maxProfiles'] }, {
        $lt: [{ $size: '$profiles' }, { $max: [maxStoredProfiles(), '$limits.maxProfiles'] }],
      }],
    }),
  }
  // The version moves on, so that a document loaded before this profile existed cannot be saved over it.
  return { filter, extra: { $inc: { __v: 1 } } }
}

accountSchema.pre([...UPDATE_METHODS], function guardPlanLimits () {
  const guarded = guardUpdate(this.getUpdate())
  if (guarded === null) return
  this.where(guarded.filter)
  this.setUpdate({ ...this.getUpdate(), ...guarded.extra })
})

accountSchema.pre([...REPLACE_METHODS], function refuseReplacement () {
  throw new UnguardedWriteError('accounts are never replaced whole')
})

accountSchema.pre('insertMany', async function guardInserted (docs) {
  for (const account of [docs].flat()) guardInsertedAccount(account as StoredAccount)
})

/** With `lean`, and in bulk writes, no document hook runs: what they derive and check happens here. */
function guardInsertedAccount (account: StoredAccount): void {
  account.limits = limitsOf(account.plan)
  for (const profile of account.profiles ?? []) profile.nameKey = profileNameKey(profile.name)
  assertProfileLimit(account.limits, account.profiles ?? [])
}

accountSchema.pre('bulkWrite', async function guardBulk (ops) {
  for (const op of ops) {
    if ('insertOne' in op) {
      guardInsertedAccount(op.insertOne.document as unknown as StoredAccount)
    } else if ('updateOne' in op || 'updateMany' in op) {
      const { update } = 'updateOne' in op ? op.updateOne : op.updateMany
      if (guardUpdate(update as AnyUpdate) !== null) {
        throw new UnguardedWriteError('accounts: profiles are added one at a time')
      }
    } else if ('replaceOne' in op) {
      throw new UnguardedWriteError('accounts are never replaced whole')
    }
  }
})

export const Account = mongoose.model('Account', accountSchema)

/** Everything of an account but what grows with watching: what account and profile pages need. */
const WITHOUT_WATCHING = '-profiles.watchHistory -profiles.wishlist'

export async function findAccount (id: string | Types.ObjectId): Promise<StoredAccount | null> {
  return await Account.findById(id).select(WITHOUT_WATCHING).lean<StoredAccount>()
}

export async function findAccountByEmail (email: string): Promise<StoredAccount | null> {
  return await Account.findOne({ email }).select(WITHOUT_WATCHING).lean<StoredAccount>()
}

/** The document, for changes to plan and profiles; its version guards against what happens meanwhile. */
export async function loadAccount (id: string | Types.ObjectId): Promise<AccountDocument | null> {
  return await Account.findById(id).select(WITHOUT_WATCHING)
}

/** One profile with its watch history and wishlist. */
export async function findProfile (
  accountId: string | Types.ObjectId,
  profileId: string,
): Promise<StoredProfile | null> {
  const account = await Account.findById(accountId, { profiles: { $elemMatch: { _id: profileId } } }).lean<
    Pick<StoredAccount, 'profiles'>
  >()
  return account?.profiles?.[0] ?? null
}
