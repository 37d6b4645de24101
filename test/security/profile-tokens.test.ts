// Profile tokens are bound to the PIN: one from before a PIN was set or changed does not open the profile.
import t from 'tap'
import { containerOf, openApp, startApp } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import { call, expectProblem, type TestResponse } from '../support/requests.js'
import { PASSWORD, signUp, signUpAdmin, type TestUser } from '../support/users.js'

const PIN = '2468'

t.test('the PIN of a profile and its tokens', async (t) => {
  const { app, clock, config, databaseUri } = await startApp(t)
  const other = await openApp(config, databaseUri, { now: clock.now })
  t.teardown(async () => {
    await other.close()
  })
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin)

  const select = async (kim: TestUser, pin?: string): Promise<string> =>
    (await kim.post(`/v1/profiles/${kim.profileId}/select`, pin === undefined ? undefined : { pin })).body.accessToken
  const setPin = async (kim: TestUser, pin: string | null): Promise<void> => {
    const body = { pin, currentPassword: PASSWORD }
    t.equal((await kim.patch(`/v1/profiles/${kim.profileId}`, body)).status, 200)
  }
  const requests = (kim: TestUser): ReadonlyArray<['GET' | 'PUT' | 'POST', string, unknown?]> => [
    ['GET', `/v1/profiles/${kim.profileId}/history`],
    ['GET', `/v1/profiles/${kim.profileId}/continue-watching`],
    ['GET', `/v1/profiles/${kim.profileId}`],
    ['PUT', `/v1/profiles/${kim.profileId}/wishlist/${movie}`],
    ['POST', `/v1/profiles/${kim.profileId}/playback`, { itemId: movie }],
    ['GET', `/v1/movies/${movie}`],
  ]
  const openAll = async (kim: TestUser, token: string, process = app): Promise<TestResponse[]> => {
    const responses: TestResponse[] = []
    for (const [method, url, body] of requests(kim)) {
      responses.push(await call(process, method, url, { token, ...(body === undefined ? {} : { body }) }))
    }
    return responses
  }
  const expectClosed = async (kim: TestUser, token: string, what: string): Promise<void> => {
    for (const response of await openAll(kim, token)) expectProblem(t, response, 'unauthorized', 401)
    t.pass(what)
  }
  const expectOpen = async (kim: TestUser, token: string, what: string, process = app): Promise<void> => {
    const statuses = (await openAll(kim, token, process)).map(({ status }) => status)
    t.ok(statuses.every((status) => status < 300), `${what}: ${statuses.join()}`)
  }

  await t.test('a new PIN and a changed PIN invalidate earlier tokens, a removed one does not', async () => {
    const kim = await signUp(app)
    const first = await select(kim)
    await expectOpen(kim, first, 'without a PIN')
    await setPin(kim, PIN)
    await expectClosed(kim, first, 'after a PIN was set')
    const second = await select(kim, PIN)
    await expectOpen(kim, second, 'with the PIN')
    await kim.patch(`/v1/profiles/${kim.profileId}`, { name: 'Kim', kids: false })
    await expectOpen(kim, second, 'after another change')
    await setPin(kim, '8642')
    await expectClosed(kim, second, 'after the PIN was changed')
    const third = await select(kim, '8642')
    await setPin(kim, null)
    await expectOpen(kim, third, 'after the PIN was removed')
    await expectClosed(kim, first, 'the first token, after the PIN was removed')
    await setPin(kim, PIN)
    await expectClosed(kim, third, 'after the PIN was set again')
  })

  await t.test('a selection that verified the old PIN returns a token that opens nothing', async () => {
    const kim = await signUp(app)
    await setPin(kim, PIN)
    const { hasher } = containerOf(app)
    const { verify } = hasher
    hasher.verify = async (pin, hash) => {
      const isRight = await verify(pin, hash)
      hasher.verify = verify
      await setPin(kim, '8642')
      return isRight
    }
    await expectClosed(kim, await select(kim, PIN), 'the token of the old PIN')
  })

  await t.test('another process accepts the newest token immediately and rejects older ones within 5 s', async (t) => {
    const kim = await signUp(app)
    const first = await select(kim)
    await expectOpen(kim, first, 'before, in the other process', other)
    await setPin(kim, PIN)
    await expectOpen(kim, await select(kim, PIN), 'the newest token, in the other process', other)
    for (const response of await openAll(kim, first, other)) t.equal(response.status, 401)
  })
})
