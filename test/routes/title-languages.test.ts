// The languages that a profile chooses for a title: stored, requested, and reported by players.
import mongoose from 'mongoose'
import t from 'tap'
import { ProfileTitlePreferences } from '../../models/profile-title-preferences.js'
import { startApp } from '../support/app.js'
import { addMovie, addShow, uploadClip } from '../support/catalogue.js'
import { play } from '../support/playback.js'
import { call, expectProblem } from '../support/requests.js'
import { signUp, signUpAdmin, type TestUser } from '../support/users.js'
import { profileUrl, withKidsProfile } from './profile-requests.js'

/** The database commands that some work sends. */
async function recordCommands (work: () => Promise<void>): Promise<string[]> {
  const commands: string[] = []
  mongoose.set('debug', (collection: string, method: string) => {
    commands.push(`${collection}.${method}`)
  })
  await work()
  mongoose.set('debug', false)
  return commands
}

t.test('languages of a title', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin, { originalLanguage: 'en' }, ['480p-en', '1080p-en', '1080p-es'])
  const show = await addShow(app, admin, { originalLanguage: 'en' })
  for (const [season, episode] of [[1, 1], [1, 2]]) {
    await uploadClip(
      app,
      admin,
      `shows/${show.id}/seasons/${season}/episodes/${episode}`,
      '1080p-es',
      '?subtitles=en,es',
    )
  }
  const [episode1 = '', episode2 = '', episode3 = ''] = show.episodes
  const languages = async (kim: TestUser, titleId: string) =>
    (await kim.get(profileUrl(kim, `languages/${titleId}`))).body
  const event = (positionMs = 5_000): Record<string, unknown> => ({
    positionMs,
    watchedMs: positionMs,
    at: clock.now().toISOString(),
  })

  t.test('audio and subtitles are stored separately by language and kind, until they are cleared', async (t) => {
    const kim = await signUp(app)
    t.strictSame(await languages(kim, movie), {})
    t.equal((await kim.put(profileUrl(kim, `languages/${movie}`), { audio: { language: 'es' } })).status, 204)
    t.strictSame(await languages(kim, movie), { audio: { language: 'es', kind: 'main' } })
    await kim.put(profileUrl(kim, `languages/${movie}`), { subtitles: { language: 'en', kind: 'sdh' } })
    t.strictSame(await languages(kim, movie), {
      audio: { language: 'es', kind: 'main' },
      subtitles: { language: 'en', kind: 'sdh' },
    })
    await kim.put(profileUrl(kim, `languages/${movie}`), {
      audio: { language: 'en', kind: 'commentary' },
      subtitles: null,
    })
    t.strictSame(await languages(kim, movie), { audio: { language: 'en', kind: 'commentary' }, subtitles: null })
    await kim.put(profileUrl(kim, `ratings/${movie}`), { rating: 'up' })
    for (let i = 0; i < 2; i++) t.equal((await kim.delete(profileUrl(kim, `languages/${movie}`))).status, 204)
    t.strictSame(await languages(kim, movie), {})
    t.equal((await kim.get(profileUrl(kim, 'ratings'))).body.items.length, 1, 'the rating remains')
    await kim.delete(profileUrl(kim, `ratings/${movie}`))
    await kim.put(profileUrl(kim, `languages/${movie}`), { audio: { language: 'es' } })
    t.strictSame((await kim.get(profileUrl(kim, 'ratings'))).body.items, [])
  })

  t.test('stored languages decide the next playback of another episode on another device', async (t) => {
    const kim = await signUp(app)
    const first = await play(kim, episode1)
    t.match(first.body, {
      mediaFile: { audioLanguages: ['en'] },
      audio: { language: 'en', kind: 'main', source: 'original' },
      subtitle: null,
      subtitles: [],
    })
    t.equal(
      (await kim.put(profileUrl(kim, `playback/${first.body.streamId}`), {
        ...event(),
        audio: { language: 'es' },
        subtitles: { language: 'es', kind: 'forced' },
      })).status,
      200,
    )
    clock.advance(1_000)
    await kim.post(profileUrl(kim, `playback/${first.body.streamId}/stop`), event(6_000))
    const next = await play(kim, episode2, { device: 'Phone' })
    t.match(next.body, {
      mediaFile: { audioLanguages: ['es'] },
      reason: { code: 'remembered-language', text: /es/ },
      audio: { language: 'es', kind: 'main', source: 'remembered' },
      subtitle: { language: 'es', kind: 'forced', source: 'remembered' },
    })
    const without = await play(kim, episode3)
    t.match(without.body, {
      mediaFile: { audioLanguages: ['en'] },
      audio: { language: 'en', source: 'original' },
      subtitle: null,
    }, 'an episode without such a file uses its original language')
    t.match((await play(kim, movie)).body, { mediaFile: { audioLanguages: ['en'] } }, 'another title is unaffected')
  })

  t.test('languages of a start request take precedence and are stored', async (t) => {
    const kim = await signUp(app)
    await kim.patch(`/v1/profiles/${kim.profileId}`, { audioLanguages: ['en'] })
    await kim.put(profileUrl(kim, `languages/${show.id}`), { audio: { language: 'en' }, subtitles: null })
    t.match(
      (await play(kim, episode1, { audio: { language: 'es', kind: 'description' }, subtitles: { language: 'en' } }))
        .body,
      {
        reason: { code: 'preferred-language' },
        audio: { language: 'es', kind: 'description', source: 'request' },
        subtitle: { language: 'en', kind: 'full', source: 'request' },
      },
    )
    t.strictSame(await languages(kim, show.id), {
      audio: { language: 'es', kind: 'description' },
      subtitles: { language: 'en', kind: 'full' },
    })
    t.match((await play(kim, episode2, { client: { languages: ['en'] } })).body, {
      audio: { language: 'en', source: 'request' },
    }, 'the languages of the client precede the stored ones')
    t.match(await languages(kim, show.id), { audio: { language: 'es' } }, 'and are not stored')
  })

  t.test('a stop stores languages, also a late one', async (t) => {
    const kim = await signUp(app)
    const { body } = await play(kim, movie)
    clock.advance(1_000)
    await kim.post(profileUrl(kim, `playback/${body.streamId}/stop`), { ...event(20_000), audio: { language: 'es' } })
    t.strictSame(await languages(kim, movie), { audio: { language: 'es', kind: 'main' } })
    clock.advance(1_000)
    await kim.post(profileUrl(kim, `playback/${body.streamId}/stop`), { ...event(20_000), subtitles: null })
    t.strictSame(await languages(kim, movie), { audio: { language: 'es', kind: 'main' }, subtitles: null })
  })

  t.test('an event that is older than the newest one stores no languages', async (t) => {
    const kim = await signUp(app)
    const { body } = await play(kim, movie)
    const old = event()
    clock.advance(1_000)
    await kim.put(profileUrl(kim, `playback/${body.streamId}`), { ...event(), audio: { language: 'es' } })
    await kim.put(profileUrl(kim, `playback/${body.streamId}`), { ...old, audio: { language: 'en' } })
    t.match(await languages(kim, movie), { audio: { language: 'es' } })
  })

  t.test('a private playback uses languages and stores none', async (t) => {
    const kim = await signUp(app)
    const { body } = await play(kim, movie, { private: true, audio: { language: 'es' } })
    t.match(body, { audio: { language: 'es', source: 'request' } })
    await kim.put(profileUrl(kim, `playback/${body.streamId}`), { ...event(), audio: { language: 'es' } })
    const stop = { ...event(), subtitles: null }
    await kim.post(profileUrl(kim, `playback/${body.streamId}/stop`), stop)
    await kim.post(profileUrl(kim, `playback/${body.streamId}/stop`), stop)
    t.strictSame(await languages(kim, movie), {})
    t.equal(await ProfileTitlePreferences.countDocuments({ profile: kim.profileId }), 0)
  })

  t.test('a heartbeat without languages is one round trip', async (t) => {
    const kim = await signUp(app)
    const { body } = await play(kim, movie)
    await kim.put(profileUrl(kim, `playback/${body.streamId}`), event())
    const commands = await recordCommands(async () => {
      t.equal((await kim.put(profileUrl(kim, `playback/${body.streamId}`), event(6_000))).status, 200)
    })
    t.strictSame(commands, ['streams.updateOne'])
    const more = await recordCommands(async () => {
      await kim.put(profileUrl(kim, `playback/${body.streamId}`), { ...event(7_000), audio: { language: 'en' } })
    })
    t.strictSame(more, ['streams.updateOne', 'streams.findOne', 'profiletitlepreferences.updateOne'])
  })

  t.test('invalid languages and invisible titles are rejected', async (t) => {
    const kim = await signUp(app)
    const { body } = await play(kim, movie)
    for (
      const bad of [
        {},
        { audio: null },
        { audio: {} },
        { audio: { language: 'not a tag' } },
        { audio: { language: 'en', kind: 'sdh' } },
        { subtitles: { language: 'en', kind: 'main' } },
        { subtitles: 'en' },
        { audio: { language: 'en', track: 1 } },
      ]
    ) {
      expectProblem(t, await kim.put(profileUrl(kim, `languages/${movie}`), bad), 'validation-failed', 400)
      if (Object.keys(bad).length > 0) {
        expectProblem(
          t,
          await kim.put(profileUrl(kim, `playback/${body.streamId}`), { ...event(), ...bad }),
          'validation-failed',
          400,
        )
      }
    }
    const child = await withKidsProfile(kim)
    for (
      const response of [
        await child.put(profileUrl(child, `languages/${movie}`), { subtitles: null }),
        await child.get(profileUrl(child, `languages/${movie}`)),
        await child.delete(profileUrl(child, `languages/${movie}`)),
      ]
    ) expectProblem(t, response, 'not-found', 404)
    const stranger = await signUp(app)
    for (
      const response of [
        await stranger.put(profileUrl(kim, `languages/${movie}`), { subtitles: null }),
        await stranger.get(profileUrl(kim, `languages/${movie}`)),
      ]
    ) expectProblem(t, response, 'not-found', 404)
    expectProblem(
      t,
      await stranger.put(profileUrl(stranger, `playback/${body.streamId}`), { ...event(), audio: { language: 'es' } }),
      'not-found',
      404,
    )
    t.equal(await ProfileTitlePreferences.countDocuments({ profile: stranger.profileId }), 0)
    expectProblem(t, await call(app, 'GET', profileUrl(kim, `languages/${movie}`)), 'unauthorized', 401)
  })
})
