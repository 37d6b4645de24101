import t from 'tap'
import { Account } from '../../models/account.js'
import { startApp } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import { play, watch } from '../support/playback.js'
import { expectProblem } from '../support/requests.js'
import { logInAgain, signUp, signUpAdmin } from '../support/users.js'

const DAY_MS = 86_400_000

t.test('statistics', async (t) => {
  const { app, clock } = await startApp(t, { BCRYPT_COST: '4' })
  const firstDay = clock.now().toISOString().slice(0, 10)
  let admin = await signUpAdmin(app)
  const kim = await signUp(app, { plan: 'basic' })
  const lee = await signUp(app, { plan: 'basic' })
  const alien = await addMovie(app, admin, { title: 'Alien' })
  const brazil = await addMovie(app, admin, { title: '=Brazil' })
  await watch(kim, clock, alien, 20_000)
  await watch(lee, clock, alien, 10_000)
  clock.advance(DAY_MS)
  const secondDay = clock.now().toISOString().slice(0, 10)
  const kimLater = await logInAgain(app, kim)
  await watch(kimLater, clock, brazil, 5_000)
  admin = await logInAgain(app, admin)
  const period = `from=${firstDay}&to=${secondDay}`

  t.test('count plays by day, days without plays included', async (t) => {
    const { body } = await admin.get(`/v1/admin/statistics/days?${period}`)
    t.match(body.items, [
      { date: firstDay, plays: 2, profiles: 2 },
      { date: secondDay, plays: 1, profiles: 1 },
    ])
    t.equal(body.items.length, 2)
    const month = (await admin.get('/v1/admin/statistics/days')).body.items
    t.equal(month.length, 30)
    t.equal(month.at(-1).date, secondDay)
    t.match(month[0], { plays: 0, watchedMs: 0, profiles: 0 })
  })

  t.test('list the most played titles', async (t) => {
    const { body } = await admin.get(`/v1/admin/statistics/titles?${period}`)
    t.match(body.items, [{ titleId: alien, title: 'Alien', plays: 2, profiles: 2 }, { titleId: brazil, plays: 1 }])
    t.equal((await admin.get(`/v1/admin/statistics/titles?${period}&limit=1`)).body.items.length, 1)
  })

  t.test('count accounts and sign-ups by plan', async (t) => {
    await Account.updateOne({ _id: lee.accountId }, { $set: { eraseAt: new Date() } })
    const { body } = await admin.get(`/v1/admin/statistics/plans?${period}`)
    t.match(body.items, [{ plan: 'basic', accounts: 1 }, { plan: 'premium', accounts: 1 }])
    t.match((await admin.get('/v1/admin/statistics/plans?from=1999-01-01&to=1999-01-02')).body.items, [
      { plan: 'basic', accounts: 1, signUps: 0 },
      { plan: 'premium', accounts: 1, signUps: 0 },
    ])
  })

  t.test('count sign-ups by day and plan', async (t) => {
    const today = new Date().toISOString().slice(0, 10)
    const { body } = await admin.get(`/v1/admin/statistics/sign-ups?from=${today}&to=${today}`)
    t.strictSame(body.items, [
      { date: today, plan: 'basic', signUps: 2 },
      { date: today, plan: 'premium', signUps: 1 },
    ])
    t.strictSame((await admin.get('/v1/admin/statistics/sign-ups?from=1999-01-01&to=1999-01-02')).body.items, [])
    const csv = await admin.get(`/v1/admin/statistics/sign-ups?from=${today}&to=${today}&format=csv`)
    t.equal(csv.bytes.toString().split('\n')[0], 'date,plan,signUps')
    expectProblem(t, await kim.get('/v1/admin/statistics/sign-ups'), 'forbidden', 403)
  })

  t.test('are CSV too, without formulas', async (t) => {
    const { headers, bytes } = await admin.get(`/v1/admin/statistics/titles?${period}&format=csv`)
    t.match(headers['content-type'], /^text\/csv/)
    const [head, ...lines] = bytes.toString().trim().split('\n')
    t.equal(head, 'titleId,title,plays,watchedMs,profiles')
    t.equal(lines.length, 2)
    t.match(lines[1], /'=Brazil/)
  })

  t.test('reject periods that are too long or end before they start', async (t) => {
    for (const query of ['from=2026-02-01&to=2026-01-01', 'from=2025-01-01&to=2026-01-01', 'from=yesterday']) {
      expectProblem(t, await admin.get(`/v1/admin/statistics/days?${query}`), 'validation-failed', 400)
    }
    t.equal((await admin.get('/v1/admin/statistics/days?from=2026-01-01&to=2026-04-02')).body.items.length, 92)
  })

  t.test('list the streams that are playing now', async (t) => {
    const stream = (await play(kimLater, alien)).body
    const { body } = await admin.get('/v1/admin/streams?limit=1')
    t.match(body.items, [{
      accountId: kim.accountId,
      email: kim.email,
      plan: 'basic',
      stream: { id: stream.streamId, title: { title: 'Alien' }, state: 'playing' },
    }])
    t.equal(body.nextCursor, null)
    clock.advance(10 * 60_000)
    t.same((await admin.get('/v1/admin/streams')).body.items, [], 'a stream without heartbeats has ended')
  })
})
