import t from 'tap'
import { startApp } from '../support/app.js'
import { addShow } from '../support/catalogue.js'
import { play, watch } from '../support/playback.js'
import { expectProblem, type TestResponse } from '../support/requests.js'
import { signUp, signUpAdmin, type TestUser } from '../support/users.js'

t.test('editing of seasons and episodes', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const kim = await signUp(app)
  const getSeason = async (showId: string, number: number) =>
    (await admin.get(`/v1/shows/${showId}/seasons/${number}`)).body

  t.test('is forbidden for members', async (t) => {
    const { id } = await addShow(app, admin, {}, [])
    expectProblem(t, await kim.patch(`/v1/admin/shows/${id}/seasons/1`, { title: 'Mine' }), 'forbidden', 403)
  })

  t.test('keeps the IDs and files of episodes when a whole show is replaced', async (t) => {
    const show = await addShow(app, admin)
    const seasons = [{ number: 1, episodes: [{ number: 1, title: 'Renamed' }, { number: 3, title: 'New' }] }, {
      number: 3,
      episodes: [{ id: show.episodes[2], number: 7, title: 'Moved' }],
    }]
    t.equal((await admin.put(`/v1/admin/shows/${show.id}`, { title: 'Fawlty Towers', seasons })).status, 200)
    const { episodes } = await getSeason(show.id, 1)
    t.match(episodes, [{ id: show.episodes[0], title: 'Renamed', mediaFiles: [{ height: 480 }] }, {
      number: 3,
      mediaFiles: [],
    }])
    const moved = (await admin.get(`/v1/shows/${show.id}/seasons/3/episodes/7`)).body
    t.match(moved, { id: show.episodes[2], mediaFiles: [{ height: 480 }] })
    expectProblem(
      t,
      await admin.put(`/v1/admin/shows/${show.id}`, {
        title: 'Heimat',
        seasons: [{ number: 1, episodes: [{ id: show.id, number: 1, title: 'ID of the show' }] }],
      }),
      'unknown-episode',
      409,
    )
    expectProblem(
      t,
      await admin.put(`/v1/admin/shows/${show.id}`, { title: 'Heimat', seasons: [{ number: 1 }, { number: 1 }] }),
      'duplicate-number',
      409,
    )
  })

  t.test('creates, replaces and deletes by number', async (t) => {
    const show = await addShow(app, admin, {}, [])
    const base = `/v1/admin/shows/${show.id}`
    t.match(
      (await admin.put(`${base}/seasons/1/episodes/1`, {
        title: 'Retitled',
        runtimeMs: 1_800_000,
        markers: { creditsStartMs: 1_700_000 },
      })).body,
      { id: show.episodes[0], title: 'Retitled', markers: { creditsStartMs: 1_700_000, introStartMs: null } },
    )
    t.equal((await admin.put(`${base}/seasons/4/episodes/1`, { title: 'Pilot' })).status, 200)
    t.equal((await admin.get(`/v1/shows/${show.id}`)).body.episodeCount, 6)
    t.equal((await admin.delete(`${base}/seasons/4`)).status, 204)
    t.equal((await admin.delete(`${base}/seasons/1/episodes/2`)).status, 204)
    expectProblem(t, await admin.delete(`${base}/seasons/1/episodes/2`), 'not-found', 404)
    t.equal((await admin.get(`/v1/shows/${show.id}`)).body.episodeCount, 4)
    t.equal(
      (await admin.put(`${base}/seasons/2`, { title: 'Series two', episodes: [{ number: 1, title: 'Only' }] })).body
        .episodes[0].id,
      show.episodes[2],
    )
  })

  t.test('changes single fields of an episode or a season', async (t) => {
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
      const invalid of [{}, { colour: 'red' }, { title: '' }, { number: -1 }, { markers: { introEndMs: 5 } }, {
        placedAfter: { season: 1, episode: 2 },
      }]
    ) expectProblem(t, await admin.patch(url, invalid), 'validation-failed', 400)
    for (
      const unknown of [
        `/v1/admin/shows/${id}/seasons/1/episodes/9`,
        `/v1/admin/shows/${id}/seasons/9`,
        '/v1/admin/shows/665f1c2e9b1e8a0012ab34cd/seasons/1',
      ]
    ) expectProblem(t, await admin.patch(unknown, { title: 'Heimat' }), 'not-found', 404)
  })

  t.test('reports the JSON Pointer of an invalid field', async (t) => {
    const pointersOf = async (request: Promise<TestResponse>): Promise<string[]> => {
      const response = await request
      expectProblem(t, response, 'validation-failed', 400)
      return response.body.errors.map(({ pointer }: { pointer: string }) => pointer)
    }
    const episodes = [{ number: 1, title: 'Fernweh' }, {
      number: 2,
      title: 'Die Mitte der Welt',
      markers: { introEndMs: 5 },
    }]
    const seasons = [{ number: 1 }, { number: 2, episodes }]
    t.strictSame(
      await pointersOf(admin.post('/v1/admin/shows', { title: 'Heimat', seasons })),
      ['/seasons/1/episodes/1/markers/introStartMs'],
    )
    const { id } = await addShow(app, admin, {}, [])
    t.strictSame(await pointersOf(admin.put(`/v1/admin/shows/${id}/seasons/1`, { episodes })), [
      '/episodes/1/markers/introStartMs',
    ])
    const placed = { title: 'Fernweh', placedAfter: { season: 1, episode: 2 } }
    t.strictSame(
      await pointersOf(admin.put(`/v1/admin/shows/${id}/seasons/1/episodes/1`, placed)),
      ['/placedAfter'],
    )
    const translated = [{ number: 1, translations: { 'not a tag': { title: 'T' } } }]
    t.strictSame(
      await pointersOf(admin.patch(`/v1/admin/shows/${id}`, { seasons: translated })),
      ['/seasons/0/translations/not a tag'],
    )
  })

  t.test('keeps the ID, the files and the progress of an episode that is moved', async (t) => {
    const { id, episodes } = await addShow(app, admin)
    const url = `/v1/admin/shows/${id}/seasons/1/episodes/1`
    await watch(kim, clock, episodes[0]!, 20_007)
    expectProblem(t, await admin.patch(url, { number: 2 }), 'duplicate-number', 409)
    t.match((await admin.patch(url, { season: 3, number: 7 })).body, {
      id: episodes[0],
      number: 7,
      mediaFiles: [{ height: 480 }],
    })
    t.equal((await kim.get(`/v1/shows/${id}/seasons/3/episodes/7`)).body.id, episodes[0])
    t.strictSame((await getSeason(id, 1)).episodes.map((one: { number: number }) => one.number), [2])
    t.match((await kim.get(`/v1/profiles/${kim.profileId}/continue`)).body, {
      item: { id: episodes[0], season: 3, episode: 7 },
      positionMs: 20_007,
    })
    t.equal((await play(kim, episodes[0]!)).status, 201)
  })

  t.test('moves the episodes of a season that gets another number', async (t) => {
    const { id, episodes } = await addShow(app, admin)
    const url = `/v1/admin/shows/${id}/seasons/1`
    expectProblem(t, await admin.patch(url, { number: 2 }), 'duplicate-number', 409)
    t.match((await admin.patch(url, { number: 5 })).body, {
      number: 5,
      episodes: [{ id: episodes[0], mediaFiles: [{ height: 480 }] }, { id: episodes[1] }],
    })
    const { seasons } = (await admin.get(`/v1/shows/${id}`)).body
    t.strictSame(seasons.map((one: { number: number }) => one.number), [0, 2, 5])
  })

  t.test('reorders episodes, and keeps a special behind the episode that it is placed after', async (t) => {
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
    t.strictSame((await getSeason(id, 0)).episodes[0].placedAfter, { season: 1, episode: 2 })
    t.match((await order([second, first], { firstNumber: 11 })).body.episodes, [{ number: 11 }, { number: 12 }])
    const incomplete = await order([first])
    expectProblem(t, incomplete, 'other-episodes', 409)
    t.strictSame([incomplete.body.missing, incomplete.body.unknown], [[second], []])
    expectProblem(t, await order([first, second, '665f1c2e9b1e8a0012ab34cd']), 'other-episodes', 409)
    expectProblem(t, await order([first, first]), 'validation-failed', 400)
    expectProblem(t, await admin.put(`/v1/admin/shows/${id}/seasons/9/order`, { episodeIds: [] }), 'not-found', 404)
  })

  t.test('checks If-Match on every write, with the ETag of the show, a season or an episode', async (t) => {
    const { id, episodes: [first, second] } = await addShow(app, admin, {}, [])
    const base = `/v1/admin/shows/${id}`
    const outdated = String((await admin.get(`/v1/shows/${id}/seasons/1`)).headers['etag'])
    const current = String(
      (await admin.patch(`${base}/seasons/1`, { title: 'Mine' }, { 'if-match': outdated })).headers['etag'],
    )
    const writes: Array<(etag: string) => ReturnType<TestUser['put']>> = [
      async (etag) => await admin.patch(base, { synopsis: 'X' }, { 'if-match': etag }),
      async (etag) => await admin.put(base, { title: 'Heimat' }, { 'if-match': etag }),
      async (etag) => await admin.patch(`${base}/seasons/1`, { title: 'Heimat' }, { 'if-match': etag }),
      async (etag) => await admin.put(`${base}/seasons/1`, { title: 'Heimat' }, { 'if-match': etag }),
      async (etag) => await admin.put(`${base}/seasons/1/order`, { episodeIds: [first, second] }, { 'if-match': etag }),
      async (etag) => await admin.patch(`${base}/seasons/1/episodes/1`, { title: 'Heimat' }, { 'if-match': etag }),
      async (etag) => await admin.put(`${base}/seasons/1/episodes/1`, { title: 'Heimat' }, { 'if-match': etag }),
      async (etag) => await admin.delete(`${base}/seasons/1/episodes/1`, { 'if-match': etag }),
      async (etag) => await admin.delete(`${base}/seasons/1`, { 'if-match': etag }),
      async (etag) => await admin.delete(base, { 'if-match': etag }),
    ]
    for (const write of writes) expectProblem(t, await write(outdated), 'precondition-failed', 412)
    t.match(await getSeason(id, 1), { title: 'Mine', episodes: [{ id: first }, { id: second }] }, 'no write happened')
    t.equal(
      (await admin.patch(`${base}/seasons/1/episodes/1`, { title: 'Yours' }, { 'if-match': current })).status,
      200,
    )
  })

  t.test('loses no change of concurrent edits', async (t) => {
    const { id } = await addShow(app, admin, {}, [])
    const responses = await Promise.all(
      [1, 2].flatMap((season) =>
        [1, 2].map(async (episode) =>
          await admin.patch(`/v1/admin/shows/${id}/seasons/${season}/episodes/${episode}`, {
            synopsis: `${season}x${episode}`,
          })
        )
      ),
    )
    for (const [index, { status }] of responses.entries()) {
      t.ok([200, 409].includes(status), String(status))
      const [season, episode] = [Math.floor(index / 2) + 1, index % 2 + 1]
      const stored = (await getSeason(id, season)).episodes[episode - 1].synopsis
      t.equal(stored, status === 200 ? `${season}x${episode}` : null)
    }
  })
})

