import mongoose from 'mongoose'
import t from 'tap'
import { eraseClosedAccounts } from '../../src/accounts/erase-account.js'
import { startApp, type TestApp, containerOf } from '../support/app.js'
import { addMovie, addShow } from '../support/catalogue.js'
import { play, watch } from '../support/playback.js'
import { call, expectProblem } from '../support/requests.js'
import { PASSWORD, signUp, signUpAdmin, type TestUser } from '../support/users.js'

const DAY_MS = 86_400_000

/** Creates an account with data in every collection. */
async function signUpWithData ({ app, clock }: TestApp): Promise<{ kim: TestUser, ids: string[] }> {
  const admin = await signUpAdmin(app)
  const kim = await signUp(app)
  const movie = await addMovie(app, admin)
  const show = await addShow(app, admin)
  const base = `/v1/profiles/${kim.profileId}`
  await watch(kim, clock, movie, 20_000)
  await watch(kim, clock, show.episodes[0] ?? '', 58_000)
  await play(kim, movie, { device: 'TV', audio: { language: 'en', kind: 'main' } })
  await kim.put(`${base}/wishlist/${movie}`)
  await kim.put(`${base}/wishlist/order`, { titleIds: [movie] })
  await kim.put(`${base}/ratings/${movie}`, { rating: 'love' })
  await kim.put(`${base}/watched/${show.id}`)
  await kim.delete(`${base}/continue-watching/${movie}`)
  await kim.delete(`${base}/history?titleId=${show.id}`)
  const second = (await kim.post('/v1/profiles', { name: 'Lee', pin: '1234' })).body.id
  await kim.post(`/v1/profiles/${second}/select`, { pin: '9999' })
  await call(app, 'POST', '/v1/auth/password/forgot', { body: { email: kim.email } })
  await kim.put('/v1/account/email', { email: `new-${kim.email}`, password: PASSWORD })
  await containerOf(app).background.onIdle()
  return { kim, ids: [kim.accountId, kim.profileId, second] }
}

/** Lists where words occur in the database. */
async function findEverywhere (words: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for (const { name } of await mongoose.connection.db!.listCollections().toArray()) {
    for await (const document of mongoose.connection.db!.collection(name).find({})) {
      const text = JSON.stringify(document)
      for (const word of words) if (text.includes(word)) found.push(`${name}: ${word}`)
    }
  }
  return found
}

