import mongoose from 'mongoose'
import t from 'tap'
import { Play } from '../../../models/play.js'
import { SoftDeleted } from '../../../models/soft-deleted.js'
import { Undo } from '../../../models/undo.js'
import { WatchArchive } from '../../../models/watch-archive.js'
import { rebuildHistory } from '../../../src/watching/history/rebuild.js'
import { startApp, containerOf } from '../../support/app.js'
import { addMovie, addShow } from '../../support/catalogue.js'
import { watch } from '../../support/playback.js'
import { expectProblem } from '../../support/requests.js'
import { logInAgain, signUp, signUpAdmin, type TestUser } from '../../support/users.js'
import { movieTitle } from '../../support/movie-titles.js'

const DAY_MS = 86_400_000

t.test('undoing an action', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const show = await addShow(app, admin)
  const [first = '', second = '', third = ''] = show.episodes
  const movie = await addMovie(app, admin)

  const base = (kim: TestUser) => `/v1/profiles/${kim.profileId}`
  /** Reads everything that the API shows of the watch state of a profile. */
  async function readState (kim: TestUser) {
    const get = async (path: string) => (await kim.get(`${base(kim)}/${path}`)).body
    return {
      history: await get('history?limit=100'),
      titles: await get('history?group=title'),
      cards: await get('continue-watching'),
      progress: await Promise.all(
        [movie, ...show.episodes].map(async (id) =>
          await get(`progress/${id}`).then(({ requestId: _, ...rest }) => rest)
        ),
      ),
    }
  }
  /** Signs up a user with plays, a mark and a resumable movie. */
  async function signUpWithHistory (): Promise<TestUser> {
    const kim = await signUp(app)
    await watch(kim, clock, first, 58_000)
    await watch(kim, clock, movie, 34_567, 30_001)
    await watch(kim, clock, second, 12_345)
    await kim.put(`${base(kim)}/watched/${third}`, { watchedAt: '2020-01-02T03:04:05Z' })
    clock.advance(1_000)
    return kim
  }
  const ACTIONS: Array<[name: string, act: (kim: TestUser) => Promise<{ status: number, body: any }>]> = [
    ['hiding a title', async (kim) => await kim.delete(`${base(kim)}/continue-watching/${movie}`)],
    ['dropping a title', async (kim) => await kim.put(`${base(kim)}/dropped/${show.id}`)],
    ['marking a movie', async (kim) => await kim.put(`${base(kim)}/watched/${movie}`)],
    [
      'marking a season',
      async (kim) => await kim.put(`${base(kim)}/watched/${show.id}?season=2`, { watchedAt: '2021-01-01T00:00:00Z' }),
    ],
    ['marking a show', async (kim) => await kim.put(`${base(kim)}/watched/${show.id}`)],
    ['unmarking an episode', async (kim) => await kim.delete(`${base(kim)}/watched/${third}`)],
    ['unmarking a show', async (kim) => await kim.delete(`${base(kim)}/watched/${show.id}`)],
    ['starting a rewatch', async (kim) => await kim.put(`${base(kim)}/rewatch/${show.id}`)],
    [
      'removing a play',
      async (kim) =>
        await kim.delete(`${base(kim)}/history/${(await kim.get(`${base(kim)}/history`)).body.items[1].id}`),
    ],
    ['clearing a title', async (kim) => await kim.delete(`${base(kim)}/history?titleId=${show.id}`)],
    ['clearing the history', async (kim) => await kim.delete(`${base(kim)}/history`)],
  ]

  for (const [name, act] of ACTIONS) {
    t.test(`restores the state before ${name}`, async (t) => {
      const kim = await signUpWithHistory()
      const before = await readState(kim)
      const response = await act(kim)
      t.match(response, { status: 200, body: { undo: /^[0-9a-f]{24}$/, undoUntil: String } })
      t.notSame(await readState(kim), before, 'the action changes the state')
      const url = `${base(kim)}/undo/${response.body.undo}`
      expectProblem(t, await (await signUp(app)).post(url), 'not-found', 404)
      const other = await signUp(app)
      expectProblem(t, await other.post(`${base(other)}/undo/${response.body.undo}`), 'not-found', 404)
      clock.advance(29 * DAY_MS)
      const later = await logInAgain(app, kim)
      t.equal((await later.post(url)).status, 204)
      t.strictSame(await readState(later), before, 'the state is the same as before')
      t.equal((await later.post(url)).status, 204, 'a second undo succeeds')
      t.strictSame(await readState(later), before, 'and changes nothing')
      await rebuildHistory(containerOf(app).watching, kim.email, () => undefined)
      t.strictSame(await readState(later), before, 'a rebuild from the plays gives the same state')
    })

    t.test(`has the same result for concurrent undos of ${name}`, async (t) => {
      const kim = await signUpWithHistory()
      const before = await readState(kim)
      const { undo } = (await act(kim)).body
      const responses = await Promise.all([1, 2, 3].map(async () => await kim.post(`${base(kim)}/undo/${undo}`)))
      t.strictSame(responses.map(({ status }) => status), [204, 204, 204])
      t.strictSame(await readState(kim), before)
    })
  }

  t.test('restores the state before the first of repeated requests', async (t) => {
    const kim = await signUpWithHistory()
    const before = await readState(kim)
    for (const [name, act] of ACTIONS.slice(0, 2)) {
      await act(kim)
      clock.advance(1_000)
      const { undo } = (await act(kim)).body
      t.equal((await kim.post(`${base(kim)}/undo/${undo}`)).status, 204)
      t.strictSame(await readState(kim), before, `${name}: the token of the second response undoes the first request`)
    }
    await kim.put(`${base(kim)}/rewatch/${show.id}`)
    clock.advance(1_000)
    await kim.put(`${base(kim)}/rewatch/${show.id}`)
    t.match((await readState(kim)).cards.items[0], { item: { id: first }, pass: 2 })
    expectProblem(t, await kim.delete(`${base(kim)}/rewatch/${show.id}?pass=1`), 'not-watching-again', 409)
    for (const attempt of [1, 2]) {
      t.equal(
        (await kim.delete(`${base(kim)}/rewatch/${show.id}?pass=2`)).status,
        204,
        `cancelled by request ${attempt}`,
      )
    }
    t.strictSame(await readState(kim), before)
    const newcomer = await signUp(app)
    t.equal((await newcomer.put(`${base(newcomer)}/rewatch/${show.id}`)).status, 200)
    t.strictSame((await readState(newcomer)).cards.items, [], 'an unwatched title cannot be rewatched')
  })

  t.test('is possible for 30 days', async (t) => {
    const kim = await signUpWithHistory()
    const { undo } = (await kim.delete(`${base(kim)}/history`)).body
    clock.advance(30 * DAY_MS)
    const later = await logInAgain(app, kim)
    expectProblem(t, await later.post(`${base(kim)}/undo/${undo}`), 'undo-expired', 410)
    expectProblem(t, await later.post(`${base(kim)}/undo/${'0'.repeat(24)}`), 'not-found', 404)
  })

  t.test('keeps what was watched since', async (t) => {
    const kim = await signUpWithHistory()
    const { undo } = (await kim.delete(`${base(kim)}/history`)).body
    clock.advance(1_000)
    await watch(kim, clock, movie, 50_000)
    t.equal((await kim.post(`${base(kim)}/undo/${undo}`)).status, 204)
    const { history, cards } = await readState(kim)
    t.strictSame(history.items.map((one: any) => [one.item.id, one.positionMs]), [[movie, 50_000], [second, 12_345], [
      movie,
      34_567,
    ], [first, 58_000]])
    t.match(cards.items, [{ item: { id: movie }, positionMs: 50_000 }, { item: { id: second }, positionMs: 12_345 }])
  })

  t.test('keeps later decisions', async (t) => {
    const kim = await signUpWithHistory()
    const hidden = (await kim.delete(`${base(kim)}/continue-watching/${movie}`)).body.undo
    await kim.put(`${base(kim)}/continue-watching/${movie}`)
    clock.advance(1_000)
    const again = await kim.delete(`${base(kim)}/continue-watching/${movie}`)
    await kim.post(`${base(kim)}/undo/${hidden}`)
    t.equal((await readState(kim)).cards.items.length, 1, 'the second hiding remains after the first is undone')
    await kim.post(`${base(kim)}/undo/${again.body.undo}`)
    t.equal((await readState(kim)).cards.items.length, 2)

    const marked = (await kim.put(`${base(kim)}/watched/${movie}`)).body.undo
    clock.advance(1_000)
    await kim.put(`${base(kim)}/watched/${movie}`, { watchedAt: '2022-02-02T00:00:00Z' })
    await kim.post(`${base(kim)}/undo/${marked}`)
    t.match((await kim.get(`${base(kim)}/progress/${movie}`)).body, {
      finished: true,
      finishedAt: '2022-02-02T00:00:00.000Z',
    }, 'a newer mark remains')
  })

  t.test('restores a cleared history of sixty titles with its archive', async (t) => {
    const kim = await signUp(app)
    const movies: string[] = []
    const editor = await signUpAdmin(app)
    for (let i = 0; i < 60; i++) {
      movies.push((await editor.post('/v1/admin/movies', { title: movieTitle(i), runtimeMs: 60_000 })).body.id)
    }
    for (const id of movies) {
      await kim.put(`${base(kim)}/progress/${id}`, {
        positionMs: 20_000,
        watchedMs: 20_000,
        at: clock.now().toISOString(),
      })
      clock.advance(1_000)
    }
    t.ok(await WatchArchive.countDocuments({ profile: kim.profileId }) > 0)
    const cards = async () => (await kim.get(`${base(kim)}/continue-watching?limit=100`)).body.items
    const before = await cards()
    t.equal(before.length, 60)
    const { undo } = (await kim.delete(`${base(kim)}/history`)).body
    t.strictSame(await cards(), [])
    t.equal(await Play.countDocuments({ profile: kim.profileId }), 0, 'all plays are soft-deleted')
    clock.advance(1_000)
    await kim.put(`${base(kim)}/progress/${movies[3]}`, {
      positionMs: 30_000,
      watchedMs: 10_000,
      at: clock.now().toISOString(),
      playId: 'b9c7a4de-36b5-4c9f-9a4f-5e2ad0a0a001',
    })
    await kim.post(`${base(kim)}/undo/${undo}`)
    const after = await cards()
    t.match(after[0], { title: { title: movieTitle(3) }, positionMs: 30_000 })
    t.strictSame(after.slice(1), before.filter((card: any) => card.title.title !== movieTitle(3)))
    t.equal(await SoftDeleted.countDocuments({ profile: kim.profileId }), 0, 'no soft-deleted copy remains')
  })

  t.test('is impossible after the profile is deleted', async (t) => {
    const kim = await signUp(app)
    const { id } = (await kim.post('/v1/profiles', { name: 'Lee' })).body
    await kim.put(`/v1/profiles/${id}/progress/${movie}`, { positionMs: 20_000, at: clock.now().toISOString() })
    t.equal((await kim.delete(`/v1/profiles/${id}/history`)).status, 200)
    t.equal(await SoftDeleted.countDocuments({ profile: new mongoose.Types.ObjectId(id) }), 1)
    t.equal((await kim.delete(`/v1/profiles/${id}`)).status, 204)
    t.equal(
      await SoftDeleted.countDocuments({ profile: new mongoose.Types.ObjectId(id) }) +
        await Undo.countDocuments({ profile: new mongoose.Types.ObjectId(id) }),
      0,
    )
  })
})