t.test('the maximum size of a show', async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const createEpisodes = (count: number, synopsis = '') =>
    Array.from({ length: count }, (_, i) => ({ number: i + 1, title: `Episode ${i + 1}`, synopsis }))

  t.test('applies to a whole show, before anything is written', async (t) => {
    const show = await addShow(app, admin, {}, [])
    const replace = async (episodeCount: number, synopsis = '') =>
      await admin.put(`/v1/admin/shows/${show.id}`, {
        title: 'Endless',
        seasons: [
          { number: 1, episodes: createEpisodes(Math.ceil(episodeCount / 2), synopsis) },
          { number: 2, episodes: createEpisodes(Math.floor(episodeCount / 2), synopsis) },
        ],
      })
    const tooMany = await replace(3_001)
    expectProblem(t, tooMany, 'show-too-large', 409)
    t.match(tooMany.body, { episodes: 3_001, maxEpisodes: 3_000 })
    expectProblem(t, await replace(400, 'x'.repeat(4_000)), 'show-too-large', 409)
    t.match((await admin.get(`/v1/shows/${show.id}`)).body, { title: 'Fawlty Towers', episodeCount: 5 })
    t.equal((await replace(3_000)).status, 200)
  })

  t.test('applies to a single episode that is added, but not to one that is moved', async (t) => {
    const seasons = [{ number: 1, episodes: createEpisodes(3_000) }]
    const { body: { id } } = await admin.post('/v1/admin/shows', { title: 'Long', seasons })
    const rejected = await admin.put(`/v1/admin/shows/${id}/seasons/2/episodes/1`, { title: 'One too many' })
    expectProblem(t, rejected, 'show-too-large', 409)
    t.match(rejected.body, { episodes: 3_001, maxEpisodes: 3_000, detail: /Nothing was written/ })
    const moved = await admin.patch(`/v1/admin/shows/${id}/seasons/1/episodes/3000`, { season: 2, number: 1 })
    t.equal(moved.status, 200)
    t.equal((await admin.get(`/v1/shows/${id}`)).body.episodeCount, 3_000)
  })
})
