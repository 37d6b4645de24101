// Progress of clients that use one play ID for several items, such as one UUID per player session.
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { derivePlayId, Play } from '../../models/play.js'
import { WatchArchive } from '../../models/watch-archive.js'
import { MAX_WATCH_HISTORY_ENTRIES } from '../../models/account.js'
import { containerOf, startApp } from '../support/app.js'
import { addMovie, addShow } from '../support/catalogue.js'
import { recordCommands } from '../support/database-commands.js'
import { play } from '../support/playback.js'
import { signUp, signUpAdmin, type TestUser } from '../support/users.js'

t.test('one play ID for several items', async (t) => {
  const recorder = recordCommands(t)
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movies = await Promise.all(
    ['Alien', 'Heat', 'Jaws'].map(async (title) => await addMovie(app, admin, { title })),
  )
  const { episodes } = await addShow(app, admin)
  const [alien = '', heat = '', jaws = ''] = movies
  const [first = '', second = ''] = episodes

  const eventAt = (positionMs: number) => ({ positionMs, watchedMs: positionMs, at: clock.now().toISOString() })
  const put = async (kim: TestUser, itemId: string, playId: string, positionMs: number) => {
    clock.advance(1_000)
    return await kim.put(`/v1/profiles/${kim.profileId}/progress/${itemId}`, { ...eventAt(positionMs), playId })
  }
  const sendBatch = async (kim: TestUser, events: unknown) =>
    await kim.post(`/v1/profiles/${kim.profileId}/progress/batch`, { events })
  const positionOf = async (kim: TestUser, itemId: string): Promise<number | null> => {
    const { status, body } = await kim.get(`/v1/profiles/${kim.profileId}/progress/${itemId}`)
    return status === 404 ? null : body.positionMs
  }
  /** Lists the plays of the history: item and position, by item. */
  const listPlays = async (kim: TestUser): Promise<Array<[itemId: string, positionMs: number]>> => {
    const { items } = (await kim.get(`/v1/profiles/${kim.profileId}/history?limit=100`)).body
    return items.map(({ item, positionMs }: { item: { id: string }, positionMs: number }) => [item.id, positionMs])
      .sort()
  }
  const sorted = (...plays: Array<[itemId: string, positionMs: number]>) => plays.sort()

  t.test('each item of a batch keeps its position, in both orders and when it is repeated', async (t) => {
    for (const [a, b] of [[alien, heat], [heat, alien], [first, second], [second, first]] as const) {
      const kim = await signUp(app)
      const playId = randomUUID()
      clock.advance(1_000)
      const events = [{ ...eventAt(20_000), itemId: a, playId }, { ...eventAt(30_000), itemId: b, playId }]
      for (let i = 0; i < 2; i++) {
        const { status, body } = await sendBatch(kim, i === 0 ? events : [...events].reverse())
        t.equal(status, 200)
        for (const { itemId, progress } of body.results) {
          t.equal(progress?.positionMs, itemId === a ? 20_000 : 30_000)
        }
        t.strictSame([await positionOf(kim, a), await positionOf(kim, b)], [20_000, 30_000])
        t.strictSame(await listPlays(kim), sorted([a, 20_000], [b, 30_000]))
      }
    }
  })

  t.test('a finished episode stays finished when the next one has its play ID', async (t) => {
    const kim = await signUp(app)
    const playId = randomUUID()
    t.match((await put(kim, first, playId, 59_000)).body, { finished: true })
    for (const positionMs of [5_000, 10_000, 15_000]) {
      const { status, body } = await put(kim, second, positionMs === 10_000 ? playId.toUpperCase() : playId, positionMs)
      t.equal(status, 200)
      t.match(body, { positionMs, finished: false })
    }
    t.match((await kim.get(`/v1/profiles/${kim.profileId}/progress/${first}`)).body, {
      positionMs: 59_000,
      finished: true,
    })
    t.strictSame(await listPlays(kim), sorted([first, 59_000], [second, 15_000]))
    t.match((await put(kim, first, playId, 40_000)).body, { positionMs: 40_000 })
    t.strictSame(await listPlays(kim), sorted([first, 40_000], [second, 15_000]))
  })

  t.test('reports of several items at the same time are all recorded', async (t) => {
    const kim = await signUp(app)
    const playId = randomUUID()
    const items = [...movies, ...episodes]
    const events = items.map((itemId, i) => ({ itemId, ...eventAt(10_000 + i), playId }))
    const responses = await Promise.all([...events, ...events].map(async ({ itemId, ...body }, i) =>
      i % 2 === 0
        ? await kim.put(`/v1/profiles/${kim.profileId}/progress/${itemId}`, body)
        : await sendBatch(kim, [{ itemId, ...body }])
    ))
    for (const { status } of responses) t.equal(status, 200)
    t.strictSame(await listPlays(kim), sorted(...items.map((id, i): [string, number] => [id, 10_000 + i])))
  })

  t.test('an item whose title is in the archive keeps its position', async (t) => {
    const kim = await signUp(app)
    const playId = randomUUID()
    await put(kim, alien, playId, 20_000)
    for (let i = 0; i < MAX_WATCH_HISTORY_ENTRIES; i++) {
      const { body } = await admin.post('/v1/admin/movies', { title: `Movie ${i}` })
      t.equal((await put(kim, body.id, randomUUID(), 90_000)).status, 200)
    }
    t.equal(await WatchArchive.countDocuments({ profile: kim.profileId, title: alien }), 1)
    t.equal((await put(kim, heat, playId, 30_000)).status, 200)
    t.strictSame([await positionOf(kim, alien), await positionOf(kim, heat)], [20_000, 30_000])
    t.match((await put(kim, alien, playId, 25_000)).body, { positionMs: 25_000 })
    t.equal((await listPlays(kim)).filter(([id]) => id === alien).length, 1)
  })

  t.test('a removed play stays removed, and an undone removal restores it beside later ones', async (t) => {
    const kim = await signUp(app)
    const playId = randomUUID()
    const profile = `/v1/profiles/${kim.profileId}`
    await put(kim, alien, playId, 20_000)
    await put(kim, heat, playId, 30_000)
    const { items } = (await kim.get(`${profile}/history`)).body
    const { id } = items.find(({ item }: { item: { id: string } }) => item.id === alien)
    const { undo } = (await kim.delete(`${profile}/history/${id}`)).body
    await put(kim, heat, playId, 35_000)
    await put(kim, jaws, playId, 10_000)
    t.strictSame(await listPlays(kim), sorted([heat, 35_000], [jaws, 10_000]))
    t.match((await put(kim, alien, playId, 21_000)).body, { positionMs: 21_000, watchedMs: 1_000 })
    t.strictSame(await listPlays(kim), sorted([alien, 21_000], [heat, 35_000], [jaws, 10_000]))
    await kim.post(`${profile}/undo/${undo}`)
    const restored: Array<[itemId: string, positionMs: number]> = [[alien, 20_000], [alien, 21_000]]
    t.strictSame(await listPlays(kim), sorted(...restored, [heat, 35_000], [jaws, 10_000]))
    const cleared = (await kim.delete(`${profile}/history?titleId=${alien}`)).body
    t.ok(cleared.undo, JSON.stringify(cleared))
    await put(kim, heat, playId, 36_000)
    await kim.post(`${profile}/undo/${cleared.undo}`)
    t.strictSame(await listPlays(kim), sorted(...restored, [heat, 36_000], [jaws, 10_000]))
  })

  t.test('a play whose key is the plain ID continues, and other items get their own', async (t) => {
    for (const restarted of [false, true]) {
      const kim = await signUp(app)
      const playId = randomUUID()
      await put(kim, alien, playId, 20_000)
      const stored = await Play.findOne({ profile: kim.profileId }).lean()
      await Play.collection.deleteOne({ _id: stored!._id })
      await Play.collection.insertOne({ ...stored!, _id: derivePlayId(kim.profileId, playId) })
      containerOf(app).watching.knownTitles.remove(kim.profileId, alien)
      if (!restarted) await put(kim, alien, randomUUID(), 1_000)
      t.equal((await put(kim, heat, playId, 30_000)).status, 200)
      for (const positionMs of [25_000, 26_000]) {
        t.match((await put(kim, alien, playId, positionMs)).body, { positionMs })
      }
      t.strictSame(
        await listPlays(kim),
        sorted([alien, 26_000], [heat, 30_000], ...(restarted ? [] : [[alien, 1_000] as [string, number]])),
      )
    }
  })

  t.test('a stream ID belongs to the item of its stream, before and after it is stored', async (t) => {
    for (const isStopped of [false, true]) {
      const kim = await signUp(app)
      const profile = `/v1/profiles/${kim.profileId}`
      const { streamId } = (await play(kim, alien)).body
      const stop = async (positionMs: number) => {
        clock.advance(1_000)
        return await kim.post(`${profile}/playback/${streamId}/stop`, eventAt(positionMs))
      }
      if (isStopped) await stop(10_000)
      t.equal((await put(kim, heat, streamId, 30_000)).status, 200)
      t.match((await put(kim, alien, streamId, 20_000)).body, { positionMs: 20_000 })
      t.strictSame(await listPlays(kim), sorted([alien, 20_000], [heat, 30_000]))
      t.match((await stop(25_000)).body, { progress: { positionMs: 25_000 } })
      t.match((await stop(26_000)).body, { progress: { positionMs: 26_000 } })
      t.match((await put(kim, alien, streamId, 27_000)).body, { positionMs: 27_000 })
      t.match((await put(kim, heat, streamId, 31_000)).body, { positionMs: 31_000 })
      t.strictSame(await listPlays(kim), sorted([alien, 27_000], [heat, 31_000]))
    }
  })

  t.test('an exported history with such plays is imported unchanged, also into another profile', async (t) => {
    const kim = await signUp(app)
    const playId = randomUUID()
    await put(kim, alien, playId, 20_000)
    await put(kim, heat, playId, 30_000)
    const file = (await kim.get(`/v1/profiles/${kim.profileId}/history/export`)).body
    const again = await kim.post(`/v1/profiles/${kim.profileId}/history/import`, file)
    t.equal(again.status, 200, JSON.stringify(again.body))
    t.strictSame(await listPlays(kim), sorted([alien, 20_000], [heat, 30_000]))
    const lee = await signUp(app)
    await lee.post(`/v1/profiles/${lee.profileId}/history/import`, file)
    t.strictSame(await listPlays(lee), sorted([alien, 20_000], [heat, 30_000]))
  })

  t.test('further reports with a play ID read nothing', async (t) => {
    const kim = await signUp(app)
    const playId = randomUUID()
    for (let i = 1; i <= 2; i++) {
      for (const itemId of [alien, heat]) await put(kim, itemId, playId, i * 1_000)
    }
    recorder.take()
    t.equal((await put(kim, alien, playId, 20_000)).status, 200)
    t.strictSame(recorder.take().filter((command) => /plays|streams/u.test(command)), ['update plays'])
  })
})
