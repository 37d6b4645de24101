import t from 'tap'
import { issueDeviceToken, readDeviceToken } from '../../src/security/device-tokens.js'
import { createKeyRing } from '../../src/security/key-ring.js'
import { startApp, containerOf } from '../support/app.js'
import { expectProblem, type TestResponse } from '../support/requests.js'
import { PASSWORD, signUp } from '../support/users.js'

t.test('of 1,000 wrong passwords, at most 100 are verified, and the device of the owner logs in', async (t) => {
  const { app, clock } = await startApp(t, { RATE_LIMITS: 'on' })
  let hashed = 0
  const { hasher } = containerOf(app)
  const verify = hasher.verify.bind(hasher)
  Object.assign(hasher, {
    verify: async (password: string, hash: string) => {
      hashed++
      return await verify(password, hash)
    },
  })

  const logIn = async (
    email: string,
    password: string,
    remoteAddress: string,
    deviceToken?: string,
  ): Promise<TestResponse> => {
    const response = await app.inject({
      method: 'POST',
      url: '/v1/auth/login',
      remoteAddress,
      payload: { email, password, ...(deviceToken === undefined ? {} : { deviceToken }) },
    })
    return { status: response.statusCode, body: response.json(), headers: response.headers, bytes: response.rawPayload }
  }
  const kim = await signUp(app)
  let { deviceToken } = (await logIn(kim.email, PASSWORD, '192.0.2.1')).body
  hashed = 0
  let ownerLogins = 0
  for (let i = 0; i < 1_000; i++) {
    const answer = await logIn(kim.email, `wrong password ${i}`, `198.51.100.${1 + i % 50}`)
    t.ok([401, 429].includes(answer.status))
    // The attacker waits.
    clock.advance(20_000)
    if (i % 20 === 0) {
      const before = hashed
      const owner = await logIn(kim.email, PASSWORD, '192.0.2.1', deviceToken)
      hashed = before
      if (owner.status === 200) ownerLogins++
      deviceToken = owner.body.deviceToken
    }
  }
  t.ok(hashed <= 100, `${hashed} of 1,000 were verified`)
  t.equal(ownerLogins, 50, `the owner logged in ${ownerLogins} of 50 times`)

  const blocked = await logIn(kim.email, PASSWORD, '192.0.2.77')
  expectProblem(t, blocked, 'too-many-attempts', 429)
  t.ok(Number(blocked.headers['retry-after']) > 0)
  const stranger = await signUp(app)
  const foreign = issueDeviceToken(containerOf(app).keys, stranger.accountId)
  expectProblem(t, await logIn(kim.email, PASSWORD, '192.0.2.77', foreign), 'too-many-attempts', 429)
  clock.advance(86_400_000)
  t.equal((await logIn(kim.email, PASSWORD, '192.0.2.77')).status, 200, 'the count restarts after a day')
})

t.test('failed log-ins from one IP address are throttled, successful ones are not', async (t) => {
  const { app } = await startApp(t, { RATE_LIMITS: 'on' })
  const kim = await signUp(app)
  const from = async (remoteAddress: string, email: string, password: string): Promise<number> =>
    (await app.inject({ method: 'POST', url: '/v1/auth/login', remoteAddress, payload: { email, password } }))
      .statusCode
  for (let i = 0; i < 30; i++) t.equal(await from('203.0.113.5', kim.email, PASSWORD), 200)
  const statuses: number[] = []
  for (let i = 0; i < 30; i++) statuses.push(await from('203.0.113.9', `unknown-${i}@example.com`, 'wrong password'))
  t.strictSame(statuses, [...Array<number>(20).fill(401), ...Array<number>(10).fill(429)])
  t.equal(await from('2001:db8:1:1::1', kim.email, PASSWORD), 200, 'other IP addresses are not affected')
})

t.test('an email without an account is throttled like one with an account', async (t) => {
  const { app } = await startApp(t)
  const kim = await signUp(app)
  const statusesFor = async (email: string): Promise<number[]> => {
    const statuses: number[] = []
    for (let i = 0; i < 12; i++) {
      statuses.push(
        (await app.inject({ method: 'POST', url: '/v1/auth/login', payload: { email, password: 'wrong password' } }))
          .statusCode,
      )
    }
    return statuses
  }
  const known = await statusesFor(kim.email)
  t.strictSame(known, [...Array<number>(10).fill(401), 429, 429])
  t.strictSame(await statusesFor('unknown@example.com'), known)
})

t.test('password confirmations are throttled', async (t) => {
  const { app, clock } = await startApp(t)
  const kim = await signUp(app)
  const change = async (currentPassword: string) =>
    await kim.put('/v1/account/password', { currentPassword, newPassword: 'four blind mice ran' })
  for (let i = 0; i < 10; i++) t.equal((await change(`wrong ${i}`)).status, 403)
  expectProblem(t, await change(PASSWORD), 'too-many-attempts', 429)
  clock.advance(2_000)
  t.equal((await change(PASSWORD)).status, 204)
})

t.test('a device token is valid for its account only, and cannot be forged', async (t) => {
  const keys = createKeyRing([{ kid: 'a', secret: 'q8Zt4Wm1Xc7Rb2Ny6Lk9Pd3Vh5Sj0Gf-' }])
  const token = issueDeviceToken(keys, 'kim')
  t.type(readDeviceToken(keys, 'kim', token), 'string')
  t.equal(readDeviceToken(keys, 'lee', token), null)
  for (
    const wrong of [
      '',
      'd1',
      `${token}x`,
      token.slice(0, -1),
      token.replace('d1', 'd2'),
      token.replace('.a.', '.b.'),
      `${token}.`,
    ]
  ) t.equal(readDeviceToken(keys, 'kim', wrong), null)
})
