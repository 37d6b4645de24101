import t from 'tap'
import { Account } from '../../models/account.js'
import { publishMeasurement } from '../../src/measurements.js'
import { STORAGE_KINDS } from '../../src/schemas/statistics.js'
import { containerOf, startApp } from '../support/app.js'
import { addMovie, clipBytes } from '../support/catalogue.js'
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

  t.test('count the storage by kind', async (t) => {
    const { body } = await admin.get('/v1/admin/statistics/storage')
    t.strictSame(body.items.map(({ kind }: { kind: string }) => kind), [...STORAGE_KINDS])
    const bytesOf = (items: any[], kind: string): number => items.find((one) => one.kind === kind).bytes
    t.match(body.items[0], { objects: 2, bytes: clipBytes('480p-en').length * 2, unmeasured: 0 }, 'the two media files')
    t.equal(bytesOf(body.items, 'packages'), 0, 'nothing is packaged')
    const { packaging } = containerOf(app)
    await packaging.processPending()
    await packaging.onIdle()
    t.strictSame((await admin.get('/v1/admin/statistics/storage')).body, body, 'the counts are cached')
    clock.advance(6 * 60_000)
    const later = (await admin.get('/v1/admin/statistics/storage')).body.items
    t.match(later[1], { kind: 'packages', objects: 2, unmeasured: 0 })
    t.ok(bytesOf(later, 'packages') > 0)
    const csv = await admin.get('/v1/admin/statistics/storage?format=csv')
    t.equal(csv.bytes.toString().split('\n')[0], 'kind,objects,bytes,unmeasured')
    expectProblem(t, await kimLater.get('/v1/admin/statistics/storage'), 'forbidden', 403)
  })

  t.test('count errors by hour', async (t) => {
    const hour = new Date(Math.floor(clock.now().getTime() / 3_600_000) * 3_600_000).toISOString()
    const today = hour.slice(0, 10)
    const read = async () => (await admin.get(`/v1/admin/statistics/errors?from=${today}&to=${today}`)).body.items
    t.strictSame(await read(), [])
    for (let i = 0; i < 3; i++) publishMeasurement('request-failed', { code: 'internal-error' })
    publishMeasurement('job-run', { job: 'outbox', result: 'failed', seconds: 1 })
    publishMeasurement('job-run', { job: 'outbox', result: 'succeeded', seconds: 1 })
    publishMeasurement('packaging-finished', { result: 'stopped', seconds: 1 })
    t.strictSame(await read(), [{ hour, requests: 3, jobRuns: 1, packagings: 0, uploads: 0 }])
    publishMeasurement('request-failed', { code: 'internal-error' })
    t.match(await read(), [{ hour, requests: 4 }], 'saved counts grow')
    const csv = await admin.get(`/v1/admin/statistics/errors?from=${today}&to=${today}&format=csv`)
    t.strictSame(csv.bytes.toString().trim().split('\n'), [
      'hour,requests,jobRuns,packagings,uploads',
      `${hour},4,1,0,0`,
    ])
    expectProblem(t, await kimLater.get('/v1/admin/statistics/errors'), 'forbidden', 403)
  })

  t.test('count a response with 500', async (t) => {
    const today = clock.now().toISOString().slice(0, 10)
    const read = async () => (await admin.get(`/v1/admin/statistics/errors?from=${today}&to=${today}`)).body.items[0]
    const { requests } = await read()
    const { storageStatistics } = containerOf(app)
    const { count } = storageStatistics
    t.teardown(() => Object.assign(storageStatistics, { count }))
    storageStatistics.count = async () => await Promise.reject(new Error('a defect'))
    expectProblem(t, await admin.get('/v1/admin/statistics/storage'), 'internal-error', 500)
    t.match(await read(), { requests: requests + 1, jobRuns: 1 })
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
