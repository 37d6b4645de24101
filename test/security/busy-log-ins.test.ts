// While the queue of password verifications is full, attempts are rejected before their other work, and count as no
// wrong passwords.
import t from 'tap'
import { containerOf, startApp } from '../support/app.js'
import { recordCommands } from '../support/database-commands.js'
import { call, expectProblem, type TestResponse } from '../support/requests.js'
import { PASSWORD, signUp } from '../support/users.js'

const PIN = '0417'
/** More than each secret has free attempts. */
const ATTEMPTS = 25
/** Attempts whose session and account are verified before. */
const SIGNED_IN = new Set(['PIN', 'confirmation of the password'])

t.test('a full queue', async (t) => {
  const recorder = recordCommands(t)
  const { app } = await startApp(t)
  const { hasher, audit } = containerOf(app)
  const kim = await signUp(app)
  const profile = `/v1/profiles/${kim.profileId}`
  t.equal((await kim.patch(profile, { pin: PIN })).status, 200)

  const logIn = async (email = kim.email): Promise<TestResponse> =>
    await call(app, 'POST', '/v1/auth/login', { body: { email, password: PASSWORD } })
  const attempts: Record<string, () => Promise<TestResponse>> = {
    'log-in': async () => await logIn(),
    'log-in with an unknown email': async () => await logIn('unknown@example.com'),
    'sign-up': async () =>
      await call(app, 'POST', '/v1/auth/signup', { body: { email: 'lee@example.com', password: PASSWORD } }),
    'PIN': async () => await kim.post(`${profile}/select`, { pin: PIN }),
    'confirmation of the password': async () => await kim.patch(profile, { pin: PIN, currentPassword: PASSWORD }),
  }

  let release = (): void => undefined
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const places = Promise.allSettled(Array.from({ length: 200 }, async () =>
    await hasher.withPlace(async () => {
      await released
    })))
  for (const [name, attempt] of Object.entries(attempts)) {
    recorder.take()
    for (let i = 0; i < ATTEMPTS; i++) expectProblem(t, await attempt(), 'busy', 503)
    await audit.onIdle()
    const expected = SIGNED_IN.has(name) ? /^find (accounts|sessions)$|^insert audit$/ : /^insert audit$/
    const others = recorder.take().filter((command) => !expected.test(command))
    t.strictSame(others, [], `${name}: the attempt is not counted`)
  }

  release()
  const results = await places
  t.ok(results.some(({ status }) => status === 'rejected'), 'the queue was full')
  t.strictSame(
    await Promise.all(Object.values(attempts).map(async (attempt) => (await attempt()).status)),
    [200, 401, 201, 200, 200],
    'no attempt was counted',
  )
})
