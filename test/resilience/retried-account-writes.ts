// Every write of accounts and profiles, sent again after its response was lost.
import { containerOf } from '../support/app.js'
import { CLIENT_ID, DEVICE_CODE_GRANT, startTv } from '../support/device-log-in.js'
import { PASSWORD, signUp } from '../support/users.js'
import type { LostResponseWorld } from './lost-response-world.js'

const ONE_MORE_SESSION = { sessions: 'each log-in creates a session' }
const LONGER_INTERVAL = { devicelogins: 'a repeated poll is too early, and the interval grows' }
const ANOTHER_EMAIL = { emailtokens: 'each request sends another email and voids the previous link' }

/** Repeats every write of an account by its owner. */
export async function retryAccountWrites ({ app, kim, retry }: LostResponseWorld): Promise<void> {
  const sam = { email: 'sam@example.com', password: PASSWORD }
  await retry({ operation: 'signUp', url: '/v1/auth/signup', body: sam, repeated: 409 })
  await retry({ operation: 'logIn', url: '/v1/auth/login', body: sam, mayChange: ONE_MORE_SESSION })
  const pat = await signUp(app)
  await retry({ operation: 'refresh', url: '/v1/auth/refresh', body: { refreshToken: pat.refreshToken } })
  await retry({
    operation: 'sendVerification',
    url: '/v1/account/email/verification',
    as: pat,
    mayChange: ANOTHER_EMAIL,
  })
  const readEmailToken = (subject: RegExp): string => {
    const email = containerOf(app).mailer.listRecent().find((one) => subject.test(one.subject))
    return /token=([\w-]+)/.exec(email?.text ?? '')?.[1] ?? ''
  }
  await retry({
    operation: 'verifyEmail',
    url: '/v1/auth/email/verify',
    body: { token: readEmailToken(/confirm/i) },
    repeated: 400,
  })
  await retry({
    operation: 'changeEmail',
    url: '/v1/account/email',
    as: pat,
    body: { email: 'pat2@example.com', password: PASSWORD },
    mayChange: ANOTHER_EMAIL,
  })
  await retry({
    operation: 'forgotPassword',
    url: '/v1/auth/password/forgot',
    body: { email: sam.email },
    mayChange: ANOTHER_EMAIL,
  })
  await retry({
    operation: 'resetPassword',
    url: '/v1/auth/password/reset',
    body: { token: readEmailToken(/password/i), password: 'four blind mice ran' },
    repeated: 400,
  })
  await retry({
    operation: 'changePassword',
    url: '/v1/account/password',
    as: pat,
    body: { currentPassword: PASSWORD, newPassword: 'five blind mice ran' },
    repeated: 403,
  })
  await retry({ operation: 'changePlan', url: '/v1/account/plan', as: pat, body: { plan: 'premium' } })
  const { items } = (await pat.get('/v1/auth/sessions')).body
  await retry({ operation: 'endSession', url: `/v1/auth/sessions/${items[0].id}`, as: kim, repeated: 404 })
  const lee = await signUp(app)
  await retry({ operation: 'logOut', url: '/v1/auth/logout', as: lee, repeated: 401 })
  const max = await signUp(app)
  await retry({ operation: 'logOutEverywhere', url: '/v1/auth/logout-everywhere', as: max, repeated: 401 })
  const eva = await signUp(app)
  await retry({
    operation: 'deleteAccount',
    url: '/v1/account',
    as: eva,
    body: { password: PASSWORD },
    repeated: 401,
  })
}

/** Repeats every write of the log-in of a device. */
export async function retryDeviceLogIn ({ t, app, kim, clock, retry }: LostResponseWorld): Promise<void> {
  await retry({
    operation: 'authorizeDevice',
    url: '/v1/auth/device',
    body: { client_id: CLIENT_ID },
    mayChange: { devicelogins: 'each request gets codes of its own, which expire' },
  })
  const tv = await startTv(app)
  const body = { userCode: tv.userCode }
  await retry({ operation: 'findDeviceLogIn', url: '/v1/auth/device/find', as: kim, body })
  await retry({ operation: 'approveDevice', url: '/v1/auth/device/approve', as: kim, body })
  const request = { grant_type: DEVICE_CODE_GRANT, client_id: CLIENT_ID, device_code: tv.deviceCode }
  await retry({
    operation: 'requestToken',
    url: '/v1/auth/token',
    body: request,
    repeated: 400,
    mayChange: LONGER_INTERVAL,
  })
  clock.advance(10_000)
  t.equal((await tv.poll()).status, 200, 'a poll in time receives the tokens of the lost response')
  const other = await startTv(app)
  const rejection = { userCode: other.userCode }
  await retry({ operation: 'rejectDevice', url: '/v1/auth/device/reject', as: kim, body: rejection })
}

/** Repeats every write of an account by an administrator. */
export async function retryAccountAdministration ({ app, admin, retry }: LostResponseWorld): Promise<void> {
  const uma = await signUp(app)
  const url = `/v1/admin/accounts/${uma.accountId}`
  await retry({ operation: 'changeAccountPlan', url: `${url}/plan`, as: admin, body: { plan: 'basic' } })
  await retry({ operation: 'disableAccount', url: `${url}/disabled`, as: admin })
  await retry({ operation: 'enableAccount', url: `${url}/disabled`, as: admin })
  await retry({ operation: 'changeAccountRole', url: `${url}/role`, as: admin, body: { role: 'admin' } })
  await retry({
    operation: 'sendAccountEmail',
    url: `${url}/emails`,
    as: admin,
    body: { kind: 'reset-password' },
    mayChange: ANOTHER_EMAIL,
  })
  const vic = `/v1/admin/accounts/${(await signUp(app)).accountId}`
  const { body: { sessions: [session] } } = await admin.get(vic)
  await retry({ operation: 'endAccountSession', url: `${vic}/sessions/${session.id}`, as: admin, repeated: 404 })
  await retry({ operation: 'endAccountSessions', url: `${url}/sessions`, as: admin })
}

/** Repeats every write of API tokens and service accounts. */
export async function retryTokenWrites ({ admin, retry }: LostResponseWorld): Promise<void> {
  const created = await retry({
    operation: 'createApiToken',
    url: '/v1/admin/tokens',
    as: admin,
    body: { name: 'Script', scopes: ['ingest'] },
  })
  await retry({ operation: 'revokeApiToken', url: `/v1/admin/tokens/${created.id}`, as: admin, repeated: 404 })
  const url = '/v1/admin/service-accounts'
  const service = await retry({
    operation: 'createServiceAccount',
    url,
    as: admin,
    body: { name: 'importer', role: 'editor' },
  })
  await retry({ operation: 'deleteServiceAccount', url: `${url}/${service.id}`, as: admin, repeated: 404 })
}

/** Repeats every write of a profile. */
export async function retryProfileWrites ({ kim, retry }: LostResponseWorld): Promise<void> {
  const added = await retry({ operation: 'addProfile', url: '/v1/profiles', as: kim, body: { name: 'Robin' } })
  await retry({ operation: 'changeProfile', url: `/v1/profiles/${added.id}`, as: kim, body: { name: 'Robin Hood' } })
  await retry({ operation: 'selectProfile', url: `/v1/profiles/${added.id}/select`, as: kim, body: {} })
  await retry({ operation: 'deleteProfile', url: `/v1/profiles/${added.id}`, as: kim, repeated: 404 })
}
