// Importing Netflix's viewing activity.
import t from 'tap'
import { Play } from '../../models/play.js'
import { addMovie } from '../support/catalogue.js'
import { expectProblem } from '../support/requests.js'
import { signUp } from '../support/users.js'
import { importNetflixCsv, readWatchState, startTransferApp } from './history-transfer-app.js'

const FULL_HEADER = 'Profile Name,Start Time,Duration,Attributes,Title,Supplemental Video Type,Device Type,Bookmark,' +
  'Latest Bookmark,Country'

t.test('importing a Netflix file', async (t) => {
  const { app, clock, admin, show, movie } = await startTransferApp(t)
  const [first = '', second = '', third = ''] = show.episodes

  t.test('imports titles and dates of the short file', async (t) => {
    const kim = await signUp(app)
    const csv = [
      '\uFEFFTitle,Date',
      '"Fawlty Towers: Series 1: The Builders","2/1/24"',
      '"Fawlty Towers: Season 1: A Touch of Class (Episode 1)","1/31/24"',
      '"The Matrix","1/30/24"',
      '',
      '"The ""Lost"" World, Part 2","1/29/24"',
      '',
    ].join('\r\n')
    const dry = (await importNetflixCsv(app, kim, csv, '&dryRun=true')).body
    const report = (await importNetflixCsv(app, kim, csv)).body
    t.strictSame({ ...report, dryRun: true }, dry)
    t.match(report, { total: 4, imported: 3, unmatched: 1, dateOrder: 'month-first', isDateOrderGuessed: false })
    t.match(report.lines, [{ line: 2 }, { line: 3 }, { line: 4, match: { itemId: movie, year: 1999, season: null } }, {
      line: 6,
      status: 'unmatched',
      text: 'The "Lost" World, Part 2',
      reason: { code: 'no-such-title' },
    }])
    t.match((await readWatchState(kim)).history, [
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
    t.match((await readWatchState(kim)).cards, [{ kind: 'next', item: { id: third } }], 'the next episode has a card')
    t.match((await importNetflixCsv(app, kim, csv)).body, { imported: 0, unchanged: 3 })
    t.match(
      (await importNetflixCsv(app, kim, `${csv}"The Matrix","5/6/23"\r\n`)).body,
      { imported: 1, unchanged: 3 },
      'a longer file adds its new plays',
    )
    const guessed = await importNetflixCsv(app, kim, 'Title,Date\nThe Matrix,3/4/22\n', '&dryRun=true')
    t.match(guessed.body, { dateOrder: 'month-first', isDateOrderGuessed: true })
    await importNetflixCsv(app, kim, 'Title,Date\nThe Matrix,3/4/22\n', '&dateOrder=day-first')
    t.equal((await readWatchState(kim)).history.at(-1)?.['lastWatchedAt'], '2022-04-03T12:00:00.000Z')
  })

  t.test('imports a movie of unknown runtime, and a date of today', async (t) => {
    const kim = await signUp(app)
    const unknown = await addMovie(app, admin, { title: 'The Lodger', releaseDate: '1927-02-14' }, [])
    const report = (await importNetflixCsv(app, kim, 'Title,Date\nThe Lodger,1/31/24\n')).body
    t.match(report, {
      imported: 1,
      lines: [{ status: 'imported', reason: { code: 'runtime-unknown' }, match: { itemId: unknown } }],
    })
    t.match((await readWatchState(kim)).history, [{ title: { title: 'The Lodger' }, durationMs: null, positionMs: 0 }])
    const today = clock.now().toISOString().slice(0, 10)
    t.match((await importNetflixCsv(app, kim, `Title,Date\nThe Matrix,${today}\n`)).body, {
      imported: 1,
      dateOrder: 'year-first',
    })
    clock.advance(1_000)
    t.match((await importNetflixCsv(app, kim, `Title,Date\nThe Matrix,${today}\n`)).body, { imported: 0, unchanged: 1 })
    await admin.delete(`/v1/admin/movies/${unknown}`)
  })

  t.test('imports start times, durations and bookmarks of the full file', async (t) => {
    const kim = await signUp(app)
    const rows = [
      'Kim,2024-01-31 20:00:00,00:00:25,,The Matrix,,Chrome PC,00:00:40,00:00:40,US (United States)',
      'Kim,2024-01-30 20:00:00,00:00:58,Autoplayed: user action: User_Interaction;,' +
      '"Fawlty Towers: Season 1: A Touch of Class (Episode 1)",,TV,00:00:58,Not latest view,US',
      'Kim,2024-01-30 19:00:00,00:00:10,Autoplayed: user action: None; ,' +
      '"Fawlty Towers: Season 1: The Builders (Episode 2)",,TV,00:00:10,00:00:10,US',
      'Kim,2024-01-30 18:00:00,00:01:00,,The Matrix_hook_primary_16x9,HOOK,TV,00:01:00,00:01:00,US',
      'Kim,2024-01-30 17:00:00,00:00:00,,The Matrix,,TV,00:00:00,00:00:00,US',
    ]
    const csv = [FULL_HEADER, ...rows, ''].join('\n')
    const report = (await importNetflixCsv(app, kim, csv)).body
    t.match(report, { total: 5, imported: 2, skipped: 3, dateOrder: null })
    t.strictSame(
      report.lines.map(({ line, reason }: { line: number, reason?: { code: string } }) => [line, reason?.code ?? null]),
      [[2, null], [3, null], [4, 'autoplayed'], [5, 'supplemental-video'], [6, 'nothing-played']],
    )
    t.match((await readWatchState(kim)).history, [
      {
        startedAt: '2024-01-31T20:00:00.000Z',
        lastWatchedAt: '2024-01-31T20:00:25.000Z',
        positionMs: 40_000,
        watchedMs: 25_000,
        finished: false,
      },
      { item: { id: first }, positionMs: 58_000, watchedMs: 58_000, finished: true },
    ])
    t.match((await readWatchState(kim)).cards, [{ kind: 'resume', item: { id: movie }, positionMs: 40_000 }, {
      kind: 'next',
      item: { id: second },
    }])
    t.match((await importNetflixCsv(app, kim, csv)).body, { imported: 0, unchanged: 2, skipped: 3 })

    const family = `${csv}Lee,2024-02-01 20:00:00,00:00:30,,The Matrix,,TV,00:00:30,00:00:30,US\n`
    const lee = await signUp(app)
    const rejected = await importNetflixCsv(app, lee, family)
    expectProblem(t, rejected, 'import-several-profiles', 422)
    t.strictSame(rejected.body.profileNames, ['Kim', 'Lee'])
    t.match((await importNetflixCsv(app, lee, family, '&netflixProfile=Lee')).body, { imported: 1, skipped: 5 })
  })

  t.test('rejects a malformed file with the line', async (t) => {
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
      const response = await importNetflixCsv(app, kim, csv)
      expectProblem(t, response, 'import-malformed', 422)
      t.equal(response.body.line, line, csv.slice(0, 60))
    }
    expectProblem(
      t,
      await importNetflixCsv(app, kim, `Title,Date\n${'The Matrix,1/31/24\n'.repeat(50_001)}`),
      'import-too-long',
      422,
    )
    t.equal(await Play.countDocuments({ profile: kim.profileId }), 0, 'nothing is written')
  })
})
