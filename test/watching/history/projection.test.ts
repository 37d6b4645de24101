// The watch history embedded in the account, and its archive. Responses do not depend on where an entry is stored.
import mongoose from 'mongoose'
import t from 'tap'
import { Account, MAX_WATCH_HISTORY_ENTRIES, type StoredAccount } from '../../../models/account.js'
import { Movie } from '../../../models/movie.js'
import { Play, type StoredPlay } from '../../../models/play.js'
import { WatchArchive } from '../../../models/watch-archive.js'
import { measureMaxSizeAccount } from '../../../bench/max-size-account.js'
import { rebuildHistory } from '../../../src/watching/history/rebuild.js'
import { startApp, containerOf } from '../../support/app.js'
import { addMovie } from '../../support/catalogue.js'
import { watch } from '../../support/playback.js'
import { signUp, signUpAdmin, type TestUser } from '../../support/users.js'
import { movieTitle } from '../../support/movie-titles.js'

t.test('a profile with more titles than the account embeds', async (t) => {
  const { app, clock } = await startApp(t)
  const movies = await Movie.insertMany(
    Array.from({ length: 70 }, (_, i) => ({ title: movieTitle(i), runtimeMs: 100_000 })),
  )
  const ids = movies.map(({ _id }) => _id.toString())
  for (const id of ids) await containerOf(app).catalogue.reloadTitle(id)
  const base = clock.now().getTime() - 86_400_000
  const report = (kim: TestUser, i: number, positionMs: number, minute = i) =>
    kim.put(`/v1/profiles/${kim.profileId}/progress/${ids[i]}`, {
      positionMs,
      watchedMs: positionMs,
      at: new Date(base + minute * 60_000).toISOString(),
      playId: `3f2c9d1e-8f0a-4b7e-9a51-${String(minute).padStart(12, '0')}`,
    })
  const cards = async (kim: TestUser) =>
    (await kim.get(`/v1/profiles/${kim.profileId}/continue-watching?limit=100`)).body.items as Array<
      { title: { title: string }, positionMs: number }
    >
  const embedded = async (kim: TestUser) =>
    (await Account.findById(kim.accountId).lean<StoredAccount>())!.profiles[0]!.watchHistory
  const expected = (count: number) =>
    Array.from({ length: count }, (_, i) => [movieTitle(count - 1 - i), 20_000 + count - 1 - i])
  const summarise = (list: Awaited<ReturnType<typeof cards>>) =>
    list.map(({ title, positionMs }) => [title.title, positionMs])

  t.test('lists all titles when they are reported one after another', async (t) => {
    const kim = await signUp(app)
    for (let i = 0; i < 65; i++) t.equal((await report(kim, i, 20_000 + i)).status, 200)
    const collections = new Set<string>()
    mongoose.set('debug', (collection: string) => {
      collections.add(collection)
    })
    const firstPage = (await kim.get(`/v1/profiles/${kim.profileId}/continue-watching?limit=20`)).body.items
    mongoose.set('debug', false)
    t.strictSame(summarise(firstPage), expected(65).slice(0, 20))
    t.ok(collections.has('accounts') && !collections.has('watcharchive'), 'a first page does not read the archive')
    for (let i = 65; i < 70; i++) t.equal((await report(kim, i, 20_000 + i)).status, 200)
    t.ok((await embedded(kim)).length <= MAX_WATCH_HISTORY_ENTRIES)
    t.strictSame(summarise(await cards(kim)), expected(70))
    t.equal(
      await WatchArchive.countDocuments({ profile: kim.profileId }) + (await embedded(kim)).length,
      70,
      'each entry is stored in one place',
    )

    const { accessToken } = (await kim.post(`/v1/profiles/${kim.profileId}/select`)).body
    t.match(
      (await kim.with(accessToken).get(`/v1/movies/${ids[2]}`)).body.progress,
      { positionMs: 20_002 },
      'the page of an archived title has its progress',
    )

    await report(kim, 3, 33_333, 500)
    const [first, ...rest] = await cards(kim)
    t.match(
      first,
      { title: { title: movieTitle(3) }, positionMs: 33_333 },
      'playing an archived title moves it to the account',
    )
    t.equal(rest.length, 69)
    t.equal(await WatchArchive.countDocuments({ profile: kim.profileId, title: ids[3] }), 0)

    const before = await cards(kim)
    await Account.collection.updateOne({ _id: new mongoose.Types.ObjectId(kim.accountId) }, {
      $set: { 'profiles.0.watchHistory': [] },
    })
    await WatchArchive.deleteMany({ profile: kim.profileId })
    await rebuildHistory(containerOf(app).watching, kim.email, () => undefined)
    t.strictSame(await cards(kim), before, 'a rebuild from the plays restores all entries')
  })

  t.test('resumes at the exact position years and 50,000 plays later', async (t) => {
    const kim = await signUp(app)
    const at = Date.UTC(2016, 1, 29, 20, 15, 30, 123)
    t.equal(
      (await kim.put(`/v1/profiles/${kim.profileId}/progress/${ids[0]}`, {
        positionMs: 34_567,
        watchedMs: 30_001,
        at: new Date(at).toISOString(),
      })).status,
      200,
    )
    const row = await Play.findOne({ profile: kim.profileId }).lean<StoredPlay>()
    for (let batch = 0; batch < 50; batch++) {
      await Play.collection.insertMany(Array.from({ length: 1_000 }, (_, i) => {
        const startedAt = new Date(at + (batch * 1_000 + i + 1) * 3_600_000)
        const title = new mongoose.Types.ObjectId(ids[1 + i % 69])
        return {
          ...row,
          _id: new mongoose.Types.ObjectId(),
          title,
          item: title,
          startedAt,
          at: startedAt,
        } as never
      }))
    }
    t.match((await kim.get(`/v1/profiles/${kim.profileId}/progress/${ids[0]}`)).body, {
      positionMs: 34_567,
      watchedMs: 30_001,
      lastWatchedAt: new Date(at).toISOString(),
    })
    t.match((await kim.get(`/v1/profiles/${kim.profileId}/history?titleId=${ids[0]}`)).body.items, [{
      positionMs: 34_567,
    }])
    t.equal((await kim.get(`/v1/profiles/${kim.profileId}/history?limit=100`)).body.items.length, 100)
  })

  t.test('lists all titles when they are reported concurrently', async (t) => {
    const kim = await signUp(app)
    const responses = await Promise.all(ids.map(async (_, i) => await report(kim, i, 20_000 + i)))
    t.strictSame([...new Set(responses.map(({ status }) => status))], [200])
    t.ok((await embedded(kim)).length <= MAX_WATCH_HISTORY_ENTRIES)
    t.strictSame(summarise(await cards(kim)), expected(70))
  })

  t.test('has the newest position after concurrent reports of one title', async (t) => {
    for (let round = 0; round < 10; round++) {
      const kim = await signUp(app)
      await Promise.all(Array.from({ length: 12 }, async (_, i) => await report(kim, 0, 10_000 + i * 1_000, 100 + i)))
      t.match(await cards(kim), [{ title: { title: movieTitle(0) }, positionMs: 21_000 }], `round ${round + 1}`)
      t.equal((await embedded(kim)).length, 1)
    }
  })

  t.test('keeps the account below 150 kB when every list is full', async (t) => {
    const bytes = await measureMaxSizeAccount()
    t.comment(`five profiles with full lists and fields of maximum length: ${bytes} bytes`)
    t.ok(bytes < 150_000, `${bytes} bytes`)
  })
})

