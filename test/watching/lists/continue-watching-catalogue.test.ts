// Continue watching over HTTP after changes of the catalogue: added episodes, editions and unpublished titles.
import t from 'tap'
import { addMovie, uploadClip } from '../../support/catalogue.js'
import { play, watch } from '../../support/playback.js'
import { call } from '../../support/requests.js'
import { signUp } from '../../support/users.js'
import { DAY_MS, buildScene, createActor, describeCards, watchAll } from './continue-watching-scene.js'

t.test('cards follow changes of the catalogue', async (t) => {
  const scene = await buildScene(t)
  const { app, admin, show, episodes, clock } = scene
  const episodeUrl = `/v1/admin/shows/${show}/seasons/2/episodes/3`

  t.test('an added episode has a card, pending until it airs and has a file in the plan', async (t) => {
    const actor = await createActor(scene)
    await watchAll(actor)
    t.equal(await describeCards(actor), '')
    const airDate = new Date(clock.now().getTime() + 10 * DAY_MS).toISOString().slice(0, 10)
    const added = (await admin.put(episodeUrl, { title: 'Gourmet Night', airDate })).body.id
    t.equal(await describeCards(actor), `next Gourmet Night, waiting not-aired ${airDate}`)
    t.equal((await play(actor.kim, added)).body.code, 'not-aired', 'an episode that has not aired cannot be started')
    clock.advance(11 * DAY_MS)
    t.equal(await describeCards(actor), 'next Gourmet Night, waiting no-media')
    await uploadClip(app, admin, `shows/${show}/seasons/2/episodes/3`, '2160p-en')
    t.equal(await describeCards(actor), 'next Gourmet Night')
    const basic = await createActor(scene, 'basic')
    await basic.watches('s2e2')
    t.equal(await describeCards(basic), 'next Gourmet Night, skipped 3, waiting plan', 'a smaller plan cannot play it')
    t.equal((await basic.kim.get(`/v1/profiles/${basic.kim.profileId}/continue`)).status, 204)
  })

  t.test('a special with a position in the order is offered after its episode', async (t) => {
    const actor = await createActor(scene)
    await actor.watches('s1e1')
    await actor.watches('s1e2')
    t.equal(await describeCards(actor), 'next s2e1')
    const special = { title: 'Fawlty Towers Revisited', placedAfter: { season: 1, episode: 2 } }
    t.match((await admin.put(`/v1/admin/shows/${show}/seasons/0/episodes/1`, special)).body, {
      id: episodes.get('s0e1'),
      placedAfter: { season: 1, episode: 2 },
    })
    t.equal(await describeCards(actor), 'next s0e1')
    await actor.watches('s0e1')
    t.equal(await describeCards(actor), 'next s2e1')
    t.equal(
      (await admin.put(`/v1/admin/shows/${show}/seasons/1/episodes/2`, {
        title: 'The Builders',
        placedAfter: { season: 1, episode: 1 },
      })).status,
      400,
      'a regular episode rejects a position',
    )
  })

  t.test('the next episode stays after the finished one is deleted', async (t) => {
    const actor = await createActor(scene)
    await actor.watches('s1e1')
    await actor.watches('s1e2')
    await actor.watches('s2e1')
    await admin.delete(`/v1/admin/shows/${show}/seasons/2/episodes/1`)
    t.equal(await describeCards(actor), 'next s2e2')
  })

  t.test('a movie in two editions has one card and resumes in the same edition', async (t) => {
    const movie = await addMovie(app, admin, { title: 'Blade Runner' }, [])
    await uploadClip(app, admin, `movies/${movie}`, '480p-en', '?edition=theatrical')
    await uploadClip(app, admin, `movies/${movie}`, '1080p-en', '?edition=final')
    const kim = await signUp(app)
    const started = await play(kim, movie, { client: { maxHeight: 480 } })
    t.equal(started.body.mediaFile.edition, 'theatrical')
    clock.advance(1_000)
    await kim.post(`/v1/profiles/${kim.profileId}/playback/${started.body.streamId}/stop`, {
      positionMs: 21_000,
      watchedMs: 21_000,
      at: clock.now().toISOString(),
    })
    const again = await play(kim, movie)
    t.match(again.body, { positionMs: 21_000, mediaFile: { edition: 'theatrical' }, reason: { code: 'resumed-file' } })
    const { body } = await call(app, 'GET', `/v1/profiles/${kim.profileId}/continue-watching`, { token: kim.token })
    t.equal(body.items.length, 1, 'both editions share one card')
  })

  t.test('an unpublished title has no card until it is published again', async (t) => {
    const movie = await addMovie(app, admin, { title: 'Alien' })
    const kim = await signUp(app)
    await watch(kim, clock, movie, 21_000)
    const cards = async (): Promise<number[]> =>
      (await kim.get(`/v1/profiles/${kim.profileId}/continue-watching`)).body.items.map((
        card: { positionMs: number },
      ) => card.positionMs)
    await admin.patch(`/v1/admin/movies/${movie}`, { published: false })
    t.strictSame(await cards(), [])
    await admin.patch(`/v1/admin/movies/${movie}`, { published: true })
    t.strictSame(await cards(), [21_000])
  })
})
