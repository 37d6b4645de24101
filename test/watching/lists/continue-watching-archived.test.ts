// Continue watching while a title plays whose entry is in the archive: what was decided about it still applies.
import t from 'tap'
import { WatchArchive } from '../../../models/watch-archive.js'
import { MAX_WATCH_HISTORY_ENTRIES } from '../../../models/account.js'
import { startApp } from '../../support/app.js'
import { addMovie } from '../../support/catalogue.js'
import { recordCommands } from '../../support/database-commands.js'
import { play } from '../../support/playback.js'
import { signUp, signUpAdmin } from '../../support/users.js'

t.test('a dropped title in the archive has no card while it plays, until it is resumed', async (t) => {
  const recorder = recordCommands(t)
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const kim = await signUp(app)
  const profile = `/v1/profiles/${kim.profileId}`
  const heat = await addMovie(app, admin, { title: 'Heat' })
  const report = async (itemId: string): Promise<void> => {
    clock.advance(1_000)
    const event = { positionMs: 20_000, watchedMs: 20_000, at: clock.now().toISOString() }
    t.equal((await kim.put(`${profile}/progress/${itemId}`, event)).status, 200)
  }
  await report(heat)
  await kim.put(`${profile}/dropped/${heat}`)
  for (let i = 0; i < MAX_WATCH_HISTORY_ENTRIES; i++) {
    const { body } = await admin.post('/v1/admin/movies', { title: `Movie ${i}`, runtimeMs: 60_000 })
    await report(body.id)
  }
  t.equal(await WatchArchive.countDocuments({ profile: kim.profileId, title: heat }), 1)
  const { streamId } = (await play(kim, heat)).body
  clock.advance(10_000)
  const event = { positionMs: 30_000, watchedMs: 10_000, at: clock.now().toISOString() }
  t.equal((await kim.put(`${profile}/playback/${streamId}`, event)).status, 200)
  const hasCard = async (url: string): Promise<boolean> =>
    JSON.stringify((await kim.get(`${profile}/${url}`)).body ?? null).includes(heat)
  for (const limit of [1, 20, 100]) t.notOk(await hasCard(`continue-watching?limit=${limit}`), `limit ${limit}`)
  t.notOk(await hasCard('continue'), 'the continue button')
  recorder.take()
  t.notOk(await hasCard('continue-watching?limit=1'))
  t.strictSame(recorder.take().filter((command) => command.includes('watcharchive')), [], 'no further read')
  t.equal((await kim.delete(`${profile}/dropped/${heat}`)).status, 200)
  for (const limit of [1, 20, 100]) t.ok(await hasCard(`continue-watching?limit=${limit}`), `limit ${limit}`)
})
