// Files with several episodes: the first one stands for all of them in the watch order and in the counts.
import t from 'tap'
import { buildScene, createActor, describeCards } from './continue-watching-scene.js'

t.test('an episode whose media contains others', async (t) => {
  const scene = await buildScene(t)
  const { admin, show } = scene
  const seasonUrl = `/shows/${show}/seasons/1`
  const firstUrl = `/v1/admin${seasonUrl}/episodes/1`
  const actor = await createActor(scene)
  await actor.watches('s1e1')
  t.equal(await describeCards(actor), 'next s1e2')

  const changed = await admin.patch(firstUrl, { mediaSpan: 2 })
  t.match(changed, { status: 200, body: { number: 1, mediaSpan: 2, containedIn: null } })
  t.equal(await describeCards(actor), 'next s2e1', 'the second episode was watched with it, and was not skipped')
  const season = async () => (await actor.kim.get(`/v1${seasonUrl}`)).body.episodes
  t.match(await season(), [{ mediaSpan: 2, containedIn: null }, { mediaSpan: 1, containedIn: 1 }])
  t.match((await actor.kim.get(`/v1${seasonUrl}/episodes/2`)).body, { containedIn: 1 })
  const { accessToken } = (await actor.kim.post(`/v1/profiles/${actor.kim.profileId}/select`, {})).body
  const viewer = actor.kim.with(accessToken)
  const finishedCount = async (): Promise<number> =>
    (await viewer.get(`/v1/shows/${show}`)).body.seasons.find(({ number }: any) => number === 1).finishedCount
  t.equal(await finishedCount(), 2)

  await t.test('the value stays in writes without it', async (t) => {
    t.match((await admin.put(firstUrl, { title: 'A Touch of Class' })).body, { mediaSpan: 2 })
    t.match((await admin.patch(firstUrl, { synopsis: 'Lord Melbury arrives.' })).body, { mediaSpan: 2 })
    const moved = (await admin.patch(firstUrl, { number: 8 })).body
    t.match(moved, { number: 8, mediaSpan: 2 }, 'it counts from the new number')
    t.match(await season(), [{ number: 2, containedIn: null }, { number: 8 }])
    await admin.patch(`/v1/admin${seasonUrl}/episodes/8`, { number: 1 })
    t.match(await season(), [{ number: 1 }, { number: 2, containedIn: 1 }])
  })

  await t.test('the range is checked', async (t) => {
    for (const mediaSpan of [0, 21, 1.5, '2', null]) {
      t.match(await admin.patch(firstUrl, { mediaSpan }), { status: 400, body: { code: 'validation-failed' } })
    }
    t.match((await admin.patch(firstUrl, { mediaSpan: 20 })).body, { mediaSpan: 20 }, 'beyond the end of the season')
    t.equal(await describeCards(actor), 'next s2e1')
  })

  await t.test('an episode in progress that becomes contained does not block the show', async (t) => {
    await admin.patch(firstUrl, { mediaSpan: 1 })
    const other = await createActor(scene)
    await other.watches('s1e2', 30_000)
    t.equal(await describeCards(other), 'resume s1e2 30000, skipped 1')
    await admin.patch(firstUrl, { mediaSpan: 2 })
    t.equal(await describeCards(other), 'next s2e1, skipped 1')
  })

  t.equal((await admin.patch(firstUrl, { mediaSpan: 1 })).status, 200)
  t.equal(await describeCards(actor), 'next s1e2')
  t.equal(await finishedCount(), 1)
})
