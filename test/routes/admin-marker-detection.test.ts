// The list of marker detections, for the staff.
import t from 'tap'
import { startApp } from '../support/app.js'
import { addShow } from '../support/catalogue.js'
import { addMarkerDetection } from '../support/marker-detections.js'
import { expectProblem } from '../support/requests.js'
import { signUp, signUpAdmin } from '../support/users.js'

const URL = '/v1/admin/marker-detections'

t.test('detections of markers are listed', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const show = await addShow(app, admin, { title: 'Fawlty Towers' }, [])
  const other = await addShow(app, admin, { title: 'Firefly' }, [])
  const failure = { code: 'detection-failed', text: 'The comparison ended.' }
  const ids = [
    await addMarkerDetection({ titleId: show.id, season: 1 }, { state: 'running', progress: 0.5, attempts: 1 }),
    await addMarkerDetection({ titleId: show.id, season: 2 }, {
      state: 'failed',
      attempts: 3,
      failure,
      logTail: 'log',
    }),
    await addMarkerDetection({ titleId: other.id, season: 1 }, { state: 'failed' }),
  ]
  const listIds = async (query: string) => (await admin.get(`${URL}${query}`)).body.items.map(({ id }: any) => id)

  t.test('newest first, with their state', async (t) => {
    t.strictSame(await listIds(''), [...ids].reverse())
    const { body } = await admin.get(`${URL}?titleId=${show.id}`)
    t.match(body, {
      items: [
        { season: 2, state: 'failed', attempts: 3, reason: failure, logTail: 'log', nextAttemptAt: null },
        { id: ids[0], titleId: show.id, title: 'Fawlty Towers', season: 1, state: 'running', progress: 0.5 },
      ],
      nextCursor: null,
    })
  })

  t.test('by state and show, in pages', async (t) => {
    t.strictSame(await listIds('?state=failed'), [ids[2], ids[1]])
    t.strictSame(await listIds(`?state=failed&titleId=${show.id}`), [ids[1]])
    t.strictSame(await listIds('?state=skipped'), [])
    const { body: first } = await admin.get(`${URL}?limit=2`)
    t.equal(first.items.length, 2)
    t.strictSame(await listIds(`?limit=2&cursor=${first.nextCursor}`), [ids[0]])
    expectProblem(t, await admin.get(`${URL}?state=failed&cursor=${first.nextCursor}`), 'invalid-cursor')
  })

  t.test('for the staff', async (t) => {
    const kim = await signUp(app)
    expectProblem(t, await kim.get(URL), 'forbidden', 403)
    expectProblem(t, await admin.get(`${URL}?state=other`), 'validation-failed', 400)
  })

  t.test('with the time at which they were queued last', async (t) => {
    const [stored] = (await admin.get(`${URL}?state=running`)).body.items
    t.equal(stored.queuedAt, stored.createdAt, 'of a detection without this time')
    const request = async () => (await admin.post(`/v1/admin/shows/${other.id}/seasons/2/marker-detection`)).body
    const first = await request()
    t.equal(first.queuedAt, first.createdAt)
    clock.advance(60_000)
    const second = await request()
    t.match(second, { id: first.id, createdAt: first.createdAt })
    t.ok(Date.parse(second.queuedAt) >= Date.parse(first.queuedAt) + 60_000)
  })
})
