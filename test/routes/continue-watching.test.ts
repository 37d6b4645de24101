// Continue watching: the cards, the continue button, and hidden and dropped titles.
import t from 'tap'
import { startApp } from '../support/app.js'
import { addMovie, addShow, clipBytes } from '../support/catalogue.js'
import { play, watch } from '../support/playback.js'
import { call } from '../support/requests.js'
import { signUp, signUpAdmin, type TestUser } from '../support/users.js'

t.test('continue watching', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const show = await addShow(app, admin)
  const [first = '', second = '', third = '', fourth = ''] = show.episodes
  const movie = await addMovie(app, admin)
  const listCards = async (kim: TestUser) =>
    (await kim.get(`/v1/profiles/${kim.profileId}/continue-watching`)).body.items

  t.test('the continue button resumes a movie at the exact position', async (t) => {
    const kim = await signUp(app)
    t.equal((await kim.get(`/v1/profiles/${kim.profileId}/continue`)).status, 204)
    await watch(kim, clock, movie, 34_567)
    const card = await kim.get(`/v1/profiles/${kim.profileId}/continue`)
    t.match(card.body, {
      kind: 'resume',
      title: { id: movie, title: 'The Matrix' },
      item: { id: movie },
      positionMs: 34_567,
      durationMs: 60_000,
      reason: { code: 'half-watched', text: String },
      waiting: null,
    })
    t.equal((await play(kim, card.body.item.id)).body.positionMs, 34_567)
  })

  t.test('a finished episode offers the next one, also of the next season and one that is added later', async (t) => {
    const kim = await signUp(app)
    const stop = await watch(kim, clock, first, 58_000)
    t.match(stop.body, {
      progress: { finished: true, positionMs: 58_000 },
      next: {
        kind: 'next',
        item: { id: second, season: 1, episode: 2, title: 'The Builders' },
        positionMs: 0,
        reason: { code: 'next-episode' },
      },
    })
    await watch(kim, clock, second, 58_000)
    t.match(await listCards(kim), [{ kind: 'next', item: { id: third, season: 2, episode: 1 } }])
    await watch(kim, clock, third, 20_000)
    t.match(await listCards(kim), [{ kind: 'resume', item: { id: third }, positionMs: 20_000 }])
    await watch(kim, clock, third, 59_000, 39_000)
    t.match((await watch(kim, clock, fourth, 60_000)).body, { next: null })
    t.strictSame(await listCards(kim), [])
    await admin.put(`/v1/admin/shows/${show.id}/seasons/2/episodes/3`, {
      title: 'Gourmet Night',
      airDate: '2999-01-01',
    })
    t.match(await listCards(kim), [{
      kind: 'next',
      item: { season: 2, episode: 3 },
      waiting: { code: 'not-aired', from: '2999-01-01' },
    }], 'an episode that has not aired has its date')
    t.equal((await kim.get(`/v1/profiles/${kim.profileId}/continue`)).status, 204, 'the continue button skips it')
    const added = (await admin.put(`/v1/admin/shows/${show.id}/seasons/2/episodes/3`, {
      title: 'Gourmet Night',
      airDate: '1975-10-17',
    })).body.id
    t.match(
      await listCards(kim),
      [{ item: { id: added }, waiting: { code: 'no-media', from: null } }],
      'an episode without a media file is pending',
    )
    await call(app, 'POST', `/v1/admin/shows/${show.id}/seasons/2/episodes/3/media`, {
      token: admin.token,
      body: clipBytes('480p-en'),
      headers: { 'content-type': 'video/mp4' },
    })
    t.match(await listCards(kim), [{ kind: 'next', item: { id: added } }])
    await admin.delete(`/v1/admin/shows/${show.id}/seasons/2/episodes/3`)
  })

  t.test('a finished movie has no card until it is played again, and remains finished', async (t) => {
    const kim = await signUp(app)
    await watch(kim, clock, movie, 57_000)
    t.strictSame(await listCards(kim), [])
    await watch(kim, clock, movie, 15_000)
    t.match(await listCards(kim), [{ kind: 'resume', positionMs: 15_000 }])
    t.match((await kim.get(`/v1/profiles/${kim.profileId}/progress/${movie}`)).body, {
      finished: true,
      positionMs: 15_000,
      watchedMs: 15_000,
    })
  })

  t.test('a title has one card; the newest activity, also of a live stream, is first', async (t) => {
    const kim = await signUp(app)
    await watch(kim, clock, first, 10_000)
    await watch(kim, clock, movie, 20_000)
    t.strictSame((await listCards(kim)).map(({ title }: { title: { id: string } }) => title.id), [movie, show.id])
    clock.advance(60_000)
    const { body } = await play(kim, second)
    await kim.put(`/v1/profiles/${kim.profileId}/playback/${body.streamId}`, {
      positionMs: 5_000,
      watchedMs: 5_000,
      at: clock.now().toISOString(),
    })
    t.match(await listCards(kim), [{ item: { id: second }, positionMs: 5_000 }, { item: { id: movie } }])
  })

  t.test('a hidden movie returns when it is played, or on request', async (t) => {
    const kim = await signUp(app)
    const url = `/v1/profiles/${kim.profileId}/continue-watching/${movie}`
    await watch(kim, clock, movie, 20_000)
    clock.advance(1_000)
    t.equal((await kim.delete(url)).status, 200)
    t.strictSame(await listCards(kim), [])
    t.equal((await kim.get(`/v1/profiles/${kim.profileId}/progress/${movie}`)).body.positionMs, 20_000)
    t.equal((await kim.put(url)).status, 200)
    t.equal((await listCards(kim)).length, 1)
    await kim.delete(url)
    const listHidden = async () => (await kim.get(`/v1/profiles/${kim.profileId}/continue-watching/hidden`)).body.items
    await watch(kim, clock, first, 58_000)
    await kim.put(`/v1/profiles/${kim.profileId}/dropped/${show.id}`)
    t.match(await listHidden(), [{ title: { id: show.id }, droppedAt: String }, {
      title: { id: movie },
      hiddenAt: String,
      droppedAt: null,
    }])
    await kim.delete(`/v1/profiles/${kim.profileId}/dropped/${show.id}`)
    clock.advance(1_000)
    await watch(kim, clock, movie, 22_000, 2_000)
    t.equal((await listCards(kim)).length, 2)
    t.strictSame(await listHidden(), [])
  })

  t.test('a playing movie can be hidden repeatedly', async (t) => {
    const kim = await signUp(app)
    const base = `/v1/profiles/${kim.profileId}`
    const { body } = await play(kim, movie)
    for (const positionMs of [10_000, 20_000]) {
      clock.advance(1_000)
      await kim.put(`${base}/playback/${body.streamId}`, {
        positionMs,
        watchedMs: positionMs,
        at: clock.now().toISOString(),
      })
      t.match(await listCards(kim), [{ positionMs }])
      clock.advance(1_000)
      await kim.delete(`${base}/continue-watching/${movie}`)
      t.strictSame(await listCards(kim), [])
    }
  })

  t.test('a position outlives its media file', async (t) => {
    const kim = await signUp(app)
    const deletable = await addMovie(app, admin)
    await watch(kim, clock, deletable, 33_000)
    const old = (await admin.get(`/v1/movies/${deletable}`)).body.mediaFiles[0].id
    await admin.delete(`/v1/admin/media/${old}`)
    t.match(await listCards(kim), [{ positionMs: 33_000, waiting: { code: 'no-media' } }])
    t.equal((await kim.get(`/v1/profiles/${kim.profileId}/continue`)).status, 204, 'the continue button skips it')
    await call(app, 'POST', `/v1/admin/movies/${deletable}/media`, {
      token: admin.token,
      body: clipBytes('1080p-en'),
      headers: { 'content-type': 'video/mp4' },
    })
    t.equal((await play(kim, deletable)).body.positionMs, 33_000)
  })

  t.test('a deleted title has no card and remains in the history by name', async (t) => {
    const kim = await signUp(app)
    const deletable = await addMovie(app, admin, { title: 'The Third Man' })
    await watch(kim, clock, deletable, 33_000)
    await kim.put(`/v1/profiles/${kim.profileId}/wishlist/${deletable}`)
    await admin.delete(`/v1/admin/movies/${deletable}`)
    t.strictSame(await listCards(kim), [])
    t.match((await kim.get(`/v1/profiles/${kim.profileId}/history`)).body.items, [{
      title: { title: 'The Third Man' },
      positionMs: 33_000,
    }])
    t.strictSame((await kim.get(`/v1/profiles/${kim.profileId}/wishlist`)).body.items, [])
  })
})
