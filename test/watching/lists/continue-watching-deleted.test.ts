// Continue watching over HTTP after the episode that a profile watched last was deleted or moved.
import t, { type Test } from 'tap'
import { MAX_WATCH_HISTORY_ENTRIES } from '../../../models/account.js'
import { WatchArchive } from '../../../models/watch-archive.js'
import { rebuildHistory } from '../../../src/watching/history/rebuild.js'
import { containerOf } from '../../support/app.js'
import { addShow } from '../../support/catalogue.js'
import { play } from '../../support/playback.js'
import { buildScene, createActor, describeCards, watchAll, type Actor } from './continue-watching-scene.js'

t.test('cards of deleted and moved episodes', async (t) => {
  const scene = await buildScene(t)
  const { app, admin, clock } = scene

  /** Creates a user and a show of their own. */
  async function createActorOfShow (): Promise<Actor> {
    const { id: show, episodes: [a = '', b = '', c = '', d = ''] } = await addShow(app, admin)
    const special = (await admin.get(`/v1/shows/${show}/seasons/0`)).body.episodes[0].id
    const episodes = new Map([['s1e1', a], ['s1e2', b], ['s2e1', c], ['s2e2', d], ['s0e1', special]])
    return await createActor({ ...scene, show, episodes })
  }

  const deletePart = async ({ show }: Actor, path: string): Promise<void> => {
    const { status } = await admin.delete(`/v1/admin/shows/${show}/seasons/${path}`)
    if (status !== 204) throw new Error(`deleting failed with ${status}`)
  }

  /** Checks the cards, and that they are the same after the history was derived again. */
  const expectCards = async (t: Test, actor: Actor, cards: string): Promise<void> => {
    t.equal(await describeCards(actor), cards)
    await rebuildHistory(containerOf(app).watching, actor.kim.email, () => undefined)
    t.equal(await describeCards(actor), cards, 'derived again')
  }

  t.test('the episode after a deleted one that was in progress is next', async (t) => {
    const actor = await createActorOfShow()
    await actor.watches('s1e1')
    await actor.watches('s1e2', 20_000)
    t.equal(await describeCards(actor), 'resume s1e2 20000')
    await deletePart(actor, '1/episodes/2')
    await expectCards(t, actor, 'next s2e1')
    t.match((await actor.kim.get(`/v1/profiles/${actor.kim.profileId}/continue`)).body, {
      item: { id: actor.episodes.get('s2e1') },
      reason: { text: 'You watched season 1, episode 2.' },
    })
    t.match((await actor.kim.get(`/v1/profiles/${actor.kim.profileId}/history`)).body.items[0], {
      item: { title: 'The Builders' },
      positionMs: 20_000,
    })
    await actor.watches('s2e1', 20_000)
    t.equal(await describeCards(actor), 'resume s2e1 20000')
  })

  t.test('also if no episode was finished, and if whole seasons are deleted', async (t) => {
    const actor = await createActorOfShow()
    await actor.watches('s1e1', 20_000)
    await deletePart(actor, '1/episodes/1')
    await expectCards(t, actor, 'next s1e2')
    await deletePart(actor, '1')
    await expectCards(t, actor, 'next s2e1')
    await deletePart(actor, '2/episodes/1')
    await expectCards(t, actor, 'next s2e2')
  })

  t.test('after the last episode was deleted, an added one is next', async (t) => {
    const actor = await createActorOfShow()
    await actor.watches('s2e2', 20_000)
    await deletePart(actor, '2/episodes/2')
    await expectCards(t, actor, '')
    await admin.put(`/v1/admin/shows/${actor.show}/seasons/2/episodes/3`, { title: 'Gourmet Night' })
    await expectCards(t, actor, 'next Gourmet Night, skipped 3, waiting no-media')
    await admin.put(`/v1/admin/shows/${actor.show}/seasons/2/episodes/2`, { title: 'Basil the Rat' })
    await expectCards(t, actor, 'next Basil the Rat, skipped 3, waiting no-media')
  })

  t.test('an episode that gets the number of a deleted one is not skipped', async (t) => {
    const actor = await createActorOfShow()
    await actor.watches('s2e1')
    await deletePart(actor, '2/episodes/1')
    const { status } = await admin.patch(`/v1/admin/shows/${actor.show}/seasons/2/episodes/2`, { number: 1 })
    t.equal(status, 200)
    t.match(await describeCards(actor), /^next s2e2/)
  })

  t.test('a mark that is newer than the deleted episode decides', async (t) => {
    const actor = await createActorOfShow()
    await actor.watches('s1e1', 20_000)
    await actor.put(`watched/${actor.episodes.get('s2e1')}`)
    await deletePart(actor, '1/episodes/1')
    t.match(await describeCards(actor), /^next s2e2/)
  })

  t.test('the episode after a finished one that was moved is next', async (t) => {
    const actor = await createActorOfShow()
    await actor.watches('s1e1')
    const order = { episodeIds: [actor.episodes.get('s1e2'), actor.episodes.get('s1e1')] }
    const { status, body } = await admin.put(`/v1/admin/shows/${actor.show}/seasons/1/order`, order)
    t.equal(status, 200, JSON.stringify(body))
    t.match(await describeCards(actor), /^next s2e1/)
  })

  t.test('a deleted special leaves the episode after the finished one', async (t) => {
    for (const placedAfter of [null, { season: 1, episode: 1 }]) {
      const actor = await createActorOfShow()
      const title = 'Fawlty Towers Revisited'
      await admin.put(`/v1/admin/shows/${actor.show}/seasons/0/episodes/1`, { title, placedAfter })
      await actor.watches('s1e1')
      // Long enough for a start of an item whose runtime is unknown.
      await actor.reports('s0e1', 90_000, 0)
      t.match(await describeCards(actor), /^resume s0e1 90000/)
      await deletePart(actor, '0/episodes/1')
      await expectCards(t, actor, 'next s1e2')
    }
  })

  t.test('a rewatch continues after its deleted episode', async (t) => {
    const actor = await createActorOfShow()
    await watchAll(actor)
    await actor.watches('s1e1', 20_000)
    t.equal(await describeCards(actor), 'resume s1e1 20000, pass 2')
    await deletePart(actor, '1/episodes/1')
    await expectCards(t, actor, 'next s1e2, pass 2')
  })

  t.test('the stop of a stream whose episode was deleted offers the next one', async (t) => {
    const actor = await createActorOfShow()
    await actor.watches('s1e1')
    const { kim } = actor
    const { streamId } = (await play(kim, actor.episodes.get('s1e2') ?? '')).body
    const url = `/v1/profiles/${kim.profileId}/playback/${streamId}`
    const event = () => ({ positionMs: 20_000, watchedMs: 20_000, at: clock.now().toISOString() })
    clock.advance(10_000)
    t.equal((await kim.put(url, event())).status, 200)
    await deletePart(actor, '1/episodes/2')
    t.equal(await describeCards(actor), 'next s2e1', 'while it plays')
    clock.advance(1_000)
    t.match((await kim.post(`${url}/stop`, event())).body.next, { item: { id: actor.episodes.get('s2e1') } })
    t.equal(await describeCards(actor), 'next s2e1')
  })

  t.test('an archived title has the same card', async (t) => {
    const actor = await createActorOfShow()
    const { kim, show } = actor
    await actor.watches('s1e1', 20_000)
    for (let i = 0; i < MAX_WATCH_HISTORY_ENTRIES; i++) {
      const { body } = await admin.post('/v1/admin/movies', { title: `Movie ${i}`, runtimeMs: 60_000 })
      clock.advance(1_000)
      const event = { positionMs: 20_000, watchedMs: 20_000, at: clock.now().toISOString() }
      await kim.put(`/v1/profiles/${kim.profileId}/progress/${body.id}`, event)
    }
    t.equal(await WatchArchive.countDocuments({ profile: kim.profileId, title: show }), 1)
    await deletePart(actor, '1/episodes/1')
    const { items } = (await kim.get(`/v1/profiles/${kim.profileId}/continue-watching?limit=100`)).body
    t.match(items.find(({ title }: { title: { id: string } }) => title.id === show), {
      kind: 'next',
      item: { id: actor.episodes.get('s1e2') },
    })
  })
})
