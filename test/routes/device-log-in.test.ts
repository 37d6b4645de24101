// Log-in of devices by RFC 8628: the flow, every error, expiry and the audit log.
import * as oauth from 'oauth4webapi'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { DeviceLogin } from '../../models/device-login.js'
import { containerOf, startApp } from '../support/app.js'
import { createManualClock } from '../support/clock.js'
import {
  approve,
  CLIENT_ID,
  DEVICE_CODE_GRANT,
  expectOAuthError,
  find,
  reject,
  startTv,
} from '../support/device-log-in.js'
import { call, expectProblem, type TestResponse } from '../support/requests.js'
import { openBrowser } from '../support/session-cookie.js'
import { PASSWORD, signUp, signUpAdmin } from '../support/users.js'

const INTERVAL_MS = 5_000
const TTL_MS = 600_000

t.test('a TV logs in with a code that the owner approves', async (t) => {
  const clock = createManualClock()
  const { app, config } = await startApp(t, {}, undefined, clock)
  const kim = await signUp(app)

  await t.test('the response has both codes, the URLs and the times', async (t) => {
    const { status, body, headers } = await call(app, 'POST', '/v1/auth/device', { body: { client_id: CLIENT_ID } })
    t.equal(status, 200)
    t.equal(headers['cache-control'], 'no-store')
    t.match(body.user_code, /^[A-Z]{4}-[A-Z]{4}$/)
    t.strictSame({ ...body, device_code: '', user_code: '' }, {
      device_code: '',
      user_code: '',
      verification_uri: `${config.publicUrl}/link`,
      verification_uri_complete: `${config.publicUrl}/link?code=${body.user_code}`,
      expires_in: 600,
      interval: 5,
    })
    const { headers: { location } } = await call(app, 'GET', `/link?code=${body.user_code}`)
    t.equal(location, `/watch/link?code=${body.user_code}`)
  })

  await t.test('the owner sees the device, approves it, and the device is logged in', async (t) => {
    const tv = await startTv(app)
    expectOAuthError(t, await tv.poll(), 'authorization_pending')
    const found = await find(kim, tv.userCode.toLowerCase().replace('-', ' '))
    t.match(found.body, { clientId: CLIENT_ID, device: 'Living-room TV', ipAddress: '127.0.0.1', sameNetwork: true })
    t.equal(Date.parse(found.body.expiresAt) - Date.parse(found.body.createdAt), TTL_MS)
    t.equal((await approve(kim, tv.userCode)).status, 204)
    clock.advance(INTERVAL_MS)
    const tokens = await tv.poll()
    t.equal(tokens.status, 200)
    t.match(tokens.body, { token_type: 'Bearer', expires_in: 900, access_token: String, refresh_token: /^r1\./ })
    t.equal((await kim.with(tokens.body.access_token).get('/v1/account')).body.id, kim.accountId)
    const { body: { items } } = await kim.get('/v1/auth/sessions')
    t.equal(items.filter(({ device }: { device: string }) => device === 'Living-room TV').length, 1)
    expectProblem(t, await find(kim, tv.userCode), 'unknown-user-code', 404)
  })

  await t.test('a rejected device learns it', async (t) => {
    const tv = await startTv(app)
    t.equal((await reject(kim, tv.userCode)).status, 204)
    expectOAuthError(t, await tv.poll(), 'access_denied')
    expectProblem(t, await approve(kim, tv.userCode), 'unknown-user-code', 404)
  })

  await t.test('a code opens one session; a lost response can be repeated for 30 s', async (t) => {
    const sam = await signUp(app)
    const tv = await startTv(app, 'Bedroom TV')
    await approve(sam, tv.userCode)
    const first = await tv.poll()
    t.equal(first.status, 200)
    clock.advance(INTERVAL_MS)
    const again = await tv.poll()
    t.equal(again.body.refresh_token, first.body.refresh_token, 'the same session')
    t.equal((await sam.get('/v1/auth/sessions')).body.items.length, 2)
    clock.advance(30_000)
    expectOAuthError(t, await tv.poll(), 'invalid_grant')
  })

  await t.test('a repetition after the first refresh returns nothing', async (t) => {
    const tv = await startTv(app)
    await approve(kim, tv.userCode)
    const { body } = await tv.poll()
    t.equal((await call(app, 'POST', '/v1/auth/refresh', { body: { refreshToken: body.refresh_token } })).status, 200)
    clock.advance(INTERVAL_MS)
    expectOAuthError(t, await tv.poll(), 'invalid_grant')
  })

  await t.test('the codes expire', async (t) => {
    const tv = await startTv(app)
    const approved = await startTv(app)
    await approve(kim, approved.userCode)
    clock.advance(TTL_MS)
    expectOAuthError(t, await tv.poll(), 'expired_token')
    expectOAuthError(t, await approved.poll(), 'expired_token')
    for (const use of [find, approve, reject]) expectProblem(t, await use(kim, tv.userCode), 'unknown-user-code', 404)
  })

  await t.test('a change of the password, or logging out everywhere, withdraws an unused approval', async (t) => {
    const sam = await signUp(app)
    const tv = await startTv(app)
    const other = await startTv(app)
    await approve(sam, tv.userCode)
    const body = { currentPassword: PASSWORD, newPassword: 'four blind mice ran' }
    t.equal((await sam.put('/v1/account/password', body)).status, 204)
    expectOAuthError(t, await tv.poll(), 'access_denied')
    await approve(sam, other.userCode)
    await sam.post('/v1/auth/logout-everywhere')
    expectOAuthError(t, await other.poll(), 'access_denied')
  })

  await t.test('a profile token approves nothing', async (t) => {
    const tv = await startTv(app)
    const { body: { accessToken } } = await kim.post(`/v1/profiles/${kim.profileId}/select`)
    for (const use of [find, approve, reject]) {
      expectProblem(t, await use(kim.with(accessToken), tv.userCode), 'forbidden', 403)
    }
  })

  await t.test('neither code is stored', async (t) => {
    const tv = await startTv(app)
    const stored = JSON.stringify(await DeviceLogin.find().lean())
    t.notMatch(stored, tv.deviceCode)
    t.notMatch(stored, tv.userCode)
    t.notMatch(stored, tv.userCode.replace('-', ''))
  })

  await t.test('in a browser the refresh token is in the cookie', async (t) => {
    const browser = openBrowser(app)
    const tv = await startTv(app, 'Browser on the TV')
    await approve(kim, tv.userCode)
    const { status, body } = await browser.post('/v1/auth/token', {
      grant_type: DEVICE_CODE_GRANT,
      client_id: CLIENT_ID,
      device_code: tv.deviceCode,
    })
    t.equal(status, 200)
    t.equal(body.refresh_token, undefined)
    t.equal((await browser.refresh()).body.account.id, kim.accountId)
  })
})

