import { parse } from 'csv-parse/sync'
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { FastifyInstance } from 'fastify'
import mongoose, { Types } from 'mongoose'
import t from 'tap'
import { Account } from '../../models/account.js'
import { Play, derivePlayId, type StoredPlay } from '../../models/play.js'
import { UNRESTRICTED_SCOPE } from '../../src/domain/maturity.js'
import { exportCsv, exportJson } from '../../src/watching/history/history-export.js'
import {
  addMovie,
  addShow,
  call,
  expectProblem,
  play,
  signUp,
  signUpAdmin,
  startApp,
  watch,
  type Answer,
  type Person,
  containerOf,
} from '../helper.js'

const exportUrl = (profileId: string, query = '') => `/v1/profiles/${profileId}/history/export${query}`
const importUrl = (profileId: string, query = '') => `/v1/profiles/${profileId}/history/import${query}`

async function takeOut (kim: Person, profileId = kim.profileId): Promise<any> {
  return (await kim.get(exportUrl(profileId))).body
}

async function bringIn (kim: Person, file: unknown, query = '', profileId = kim.profileId): Promise<Answer> {
  return await kim.post(importUrl(profileId, query), file)
}

async function bringInCsv (
  app: FastifyInstance,
  kim: Person,
  csv: string,
  query = '',
  profileId = kim.profileId,
): Promise<Answer> {
  return await call(app, 'POST', importUrl(profileId, `?format=netflix${query}`), {
    token: kim.token,
    body: csv,
    headers: { 'content-type': 'text/csv' },
  })
}

/** What a profile is told of its history, without the ids of plays. */
async function told (kim: Person, profileId = kim.profileId) {
  const history = (await kim.get(`/v1/profiles/${profileId}/history?limit=100`)).body.items as Array<
    Record<string, unknown>
  >
  const cards = (await kim.get(`/v1/profiles/${profileId}/continue-watching?limit=100`)).body.items
  return { history: history.map((one): Record<string, unknown> => ({ ...one, id: null })), cards }
}

const FULL_HEADER =
  'Profile Name,Start Time,Duration,Attributes,Title,Supplemental Video Type,Device Type,Bookmark,Latest Bookmark,Country'