t.test('a live stream counts in all responses before it is flushed', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin)
  const kim = await signUp(app)
  await watch(kim, clock, movie, 10_000)
  const { body } = await kim.post(`/v1/profiles/${kim.profileId}/playback`, { itemId: movie })
  t.equal(body.positionMs, 10_000)
  clock.advance(5_000)
  await kim.put(`/v1/profiles/${kim.profileId}/playback/${body.streamId}`, {
    positionMs: 25_000,
    watchedMs: 15_000,
    at: clock.now().toISOString(),
  })
  t.match((await kim.get(`/v1/profiles/${kim.profileId}/progress/${movie}`)).body, {
    positionMs: 25_000,
    watchedMs: 25_000,
    started: true,
  })
  t.match((await kim.get(`/v1/profiles/${kim.profileId}/continue`)).body, { positionMs: 25_000 })
  t.match((await kim.get(`/v1/profiles/${kim.profileId}/history`)).body.items, [{
    positionMs: 25_000,
    watchedMs: 15_000,
  }, { positionMs: 10_000 }])
  clock.advance(5_000)
  await kim.put(`/v1/profiles/${kim.profileId}/playback/${body.streamId}`, {
    positionMs: 57_000,
    watchedMs: 47_000,
    at: clock.now().toISOString(),
  })
  t.equal(
    (await kim.get(`/v1/profiles/${kim.profileId}/continue`)).status,
    204,
    'a finished movie has no card, even while it plays',
  )
})
