// Feeds that are no longer allowed end within five seconds, also in processes that did not make the change.
import t from 'tap'
import { openApp, startApp } from '../support/app.js'
import { openEventStream } from '../support/event-stream.js'
import { call } from '../support/requests.js'
import { PASSWORD, signUp, signUpAdmin, type TestUser } from '../support/users.js'

const LIMIT_MS = 5_000

t.test('a feed in another process ends', async (t) => {
  const { app, clock, config, databaseUri } = await startApp(t)
  const other = await openApp(config, databaseUri, { now: clock.now })
  const eraser = await openApp({ ...config, accountGraceDays: 0 }, databaseUri, { now: clock.now })
  t.teardown(async () => {
    await eraser.close()
    await other.close()
  })
  const origin = await other.listen({ port: 0 })
  const admin = await signUpAdmin(app)
  const close = async (process: typeof app, { token }: TestUser) =>
    await call(process, 'DELETE', '/v1/account', { token, body: { password: PASSWORD } })

  const endings: ReadonlyArray<
    [what: string, end: (kim: TestUser, profileId: string) => Promise<{ readonly status: number }>]
  > = [
    ['a log-out', async (kim) => await kim.post('/v1/auth/logout')],
    ['a log-out everywhere', async (kim) => await kim.post('/v1/auth/logout-everywhere')],
    ['a new PIN', async (kim, profileId) => await kim.patch(`/v1/profiles/${profileId}`, { pin: '2468' })],
    ['the deletion of the profile', async (kim, profileId) => await kim.delete(`/v1/profiles/${profileId}`)],
    [
      'a smaller plan that locks the profile',
      async (kim) => await kim.put('/v1/account/plan', { plan: 'basic', keepProfileIds: [kim.profileId] }),
    ],
    ['disabling', async (kim) => await admin.put(`/v1/admin/accounts/${kim.accountId}/disabled`)],
    ['closing', async (kim) => await close(app, kim)],
    ['erasing', async (kim) => await close(eraser, kim)],
  ]
  let slowestMs = 0
  await Promise.all(endings.flatMap(([what, end]) =>
    (['account', 'profile'] as const).map(async (kind) => {
      const kim = await signUp(app)
      const profileId = (await kim.post('/v1/profiles', { name: 'Two' })).body.id as string
      const url = `/v1/profiles/${profileId}`
      const token = kind === 'account' ? kim.token : (await kim.post(`${url}/select`)).body.accessToken as string
      const feed = await openEventStream(`${origin}${url}/changes`, token)
      t.equal(feed.status, 200)
      t.ok(await feed.next(), 'the feed is open')
      // The cache of the other process knows the account.
      t.equal((await call(other, 'GET', url, { token: kim.token })).status, 200)
      const { status } = await end(kim, profileId)
      t.ok(status < 300, `${what}: ${status}`)
      const endedAt = performance.now()
      while (await feed.next() !== null);
      const durationMs = performance.now() - endedAt
      slowestMs = Math.max(slowestMs, durationMs)
      t.ok(durationMs < LIMIT_MS, `${what}, ${kind} token: after ${Math.round(durationMs)} ms`)
    })
  ))
  t.comment(`the slowest feed ended after ${Math.round(slowestMs)} ms`)
})
