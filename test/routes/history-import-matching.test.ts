// Matching the plays of an import with the catalogue, and rejecting invalid files.
import t from 'tap'
import { Play } from '../../models/play.js'
import { addMovie } from '../support/catalogue.js'
import { watch } from '../support/playback.js'
import { call, expectProblem } from '../support/requests.js'
import { signUp } from '../support/users.js'
import { exportHistory, importJson, importNetflixCsv, importUrl, startTransferApp } from './history-transfer-app.js'

t.test('matching an imported history', async (t) => {
  const { app, clock, admin, show, movie, signUpWithHistory } = await startTransferApp(t)
  const [, second = ''] = show.episodes

  t.test('accepts a file with few fields', async (t) => {
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
    const report = (await importJson(kim, { format: 'normflix-history', version: 1, plays })).body
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

  t.test('rejects invalid files with the position of the error', async (t) => {
    const kim = await signUp(app)
    const good = { title: { title: 'The Matrix' }, lastWatchedAt: '2021-05-06T20:00:00Z', positionMs: 1 }
    const send = async (plays: unknown[]) => await importJson(kim, { format: 'normflix-history', version: 1, plays })
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
      const response = await send([good, play])
      expectProblem(t, response, 'validation-failed', 400)
      t.equal(response.body.errors[0].pointer, pointer)
    }
    for (
      const file of [{}, { format: 'normflix-history', version: 2, plays: [] }, {
        format: 'other',
        version: 1,
        plays: [],
      }, []]
    ) expectProblem(t, await importJson(kim, file), 'validation-failed', 400)
    const raw = async (body: string, type: string, query = '') =>
      await call(app, 'POST', importUrl(kim.profileId, query), {
        token: kim.token,
        body,
        headers: { 'content-type': type },
      })
    expectProblem(t, await raw('{"format":', 'application/json'), 'malformed-request', 400)
    expectProblem(t, await raw('', 'application/json'), 'validation-failed', 400)
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

  t.test('finds only titles within the maturity limits of the profile', async (t) => {
    const kim = await signUpWithHistory()
    const forAll = await addMovie(app, admin, { title: 'Toy Story', releaseDate: '1995-11-22', maturityRating: 'G' })
    await watch(kim, clock, forAll, 30_000)
    const kids = (await kim.post('/v1/profiles', { name: 'Kids', kids: true })).body.id
    const report = (await importJson(kim, await exportHistory(kim), '', kids)).body
    t.match(report, { imported: 1, unmatched: 5, lines: { 0: { status: 'imported', match: { itemId: forAll } } } })
    t.ok(
      report.lines.slice(1).every((line: { match?: unknown, reason: { code: string } }) =>
        line.match === undefined && line.reason.code === 'no-such-title'
      ),
      'the report does not reveal that the other titles exist',
    )
    t.match((await importNetflixCsv(app, kim, 'Title,Date\nThe Matrix,1/31/24\nToy Story,1/30/24\n', '', kids)).body, {
      imported: 1,
      unmatched: 1,
    })
    await admin.patch(`/v1/admin/movies/${forAll}`, { maturityRating: 'R' })
    t.strictSame(
      (await exportHistory(kim, kids)).plays[0].title,
      { id: forAll, title: 'Toy Story' },
      'an export has no catalogue fields of an invisible title',
    )
    await admin.delete(`/v1/admin/movies/${forAll}`)
  })

  t.test('reports ambiguous names and does not import them', async (t) => {
    const kim = await signUp(app)
    const remake = await addMovie(app, admin, { releaseDate: '2029-01-01' }, [])
    const report = (await importNetflixCsv(app, kim, 'Title,Date\nThe Matrix,1/31/24\n')).body
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
    t.match((await importJson(kim, play({ title: 'The Matrix' }))).body, { ambiguous: 1 })
    t.match((await importJson(kim, play({ title: 'The Matrix', year: 2029 }))).body, {
      imported: 1,
      lines: [{ match: { itemId: remake } }],
    })
    await admin.delete(`/v1/admin/movies/${remake}`)
  })
})