t.test('rejected token requests', async (t) => {
  const { app } = await startApp(t)
  const tv = await startTv(app)
  const send = async (body: unknown): Promise<TestResponse> => await call(app, 'POST', '/v1/auth/token', { body })
  const request = { grant_type: DEVICE_CODE_GRANT, client_id: CLIENT_ID, device_code: tv.deviceCode }

  expectOAuthError(t, await send({ ...request, device_code: 'unknown' }), 'invalid_grant')
  expectOAuthError(t, await send({ ...request, client_id: 'another-app' }), 'invalid_grant')
  expectOAuthError(t, await send({ ...request, grant_type: 'password' }), 'unsupported_grant_type')
  expectOAuthError(t, await send({ grant_type: 'refresh_token', refresh_token: 'r1.no' }), 'invalid_grant')
  for (const name of ['grant_type', 'device_code', 'client_id']) {
    const response = await send({ ...request, [name]: undefined })
    expectProblem(t, response, 'validation-failed', 400)
    t.match(response.body, { error: 'invalid_request', errors: [{ pointer: `/${name}` }] })
  }
  t.equal((await send({ ...request, scope: 'all' })).body.error, 'invalid_request', 'JSON has no unknown fields')
  const kim = await signUp(app)
  const { body } = await send({ grant_type: 'refresh_token', refresh_token: kim.refreshToken })
  t.equal((await kim.with(body.access_token).get('/v1/account')).status, 200)
})

t.test('a standard OAuth client logs in, with a form', async (t) => {
  const clock = createManualClock()
  const { app } = await startApp(t, {}, undefined, clock)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  const kim = await signUp(app)
  const server: oauth.AuthorizationServer = {
    issuer: origin,
    device_authorization_endpoint: `${origin}/v1/auth/device`,
    token_endpoint: `${origin}/v1/auth/token`,
  }
  const client: oauth.Client = { client_id: 'standard-tv' }
  const options = { [oauth.allowInsecureRequests]: true }
  const parameters = new URLSearchParams({ device: 'Standard TV', scope: 'watch' })
  const codes = await oauth.processDeviceAuthorizationResponse(
    server,
    client,
    await oauth.deviceAuthorizationRequest(server, client, oauth.None(), parameters, options),
  )
  const poll = async (): Promise<oauth.TokenEndpointResponse> =>
    await oauth.processDeviceCodeResponse(
      server,
      client,
      await oauth.deviceCodeGrantRequest(server, client, oauth.None(), codes.device_code, options),
    )
  const expectError = async (error: string): Promise<void> => {
    const failure = await poll().catch((reason: unknown) => reason)
    t.ok(failure instanceof oauth.ResponseBodyError, error)
    t.match(failure, { error, status: 400 })
  }
  await expectError('authorization_pending')
  await expectError('slow_down')
  clock.advance(10_000)
  t.equal((await approve(kim, codes.user_code)).status, 204)
  const tokens = await poll()
  t.equal(tokens.token_type, 'bearer')
  const refreshed = await oauth.processRefreshTokenResponse(
    server,
    client,
    await oauth.refreshTokenGrantRequest(server, client, oauth.None(), tokens.refresh_token ?? '', options),
  )
  t.equal((await kim.with(refreshed.access_token).get('/v1/account')).body.id, kim.accountId)
})

t.test('the audit log has the decisions and the log-in, and no polls', async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const kim = await signUp(app)
  const tv = await startTv(app)
  const other = await startTv(app)
  await other.poll()
  await find(kim, tv.userCode)
  await approve(kim, tv.userCode)
  await reject(kim, other.userCode)
  await approve(kim, 'BBBB-BBBB')
  const { body } = await tv.poll()
  t.equal((await kim.with(body.access_token).get('/v1/account')).status, 200)
  await containerOf(app).audit.onIdle()
  const { body: { items } } = await admin.get(`/v1/admin/audit?account=${kim.accountId}`)
  const entries = items.map(({ action, result }: { action: string, result: string }) => `${action} ${result}`)
  t.strictSame(entries.filter((entry: string) => entry.includes('device')).sort(), [
    'approve-device ok',
    'approve-device refused',
    'log-in-device ok',
    'reject-device ok',
  ])
  const polls = (await admin.get('/v1/admin/audit?action=request-token')).body.items
  t.strictSame(polls, [])
})
