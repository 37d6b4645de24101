// A removed play that was restored, and the play that continued it meanwhile, are one viewing outside its title too.
import { parse } from 'csv-parse/sync'
import t from 'tap'
import { play } from '../support/playback.js'
import { signUp } from '../support/users.js'
import { exportHistory, exportUrl, importJson, startTransferApp } from './history-transfer-app.js'

t.test('a restored play and its continuation', async (t) => {
  const { app, clock, admin, movie } = await startTransferApp(t)
  const day = clock.now().toISOString().slice(0, 10)
  const period = `from=${day}&to=${day}`
  const kim = await signUp(app)
  const base = `/v1/profiles/${kim.profileId}`
  const report = async (ms: number): Promise<void> => {
    clock.advance(1_000)
    const event = { positionMs: ms, watchedMs: ms, at: clock.now().toISOString() }
    t.equal((await kim.put(`${base}/progress/${movie}`, event)).status, 200)
  }
  await report(20_000)
  const [first] = (await kim.get(`${base}/history`)).body.items
  const { undo } = (await kim.delete(`${base}/history/${first.id}`)).body
  await report(32_000)
  t.match((await admin.get(`/v1/admin/statistics/days?${period}`)).body.items, [{ plays: 1, watchedMs: 12_000 }])
  t.match(await exportHistory(kim), { plays: [{ watchedMs: 12_000 }] })
  t.equal((await kim.post(`${base}/undo/${undo}`)).status, 204)
  await report(33_000)
  const state = (await kim.get(`${base}/progress/${movie}`)).body
  t.match(state, { positionMs: 33_000, watchedMs: 33_000 })

  t.test('count once in statistics', async (t) => {
    const counts = { plays: 1, watchedMs: 33_000, profiles: 1 }
    t.match((await admin.get(`/v1/admin/statistics/days?${period}`)).body.items, [counts])
    t.match((await admin.get(`/v1/admin/statistics/titles?${period}`)).body.items, [{ titleId: movie, ...counts }])
  })

  t.test('count in a live stream once an import restores them', async (t) => {
    const file = await exportHistory(kim)
    const lee = await signUp(app)
    const leeBase = `/v1/profiles/${lee.profileId}`
    const { streamId } = (await play(lee, movie)).body
    const beat = async (ms: number) => {
      clock.advance(1_000)
      const event = { positionMs: ms, watchedMs: ms, at: clock.now().toISOString() }
      t.equal((await lee.put(`${leeBase}/playback/${streamId}`, event)).status, 200)
      return (await lee.get(`${leeBase}/progress/${movie}`)).body.watchedMs
    }
    t.equal(await beat(500), 500)
    await importJson(lee, file)
    t.equal(await beat(1_500), 34_500)
    await lee.delete(`${leeBase}/history`)
    t.equal(await beat(2_500), 1_000)
    await importJson(lee, file)
    t.equal(await beat(3_500), 35_000)
  })

  t.test('are one row of an export, which gives the same state in another profile', async (t) => {
    const file = await exportHistory(kim)
    t.equal(file.plays.length, 1)
    t.match(file.plays, [{ id: first.id, startPositionMs: 20_000, positionMs: 33_000, watchedMs: 33_000 }])
    const [, ...rows] = parse((await kim.get(exportUrl(kim.profileId, '?format=csv'))).bytes) as string[][]
    t.equal(rows.length, 1)
    t.equal((await importJson(kim, file)).body.unchanged, 1)
    const lee = await signUp(app)
    t.equal((await importJson(lee, file)).body.imported, 1)
    t.strictSame((await lee.get(`/v1/profiles/${lee.profileId}/progress/${movie}`)).body, state)
  })
})
