// Counts the commands that frequent requests send to the database, so that none is added by accident.
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { containerOf, startApp } from '../support/app.js'
import { addMovie, addShow } from '../support/catalogue.js'
import { recordCommands } from '../support/database-commands.js'
import { play } from '../support/playback.js'
import { PASSWORD, signUp, signUpAdmin, type TestUser } from '../support/users.js'

/** Longer than changes usually take to arrive. */
const SETTLE_MS = 50
/** They may take longer. */
const MAX_REPETITIONS = 30

t.test('round trips', async (t) => {
  const recorder = recordCommands(t)
  const { app, clock } = await startApp(t, { RATE_LIMITS: 'on' })
  const { background, audit } = containerOf(app)
  const admin = await signUpAdmin(app)
  const heat = await addMovie(app, admin, { title: 'Heat' })
  const fawlty = await addShow(app, admin)
  const [episode = ''] = fawlty.episodes

  /**
   * Returns the commands of a request, without its audit entry, which is written after the response.
   * @param warmUp reads what the request finds in memory
   */
  async function commandsOf (
    request: () => Promise<{ status: number }>,
    warmUp: () => Promise<unknown> = async () => undefined,
  ): Promise<string[]> {
    await background.onIdle()
    // Changes from before the request empty caches once more.
    await sleep(SETTLE_MS)
    await warmUp()
    recorder.take()
    t.ok((await request()).status < 300, 'the request succeeds')
    const commands = recorder.take()
    await background.onIdle()
    await audit.onIdle()
    return commands.filter((command) => command !== 'insert audit').sort()
  }

  /** A written history lets the next request read its account again. */
  const isNotOfAuth = (command: string): boolean => command !== 'find accounts'

  async function watchSomething (kim: TestUser): Promise<string> {
    const report = { positionMs: 20_000, at: clock.now().toISOString() }
    await kim.put(`/v1/profiles/${kim.profileId}/progress/${episode}`, report)
    return (await play(kim, heat)).body.streamId
  }

  t.test('a heartbeat is one write and no read', async (t) => {
    const kim = await signUp(app)
    const url = `/v1/profiles/${kim.profileId}/playback/${await watchSomething(kim)}`
    const beat = async () => {
      clock.advance(10_000)
      return await kim.put(url, { positionMs: 10_000, watchedMs: 10_000, at: clock.now().toISOString() })
    }
    await beat()
    for (let i = 0; i < 12; i++) t.strictSame(await commandsOf(beat), ['update streams'], `heartbeat ${i}`)
  })

  t.test('a report of progress is two writes, and no read after the second one', async (t) => {
    const kim = await signUp(app)
    let positionMs = 0
    const report = async () => {
      clock.advance(10_000)
      const body = { positionMs: positionMs += 4_000, watchedMs: positionMs, at: clock.now().toISOString() }
      return await kim.put(`/v1/profiles/${kim.profileId}/progress/${heat}`, body)
    }
    const reads = ['find accounts', 'find changelogs', 'find plays']
    const writes = ['update changelogs', 'update plays']
    const browse = async () => await kim.get(`/v1/movies/${heat}`)
    const first = await commandsOf(report, browse)
    t.strictSame(first, [...reads, 'update accounts', ...writes], 'the first one adds an entry')
    t.strictSame(
      (await commandsOf(report)).filter(isNotOfAuth),
      [...reads.filter(isNotOfAuth), ...writes],
      'the second',
    )
    for (let i = 0; i < 6; i++) t.strictSame(await commandsOf(report), writes)
  })

  t.test('a pause is a heartbeat whose position is flushed after the response', async (t) => {
    const kim = await signUp(app)
    const url = `/v1/profiles/${kim.profileId}/playback/${await watchSomething(kim)}`
    clock.advance(10_000)
    const body = { positionMs: 10_000, watchedMs: 10_000, at: clock.now().toISOString(), state: 'paused' }
    const commands = await commandsOf(async () => await kim.put(url, body))
    t.strictSame(commands.filter((command) => command.startsWith('update')), ['update streams'])
  })

  t.test('start and stop', async (t) => {
    const kim = await signUp(app)
    await watchSomething(kim)
    const start = async () => {
      const started = await play(kim, heat)
      streamId = started.body.streamId
      return started
    }
    let streamId = ''
    t.strictSame(await commandsOf(start), [
      'find accounts',
      'find accounts',
      'find plays',
      'find profiletitlepreferences',
      'find sessions',
      'find streams',
      'find streams',
      'update streams',
    ])
    clock.advance(10_000)
    const body = { positionMs: 15_000, watchedMs: 15_000, at: clock.now().toISOString() }
    const stop = async () => await kim.post(`/v1/profiles/${kim.profileId}/playback/${streamId}/stop`, body)
    t.strictSame(await commandsOf(stop), [
      'find accounts',
      'find accounts',
      'find changelogs',
      'find plays',
      'find streams',
      'update accounts',
      'update changelogs',
      'update plays',
      'update streams',
      'update streams',
    ])
  })

  t.test('pages of a profile read nothing while nothing changes', async (t) => {
    const kim = await signUp(app)
    await watchSomething(kim)
    const profile = `/v1/profiles/${kim.profileId}`
    for (
      const path of [
        `${profile}/continue-watching`,
        `${profile}/home`,
        `/v1/movies/${heat}`,
        `/v1/shows/${fawlty.id}`,
        `/v1/shows/${fawlty.id}/seasons/1`,
        '/v1/titles',
        '/v1/movies',
      ]
    ) {
      let commands: string[] = []
      for (let i = 0; i < MAX_REPETITIONS; i++) {
        commands = await commandsOf(async () => await kim.get(path))
        if (commands.length === 0) break
      }
      t.strictSame(commands, [], path)
    }
  })

  t.test('a log-in reads twice, and writes counts and a session', async (t) => {
    const kim = await signUp(app)
    const logIn = async () => {
      const payload = { email: kim.email, password: PASSWORD }
      return { status: (await app.inject({ method: 'POST', url: '/v1/auth/login', payload })).statusCode }
    }
    t.strictSame(await commandsOf(logIn), [
      'find accounts',
      'find accounts',
      'find sessions',
      'insert sessions',
      // Two counts before the password is verified, which the success ends in one command.
      'update throttles',
      'update throttles',
      'update throttles',
    ])
  })
})
