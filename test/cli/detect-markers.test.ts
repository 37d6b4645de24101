// "normflix detect-markers": queues the detections of a show.
import t from 'tap'
import { Audit } from '../../models/audit.js'
import { MarkerDetection } from '../../models/marker-detection.js'
import { startApp } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import { runCommand, SECRETS } from '../support/run-command.js'
import { signUpAdmin } from '../support/users.js'

t.test('detect-markers', async (t) => {
  const running = await startApp(t, SECRETS)
  const { app } = running
  const admin = await signUpAdmin(app)
  const episodes = [{ number: 1, title: 'One' }]
  const { body: { id } } = await admin.post('/v1/admin/shows', {
    title: 'Fawlty Towers',
    seasons: [2, 0, 1].map((number) => ({ number, episodes })),
  })
  const run = async (...words: string[]) => await runCommand(running, ['detect-markers', ...words])

  await t.test('queues one season', async (t) => {
    const { code, out } = await run(id, '--season', '2')
    t.equal(code, 0)
    t.match(out, /^SEASON +STATE +ID\n2 +waiting +[0-9a-f]{24}\n\n.*normflix jobs --watch/)
    t.match(await MarkerDetection.find({ title: id }).lean(), [{ season: 2, state: 'waiting' }])
    t.equal(await Audit.countDocuments({ action: 'detect-markers' }), 1)
  })

  await t.test('queues all seasons except specials, also those that ended, but not those that run', async (t) => {
    await MarkerDetection.updateOne({ title: id, season: 2 }, { state: 'failed', attempts: 3 })
    const { code, out } = await run(id, '--json')
    t.equal(code, 0)
    const rows = JSON.parse(out)
    t.match(rows, [{ season: 1, state: 'waiting' }, { season: 2, state: 'waiting', attempts: 0, progress: 0 }])
    t.equal(rows.length, 2)
    await MarkerDetection.updateOne({ title: id, season: 2 }, { state: 'running', attempts: 1, progress: 0.5 })
    t.match(JSON.parse((await run(id, '--season', '2', '--json')).out), [{ state: 'running', progress: 0.5 }])
  })

  await t.test('rejects what has no season to compare', async (t) => {
    const movie = await addMovie(app, admin, {}, [])
    for (const unknown of [movie, '0'.repeat(24), 'fawlty-towers']) {
      t.match(await run(unknown), { code: 1, out: '', err: /There is no show with this ID/ })
    }
    for (const season of ['0', '9']) {
      t.match(await run(id, '--season', season), { code: 1, err: new RegExp(`Season ${season} has no episodes`) })
    }
    t.match(await run(id, '--season', 'two'), { code: 1, err: /must be a whole number/ })
    const { body: empty } = await admin.post('/v1/admin/shows', { title: 'Firefly' })
    t.match(await run(empty.id), { code: 1, err: /The show has no episodes/ })
  })
})
