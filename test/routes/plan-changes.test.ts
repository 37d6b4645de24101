// Changes of the plan over HTTP: locked profiles and ended streams.
import t from 'tap'
import { startApp } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import { play, watch } from '../support/playback.js'
import { call, expectProblem } from '../support/requests.js'
import { signUp, signUpAdmin } from '../support/users.js'

t.test('plans', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin)

  t.test('are public', async (t) => {
    const { body } = await call(app, 'GET', '/v1/plans')
    t.match(body.items[2], {
      id: 'premium',
      maxProfiles: 5,
      maxStreams: 4,
      maxHeight: 2160,
      price: { amount: 1799, currency: 'USD' },
    })
  })

  t.test('a downgrade requires a choice and locks the other profiles; an upgrade unlocks them', async (t) => {
    const kim = await signUp(app)
    const two = { ...kim, profileId: (await kim.post('/v1/profiles', { name: 'Two' })).body.id as string }
    await watch(two, clock, movie, 20_000)
    t.match((await kim.get('/v1/account/plan/preview?to=basic')).body, {
      needsChoice: true,
      lock: [{ name: 'Two' }],
      maxHeight: 720,
    })
    const rejected = await kim.put('/v1/account/plan', { plan: 'basic' })
    expectProblem(t, rejected, 'plan-needs-choice', 409)
    t.equal(rejected.body.profiles.length, 2)
    t.equal((await kim.get('/v1/account')).body.plan, 'premium', 'the plan is unchanged')
    t.equal((await kim.put('/v1/account/plan', { plan: 'basic', keepProfileIds: [kim.profileId] })).status, 200)
    expectProblem(t, await kim.get(`/v1/profiles/${two.profileId}/history`), 'profile-locked', 409)
    expectProblem(t, await play(two, movie), 'profile-locked', 409)
    expectProblem(t, await kim.post(`/v1/profiles/${two.profileId}/select`), 'profile-locked', 409)
    t.equal(
      (await kim.put('/v1/account/plan', { plan: 'basic', keepProfileIds: [kim.profileId] })).status,
      200,
      'again',
    )
    t.equal((await kim.put('/v1/account/plan', { plan: 'standard' })).status, 200)
    t.equal((await kim.get(`/v1/profiles/${two.profileId}/history`)).body.items.length, 1)
    expectProblem(
      t,
      await kim.put('/v1/account/plan', { plan: 'basic', keepProfileIds: ['665f1c2e9b1e8a0012ab34cd'] }),
      'unknown-profile',
      409,
    )
  })

  t.test('streams above a lower limit end, newest first', async (t) => {
    const kim = await signUp(app)
    const streams = []
    for (let i = 0; i < 3; i++) streams.push((await play(kim, movie)).body.streamId)
    t.match((await kim.get('/v1/account/plan/preview?to=basic')).body, { endedStreams: 2, needsChoice: false })
    await kim.put('/v1/account/plan', { plan: 'basic' })
    t.strictSame((await kim.get('/v1/account/streams')).body.items.map(({ id }: { id: string }) => id), [streams[0]])
  })

  t.test('profiles and streams that race with a downgrade never exceed the lower limit', async (t) => {
    for (let round = 0; round < 20; round++) {
      const kim = await signUp(app)
      await Promise.all([
        ...Array.from({ length: 6 }, async (_, i) => await kim.post('/v1/profiles', { name: `P${i}` })),
        ...Array.from({ length: 6 }, async () => await play(kim, movie)),
        kim.put('/v1/account/plan', { plan: 'basic', keepProfileIds: [kim.profileId] }),
      ])
      const { body } = await kim.get('/v1/account')
      const usable = body.profiles.filter(({ locked }: { locked: boolean }) => !locked).length
      const streams = (await kim.get('/v1/account/streams')).body.items.length
      const limit = body.plan === 'basic' ? 1 : 5
      t.ok(usable <= limit, `round ${round + 1}: ${usable} profiles on ${body.plan}`)
      t.ok(streams <= (body.plan === 'basic' ? 1 : 4), `${streams} streams`)
    }
  })
})
