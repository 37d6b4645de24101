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

  t.test('each unreadable row reports for itself, and the others are imported', async (t) => {
    const full = 'Kim,2024-01-31 20:00:00,00:00:25,,The Matrix,,PC,00:00:40,00:00:40,US'
    const cases: Array<[csv: string, line: number, code: string]> = [
      ['Title,Date\n"The Matrix","1/31/24"\n"","1/30/24"\n', 3, 'no-title'],
      ['Title,Date\n"The Matrix","1/31/24"\n" ","1/30/24"\n', 3, 'no-title'],
      ['Title,Date\nThe Matrix,1/31/24\nThe Matrix\n', 3, 'invalid-date'],
      ['Title,Date\nThe Matrix,1/31/24\n"The Matrix,1/30/24\n', 3, 'unreadable-row'],
      ['Title,Date\nThe Matrix,1/31/24\nThe Matrix,31/1/24\n', 3, 'invalid-date'],
      [`Title,Date\nThe Matrix,1/31/24\n${'x'.repeat(30_000)},1/30/24\n`, 3, 'row-too-long'],
      [`Title,Date\nThe Matrix,1/31/24\n${','.repeat(500)}x\n`, 3, 'row-too-long'],
      [`${FULL_HEADER}\n${full}\n${full.replace('20:00:00', 'noon')}\n`, 3, 'invalid-time'],
      [`${FULL_HEADER}\n${full}\n${full.replace('00:00:25', 'long')}\n`, 3, 'invalid-duration'],
      [`${FULL_HEADER}\n${full}\n${full.replace('The Matrix', '')}\n`, 3, 'no-title'],
    ]
    for (const [csv, line, code] of cases) {
      const { status, body } = await importNetflixCsv(app, await signUp(app), csv)
      t.equal(status, 200, csv.slice(0, 60))
      t.match(body, { total: 2, imported: 1, skipped: 1 }, csv.slice(0, 60))
      t.match(body.lines[1], { line, status: 'skipped', reason: { code, text: String } }, csv.slice(0, 60))
    }
  })

  t.test('a file saved again by other programs is read', async (t) => {
    const rows = [['The Matrix', '31.01.2024'], ['Fawlty Towers: Season 1: The Builders', '30.01.2024']] as const
    const join = (delimiter: string, more = ''): string =>
      [['Title', 'Date'], ...rows].map(([title, date]) => `${title}${delimiter}${date}${more}`).join('\r\n')
    const comma = join(',')
    const files: Array<[name: string, bytes: Buffer]> = [
      ['semicolons', Buffer.from(join(';'))],
      ['tabs', Buffer.from(join('\t'))],
      ['empty columns', Buffer.from(join(';;', ';;'))],
      ['trailing empty rows', Buffer.from(`${join(';')}\r\n;;\r\n;;\r\n`)],
      ['a stated delimiter', Buffer.from(`sep=;\r\n${join(';')}`)],
      ['CR alone', Buffer.from(comma.replaceAll('\r\n', '\r'))],
      ['a byte order mark', Buffer.from(`\uFEFF${comma}`)],
      ['UTF-16', Buffer.from(`\uFEFF${comma}`, 'utf16le')],
      ['UTF-16 with the high byte first', Buffer.from(`\uFEFF${comma}`, 'utf16le').swap16()],
      ['UTF-16 without a byte order mark', Buffer.from(comma, 'utf16le')],
      [
        'rows in quotes',
        Buffer.from(
          `Title,Date\r\n"${'""The Matrix"",""31.01.2024""'}"\r\n` +
            '"Fawlty Towers: Season 1: The Builders,30.01.2024"\r\n',
        ),
      ],
      [
        'a line break in a title',
        Buffer.from(
          `${comma}\r\n`.replace('Fawlty Towers: Season 1: The Builders', '"Fawlty Towers: Season 1: The\r\nBuilders"'),
        ),
      ],
    ]
    for (const [name, bytes] of files) {
      const { status, body } = await importNetflixCsv(app, await signUp(app), bytes)
      t.match({ status, ...body }, { status: 200, total: 2, imported: 2, dateOrder: 'day-first' }, name)
    }
    const cafe = await addMovie(app, admin, { title: 'Café de Flore' }, [])
    const western = Buffer.from('Title,Date\nCafé de Flore,1/31/24\n', 'latin1')
    t.match((await importNetflixCsv(app, await signUp(app), western)).body, {
      imported: 1,
      lines: [{ text: 'Café de Flore', match: { itemId: cafe } }],
    }, 'windows-1252')
    const cell = 'Title,Date\nFawlty Towers, Season 1,1/31/24\nThe Matrix,1/30/24,,x\n'
    t.match((await importNetflixCsv(app, await signUp(app), cell)).body, { imported: 1, unmatched: 1, skipped: 0 })
  })

  t.test('titles and episodes are found by every name that the catalogue has', async (t) => {
    const dark = (await admin.post('/v1/admin/shows', {
      title: 'The Bureau',
      originalTitle: 'Le Bureau des légendes',
      alternativeTitles: ['Das Büro'],
      translations: { tr: { title: 'Efsaneler Bürosu' } },
      seasons: [{
        number: 2,
        episodes: [{
          number: 3,
          title: 'Nadia',
          translations: { tr: { title: 'Beklenti' } },
        }],
      }],
    })).body.id
    const own = await addMovie(app, admin, { title: 'Das Boot' }, [])
    await addMovie(app, admin, { title: 'The Boat', alternativeTitles: ['Das Boot', 'Ship'] }, [])
    await addMovie(app, admin, { title: 'The Vessel', originalTitle: 'Ship' }, [])
    const csv = 'Title,Date\n' + [
      'Le Bureau des légendes: Saison 2: Épisode 3',
      'Das Büro: Staffel 2: Folge 3',
      'Efsaneler Bürosu: 2. Sezon: Beklenti',
      'Das Boot',
      'Ship',
    ].map((title, i) => `${title},1/${20 - i}/24`).join('\n')
    const { body } = await importNetflixCsv(app, await signUp(app), csv)
    t.match(body, { total: 5, imported: 4, ambiguous: 1 })
    t.match(body.lines.map(({ match }: { match?: { titleId: string } }) => match?.titleId ?? null), [
      dark,
      dark,
      dark,
      own,
      null,
    ], 'a title of its own name comes first, and a tie is ambiguous')
  })

  t.test('rejects a file without a readable row, with the line', async (t) => {
    const kim = await signUp(app)
    for (
      const [csv, line] of [
        ['', 1],
        ['Name,When\nThe Matrix,1/31/24\n', 1],
        ['Title,Date\nThe Matrix,\n', 2],
        ['Title,Date\n,1/31/24x1\n', 2],
        [`${','.repeat(100_000)}\n`, 1],
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
