// Importing a history in the format of an export.
import { Types } from 'mongoose'
import t from 'tap'
import { Account } from '../../models/account.js'
import { Play } from '../../models/play.js'
import { reportWrite } from '../../models/write-notifications.js'
import { call, expectProblem } from '../support/requests.js'
import { signUp, type TestUser } from '../support/users.js'
import {
  exportHistory,
  exportUrl,
  importJson,
  readWatchState,
  startTransferApp,
} from './history-transfer-app.js'

t.test('importing a history', async (t) => {
  const { app, clock, show, movie, signUpWithHistory } = await startTransferApp(t)
  const [first = '', second = '', third = ''] = show.episodes
  const listProgress = async (kim: TestUser, profileId: string) =>
    await Promise.all(
      [movie, first, second, third].map(async (id) => (await kim.get(`/v1/profiles/${profileId}/progress/${id}`)).body),
    )

  t.test('gives another profile the same history, progress and cards', async (t) => {
    const kim = await signUpWithHistory()
    const other = (await kim.post('/v1/profiles', { name: 'Other' })).body.id
    const file = await exportHistory(kim)
    const report = (await importJson(kim, file, '', other)).body
    t.match(report, {
      dryRun: false,
      total: 5,
      imported: 5,
      unchanged: 0,
      skipped: 0,
      unmatched: 0,
      ambiguous: 0,
      truncated: false,
    })
    t.match(report.lines[0], {
      line: 1,
      status: 'imported',
      text: 'Fawlty Towers: S1E2 The Builders',
      match: { titleId: show.id, itemId: second, season: 1, episode: 2 },
    })
    t.strictSame(await readWatchState(kim, other), await readWatchState(kim))
    t.strictSame(await listProgress(kim, other), await listProgress(kim, kim.profileId))
    const again = await exportHistory(kim, other)
    t.strictSame(
      again.plays.map((one: object) => ({ ...one, id: null })),
      file.plays.map((one: object) => ({ ...one, id: null })),
      'the export of the other profile is the same',
    )
    t.match(
      (await importJson(kim, file, '', other)).body,
      { imported: 0, unchanged: 5 },
      'a repeated import changes nothing',
    )
    t.match(
      (await importJson(kim, again, '', other)).body,
      { imported: 0, unchanged: 5 },
      'nor does an import of the own export',
    )
    t.match((await importJson(kim, again)).body, { imported: 5 }, 'the first profile imports the plays of the other')
  })

  t.test('restores cleared and removed plays', async (t) => {
    const kim = await signUpWithHistory()
    const before = await readWatchState(kim)
    const file = await exportHistory(kim)
    await kim.delete(`/v1/profiles/${kim.profileId}/history`)
    t.strictSame((await readWatchState(kim)).history, [])
    t.match((await importJson(kim, file)).body, { imported: 5 })
    t.strictSame(await readWatchState(kim), before)

    await kim.delete(`/v1/profiles/${kim.profileId}/history?titleId=${show.id}`)
    t.match((await importJson(kim, file)).body, { imported: 4, unchanged: 1 })
    t.strictSame(await readWatchState(kim), before)

    const [newest] = (await kim.get(`/v1/profiles/${kim.profileId}/history`)).body.items
    await kim.delete(`/v1/profiles/${kim.profileId}/history/${newest.id}`)
    t.match((await importJson(kim, file)).body, { imported: 1, unchanged: 4 })
    t.strictSame(await readWatchState(kim), before)
    t.match((await importJson(kim, file)).body, { imported: 0, unchanged: 5 })

    const lee = await signUpWithHistory()
    const own = await exportHistory(lee)
    const mine = await readWatchState(lee)
    const [last] = (await lee.get(`/v1/profiles/${lee.profileId}/history`)).body.items
    await lee.delete(`/v1/profiles/${lee.profileId}/history/${last.id}`)
    t.match((await importJson(lee, own)).body, { imported: 1, unchanged: 4 })
    t.strictSame(await readWatchState(lee), mine)
    t.equal(
      (await lee.get(`/v1/profiles/${lee.profileId}/history`)).body.items[0].id,
      last.id,
      'the same play is restored',
    )
  })

  t.test('and undoing a clearing restores each play once', async (t) => {
    const kim = await signUpWithHistory()
    const before = await readWatchState(kim)
    const file = await exportHistory(kim)
    const { undo } = (await kim.delete(`/v1/profiles/${kim.profileId}/history`)).body
    t.match((await importJson(kim, file)).body, { imported: 5, unchanged: 0 })
    t.strictSame(await readWatchState(kim), before)
    t.equal((await kim.post(`/v1/profiles/${kim.profileId}/undo/${undo}`)).status, 204)
    t.strictSame(await readWatchState(kim), before)
    t.match((await importJson(kim, file)).body, { imported: 0, unchanged: 5 })
  })

  t.test('as a dry run returns the same report and writes nothing', async (t) => {
    const kim = await signUpWithHistory()
    const file = await exportHistory(kim)
    const lee = await signUp(app)
    const dry = (await importJson(lee, file, '?dryRun=true')).body
    t.match(dry, { dryRun: true, imported: 5 })
    t.equal(await Play.countDocuments({ profile: lee.profileId }), 0)
    t.strictSame(await readWatchState(lee), { history: [], cards: [] })
    const real = (await importJson(lee, file, '?dryRun=false')).body
    t.strictSame({ ...real, dryRun: true }, dry)
  })

  t.test('merges a play that continued since', async (t) => {
    const kim = await signUpWithHistory()
    const file = await exportHistory(kim)
    const lee = await signUp(app)
    await importJson(lee, file)
    clock.advance(60_000)
    const [newest, ...rest] = file.plays
    const later = {
      ...newest,
      positionMs: 22_222,
      furthestMs: 22_222,
      watchedMs: 22_222,
      lastWatchedAt: new Date(Date.parse(newest.lastWatchedAt) + 500).toISOString(),
    }
    t.match((await importJson(lee, { ...file, plays: [later, ...rest] })).body, { imported: 1, unchanged: 4 })
    t.match((await readWatchState(lee)).history, { 0: { positionMs: 22_222 }, length: 5 })
    t.match((await importJson(lee, file)).body, { imported: 0, unchanged: 5 }, 'an older file does not move it back')
  })

  t.test('clamps future times to now, once', async (t) => {
    const kim = await signUp(app)
    const file = {
      format: 'normflix-history',
      version: 1,
      plays: [{
        title: { title: 'The Matrix' },
        startedAt: '2999-01-01T00:00:00Z',
        lastWatchedAt: '2999-01-01T00:10:00Z',
        positionMs: 30_000,
      }],
    }
    t.match((await importJson(kim, file)).body, { imported: 1 })
    t.ok(Date.parse(String((await readWatchState(kim)).history[0]?.['lastWatchedAt'])) <= clock.now().getTime())
    clock.advance(60_000)
    t.match((await importJson(kim, file)).body, { imported: 0, unchanged: 1 })
  })

  t.test('never changes plays of another profile', async (t) => {
    const kim = await signUpWithHistory()
    const before = JSON.stringify(await Play.find({ profile: kim.profileId }).sort({ _id: 1 }).lean())
    const file = await exportHistory(kim)
    const mallory = await signUp(app)
    const forged = {
      ...file,
      plays: file.plays.map((one: object) => ({
        ...one,
        positionMs: 1,
        furthestMs: 1,
        watchedMs: 1,
        lastWatchedAt: clock.now().toISOString(),
      })),
    }
    t.match(
      (await importJson(mallory, forged)).body,
      { imported: 5, unchanged: 0 },
      'IDs of another profile match nothing',
    )
    await mallory.delete(`/v1/profiles/${mallory.profileId}/history`)
    t.equal(JSON.stringify(await Play.find({ profile: kim.profileId }).sort({ _id: 1 }).lean()), before)
    expectProblem(t, await mallory.get(exportUrl(kim.profileId)), 'not-found', 404)
    expectProblem(t, await importJson(mallory, file, '', kim.profileId), 'not-found', 404)
    expectProblem(t, await call(app, 'GET', exportUrl(kim.profileId)), 'unauthorized', 401)

    const [own] = (await exportHistory(kim)).plays
    const swapped = {
      format: 'normflix-history',
      version: 1,
      plays: [{ ...own, item: { id: movie, season: null, episode: null }, title: { title: 'The Matrix' } }],
    }
    t.match((await importJson(kim, swapped)).body, { imported: 1 }, 'nor does the ID of an own play of another item')
  })

  t.test('completes an interrupted import when it is repeated', async (t) => {
    const kim = await signUpWithHistory()
    const file = await exportHistory(kim)
    const lee = await signUp(app)
    await importJson(lee, file)
    const whole = await readWatchState(lee)
    await Account.collection.updateOne({ _id: new Types.ObjectId(lee.accountId) }, {
      $set: { 'profiles.0.watchHistory': [] },
    })
    reportWrite('accounts', lee.accountId)
    t.strictSame((await readWatchState(lee)).cards, [])
    t.match((await importJson(lee, file)).body, { imported: 0, unchanged: 5 })
    t.strictSame(await readWatchState(lee), whole)
  })

  t.test('has the same result for concurrent imports', async (t) => {
    const kim = await signUpWithHistory()
    const file = await exportHistory(kim)
    const lee = await signUp(app)
    const responses = await Promise.all([importJson(lee, file), importJson(lee, file), importJson(lee, file)])
    t.strictSame(responses.map(({ status }) => status), [200, 200, 200])
    t.strictSame(await readWatchState(lee), await readWatchState(kim))
  })
})
