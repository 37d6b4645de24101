// Accounts, sessions and tokens.
import { Type, type Static } from 'typebox'
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, ROLES } from '../domain/vocabulary.js'
import { describe, documented, Id, nullable, ref, Timestamp } from './common.js'
import { StoredPlanName } from './plans.js'
import { Profile, ProfileName } from './profiles.js'
import { Stream } from './streams.js'

/** Longer than the 254 bytes of a stored email: spaces around it and the Unicode form of its domain are accepted. */
const MAX_EMAIL_LENGTH = 320
const EMAIL = { maxLength: MAX_EMAIL_LENGTH, examples: ['kim@example.com'] }
export const Email = Type.String({
  ...EMAIL,
  format: 'idn-email',
  description: 'Email address; case and surrounding spaces are ignored, and an internationalised domain becomes ASCII',
})
/** A log-in does not reveal whether the text could be the email of an account. */
export const LogInEmail = Type.String({
  ...EMAIL,
  minLength: 1,
  description: 'Email address of the account; case and surrounding spaces are ignored',
})
export const Password = Type.String({
  minLength: 1,
  maxLength: 1_000,
  description: 'Password of any characters',
  examples: ['three blind mice ran'],
})
export const NewPassword = documented(
  describe(Password, 'Password of any characters; the service may require more than 8. Common passwords are rejected'),
  { minLength: MIN_PASSWORD_LENGTH, maxLength: MAX_PASSWORD_LENGTH },
)
export const Device = Type.String({
  minLength: 1,
  maxLength: 100,
  description: 'Name of the device in lists of sessions and streams',
  examples: ['Living-room TV'],
})
const DeviceName = nullable(Type.String(), 'Name of the device; null: not stated')

export const Role = Type.Enum([...ROLES], {
  title: 'Role',
  description:
    '`editor` may edit titles and media, `support` may help accounts of members and see all titles, `admin` may do ' +
    'everything under /v1/admin',
})

export const Account = Type.Object({
  id: Id,
  email: Email,
  emailVerified: Type.Boolean({ description: 'Whether the owner opened the link in the verification email' }),
  plan: StoredPlanName,
  role: Role,
  profiles: Type.Array(ref(Profile), { description: 'Profiles in the order of their creation' }),
  createdAt: Timestamp,
}, { $id: 'Account', description: 'An account with its profiles' })
export type Account = Static<typeof Account>

/** Selects the cookie. Names are in lower case, because Node.js reads headers so. */
export const SessionHeaders = Type.Object({
  'x-normflix-session': Type.Optional(
    Type.Enum(['cookie'], {
      title: 'SessionTransport',
      description:
        'For pages of the same origin: the refresh token is in an HttpOnly cookie, not in the body. Omitted: it is ' +
        'in the body',
    }),
  ),
})

export const Accepted = Type.Object({
  status: Type.Enum(['accepted'], { description: 'Always `accepted`' }),
}, { title: 'Accepted', description: 'Accepted; the work happens in the background' })

export const Tokens = Type.Object({
  account: ref(Account),
  accessToken: Type.String({ description: 'JWT; send it as `Authorization: Bearer`' }),
  refreshToken: nullable(
    Type.String(),
    'Opaque single-use token that gets the next access token; null: it is in the cookie',
  ),
  expiresIn: Type.Integer({ description: 'Lifetime of the access token, s', examples: [900] }),
  deviceToken: Type.Optional(
    Type.String({ description: 'Only at sign-up and log-in: store it on the device and send it with the next log-in' }),
  ),
}, { $id: 'Tokens', description: 'Tokens of a new or refreshed session' })
export type Tokens = Static<typeof Tokens>

const session = {
  id: Id,
  device: DeviceName,
  createdAt: Timestamp,
  lastUsedAt: Timestamp,
}
export const Session = Type.Object({
  ...session,
  current: Type.Boolean({ description: 'Whether this request uses the session' }),
}, { $id: 'Session', description: 'A session of the account' })
export type Session = Static<typeof Session>

/** An account in the list for administrators. */
export const AccountSummary = Type.Object({
  id: Id,
  email: Email,
  emailVerified: Type.Boolean({ description: 'Whether the owner opened the link in the verification email' }),
  plan: StoredPlanName,
  role: Role,
  disabledAt: nullable(Timestamp, 'When an administrator disabled the account; null: enabled'),
  eraseAt: nullable(Timestamp, 'When the account, closed by its owner, is erased; null: open'),
  profileCount: Type.Integer({ description: 'Number of profiles, locked ones included' }),
  createdAt: Timestamp,
}, { $id: 'AccountSummary', description: 'An account in a list, for administrators' })
export type AccountSummary = Static<typeof AccountSummary>

export const AccountDetail = Type.Object({
  ...AccountSummary.properties,
  limits: Type.Object({
    maxProfiles: Type.Integer({ description: 'Maximum usable profiles' }),
    maxStreams: Type.Integer({ description: 'Maximum concurrent streams' }),
    maxHeight: Type.Integer({ description: 'Maximum video height, pixels' }),
  }, { title: 'PlanLimits', description: 'Limits, copied from the plan when it was chosen' }),
  profiles: Type.Array(
    Type.Object({
      id: Id,
      name: ProfileName,
      kids: Type.Boolean({ description: 'Whether it is a kids profile' }),
      hasPin: Type.Boolean({ description: 'Whether the profile has a PIN' }),
      locked: Type.Boolean({ description: 'Whether the plan is too small for the profile' }),
    }, { title: 'ProfileSummary', description: 'A profile in the account, for administrators' }),
    { description: 'All profiles, locked ones included' },
  ),
  sessions: Type.Array(Type.Object(session, { title: 'SessionSummary', description: 'A session of the account' }), {
    description: 'Live sessions',
  }),
  streams: Type.Array(Stream, { description: 'Live streams' }),
}, { $id: 'AccountDetail', description: 'An account with its profiles, sessions and streams, for administrators' })
export type AccountDetail = Static<typeof AccountDetail>
