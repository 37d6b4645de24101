// Accounts, profiles, sessions and tokens on the wire.
import { Type, type Static } from 'typebox'
import type { StoredAccount, StoredProfile } from '../../models/account.js'
import { MAX_PROFILES, planIds, type PlanId } from '../domain/plans.js'
import { ADULT_AGE, maturityCeiling } from '../domain/maturity.js'
import { Id, Language, nullable, ref, strict, Timestamp } from './common.js'
import { SubtitleModeName } from './ratings.js'

/** One of the plans that there are when it is asked: they are read before the routes are put together. */
export const describePlanName = () =>
  Type.Enum(planIds(), { $id: 'PlanName', description: 'Which plan', examples: planIds().slice(-1) })
export const PlanName = Type.Unsafe<PlanId>({ $ref: 'PlanName#' })
const StoredPlanName = Type.String({
  description: 'Which plan; possibly one that is not offered any more',
  examples: ['standard'],
})
export const KeptProfiles = Type.Array(Id, {
  minItems: 1,
  maxItems: MAX_PROFILES,
  uniqueItems: true,
  description: 'The profiles that stay usable; the others are locked',
})
export const Email = Type.String({
  format: 'email',
  maxLength: 254,
  description: 'Compared without regard to case',
  examples: ['kim@example.com'],
})
export const Password = Type.String({
  minLength: 1,
  maxLength: 1_000,
  description: 'Any characters; 8 to 128 of them when it is set',
  examples: ['three blind mice ran'],
})
export const Device = Type.String({
  minLength: 1,
  maxLength: 100,
  description: 'What the device is called in lists of sessions and streams',
  examples: ['Living-room TV'],
})
export const ProfileName = Type.String({
  minLength: 1,
  maxLength: 50,
  pattern: '\\S',
  description: 'Unique within the account, whatever its case',
  examples: ['Kim'],
})
const Languages = Type.Array(Language, { maxItems: 20, description: 'The most wanted first' })
const MaturityAge = Type.Integer({
  minimum: 0,
  maximum: ADULT_AGE,
  description: 'Titles meant for older viewers are not there for this profile; years',
})
const DropWatchedMovies = Type.Boolean({
  description: 'A movie that was watched to its end leaves the wishlist by itself',
})

export const Profile = Type.Object({
  id: Id,
  name: ProfileName,
  avatar: nullable(Type.String(), 'A name or address that clients agree on; null for none'),
  kids: Type.Boolean({ description: 'Sees nothing above 7 years and nothing unrated' }),
  maxMaturityAge: MaturityAge,
  audioLanguages: Languages,
  subtitleLanguages: Languages,
  subtitleMode: SubtitleModeName,
  autoplay: Type.Boolean(),
  dropWatchedMovies: DropWatchedMovies,
  hasPin: Type.Boolean({ description: 'Opens only by select with its PIN' }),
  locked: Type.Boolean({ description: 'Kept with all it holds but unusable on this plan' }),
}, { $id: 'Profile' })

const writable = {
  avatar: Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 200 }))),
  kids: Type.Optional(Type.Boolean()),
  maxMaturityAge: Type.Optional(MaturityAge),
  audioLanguages: Type.Optional(Languages),
  subtitleLanguages: Type.Optional(Languages),
  subtitleMode: Type.Optional(SubtitleModeName),
  autoplay: Type.Optional(Type.Boolean()),
  dropWatchedMovies: Type.Optional(DropWatchedMovies),
  pin: Type.Optional(
    nullable(Type.String({ pattern: '^[0-9]{4,8}$' }), '4 to 8 digits; null takes it away; never read back'),
  ),
}
export const NewProfile = strict({ name: ProfileName, ...writable })
export const ProfileChanges = strict({ name: Type.Optional(ProfileName), ...writable }, { minProperties: 1 })

export const RoleName = Type.Enum(['member', 'admin'])

export const AccountView = Type.Object({
  id: Id,
  email: Email,
  emailVerified: Type.Boolean({ description: 'The owner confirmed the address by a mailed link' }),
  plan: StoredPlanName,
  role: RoleName,
  profiles: Type.Array(ref(Profile)),
  createdAt: Timestamp,
}, { $id: 'Account' })

export const Accepted = Type.Object({ status: Type.Enum(['accepted']) }, {
  description: 'It will be done, if there is anything to do',
})

export const Tokens = Type.Object({
  account: ref(AccountView),
  accessToken: Type.String({ description: 'JWT; send it as Authorization: Bearer' }),
  refreshToken: Type.String({ description: 'Opaque; each one can be used once' }),
  expiresIn: Type.Integer({ description: 'Seconds until the access token expires', examples: [900] }),
  deviceToken: Type.Optional(
    Type.String({ description: 'At sign-up and log-in: keep it on the device and send it with the next log-in' }),
  ),
}, { $id: 'Tokens' })

export const SessionView = Type.Object({
  id: Id,
  device: nullable(Type.String()),
  createdAt: Timestamp,
  lastUsedAt: Timestamp,
  current: Type.Boolean({ description: 'The session this request was made with' }),
}, { $id: 'Session' })