t.test('account deletion', async (t) => {
  const running = await startApp(t)
  const { app, clock } = running
  const logIn = async (kim: TestUser) =>
    await call(app, 'POST', '/v1/auth/login', { body: { email: kim.email, password: PASSWORD } })

  t.test('requires the password, closes the account immediately, and is cancelled by a log-in', async (t) => {
    const { kim } = await signUpWithData(running)
    expectProblem(
      t,
      await call(app, 'DELETE', '/v1/account', { token: kim.token, body: { password: 'wrong' } }),
      'wrong-password',
      403,
    )
    const before = (await kim.get(`/v1/profiles/${kim.profileId}/history`)).body
    t.equal((await call(app, 'DELETE', '/v1/account', { token: kim.token, body: { password: PASSWORD } })).status, 204)
    t.equal((await kim.get('/v1/account')).status, 401)
    t.equal((await call(app, 'POST', '/v1/auth/refresh', { body: { refreshToken: kim.refreshToken } })).status, 401)
    clock.advance(13 * DAY_MS)
    t.equal(await eraseClosedAccounts(containerOf(app)), 0)
    const again = await logIn(kim)
    t.equal(again.status, 200)
    t.strictSame(
      (await kim.with(again.body.accessToken).get(`/v1/profiles/${kim.profileId}/history`)).body,
      before,
      'the history is unchanged',
    )
    clock.advance(2 * DAY_MS)
    t.equal(await eraseClosedAccounts(containerOf(app)), 0, 'the account stays open')
    t.match(
      containerOf(app).mailer.listRecent().filter(({ to }) => to === kim.email).map(({ subject }) => subject).slice(
        0,
        2,
      ),
      ['Your NormFlix account is open again', 'Your NormFlix account was closed'],
    )
  })

  t.test('leaves no data in any collection after the grace period', async (t) => {
    const { kim, ids } = await signUpWithData(running)
    const words = [...ids, kim.email]
    t.ok((await findEverywhere(words)).length >= 10, 'many collections contain the account')
    await call(app, 'DELETE', '/v1/account', { token: kim.token, body: { password: PASSWORD } })
    clock.advance(14 * DAY_MS + 1_000)
    const erased = await Promise.all([eraseClosedAccounts(containerOf(app)), eraseClosedAccounts(containerOf(app))])
    t.ok(Math.max(...erased) === 1, 'two concurrent runs erase it once')
    t.strictSame(await findEverywhere(words), [])
    t.equal((await logIn(kim)).status, 401)
    t.equal(
      (await call(app, 'POST', '/v1/auth/signup', { body: { email: kim.email, password: PASSWORD } })).status,
      201,
      'the email is available again',
    )
  })

  t.test('erases immediately when no grace period is configured', async (t) => {
    const { app } = await startApp(t, { ACCOUNT_GRACE_DAYS: '0' }, running.databaseUri)
    const kim = await signUp(app)
    t.equal((await call(app, 'DELETE', '/v1/account', { token: kim.token, body: { password: PASSWORD } })).status, 204)
    t.strictSame(await findEverywhere([kim.accountId, kim.profileId, kim.email]), [])
  })

  t.test('an export contains all data of the account as one document, without secrets', async (t) => {
    const { kim, ids } = await signUpWithData(running)
    const { status, body, headers } = await kim.get('/v1/account/export')
    t.equal(status, 200)
    t.match(headers, { 'content-disposition': /attachment/, 'cache-control': 'no-store' })
    t.match(body, {
      format: 'normflix-account',
      version: 1,
      account: { email: kim.email, plan: 'premium', profiles: [{ name: 'Me', wishlist: [String] }, { name: 'Lee' }] },
      plays: [{ titleName: 'The Matrix' }],
      tastes: [{ rating: 'love', audio: { language: 'en' } }],
      streams: [{ device: 'TV' }],
    })
    t.ok(body.sessions.length > 0 && body.undoableActions.length > 0 && body.wishlistOrders.length > 0)
    const text = JSON.stringify(body)
    for (const secret of ['passwordHash', 'pinHash', '$2', '"seed"', '"kid"']) t.notOk(text.includes(secret), secret)
    const other = await signUp(app)
    const theirs = JSON.stringify((await other.get('/v1/account/export')).body)
    for (const id of ids) t.notOk(theirs.includes(id))
  })
})

t.test('the last administrator cannot leave, even if all leave at the same time', { timeout: 60_000 }, async (t) => {
  const { app } = await startApp(t)
  const close = async (who: TestUser) =>
    await call(app, 'DELETE', '/v1/account', { token: who.token, body: { password: PASSWORD } })
  const only = await signUpAdmin(app)
  expectProblem(t, await close(only), 'last-admin', 409)
  t.equal((await only.get('/v1/admin/audit')).status, 200, 'still logged in')
  for (let round = 0; round < 5; round++) {
    const admins = await Promise.all([1, 2, 3].map(async () => await signUpAdmin(app)))
    await mongoose.connection.collection('accounts').updateOne({ _id: new mongoose.Types.ObjectId(only.accountId) }, {
      $set: { role: 'member' },
    })
    const answers = await Promise.all(admins.map(close))
    t.ok(
      answers.some(({ status }) => status === 409),
      `round ${round + 1}: ${answers.map(({ status }) => status).join()}`,
    )
    t.ok(await mongoose.connection.collection('accounts').countDocuments({ role: 'admin', eraseAt: null }) > 0)
    await mongoose.connection.collection('accounts').updateMany({ role: 'admin' }, { $set: { role: 'member' } })
    await mongoose.connection.collection('accounts').updateOne({ _id: new mongoose.Types.ObjectId(only.accountId) }, {
      $set: { role: 'admin' },
    })
  }
})
