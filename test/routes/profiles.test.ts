// Profiles over HTTP: limits, names, PINs and profile tokens.
import t from 'tap'
import { startApp } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import { play, watch } from '../support/playback.js'
import { expectProblem } from '../support/requests.js'
import { signUp, signUpAdmin } from '../support/users.js'

t.test('profiles', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)

  t.test('a basic account rejects a second profile, a premium account a sixth', async (t) => {
    const kim = await signUp(app, { plan: 'basic' })
    expectProblem(t, await kim.post('/v1/profiles', { name: 'Two' }), 'plan-profile-limit', 409)
    t.equal((await kim.put('/v1/account/plan', { plan: 'premium' })).status, 200)
    for (const name of ['Two', 'Three', 'Four', 'Five']) {
      t.equal((await kim.post('/v1/profiles', { name })).status, 201, name)
    }
    expectProblem(t, await kim.post('/v1/profiles', { name: 'Six' }), 'plan-profile-limit', 409)
  })

  t.test('50 concurrent additions on the premium plan leave five profiles', async (t) => {
    for (let round = 0; round < 20; round++) {
      const kim = await signUp(app)
      const answers = await Promise.all(
        Array.from({ length: 50 }, async (_, i) => await kim.post('/v1/profiles', { name: `P${i}` })),
      )
      t.strictSame(
        [
          answers.filter(({ status }) => status === 201).length,
          answers.filter(({ body }) => body.code === 'plan-profile-limit').length,
        ],
        [4, 46],
        `round ${round + 1}`,
      )
      t.equal((await kim.get('/v1/profiles')).body.items.length, 5)
    }
  })

  t.test('locked profiles count: an account never has more profiles than the largest plan', async (t) => {
    const kim = await signUp(app)
    for (const name of ['Two', 'Three', 'Four', 'Five']) await kim.post('/v1/profiles', { name })
    t.equal((await kim.put('/v1/account/plan', { plan: 'standard', keepProfileIds: [kim.profileId] })).status, 200)
    expectProblem(t, await kim.post('/v1/profiles', { name: 'Six' }), 'locked-profiles', 409)
    const locked = (await kim.get('/v1/profiles')).body.items.find((one: { locked: boolean }) => one.locked).id
    t.equal((await kim.delete(`/v1/profiles/${locked}`)).status, 204)
    t.equal((await kim.post('/v1/profiles', { name: 'Six' })).status, 201)
  })

  t.test('names are unique in an account, and changes keep the data of a profile', async (t) => {
    const kim = await signUp(app)
    const movie = await addMovie(app, admin)
    await watch(kim, clock, movie, 20_000)
    await kim.put(`/v1/profiles/${kim.profileId}/wishlist/${movie}`)
    expectProblem(t, await kim.post('/v1/profiles', { name: 'ME' }), 'profile-name-taken', 409)
    const second = await kim.post('/v1/profiles', { name: 'Two', kids: true, audioLanguages: ['es'] })
    t.match(second.body, { name: 'Two', kids: true, maxMaturityAge: 7, audioLanguages: ['es'] })
    expectProblem(t, await kim.patch(`/v1/profiles/${second.body.id}`, { name: 'me' }), 'profile-name-taken', 409)
    t.match((await kim.patch(`/v1/profiles/${kim.profileId}`, { name: 'Kim', avatar: 'fox' })).body, {
      name: 'Kim',
      avatar: 'fox',
    })
    t.equal((await kim.get(`/v1/profiles/${kim.profileId}/continue-watching`)).body.items.length, 1)
    t.equal((await kim.get(`/v1/profiles/${kim.profileId}/wishlist`)).body.items.length, 1)
    t.equal((await kim.delete(`/v1/profiles/${second.body.id}`)).status, 204)
    t.equal(
      (await kim.get(`/v1/profiles/${kim.profileId}/continue-watching`)).body.items.length,
      1,
      'the deletion of another profile has no effect',
    )
  })

  t.test('the last profile cannot be deleted; a deleted one loses its history', async (t) => {
    const kim = await signUp(app)
    expectProblem(t, await kim.delete(`/v1/profiles/${kim.profileId}`), 'last-profile', 409)
    const second = (await kim.post('/v1/profiles', { name: 'Two' })).body.id
    t.equal((await kim.delete(`/v1/profiles/${second}`)).status, 204)
    expectProblem(t, await kim.get(`/v1/profiles/${second}/history`), 'not-found', 404)
    expectProblem(t, await kim.delete(`/v1/profiles/${second}`), 'not-found', 404)
  })

  t.test('invalid fields are rejected', async (t) => {
    const kim = await signUp(app)
    for (
      const body of [
        { name: '' },
        { name: '   ' },
        { name: '\u200b' },
        { name: 'a\u0000b' },
        { name: 'x'.repeat(51) },
        { name: 'A', maxMaturityAge: 19 },
        { name: 'A', pin: '12' },
        { name: 'A', locked: true },
        { name: 'A', audioLanguages: ['not a tag'] },
        {},
      ]
    ) {
      expectProblem(t, await kim.post('/v1/profiles', body), 'validation-failed', 400)
    }
  })

  t.test('a profile token is valid for its profile and the catalogue only', async (t) => {
    const kim = await signUp(app)
    const movie = await addMovie(app, admin)
    const kids = (await kim.post('/v1/profiles', { name: 'Kids', kids: true })).body.id
    const { body, status } = await kim.post(`/v1/profiles/${kids}/select`)
    t.equal(status, 200)
    const child = kim.with(body.accessToken)
    t.equal((await child.get(`/v1/profiles/${kids}`)).status, 200)
    t.equal((await child.get(`/v1/profiles/${kids}/continue-watching`)).status, 200)
    t.equal((await child.get('/v1/titles')).status, 200)
    expectProblem(t, await child.get(`/v1/profiles/${kim.profileId}/history`), 'not-found', 404)
    expectProblem(t, await child.get(`/v1/profiles/${kim.profileId}`), 'not-found', 404)
    for (const url of ['/v1/account', '/v1/profiles', '/v1/account/streams']) {
      expectProblem(t, await child.get(url), 'forbidden', 403)
    }
    expectProblem(t, await child.get(`/v1/movies/${movie}`), 'not-found', 404)
    expectProblem(t, await play({ ...child, profileId: kids }, movie), 'not-found', 404)
    expectProblem(t, await child.put(`/v1/profiles/${kids}/wishlist/${movie}`), 'not-found', 404)
    t.notOk((await child.get('/v1/titles')).body.items.some(({ id }: { id: string }) => id === movie))
  })

  t.test('a profile with a PIN requires it', async (t) => {
    const kim = await signUp(app)
    await kim.patch(`/v1/profiles/${kim.profileId}`, { pin: '2468' })
    t.equal((await kim.get(`/v1/profiles/${kim.profileId}`)).body.hasPin, true)
    expectProblem(t, await kim.get(`/v1/profiles/${kim.profileId}/history`), 'forbidden', 403)
    expectProblem(t, await kim.post(`/v1/profiles/${kim.profileId}/select`, { pin: '1111' }), 'wrong-pin', 403)
    const { body } = await kim.post(`/v1/profiles/${kim.profileId}/select`, { pin: '2468' })
    t.equal((await kim.with(body.accessToken).get(`/v1/profiles/${kim.profileId}/history`)).status, 200)
  })
})
