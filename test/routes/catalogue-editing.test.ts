// Editing parts of shows without sending them, knowing what a deletion takes with it, and publishing for a time.
import t from 'tap'
import { addMovie, addShow, expectProblem, play, signUp, signUpAdmin, startApp, watch, type Person } from '../helper.js'

t.test('parts of shows', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const kim = await signUp(app)
  const seasonOf = async (showId: string, number: number) =>
    (await admin.get(`/v1/shows/${showId}/seasons/${number}`)).body

  t.test('an episode is changed in one fact, and keeps all others', async (t) => {
    const { id, episodes } = await addShow(app, admin, {}, [])
    const url = `/v1/admin/shows/${id}/seasons/1/episodes/1`
    await admin.patch(url, { markers: { introStartMs: 1_000, introEndMs: 31_000 }, runtimeMs: 1_800_000 })
    const { status, body } = await admin.patch(url, { synopsis: 'A lord comes to stay.' })
    t.equal(status, 200)
    t.match(body, {
      id: episodes[0],
      title: 'A Touch of Class',
      airDate: '1975-09-19',
      runtimeMs: 1_800_000,
      synopsis: 'A lord comes to stay.',
      markers: { introEndMs: 31_000 },
    })
    t.match((await admin.patch(`/v1/admin/shows/${id}/seasons/1`, { title: 'Series one' })).body, {
      title: 'Series one',
      episodes: [{ id: episodes[0] }, { id: episodes[1] }],
    })
    for (
      const wrong of [{}, { colour: 'red' }, { title: '' }, { number: -1 }, { markers: { introEndMs: 5 } }, {
        placedAfter: { season: 1, episode: 2 },
      }]
    ) expectProblem(t, await admin.patch(url, wrong), 'validation-failed', 400)
    expectProblem(t, await admin.patch(`/v1/admin/shows/${id}/seasons/1/episodes/9`, { title: 'X' }), 'not-found', 404)
    expectProblem(t, await admin.patch(`/v1/admin/shows/${id}/seasons/9`, { title: 'X' }), 'not-found', 404)
    expectProblem(
      t,
      await admin.patch('/v1/admin/shows/665f1c2e9b1e8a0012ab34cd/seasons/1', { title: 'X' }),
      'not-found',
      404,
    )
  })

  t.test('what is wrong with one episode of many is told by its place', async (t) => {
    const pointersOf = async (action: Promise<{ status: number, body: any }>): Promise<string[]> => {
      const answer = await action
      expectProblem(t, answer as any, 'validation-failed', 400)
      return answer.body.errors.map(({ pointer }: any) => pointer)
    }
    const episodes = [{ number: 1, title: 'A' }, { number: 2, title: 'B', markers: { introEndMs: 5 } }]
    t.strictSame(
      await pointersOf(
        admin.post('/v1/admin/shows', { title: 'X', seasons: [{ number: 1 }, { number: 2, episodes }] }),
      ),
      ['/seasons/1/episodes/1/markers/introStartMs'],
    )
    const { id } = await addShow(app, admin, {}, [])
    t.strictSame(await pointersOf(admin.put(`/v1/admin/shows/${id}/seasons/1`, { episodes })), [
      '/episodes/1/markers/introStartMs',
    ])
    t.strictSame(
      await pointersOf(
        admin.put(`/v1/admin/shows/${id}/seasons/1/episodes/1`, { title: 'A', placedAfter: { season: 1, episode: 2 } }),
      ),
      ['/placedAfter'],
    )
    t.strictSame(
      await pointersOf(
        admin.patch(`/v1/admin/shows/${id}`, {
          seasons: [{ number: 1, translations: { 'not a tag': { title: 'T' } } }],
        }),
      ),
      ['/seasons/0/translations/not a tag'],
    )
  })

  t.test("an episode that gets another number or season keeps its id, its files and everybody's progress", async (t) => {
    const { id, episodes } = await addShow(app, admin)
    await watch(kim, clock, episodes[0]!, 20_007)
    expectProblem(
      t,
      await admin.patch(`/v1/admin/shows/${id}/seasons/1/episodes/1`, { number: 2 }),
      'duplicate-number',
      409,
    )
    t.match((await admin.patch(`/v1/admin/shows/${id}/seasons/1/episodes/1`, { season: 3, number: 7 })).body, {
      id: episodes[0],
      number: 7,
      mediaFiles: [{ height: 480 }],
    })
    t.equal((await kim.get(`/v1/shows/${id}/seasons/3/episodes/7`)).body.id, episodes[0])
    t.strictSame((await seasonOf(id, 1)).episodes.map((one: { number: number }) => one.number), [2])
    t.match((await kim.get(`/v1/profiles/${kim.profileId}/continue`)).body, {
      item: { id: episodes[0], season: 3, episode: 7 },
      positionMs: 20_007,
    })
    t.equal((await play(kim, episodes[0]!)).status, 201)
  })

  t.test('a season that gets another number takes its episodes along', async (t) => {
    const { id, episodes } = await addShow(app, admin)
    expectProblem(t, await admin.patch(`/v1/admin/shows/${id}/seasons/1`, { number: 2 }), 'duplicate-number', 409)
    t.match((await admin.patch(`/v1/admin/shows/${id}/seasons/1`, { number: 5 })).body, {
      number: 5,
      episodes: [{ id: episodes[0], mediaFiles: [{ height: 480 }] }, { id: episodes[1] }],
    })
    t.strictSame((await admin.get(`/v1/shows/${id}`)).body.seasons.map((one: { number: number }) => one.number), [
      0,
      2,
      5,
    ])
  })

  t.test('episodes are put in another order; a special stays behind the one it follows', async (t) => {
    const { id, episodes: [first, second] } = await addShow(app, admin, {}, [])
    await admin.patch(`/v1/admin/shows/${id}/seasons/0/episodes/1`, { placedAfter: { season: 1, episode: 1 } })
    const order = async (episodeIds: unknown, rest = {}) =>
      await admin.put(`/v1/admin/shows/${id}/seasons/1/order`, { episodeIds, ...rest })
    const { status, body } = await order([second, first])
    t.equal(status, 200)
    t.match(body.episodes, [{ id: second, number: 1, title: 'The Builders' }, {
      id: first,
      number: 2,
      title: 'A Touch of Class',
    }])
    t.strictSame((await seasonOf(id, 0)).episodes[0].placedAfter, { season: 1, episode: 2 })
    t.match((await order([second, first], { firstNumber: 11 })).body.episodes, [{ number: 11 }, { number: 12 }])
    const others = await order([first])
    expectProblem(t, others, 'other-episodes', 409)
    t.strictSame([others.body.missing, others.body.unknown], [[second], []])
    expectProblem(t, await order([first, second, '665f1c2e9b1e8a0012ab34cd']), 'other-episodes', 409)
    expectProblem(t, await order([first, first]), 'validation-failed', 400)
    expectProblem(t, await admin.put(`/v1/admin/shows/${id}/seasons/9/order`, { episodeIds: [] }), 'not-found', 404)
  })

  t.test('every write honours If-Match, with the ETag of the show, a season or an episode', async (t) => {
    const { id, episodes: [first, second] } = await addShow(app, admin, {}, [])
    const base = `/v1/admin/shows/${id}`
    const stale = String((await admin.get(`/v1/shows/${id}/seasons/1`)).headers['etag'])
    const fresh = String(
      (await admin.patch(`${base}/seasons/1`, { title: 'Mine' }, { 'if-match': stale })).headers['etag'],
    )
    const writes: Array<(tag: string) => ReturnType<Person['put']>> = [
      async (tag) => await admin.patch(base, { synopsis: 'X' }, { 'if-match': tag }),
      async (tag) => await admin.put(base, { title: 'X' }, { 'if-match': tag }),
      async (tag) => await admin.patch(`${base}/seasons/1`, { title: 'X' }, { 'if-match': tag }),
      async (tag) => await admin.put(`${base}/seasons/1`, { title: 'X' }, { 'if-match': tag }),
      async (tag) => await admin.put(`${base}/seasons/1/order`, { episodeIds: [first, second] }, { 'if-match': tag }),
      async (tag) => await admin.patch(`${base}/seasons/1/episodes/1`, { title: 'X' }, { 'if-match': tag }),
      async (tag) => await admin.put(`${base}/seasons/1/episodes/1`, { title: 'X' }, { 'if-match': tag }),
      async (tag) => await admin.delete(`${base}/seasons/1/episodes/1`, { 'if-match': tag }),
      async (tag) => await admin.delete(`${base}/seasons/1`, { 'if-match': tag }),
      async (tag) => await admin.delete(base, { 'if-match': tag }),
    ]
    for (const write of writes) expectProblem(t, await write(stale), 'precondition-failed', 412)
    t.match(await seasonOf(id, 1), { title: 'Mine', episodes: [{ id: first }, { id: second }] }, 'nothing was written')
    t.equal((await admin.patch(`${base}/seasons/1/episodes/1`, { title: 'Yours' }, { 'if-match': fresh })).status, 200)
  })

  t.test('two who change one show at once: nothing is lost', async (t) => {
    const { id } = await addShow(app, admin, {}, [])
    const answers = await Promise.all(
      [1, 2].flatMap((season) =>
        [1, 2].map(async (episode) =>
          await admin.patch(`/v1/admin/shows/${id}/seasons/${season}/episodes/${episode}`, {
            synopsis: `${season}x${episode}`,
          })
        )
      ),
    )
    for (const [index, { status }] of answers.entries()) {
      t.ok([200, 409].includes(status), String(status))
      const [season, episode] = [Math.floor(index / 2) + 1, index % 2 + 1]
      const stored = (await seasonOf(id, season)).episodes[episode - 1].synopsis
      t.equal(stored, status === 200 ? `${season}x${episode}` : null)
    }
  })

  t.test('a show at its limit takes no episode more by any write, and says so', async (t) => {
    const episodes = Array.from({ length: 3_000 }, (_, i) => ({ number: i + 1, title: `E${i + 1}` }))
    const { body: { id } } = await admin.post('/v1/admin/shows', { title: 'Long', seasons: [{ number: 1, episodes }] })
    const refused = await admin.put(`/v1/admin/shows/${id}/seasons/2/episodes/1`, { title: 'One too many' })
    expectProblem(t, refused, 'show-too-large', 409)
    t.match(refused.body, { episodes: 3_001, maxEpisodes: 3_000, detail: /Nothing was written/ })
    t.equal(
      (await admin.patch(`/v1/admin/shows/${id}/seasons/1/episodes/3000`, { season: 2, number: 1 })).status,
      200,
      'moving adds none',
    )
    t.equal((await admin.get(`/v1/shows/${id}`)).body.episodeCount, 3_000)
  })

  t.test('members may not', async (t) => {
    const { id } = await addShow(app, admin, {}, [])
    expectProblem(t, await kim.patch(`/v1/admin/shows/${id}/seasons/1`, { title: 'Mine' }), 'forbidden', 403)
    expectProblem(t, await kim.delete(`/v1/admin/shows/${id}?dryRun=true`), 'forbidden', 403)
  })
})