t.test('a history goes out and comes in', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const show = await addShow(app, admin)
  const [first = '', second = '', third = ''] = show.episodes
  const movie = await addMovie(app, admin, { externalIds: { imdb: 'tt0133093' } })
  const formula = await addMovie(app, admin, {
    title: '=HYPERLINK("http://evil.example","x")',
    releaseDate: '2001-01-01',
  })

  const busy = async (): Promise<Person> => {
    const kim = await signUp(app)
    await watch(kim, clock, first, 58_000)
    await watch(kim, clock, movie, 34_567, 30_001)
    await watch(kim, clock, second, 58_000)
    await watch(kim, clock, second, 12_345)
    await kim.put(`/v1/profiles/${kim.profileId}/progress/${third}`, {
      positionMs: 20_000,
      at: '2020-02-03T04:05:06.789Z',
      eventId: 'tie',
    })
    return kim
  }
  const progressOf = async (kim: Person, profileId: string) =>
    await Promise.all(
      [movie, first, second, third].map(async (id) => (await kim.get(`/v1/profiles/${profileId}/progress/${id}`)).body),
    )

  t.test('as JSON, with what is being played now', async (t) => {
    const kim = await busy()
    const { streamId } = (await play(kim, movie)).body
    clock.advance(5_000)
    await kim.put(`/v1/profiles/${kim.profileId}/playback/${streamId}`, {
      positionMs: 40_000,
      watchedMs: 5_433,
      at: clock.now().toISOString(),
    })
    const answer = await kim.get(exportUrl(kim.profileId))
    t.equal(answer.status, 200)
    t.match(answer.headers['content-type'], /^application\/json/)
    t.match(answer.headers['content-disposition'], /^attachment; filename="normflix-history-\d{4}-\d\d-\d\d\.json"$/)
    t.match(answer.body, { format: 'normflix-history', version: 1, exportedAt: String })
    t.equal(answer.body.plays.length, 6)
    t.match(answer.body.plays[0], {
      title: { id: movie, title: 'The Matrix', kind: 'movie', year: 1999, externalIds: { imdb: 'tt0133093' } },
      item: { id: movie, season: null, episode: null },
      positionMs: 40_000,
      watchedMs: 5_433,
      finished: false,
    })
    t.match(answer.body.plays.at(-1), {
      title: { title: 'Fawlty Towers', kind: 'show' },
      item: { season: 2, episode: 1, title: 'Communication Problems' },
      lastWatchedAt: '2020-02-03T04:05:06.789Z',
      watchedMs: null,
      eventId: 'tie',
    })
    t.strictSame((await bringIn(kim, answer.body)).body.unchanged, 6, 'nothing in it is new')
  })

  t.test('into another profile: the same history, progress and continue watching', async (t) => {
    const kim = await busy()
    const other = (await kim.post('/v1/profiles', { name: 'Other' })).body.id
    const file = await takeOut(kim)
    const report = (await bringIn(kim, file, '', other)).body
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
    t.strictSame(await told(kim, other), await told(kim))
    t.strictSame(await progressOf(kim, other), await progressOf(kim, kim.profileId))
    const again = await takeOut(kim, other)
    t.strictSame(
      again.plays.map((one: object) => ({ ...one, id: null })),
      file.plays.map((one: object) => ({ ...one, id: null })),
      'and the same file comes out of it',
    )
    t.match((await bringIn(kim, file, '', other)).body, { imported: 0, unchanged: 5 }, 'twice changes nothing')
    t.match((await bringIn(kim, again, '', other)).body, { imported: 0, unchanged: 5 }, 'nor does its own file')
    t.match((await bringIn(kim, again)).body, { imported: 5 }, 'the first profile cannot know that they are its own')
  })

  t.test('after it was cleared, and after one play was removed', async (t) => {
    const kim = await busy()
    const before = await told(kim)
    const file = await takeOut(kim)
    await kim.delete(`/v1/profiles/${kim.profileId}/history`)
    t.strictSame((await told(kim)).history, [])
    t.match((await bringIn(kim, file)).body, { imported: 5 })
    t.strictSame(await told(kim), before)

    await kim.delete(`/v1/profiles/${kim.profileId}/history?titleId=${show.id}`)
    t.match((await bringIn(kim, file)).body, { imported: 4, unchanged: 1 })
    t.strictSame(await told(kim), before)

    const [newest] = (await kim.get(`/v1/profiles/${kim.profileId}/history`)).body.items
    await kim.delete(`/v1/profiles/${kim.profileId}/history/${newest.id}`)
    t.match((await bringIn(kim, file)).body, { imported: 1, unchanged: 4 })
    t.strictSame(await told(kim), before)
    t.match((await bringIn(kim, file)).body, { imported: 0, unchanged: 5 })

    const lee = await busy()
    const own = await takeOut(lee)
    const mine = await told(lee)
    const [last] = (await lee.get(`/v1/profiles/${lee.profileId}/history`)).body.items
    await lee.delete(`/v1/profiles/${lee.profileId}/history/${last.id}`)
    t.match((await bringIn(lee, own)).body, { imported: 1, unchanged: 4 })
    t.strictSame(await told(lee), mine)
    t.equal((await lee.get(`/v1/profiles/${lee.profileId}/history`)).body.items[0].id, last.id, 'the same play is back')
  })

  t.test('cleared, brought in, and the clearing undone: everything is there once', async (t) => {
    const kim = await busy()
    const before = await told(kim)
    const file = await takeOut(kim)
    const { undo } = (await kim.delete(`/v1/profiles/${kim.profileId}/history`)).body
    t.match((await bringIn(kim, file)).body, { imported: 5, unchanged: 0 })
    t.strictSame(await told(kim), before)
    t.equal((await kim.post(`/v1/profiles/${kim.profileId}/undo/${undo}`)).status, 204)
    t.strictSame(await told(kim), before)
    t.match((await bringIn(kim, file)).body, { imported: 0, unchanged: 5 })
  })

  t.test('a dry run tells the same and writes nothing', async (t) => {
    const kim = await busy()
    const file = await takeOut(kim)
    const lee = await signUp(app)
    const dry = (await bringIn(lee, file, '?dryRun=true')).body
    t.match(dry, { dryRun: true, imported: 5 })
    t.equal(await Play.countDocuments({ profile: lee.profileId }), 0)
    t.strictSame(await told(lee), { history: [], cards: [] })
    const real = (await bringIn(lee, file, '?dryRun=false')).body
    t.strictSame({ ...real, dryRun: true }, dry)
  })

  t.test('a file that is edited by hand may leave out most', async (t) => {
    const kim = await signUp(app)
    const lastWatchedAt = '2021-05-06T20:00:00Z'
    const plays = [
      { title: { title: 'the matrix' }, lastWatchedAt, positionMs: 55_000 },
      {
        title: { title: 'Anything', externalIds: { imdb: 'tt0133093' } },
        lastWatchedAt: '2021-05-07T20:00:00Z',
        positionMs: 10_000,
      },
      {
        title: { title: 'Fawlty Towers' },
        item: { season: 1, episode: 2 },
        lastWatchedAt,
        startPositionMs: 0,
        positionMs: 57_000,
      },
      {
        title: { title: 'Fawlty Towers', kind: 'show' },
        item: { season: null, episode: null, title: 'communication problems' },
        lastWatchedAt,
        positionMs: 1_000,
      },
      { title: { title: 'Fawlty Towers' }, item: { season: 7, episode: 1 }, lastWatchedAt, positionMs: 1_000 },
      { title: { title: 'The Matrix', year: 1964 }, lastWatchedAt, positionMs: 1_000 },
    ]
    const report = (await bringIn(kim, { format: 'normflix-history', version: 1, plays })).body
    t.match(report, { imported: 4, unmatched: 2 })
    t.strictSame(report.lines.map(({ reason }: { reason?: { code: string } }) => reason?.code ?? null), [
      null,
      null,
      null,
      null,
      'no-such-episode',
      'no-such-title',
    ])
    t.match((await kim.get(`/v1/profiles/${kim.profileId}/progress/${second}`)).body, {
      finished: true,
      durationMs: 60_000,
    })
  })

  t.test('a play that went on meanwhile goes on', async (t) => {
    const kim = await busy()
    const file = await takeOut(kim)
    const lee = await signUp(app)
    await bringIn(lee, file)
    clock.advance(60_000)
    const [newest, ...rest] = file.plays
    const later = {
      ...newest,
      positionMs: 22_222,
      furthestMs: 22_222,
      watchedMs: 22_222,
      lastWatchedAt: new Date(Date.parse(newest.lastWatchedAt) + 500).toISOString(),
    }
    t.match((await bringIn(lee, { ...file, plays: [later, ...rest] })).body, { imported: 1, unchanged: 4 })
    t.match((await told(lee)).history, { 0: { positionMs: 22_222 }, length: 5 })
    t.match((await bringIn(lee, file)).body, { imported: 0, unchanged: 5 }, 'and an older file does not take it back')
  })

  t.test('times ahead are set back to now, once', async (t) => {
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
    t.match((await bringIn(kim, file)).body, { imported: 1 })
    t.ok(Date.parse(String((await told(kim)).history[0]?.['lastWatchedAt'])) <= clock.now().getTime())
    clock.advance(60_000)
    t.match((await bringIn(kim, file)).body, { imported: 0, unchanged: 1 })
  })

  t.test("no id in a file reaches another profile's plays", async (t) => {
    const kim = await busy()
    const before = JSON.stringify(await Play.find({ profile: kim.profileId }).sort({ _id: 1 }).lean())
    const file = await takeOut(kim)
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
    t.match((await bringIn(mallory, forged)).body, { imported: 5, unchanged: 0 }, 'a known id counts for nothing')
    await mallory.delete(`/v1/profiles/${mallory.profileId}/history`)
    t.equal(JSON.stringify(await Play.find({ profile: kim.profileId }).sort({ _id: 1 }).lean()), before)
    expectProblem(t, await mallory.get(exportUrl(kim.profileId)), 'not-found', 404)
    expectProblem(t, await bringIn(mallory, file, '', kim.profileId), 'not-found', 404)
    expectProblem(t, await call(app, 'GET', exportUrl(kim.profileId)), 'unauthorized', 401)

    const [own] = (await takeOut(kim)).plays
    const swapped = {
      format: 'normflix-history',
      version: 1,
      plays: [{ ...own, item: { id: movie, season: null, episode: null }, title: { title: 'The Matrix' } }],
    }
    t.match((await bringIn(kim, swapped)).body, { imported: 1 }, 'the id of an own play of something else neither')
  })

  t.test('as CSV for people and spreadsheets', async (t) => {
    const kim = await busy()
    await watch(kim, clock, formula, 3_661, 3_661)
    const answer = await kim.get(exportUrl(kim.profileId, '?format=csv'))
    t.equal(answer.headers['content-type'], 'text/csv; charset=utf-8')
    t.match(answer.headers['content-disposition'], /\.csv"$/)
    const [header, ...rows] = parse(answer.bytes) as string[][]
    t.strictSame(header, [
      'Date',
      'Title',
      'Season',
      'Episode',
      'Episode title',
      'Started',
      'Stopped',
      'Position',
      'Watched',
      'Duration',
      'Finished',
    ])
    t.equal(rows.length, 6)
    t.match(rows[0], [
      /^\d{4}-\d\d-\d\d$/,
      '\'=HYPERLINK("http://evil.example","x")',
      '',
      '',
      '',
      String,
      String,
      '0:00:03',
      '0:00:03',
      '0:01:00',
      'no',
    ])
    t.match(rows.at(-1), [
      '2020-02-03',
      'Fawlty Towers',
      '2',
      '1',
      'Communication Problems',
      String,
      '2020-02-03T04:05:06.789Z',
      '0:00:20',
      '0:00:00',
      '0:01:00',
      'no',
    ])
    t.equal(rows.filter((row) => row[10] === 'yes').length, 2)
    const nobody = await signUp(app)
    t.equal(
      String((await nobody.get(exportUrl(nobody.profileId, '?format=csv'))).bytes).trim().split('\n').length,
      1,
      'an empty one has its header',
    )
    t.strictSame((await takeOut(nobody)).plays, [])
    expectProblem(t, await kim.get(exportUrl(kim.profileId, '?format=xml')), 'validation-failed', 400)
  })

  t.test('what is not a history is refused with its place', async (t) => {
    const kim = await signUp(app)
    const good = { title: { title: 'The Matrix' }, lastWatchedAt: '2021-05-06T20:00:00Z', positionMs: 1 }
    const send = async (plays: unknown[]) => await bringIn(kim, { format: 'normflix-history', version: 1, plays })
    for (
      const [play, pointer] of [
        [{ ...good, positionMs: -1 }, '/plays/1/positionMs'],
        [{ ...good, positionMs: 1e12 }, '/plays/1/positionMs'],
        [{ ...good, lastWatchedAt: '1969-12-31T00:00:00Z' }, '/plays/1/lastWatchedAt'],
        [{ ...good, lastWatchedAt: 'yesterday' }, '/plays/1/lastWatchedAt'],
        [{ ...good, id: { $ne: null } }, '/plays/1/id'],
        [{ ...good, account: 'x' }, '/plays/1/account'],
        [{ title: good.title }, '/plays/1/lastWatchedAt'],
        ['x', '/plays/1'],
      ] as const
    ) {
      const answer = await send([good, play])
      expectProblem(t, answer, 'validation-failed', 400)
      t.equal(answer.body.errors[0].pointer, pointer)
    }
    for (
      const file of [{}, { format: 'normflix-history', version: 2, plays: [] }, {
        format: 'other',
        version: 1,
        plays: [],
      }, []]
    ) expectProblem(t, await bringIn(kim, file), 'validation-failed', 400)
    const raw = async (body: string, type: string, query = '') =>
      await call(app, 'POST', importUrl(kim.profileId, query), {
        token: kim.token,
        body,
        headers: { 'content-type': type },
      })
    expectProblem(t, await raw('{"format":', 'application/json'), 'malformed-request', 400)
    expectProblem(t, await raw('', 'application/json'), 'malformed-request', 400)
    expectProblem(t, await raw('Title,Date\n', 'text/csv'), 'unsupported-media-type', 415)
    expectProblem(
      t,
      await raw('{"format":"normflix-history","version":1,"plays":[]}', 'application/json', '?format=netflix'),
      'unsupported-media-type',
      415,
    )
    expectProblem(t, await raw('x', 'text/plain', '?format=netflix'), 'unsupported-media-type', 415)
    expectProblem(t, await raw('x', 'text/csv', '?format=netflix&dryRun=perhaps'), 'validation-failed', 400)
    expectProblem(
      t,
      await raw(`Title,Date\n${'x'.repeat(16 * 1024 * 1024)}`, 'text/csv', '?format=netflix'),
      'body-too-large',
      413,
    )
    expectProblem(
      t,
      await raw(
        JSON.stringify({ format: 'normflix-history', version: 1, plays: Array(50_001).fill(good) }),
        'application/json',
      ),
      'import-too-long',
      422,
    )
    t.equal(await Play.countDocuments({ profile: kim.profileId }), 0)
  })

  t.test('a child brings in only what is for children', async (t) => {
    const kim = await busy()
    const forAll = await addMovie(app, admin, { title: 'Toy Story', releaseDate: '1995-11-22', maturityRating: 'G' })
    await watch(kim, clock, forAll, 30_000)
    const kids = (await kim.post('/v1/profiles', { name: 'Kids', kids: true })).body.id
    const report = (await bringIn(kim, await takeOut(kim), '', kids)).body
    t.match(report, { imported: 1, unmatched: 5, lines: { 0: { status: 'imported', match: { itemId: forAll } } } })
    t.ok(
      report.lines.slice(1).every((line: { match?: unknown, reason: { code: string } }) =>
        line.match === undefined && line.reason.code === 'no-such-title'
      ),
      'nothing says that the rest exists',
    )
    t.match((await bringInCsv(app, kim, 'Title,Date\nThe Matrix,1/31/24\nToy Story,1/30/24\n', '', kids)).body, {
      imported: 1,
      unmatched: 1,
    })
    await admin.patch(`/v1/admin/movies/${forAll}`, { maturityRating: 'R' })
    t.strictSame(
      (await takeOut(kim, kids)).plays[0].title,
      { id: forAll, title: 'Toy Story' },
      'the catalogue tells a child no more of what is not for it',
    )
    await admin.delete(`/v1/admin/movies/${forAll}`)
  })

  t.test('Netflix: title and date', async (t) => {
    const kim = await signUp(app)
    const csv =
      '\uFEFFTitle,Date\r\n"Fawlty Towers: Series 1: The Builders","2/1/24"\r\n"Fawlty Towers: Season 1: A Touch of Class (Episode 1)","1/31/24"\r\n"The Matrix","1/30/24"\r\n\r\n"The ""Lost"" Film, Part 2","1/29/24"\r\n'
    const dry = (await bringInCsv(app, kim, csv, '&dryRun=true')).body
    const report = (await bringInCsv(app, kim, csv)).body
    t.strictSame({ ...report, dryRun: true }, dry)
    t.match(report, { total: 4, imported: 3, unmatched: 1, dateOrder: 'month-first', isDateOrderGuessed: false })
    t.match(report.lines, [{ line: 2 }, { line: 3 }, { line: 4, match: { itemId: movie, year: 1999, season: null } }, {
      line: 6,
      status: 'unmatched',
      text: 'The "Lost" Film, Part 2',
      reason: { code: 'no-such-title' },
    }])
    t.match((await told(kim)).history, [
      {
        item: { id: second },
        startedAt: '2024-02-01T11:59:00.000Z',
        lastWatchedAt: '2024-02-01T12:00:00.000Z',
        positionMs: 60_000,
        watchedMs: 60_000,
        durationMs: 60_000,
        finished: true,
      },
      { item: { id: first }, finished: true },
      { item: { id: movie }, finished: true },
    ])
    t.match((await told(kim)).cards, [{ kind: 'next', item: { id: third } }], 'the next episode is offered')
    t.match((await bringInCsv(app, kim, csv)).body, { imported: 0, unchanged: 3 })
    t.match(
      (await bringInCsv(app, kim, `${csv}"The Matrix","5/6/23"\r\n`)).body,
      { imported: 1, unchanged: 3 },
      'a longer file adds what is new',
    )
    const guessed = await bringInCsv(app, kim, 'Title,Date\nThe Matrix,3/4/22\n', '&dryRun=true')
    t.match(guessed.body, { dateOrder: 'month-first', isDateOrderGuessed: true })
    await bringInCsv(app, kim, 'Title,Date\nThe Matrix,3/4/22\n', '&dateOrder=day-first')
    t.equal((await told(kim)).history.at(-1)?.['lastWatchedAt'], '2022-04-03T12:00:00.000Z')
  })

  t.test('Netflix: a runtime that nobody knows, and a date that is today', async (t) => {
    const kim = await signUp(app)
    const unknown = await addMovie(app, admin, { title: 'Lost Reel', releaseDate: '1920-01-01' }, [])
    const report = (await bringInCsv(app, kim, 'Title,Date\nLost Reel,1/31/24\n')).body
    t.match(report, {
      imported: 1,
      lines: [{ status: 'imported', reason: { code: 'runtime-unknown' }, match: { itemId: unknown } }],
    })
    t.match((await told(kim)).history, [{ title: { title: 'Lost Reel' }, durationMs: null, positionMs: 0 }])
    const today = clock.now().toISOString().slice(0, 10)
    t.match((await bringInCsv(app, kim, `Title,Date\nThe Matrix,${today}\n`)).body, {
      imported: 1,
      dateOrder: 'year-first',
    })
    clock.advance(1_000)
    t.match((await bringInCsv(app, kim, `Title,Date\nThe Matrix,${today}\n`)).body, { imported: 0, unchanged: 1 })
    await admin.delete(`/v1/admin/movies/${unknown}`)
  })

  t.test('Netflix: everything it knows', async (t) => {
    const kim = await signUp(app)
    const rows = [
      'Kim,2024-01-31 20:00:00,00:00:25,,The Matrix,,Chrome PC,00:00:40,00:00:40,US (United States)',
      'Kim,2024-01-30 20:00:00,00:00:58,Autoplayed: user action: User_Interaction;,"Fawlty Towers: Season 1: A Touch of Class (Episode 1)",,TV,00:00:58,Not latest view,US',
      'Kim,2024-01-30 19:00:00,00:00:10,Autoplayed: user action: None; ,"Fawlty Towers: Season 1: The Builders (Episode 2)",,TV,00:00:10,00:00:10,US',
      'Kim,2024-01-30 18:00:00,00:01:00,,The Matrix_hook_primary_16x9,HOOK,TV,00:01:00,00:01:00,US',
      'Kim,2024-01-30 17:00:00,00:00:00,,The Matrix,,TV,00:00:00,00:00:00,US',
    ]
    const csv = [FULL_HEADER, ...rows, ''].join('\n')
    const report = (await bringInCsv(app, kim, csv)).body
    t.match(report, { total: 5, imported: 2, skipped: 3, dateOrder: null })
    t.strictSame(
      report.lines.map(({ line, reason }: { line: number, reason?: { code: string } }) => [line, reason?.code ?? null]),
      [[2, null], [3, null], [4, 'autoplayed'], [5, 'supplemental-video'], [6, 'nothing-played']],
    )
    t.match((await told(kim)).history, [
      {
        startedAt: '2024-01-31T20:00:00.000Z',
        lastWatchedAt: '2024-01-31T20:00:25.000Z',
        positionMs: 40_000,
        watchedMs: 25_000,
        finished: false,
      },
      { item: { id: first }, positionMs: 58_000, watchedMs: 58_000, finished: true },
    ])
    t.match((await told(kim)).cards, [{ kind: 'resume', item: { id: movie }, positionMs: 40_000 }, {
      kind: 'next',
      item: { id: second },
    }])
    t.match((await bringInCsv(app, kim, csv)).body, { imported: 0, unchanged: 2, skipped: 3 })

    const family = `${csv}Lee,2024-02-01 20:00:00,00:00:30,,The Matrix,,TV,00:00:30,00:00:30,US\n`
    const lee = await signUp(app)
    const asked = await bringInCsv(app, lee, family)
    expectProblem(t, asked, 'import-several-profiles', 422)
    t.strictSame(asked.body.profileNames, ['Kim', 'Lee'])
    t.match((await bringInCsv(app, lee, family, '&netflixProfile=Lee')).body, { imported: 1, skipped: 5 })
  })

  t.test('Netflix: a file that cannot be read names the line', async (t) => {
    const kim = await signUp(app)
    const full = 'Kim,2024-01-31 20:00:00,00:00:25,,The Matrix,,PC,00:00:40,00:00:40,US'
    for (
      const [csv, line] of [
        ['', 1],
        ['Name,When\nThe Matrix,1/31/24\n', 1],
        ['Title,Date\nThe Matrix,1/31/24\nThe Matrix\n', 3],
        ['Title,Date\nThe Matrix,1/31/24\n"The Matrix,1/31/24\n', 3],
        ['Title,Date\nThe Matrix,1/31/24\nThe Matrix,31/1/24\nThe Matrix,1/30/24\n', 3],
        ['Title,Date\nThe Matrix,1/31/24\nThe Matrix,\n', 3],
        ['Title,Date\n,1/31/24\n', 2],
        [`Title,Date\n${'x'.repeat(30_000)},1/31/24\n`, 2],
        [`${FULL_HEADER}\n${full.replace('20:00:00', 'noon')}\n`, 2],
        [`${FULL_HEADER}\n${full}\n${full.replace('00:00:25', 'long')}\n`, 3],
        [`${FULL_HEADER}\n${full.replace('00:00:40', 'x')}\n`, 2],
      ] as const
    ) {
      const answer = await bringInCsv(app, kim, csv)
      expectProblem(t, answer, 'import-malformed', 422)
      t.equal(answer.body.line, line, csv.slice(0, 60))
    }
    expectProblem(
      t,
      await bringInCsv(app, kim, `Title,Date\n${'The Matrix,1/31/24\n'.repeat(50_001)}`),
      'import-too-long',
      422,
    )
    t.equal(await Play.countDocuments({ profile: kim.profileId }), 0, 'and nothing of it is written')
  })

  t.test('two things of one name are told and left alone', async (t) => {
    const kim = await signUp(app)
    const remake = await addMovie(app, admin, { releaseDate: '2029-01-01' }, [])
    const report = (await bringInCsv(app, kim, 'Title,Date\nThe Matrix,1/31/24\n')).body
    t.match(report, {
      imported: 0,
      ambiguous: 1,
      lines: [{ status: 'ambiguous', reason: { code: 'same-name' }, candidates: { length: 2 } }],
    })
    t.strictSame(
      report.lines[0].candidates.map(({ titleId }: { titleId: string }) => titleId).sort(),
      [movie, remake].sort(),
    )
    const play = (title: object) => ({
      format: 'normflix-history',
      version: 1,
      plays: [{ title, lastWatchedAt: '2024-01-01T00:00:00Z', positionMs: 5_000 }],
    })
    t.match((await bringIn(kim, play({ title: 'The Matrix' }))).body, { ambiguous: 1 })
    t.match((await bringIn(kim, play({ title: 'The Matrix', year: 2029 }))).body, {
      imported: 1,
      lines: [{ match: { itemId: remake } }],
    })
    await admin.delete(`/v1/admin/movies/${remake}`)
  })

  t.test('an import that broke off is mended by repeating it', async (t) => {
    const kim = await busy()
    const file = await takeOut(kim)
    const lee = await signUp(app)
    await bringIn(lee, file)
    const whole = await told(lee)
    await Account.collection.updateOne({ _id: new Types.ObjectId(lee.accountId) }, {
      $set: { 'profiles.0.watchHistory': [] },
    })
    t.strictSame((await told(lee)).cards, [])
    t.match((await bringIn(lee, file)).body, { imported: 0, unchanged: 5 })
    t.strictSame(await told(lee), whole)
  })

  t.test('two at once end as one', async (t) => {
    const kim = await busy()
    const file = await takeOut(kim)
    const lee = await signUp(app)
    const answers = await Promise.all([bringIn(lee, file), bringIn(lee, file), bringIn(lee, file)])
    t.strictSame(answers.map(({ status }) => status), [200, 200, 200])
    t.strictSame(await told(lee), await told(kim))
  })

  t.test('thousands of plays leave in pages, and come in again', async (t) => {
    const kim = await signUp(app)
    const items = [movie, ...show.episodes]
    const base = Date.parse('2015-01-01T00:00:00Z')
    const numbers = new Map(show.episodes.map((id, i) => [id, { season: Math.floor(i / 2) + 1, episode: i % 2 + 1 }]))
    const rows: StoredPlay[] = Array.from({ length: 2_000 }, (_, i) => {
      const item = items[i % items.length]!
      // Many share a moment, so that pages end between plays of the same one.
      const at = new Date(base + Math.floor(i / 7) * 3_600_000 * 31)
      return {
        _id: derivePlayId(kim.profileId, `sitting ${i}`),
        account: new Types.ObjectId(kim.accountId),
        profile: new Types.ObjectId(kim.profileId),
        title: new Types.ObjectId(item === movie ? movie : show.id),
        item: new Types.ObjectId(item),
        season: numbers.get(item)?.season ?? null,
        episode: numbers.get(item)?.episode ?? null,
        titleName: item === movie ? 'The Matrix' : 'Fawlty Towers',
        itemName: null,
        mediaFile: null,
        kind: 'play',
        startedAt: at,
        startPositionMs: 0,
        at,
        eventId: '',
        positionMs: i,
        durationMs: 60_000,
        furthestMs: i,
        watchedMs: i,
        endAt: null,
        endWatchedMs: null,
        watched: null,
        isPlayed: true,
        removedAt: null,
      }
    })
    await Play.insertMany(rows)
    const file = await takeOut(kim)
    t.equal(new Set(file.plays.map(({ id }: { id: string }) => id)).size, 2_000)
    const times = file.plays.map(({ lastWatchedAt }: { lastWatchedAt: string }) => lastWatchedAt)
    t.strictSame(times, [...times].sort().reverse(), 'newest first')
    t.equal((parse((await kim.get(exportUrl(kim.profileId, '?format=csv'))).bytes) as string[][]).length, 2_001)

    const lee = await signUp(app)
    const begun = performance.now()
    const report = (await bringIn(lee, file)).body
    t.comment(`2,000 plays in ${Math.round(performance.now() - begun)} ms`)
    t.match(report, { total: 2_000, imported: 2_000, truncated: true, lines: { length: 1_000 } })
    t.strictSame((await takeOut(lee)).plays.length, 2_000, 'also those that began at the same moment')
    t.match((await bringIn(lee, file)).body, { imported: 0, unchanged: 2_000 })

    t.test('an export reads no further than its reader', async (t) => {
      const { watching } = containerOf(app)
      const watcher = { account: kim.accountId, profile: kim.profileId }
      for (
        const open of [() => exportJson(watching, watcher, UNRESTRICTED_SCOPE), () => exportCsv(watching, watcher)]
      ) {
        let reads = 0
        mongoose.set('debug', (collection: string, method: string) => {
          if (collection === 'plays' && method === 'find') reads++
        })
        t.ok((await buffer(open())).length > 100_000)
        const all = reads
        reads = 0
        const file = open()
        await once(file, 'readable')
        t.ok(file.read().length > 0)
        file.destroy()
        // Whatever was under way is done when the database has answered something later.
        await Play.countDocuments({ profile: kim.profileId })
        mongoose.set('debug', false)
        t.ok(file.destroyed)
        t.ok(reads > 0 && reads < all, `${reads} of ${all} reads`)
      }
    })

    t.test('a client that goes away does no harm', async (t) => {
      await app.listen({ port: 0, host: '127.0.0.1' })
      const { port } = app.server.address() as AddressInfo
      for (const format of ['json', 'csv']) {
        await new Promise<void>((resolve, reject) => {
          const request = httpRequest({
            port,
            host: '127.0.0.1',
            path: exportUrl(kim.profileId, `?format=${format}`),
            headers: { authorization: `Bearer ${kim.token}` },
          }, (response) => {
            response.once('data', () => {
              request.destroy()
            })
            response.once('close', resolve)
            response.once('error', () => undefined)
          })
          request.once('error', reject)
          request.end()
        })
        t.equal((await kim.get(exportUrl(kim.profileId, `?format=${format}`))).status, 200, 'the service goes on')
      }
    })
  })
})
