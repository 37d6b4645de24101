// The answers about titles are kept; none of them is ever out of date, or somebody else's.
import t from 'tap'
import { Title } from '../../../models/title.js'
import { Collection } from '../../../models/collection.js'
import { addMovie, addShow, call, signUp, signUpAdmin, startApp, upload, watch, type Answer } from '../../helper.js'

t.test('kept answers', { timeout: 60_000 }, async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin, { translations: { de: { title: 'Die Matrix' } } }, ['480p-en', '2160p-en'])
  const show = await addShow(app, admin)
  const [kim, sam] = [await signUp(app), await signUp(app, { plan: 'basic' })]
  const pages = [
    `/v1/movies/${movie}`,
    `/v1/shows/${show.id}`,
    `/v1/shows/${show.id}/seasons/1`,
    `/v1/shows/${show.id}/seasons/1/episodes/1`,
  ]
  const unbound = async (who: typeof kim): Promise<string> =>
    (await call(app, 'POST', '/v1/auth/login', { body: { email: who.email, password: 'three blind mice ran' } })).body
      .accessToken
  const bind = async (who: typeof kim, name?: string): Promise<typeof kim> => {
    const id = name === undefined ? who.profileId : (await who.post('/v1/profiles', { name })).body.id
    return who.with((await who.post(`/v1/profiles/${id}/select`, {})).body.accessToken)
  }
  const readers = {
    kim: await bind(kim),
    pat: await bind(kim, 'Pat'),
    sam: await bind(sam),
    nobody: kim.with(await unbound(kim)),
    admin,
  }
  const readAll = async (): Promise<Record<string, Answer[]>> =>
    Object.fromEntries(
      await Promise.all(
        Object.entries(readers).map(async ([name, who]) =>
          [
            name,
            await Promise.all(pages.map(async (page) => await who.get(page))),
          ] as const
        ),
      ),
    )

  t.test('each reader gets their own, whoever asked before', async (t) => {
    await watch(kim, clock, movie, 20_000)
    await watch(kim, clock, show.episodes[0]!, 30_000)
    await kim.put(`/v1/profiles/${kim.profileId}/wishlist/${movie}`)
    for (let round = 0; round < 2; round++) {
      const told = await readAll()
      const of = (name: string, page: number): any => told[name]![page]!.body
      t.match(of('kim', 0), { inWishlist: true, progress: { positionMs: 20_000 } })
      t.match(of('kim', 1).seasons[1], { number: 1, finishedCount: 0, lastWatchedAt: String })
      t.equal(of('kim', 2).episodes[0].progress.positionMs, 30_000)
      t.equal(of('kim', 2).episodes[1].progress, null)
      t.equal(of('kim', 3).progress.positionMs, 30_000)
      for (const other of ['pat', 'sam']) {
        t.match(of(other, 0), { inWishlist: false, rating: null, progress: null }, other)
        t.match(of(other, 1).seasons[1], { finishedCount: 0, lastWatchedAt: null }, other)
        t.equal(of(other, 2).episodes[0].progress, null, other)
      }
      for (const other of ['nobody', 'admin']) {
        t.notOk(['inWishlist', 'rating', 'progress'].some((member) => member in of(other, 0)), other)
        t.notOk('progress' in of(other, 2).episodes[0] || 'finishedCount' in of(other, 1).seasons[1], other)
      }
      t.strictSame(of('kim', 0).available.heights, [2160, 480])
      t.strictSame(of('sam', 0).available.heights, [480], 'a plan is told what it plays')
      t.equal(of('sam', 0).mediaFiles.length, 1)
      t.notOk('translations' in of('kim', 0))
      t.match(of('admin', 0).translations, { de: { title: 'Die Matrix' } })
      t.match(of('admin', 0).mediaFiles[0].hls, { state: String })
      t.notOk(JSON.stringify(told).includes('@@gap'))
    }
    const german = await readers.kim.get(pages[0]!, { 'accept-language': 'de' })
    t.equal(german.body.title, 'Die Matrix')
    t.equal((await readers.kim.get(pages[0]!)).body.title, 'The Matrix')
  })

  t.test('a change of anything that is told is told to everybody at once, with another tag', async (t) => {
    const changes: ReadonlyArray<readonly [what: string, pages: readonly number[], change: () => Promise<unknown>]> = [
      [
        'the movie',
        [0],
        async () => await admin.patch(`/v1/admin/movies/${movie}`, { synopsis: 'A hacker wakes up.' }),
      ],
      [
        'the show',
        [1],
        async () => await admin.patch(`/v1/admin/shows/${show.id}`, { synopsis: 'A hotel in Torquay.' }),
      ],
      [
        'a season',
        [1, 2],
        async () => await admin.patch(`/v1/admin/shows/${show.id}/seasons/1`, { title: 'Series One' }),
      ],
      [
        'an episode',
        [2, 3],
        async () =>
          await admin.patch(`/v1/admin/shows/${show.id}/seasons/1/episodes/1`, { synopsis: 'A lord comes to stay.' }),
      ],
      ['files of the movie', [0], async () => await upload(app, admin, `movies/${movie}`, '1080p-es')],
      [
        'files of an episode',
        [2, 3],
        async () => await upload(app, admin, `shows/${show.id}/seasons/1/episodes/1`, '480p-en', '?edition=restored'),
      ],
      [
        'a collection with both',
        [0, 1],
        async () => await admin.post('/v1/admin/collections', { title: 'Of everything', titleIds: [movie, show.id] }),
      ],
      [
        "that collection's name",
        [0, 1],
        async () => await admin.patch(`/v1/admin/collections/${(await Collection.findOne())!.id}`, { title: 'Of all' }),
      ],
      [
        'and its titles',
        [0],
        async () =>
          await admin.patch(`/v1/admin/collections/${(await Collection.findOne())!.id}`, { titleIds: [show.id] }),
      ],
    ]
    for (const [what, changed, change] of changes) {
      const before = await readAll()
      await change()
      const after = await readAll()
      for (const name of Object.keys(readers)) {
        for (const page of changed) {
          // What only a larger plan plays is not told to a smaller one.
          if (what === 'files of the movie' && name === 'sam') continue
          t.notSame(after[name]![page]!.body, before[name]![page]!.body, `${what}: page ${page} of ${name}`)
          t.not(after[name]![page]!.headers['etag'], before[name]![page]!.headers['etag'])
        }
      }
    }
  })

  t.test('the same answer has the same tag, and is not sent again', async (t) => {
    for (const who of Object.values(readers)) {
      for (const page of pages) {
        const { headers, bytes } = await who.get(page)
        const again = await who.get(page)
        t.equal(again.headers['etag'], headers['etag'])
        t.ok(again.bytes.equals(bytes))
        t.equal((await who.get(page, { 'if-none-match': String(headers['etag']) })).status, 304)
      }
    }
    const before = String((await readers.kim.get(pages[0]!)).headers['etag'])
    await watch(kim, clock, movie, 25_000)
    t.equal(
      (await readers.kim.get(pages[0]!, { 'if-none-match': before })).status,
      200,
      'another progress is another answer',
    )
  })

  t.test('a title that goes and comes back under its id is the new one', async (t) => {
    const line = { kind: 'movie', id: 'd00000000000000000000001', title: 'First' }
    const send = async (body: object): Promise<Answer> =>
      await call(app, 'POST', '/v1/admin/import', {
        token: admin.token,
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/x-ndjson' },
      })
    await send(line)
    t.equal((await readers.kim.get(`/v1/movies/${line.id}`)).body.title, 'First')
    await admin.delete(`/v1/admin/movies/${line.id}`)
    t.equal((await readers.kim.get(`/v1/movies/${line.id}`)).status, 404)
    await send({ ...line, title: 'Second' })
    t.equal((await Title.findById(line.id).lean<{ __v: number }>())!.__v, 0, 'its revision is that of the first')
    t.equal((await readers.kim.get(`/v1/movies/${line.id}`)).body.title, 'Second')
  })
})