t.test('a deletion tells what it would take with it', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const [kim, lee] = [await signUp(app), await signUp(app)]
  const movie = await addMovie(app, admin, {}, ['480p-en', '1080p-en'])
  const show = await addShow(app, admin)
  await watch(kim, clock, movie, 20_000)
  await watch(lee, clock, movie, 30_000)
  await watch(kim, clock, show.episodes[0]!, 30_000)
  await play(lee, show.episodes[1]!)
  for (const who of [kim, lee]) await who.put(`/v1/profiles/${who.profileId}/wishlist/${movie}`)
  await kim.put(`/v1/profiles/${kim.profileId}/ratings/${movie}`, { rating: 'love' })

  t.test('and deletes nothing', async (t) => {
    const { status, body } = await admin.delete(`/v1/admin/movies/${movie}?dryRun=true`)
    t.equal(status, 200)
    t.match(body, {
      episodes: 0,
      mediaFiles: 2,
      mediaBytes: Number,
      plays: 2,
      streams: 0,
      wishlists: 2,
      ratings: 1,
      collections: 0,
    })
    t.ok(body.mediaBytes > 100_000)
    t.match((await admin.delete(`/v1/admin/shows/${show.id}?dryRun=true`)).body, {
      episodes: 5,
      mediaFiles: 4,
      plays: 1,
      streams: 1,
      wishlists: 0,
    })
    t.match((await admin.delete(`/v1/admin/shows/${show.id}/seasons/1?dryRun=true`)).body, {
      episodes: 2,
      mediaFiles: 2,
      plays: 1,
      streams: 1,
    })
    t.match((await admin.delete(`/v1/admin/shows/${show.id}/seasons/1/episodes/2?dryRun=true`)).body, {
      episodes: 1,
      mediaFiles: 1,
      plays: 0,
      streams: 1,
    })
    t.equal((await kim.get(`/v1/movies/${movie}`)).status, 200)
    t.equal((await kim.get(`/v1/shows/${show.id}`)).body.episodeCount, 5)
  })

  t.test('of what is not there is a 404', async (t) => {
    for (
      const url of [
        `movies/${show.id}`,
        `shows/${movie}`,
        `shows/${show.id}/seasons/9`,
        `shows/${show.id}/seasons/1/episodes/9`,
      ]
    ) expectProblem(t, await admin.delete(`/v1/admin/${url}?dryRun=true`), 'not-found', 404)
    expectProblem(t, await admin.delete(`/v1/admin/movies/${movie}?dryRun=perhaps`), 'validation-failed', 400)
    t.equal((await admin.delete(`/v1/admin/movies/${movie}?dryRun=false`)).status, 204)
    expectProblem(t, await kim.get(`/v1/movies/${movie}`), 'not-found', 404)
  })
})