export const StreamView = Type.Object({
  id: Id,
  profile: Type.Object({ id: Id, name: Type.String() }),
  device: nullable(Type.String()),
  title: Type.Object({ id: Id, title: Type.String() }),
  season: nullable(Type.Integer()),
  episode: nullable(Type.Integer()),
  state: Type.Enum(['playing', 'paused'], { description: 'As the last heartbeat said' }),
  positionMs: Type.Integer({ minimum: 0, description: 'Where it is, ms from the start' }),
  durationMs: nullable(Type.Integer({ minimum: 0 }), 'Null when the length is not known'),
  private: Type.Boolean({ description: 'Plays without a trace in the history' }),
  since: Timestamp,
  expiresAt: Timestamp,
})

export const PlanView = Type.Object({
  id: PlanName,
  name: Type.String(),
  maxProfiles: Type.Integer(),
  maxStreams: Type.Integer({ description: 'How many streams may play at once' }),
  maxHeight: Type.Integer({ description: 'The sharpest picture, in lines' }),
  price: Type.Object({
    amount: Type.Integer({ description: 'A month, in minor units of the currency' }),
    currency: Type.String({ description: 'ISO 4217' }),
  }),
}, { $id: 'Plan' })

const ProfileNameOnly = Type.Object({ id: Id, name: ProfileName })

export const PlanPreview = Type.Object({
  from: StoredPlanName,
  to: PlanName,
  maxHeight: Type.Integer({ description: 'The sharpest picture afterwards, in lines' }),
  maxProfiles: Type.Integer(),
  maxStreams: Type.Integer(),
  lock: Type.Array(ProfileNameOnly, {
    description: 'Profiles that would be locked; when a choice is needed, those after the first',
  }),
  unlock: Type.Array(ProfileNameOnly, { description: 'Locked profiles that would come back' }),
  needsChoice: Type.Boolean({ description: 'True: send keepProfileIds, or the change is refused' }),
  endedStreams: Type.Integer({ description: 'How many running streams would end, the newest first' }),
}, { $id: 'PlanPreview' })

/** An account as administrators find it in lists. */
export const AccountSummary = Type.Object({
  id: Id,
  email: Email,
  emailVerified: Type.Boolean(),
  plan: StoredPlanName,
  role: RoleName,
  disabledAt: nullable(Timestamp, 'Since when nobody can sign in; null: open'),
  eraseAt: nullable(Timestamp, 'Closed by its owner, and erased from then on; null: open'),
  profileCount: Type.Integer({ description: 'Locked ones included' }),
  createdAt: Timestamp,
}, { $id: 'AccountSummary' })

/** All that administrators see of one account. */
export const AccountDetail = Type.Object({
  ...AccountSummary.properties,
  limits: Type.Object({ maxProfiles: Type.Integer(), maxStreams: Type.Integer(), maxHeight: Type.Integer() }, {
    description: 'Copied from the plan when it was chosen',
  }),
  profiles: Type.Array(
    Type.Object({ id: Id, name: ProfileName, kids: Type.Boolean(), hasPin: Type.Boolean(), locked: Type.Boolean() }),
  ),
  sessions: Type.Array(
    Type.Object({ id: Id, device: nullable(Type.String()), createdAt: Timestamp, lastUsedAt: Timestamp }),
  ),
  streams: Type.Array(StreamView),
}, { $id: 'AccountDetail' })

type ProfileWire = Static<typeof Profile>
type AccountWire = Static<typeof AccountView>

export function toProfile (profile: Omit<StoredProfile, 'watchHistory' | 'wishlist'>): ProfileWire {
  return {
    id: profile._id.toString(),
    name: profile.name,
    avatar: profile.avatar,
    kids: profile.kids,
    maxMaturityAge: maturityCeiling(profile),
    audioLanguages: [...profile.audioLanguages],
    subtitleLanguages: [...profile.subtitleLanguages],
    subtitleMode: profile.subtitleMode ?? 'smart',
    autoplay: profile.autoplay,
    // Profiles that were made before this could be chosen do not have it.
    dropWatchedMovies: profile.dropWatchedMovies === true,
    hasPin: profile.pinHash !== null,
    locked: profile.locked,
  }
}

export function toAccount (account: StoredAccount): AccountWire {
  return {
    id: account._id.toString(),
    email: account.email,
    emailVerified: (account.emailVerifiedAt ?? null) !== null,
    plan: account.plan,
    role: account.role,
    profiles: account.profiles.map(toProfile),
    createdAt: account.createdAt.toISOString(),
  }
}

export function toAccountSummary (account: StoredAccount): Static<typeof AccountSummary> {
  return {
    id: account._id.toString(),
    email: account.email,
    emailVerified: (account.emailVerifiedAt ?? null) !== null,
    plan: account.plan,
    role: account.role,
    disabledAt: account.disabledAt?.toISOString() ?? null,
    eraseAt: account.eraseAt?.toISOString() ?? null,
    profileCount: account.profiles.length,
    createdAt: account.createdAt.toISOString(),
  }
}