t.test('what is published for a time is there for that time', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const kim = await signUp(app)
  const at = (ms: number) => new Date(clock.now().getTime() + ms).toISOString()
  const id = await addMovie(app, admin, {
    availableFrom: at(60_000),
    availableUntil: at(120_000),
    genres: ['Science Fiction', 'Timed'],
  })
  await addMovie(app, admin, { title: 'The Matrix Reloaded' }, [])
  const isThere = async (): Promise<boolean> => {
    const pages = await Promise.all(
      [`/v1/movies/${id}`, `/v1/titles/${id}/similar`].map(async (url) => (await kim.get(url)).status === 200),
    )
    const lists = await Promise.all(
      ['/v1/titles', '/v1/movies', '/v1/search?q=matrix'].map(async (url) =>
        (await kim.get(url)).body.items.some((one: { id: string }) => one.id === id)
      ),
    )
    lists.push(
      (await kim.get('/v1/titles/facets')).body.total === 2,
      (await kim.get('/v1/genres')).body.items.some((one: { name: string }) => one.name === 'Timed'),
      (await kim.put(`/v1/profiles/${kim.profileId}/wishlist/${id}`)).status === 204,
    )
    const all = new Set([...pages, ...lists])
    t.equal(all.size, 1, 'everywhere or nowhere')
    return [...all][0]!
  }
  t.equal(await isThere(), false, 'not yet')
  clock.advance(61_000)
  t.equal(await isThere(), true)
  clock.advance(60_000)
  t.equal(await isThere(), false, 'no longer')
  expectProblem(
    t,
    await admin.patch(`/v1/admin/movies/${id}`, { availableUntil: at(-600_000) }),
    'validation-failed',
    400,
  )
  expectProblem(
    t,
    await admin.post('/v1/admin/shows', { title: 'X', availableFrom: at(10), availableUntil: at(10) }),
    'validation-failed',
    400,
  )
})
