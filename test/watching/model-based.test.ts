// Compares the service with the reference model: random actions, in order and out of order, over two apps on one
// database, with crashes between any two steps of a flush.
import type { FastifyInstance } from 'fastify'
import fc from 'fast-check'
import { Types } from 'mongoose'
import t from 'tap'
import { Account, MAX_WATCH_HISTORY_ENTRIES } from '../../models/account.js'
import { AccountStreams } from '../../models/account-streams.js'
import { Media } from '../../models/media.js'
import { Movie } from '../../models/movie.js'
import { Play } from '../../models/play.js'
import { WatchArchive } from '../../models/watch-archive.js'
import { flushExpiredLeases } from '../../src/watching/streams/flush.js'
import { rebuildHistory } from '../../src/watching/history/rebuild.js'
import {
  call,
  createStillClock,
  signUp,
  signUpAdmin,
  startApp,
  type Answer,
  type Person,
  type TestClock,
  containerOf,
} from '../helper.js'
import { movieTitle } from '../movie-titles.js'
import {
  ReferenceModel,
  type ModelActions,
  type ModelEvent,
  type ModelItem,
  type ModelPlay,
} from './reference-model.js'

const MINUTE = 60_000
/** The default run is reproducible; NORMFLIX_TEST_SEED=random explores new cases. */
const seed = process.env['NORMFLIX_TEST_SEED'] ?? '20261123'
if (seed !== 'random') fc.configureGlobal({ seed: Number(seed) })

interface World {
  apps: FastifyInstance[]
  clock: TestClock
  items: ModelItem[]
  titles: string[]
}

/** Adds a media file without bytes, which is enough to start a playback. */
async function addFile (item: string, title: string, durationMs: number): Promise<void> {
  await Media.create({
    _id: new Types.ObjectId(item),
    title: new Types.ObjectId(title),
    season: null,
    episode: null,
    files: [],
  })
  await Media.updateOne({ _id: item }, {
    $push: {
      files: {
        _id: new Types.ObjectId(),
        state: 'ready',
        storageKey: `x/${item}`,
        contentType: 'video/mp4',
        width: 640,
        height: 360,
        durationMs,
        sizeBytes: 1,
        sha256: '0',
        createdAt: new Date(),
      },
    },
  })
}

async function buildWorld (): Promise<World> {
  const clock = createStillClock()
  const first = await startApp(t, {}, undefined, clock)
  const admin = await signUpAdmin(first.app)
  const items: ModelItem[] = []
  const movie = (await admin.post('/v1/admin/movies', { title: 'The Matrix' })).body.id
  items.push({ id: movie, title: movie, durationMs: 60_000, creditsStartMs: null, orderIndex: null, isSpecial: false })
  const show = (await admin.post('/v1/admin/shows', {
    title: 'Fawlty Towers',
    seasons: [
      {
        number: 0,
        episodes: [{ number: 1, title: 'Outtakes' }, {
          number: 2,
          title: 'Revisited',
          placedAfter: { season: 1, episode: 2 },
        }],
      },
      {
        number: 1,
        episodes: [{ number: 1, title: 'A Touch of Class' }, {
          number: 2,
          title: 'The Builders',
          markers: { creditsStartMs: 40_000 },
        }],
      },
      { number: 2, episodes: [{ number: 1, title: 'Communication Problems' }] },
    ],
  })).body.id
  const episodes: Array<[season: number, index: number, orderIndex: number | null]> = [
    [1, 0, 0],
    [1, 1, 1],
    [0, 1, 2],
    [2, 0, 3],
    [0, 0, null],
  ]
  for (const [season, index, orderIndex] of episodes) {
    const { id } = (await admin.get(`/v1/shows/${show}/seasons/${season}`)).body.episodes[index]
    items.push({
      id,
      title: show,
      durationMs: 50_000,
      creditsStartMs: orderIndex === 1 ? 40_000 : null,
      orderIndex,
      isSpecial: season === 0,
    })
  }
  for (const { id, title, durationMs } of items) await addFile(id, title, durationMs)
  for (const title of [movie, show]) await containerOf(first.app).catalogue.reloadTitle(title)
  const second = await startApp(
    t,
    {
      SIGNING_KEYS: first.config.signingKeys.map(({ kid, secret }) => `${kid}:${secret}`).join(','),
      PASSWORD_PEPPER: first.config.passwordPepper,
    },
    first.databaseUri,
    clock,
  )
  return { apps: [first.app, second.app], clock, items, titles: [movie, show] }
}

interface Report {
  item: number
  secondsAgo: number
  positionMs: number
  watchedMs: number | null
  eventId: string
  play: number | null
}

/** Numbers of items and titles are indexes; a stream is counted back from the newest. */
type Step =
  | { do: 'start', item: number, private: boolean }
  | {
    do: 'heartbeat' | 'stop',
    stream: number,
    secondsAgo: number,
    positionMs: number,
    watchedMs: number | null,
    eventId: string,
    state: 'playing' | 'paused',
  }
  | {
    do: 'report' | 'batch',
    events: Report[],
    /** Indexes of events that the batch repeats. */
    repeated: number[],
  }
  | { do: 'mark', item: number, watched: boolean, msAgo: number }
  | { do: 'hide' | 'rewatch', title: number }
  | { do: 'wait', seconds: number }
  | { do: 'clean-up' }

const anyPosition = fc.oneof(
  fc.integer({ min: 0, max: 60_000 }),
  fc.constantFrom(0, 300, 39_999, 40_000, 45_000, 49_500, 54_000, 59_500),
)
const anyWatchedMs = fc.option(anyPosition, { freq: 4 })
const anyEventId = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const anyReport: fc.Arbitrary<Report> = fc.record({
  item: fc.nat(5),
  secondsAgo: fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 200_000 })),
  positionMs: anyPosition,
  watchedMs: anyWatchedMs,
  eventId: anyEventId,
  play: fc.option(fc.nat(3), { freq: 3 }),
})
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('start' as const),
      item: fc.nat(5),
      private: fc.nat(9).map((n) => n === 0),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom('heartbeat' as const, 'heartbeat' as const, 'stop' as const),
      stream: fc.nat(3),
      secondsAgo: fc.constantFrom(0, 0, 0, 3, 30),
      positionMs: anyPosition,
      watchedMs: anyWatchedMs,
      eventId: anyEventId,
      state: fc.constantFrom('playing' as const, 'paused' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('report' as const),
      events: fc.array(anyReport, { minLength: 1, maxLength: 1 }),
      repeated: fc.constant<number[]>([]),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('batch' as const),
      events: fc.array(anyReport, { minLength: 1, maxLength: 8 }),
      repeated: fc.array(fc.nat(7), { maxLength: 12 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('mark' as const),
      item: fc.nat(5),
      watched: fc.boolean(),
      msAgo: fc.constantFrom(0, 5_000, 500_000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('hide' as const, 'rewatch' as const), title: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(5, 20, 70) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'clean-up' as const }) },
)

/** A crash of a process at a write: before the write, or after it but before its acknowledgement. */
interface Crash {
  /** Writes that succeed before. */
  readonly after: number
  readonly isAfterWrite: boolean
}
class CrashError extends Error {}

/**
 * Makes one write fail, counted over the three collections that a flush writes.
 * @returns a function that restores the models, and returns true when the crash happened
 */
function injectCrash ({ after, isAfterWrite }: Crash): () => boolean {
  let remaining = after
  let hasHappened = false
  const restore: Array<() => void> = []
  for (
    const model of [Play, Account, AccountStreams] as unknown as Array<
      { updateOne(...args: unknown[]): Promise<unknown> }
    >
  ) {
    const original = model.updateOne
    model.updateOne = function (...args: unknown[]) {
      const query = original.apply(model, args)
      if (hasHappened || remaining-- > 0) return query
      hasHappened = true
      if (!isAfterWrite) return Promise.reject(new CrashError('before the write'))
      return Promise.resolve(query).then(() => {
        throw new CrashError('after the write')
      })
    }
    restore.push(() => {
      model.updateOne = original
    })
  }
  return () => {
    for (const restoreModel of restore) restoreModel()
    return hasHappened
  }
}

/** Runs a scenario over HTTP for one profile, and records the acknowledged actions. */
class ScenarioRunner {
  readonly actions: ModelActions = { plays: [], marks: [], rewatches: [], hidden: [] }
  readonly base: string
  crashes = 0
  events = 0
  private readonly streams: Array<
    { id: string, play: ModelPlay, expiresAt: number, isRemoved: boolean, isStopped: boolean }
  > = []
  private readonly plays = new Map<string, ModelPlay>()
  private requests = 0

  constructor (readonly world: World, readonly kim: Person, readonly findCrash: (request: number) => Crash | null) {
    this.base = `/v1/profiles/${kim.profileId}`
  }

  private nextApp (): FastifyInstance {
    return this.world.apps[this.requests++ % this.world.apps.length]!
  }

  private now (): number {
    return this.world.clock.now().getTime()
  }

  /** Sends a request to either app, and once more after a failure, as clients do. */
  private async send (method: 'POST' | 'PUT' | 'DELETE', url: string, body?: unknown): Promise<Answer> {
    const crash = this.findCrash(this.requests)
    const endCrash = crash === null ? null : injectCrash(crash)
    try {
      const first = await this.sendOnce(method, url, body)
      if (endCrash?.() === true) this.crashes++
      if (!hasFailed(first)) return first
    } finally {
      endCrash?.()
    }
    const second = await this.sendOnce(method, url, body)
    if (hasFailed(second)) throw new Error(`${method} ${url}: ${second.status} ${JSON.stringify(second.body)}`)
    return second
  }

  private async sendOnce (method: 'POST' | 'PUT' | 'DELETE', url: string, body?: unknown): Promise<Answer> {
    return await call(this.nextApp(), method, url, { token: this.kim.token, ...(body === undefined ? {} : { body }) })
  }

  async runAll (steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      await this.run(step)
      this.world.clock.advance(7)
    }
    // All leases end, and the clean-up job flushes the streams that were not stopped.
    this.world.clock.advance(2 * MINUTE)
    await this.cleanUp()
  }

  private async run (step: Step): Promise<void> {
    switch (step.do) {
      case 'start':
        return await this.start(step)
      case 'heartbeat':
      case 'stop':
        return await this.sendStreamEvent(step)
      case 'report':
      case 'batch':
        return await this.report(step)
      case 'mark':
        return await this.mark(step)
      case 'hide': {
        const title = this.world.titles[step.title]!
        await this.send('DELETE', `${this.base}/continue-watching/${title}`)
        this.actions.hidden.push({ title, at: this.now() })
        return
      }
      case 'rewatch': {
        const title = this.world.titles[step.title]!
        const isUntouched = new ReferenceModel(this.world.items, this.actions).isUntouched(title)
        await this.send('PUT', `${this.base}/rewatch/${title}`)
        if (!isUntouched) this.actions.rewatches.push({ title, at: this.now() })
        for (let i = this.actions.hidden.length - 1; i >= 0; i--) {
          if (this.actions.hidden[i]!.title === title) this.actions.hidden.splice(i, 1)
        }
        return
      }
      case 'wait':
        this.world.clock.advance(step.seconds * 1_000)
        return
      case 'clean-up':
        await this.cleanUp()
    }
  }

  private async start (step: Extract<Step, { do: 'start' }>): Promise<void> {
    const item = this.world.items[step.item]!
    const { status, body } = await this.send('POST', `${this.base}/playback`, {
      itemId: item.id,
      private: step.private,
    })
    if (status === 409) return
    const play: ModelPlay = { item, start: { at: this.now(), positionMs: body.positionMs }, events: [] }
    if (!step.private) this.actions.plays.push(play)
    this.streams.push({
      id: body.streamId,
      play,
      expiresAt: this.now() + MINUTE,
      isRemoved: false,
      isStopped: false,
    })
  }

  private async sendStreamEvent (step: Extract<Step, { do: 'heartbeat' | 'stop' }>): Promise<void> {
    const stream = this.streams.at(-1 - step.stream)
    if (stream === undefined) return
    const at = this.now() - step.secondsAgo * 1_000
    // Time and ID identify an event: a second one with both is a repetition.
    const { eventId, positionMs, watchedMs } = step
    const known = stream.play.events.find((event) => event.at === at && event.eventId === eventId)
    const event: ModelEvent = known ?? { at, eventId, positionMs, watchedMs }
    const body = {
      positionMs: event.positionMs,
      at: new Date(at).toISOString(),
      eventId: event.eventId,
      ...(event.watchedMs === null ? {} : { watchedMs: event.watchedMs }),
    }
    this.events++
    if (step.do === 'heartbeat') {
      const { status } = await this.send('PUT', `${this.base}/playback/${stream.id}`, { ...body, state: step.state })
      // The position counts while the lease is stored; an ended lease stays ended.
      if (!stream.isRemoved && !stream.isStopped) stream.play.events.push(event)
      if (status === 200) stream.expiresAt = this.now() + MINUTE
    } else {
      const { status } = await this.send('POST', `${this.base}/playback/${stream.id}/stop`, body)
      // An ended private stream is unknown, and so may be one that never played.
      if (status === 200) stream.play.events.push(event)
      stream.isStopped = true
    }
  }

  private async report ({ do: method, events, repeated }: Extract<Step, { do: 'report' | 'batch' }>): Promise<void> {
    const now = this.now()
    const all = events.map(({ item, secondsAgo, positionMs, watchedMs, eventId, play }) => {
      const at = now - secondsAgo * 1_000
      const playKey = play === null ? `${item} ${new Date(at).toISOString().slice(0, 10)}` : toPlayId(item, play)
      const body = {
        itemId: this.world.items[item]!.id,
        positionMs,
        at: new Date(at).toISOString(),
        eventId,
        ...(watchedMs === null ? {} : { watchedMs }),
        ...(play === null ? {} : { playId: playKey }),
      }
      return { item: this.world.items[item]!, playKey, body, event: { at, eventId, positionMs, watchedMs } }
    })
    this.events += all.length
    if (method === 'report') {
      const { itemId, ...body } = all[0]!.body
      await this.send('PUT', `${this.base}/progress/${itemId}`, body)
    } else {
      await this.send('POST', `${this.base}/progress/batch`, {
        events: [...all, ...repeated.map((i) => all[i % all.length]!)].map(({ body }) => body).sort((a, b) =>
          a.eventId < b.eventId ? -1 : 1
        ),
      })
    }
    for (const { item, playKey, event } of all) {
      let play = this.plays.get(playKey)
      if (play === undefined) {
        play = { item, start: null, events: [] }
        this.plays.set(playKey, play)
        this.actions.plays.push(play)
      }
      play.events.push(event)
    }
  }

  private async mark ({ item: index, watched: isWatched, msAgo }: Extract<Step, { do: 'mark' }>): Promise<void> {
    const item = this.world.items[index]!
    const watchedAt = this.now() - msAgo * 1_000
    const isKnown = this.actions.marks.some((one) => one.item === item) ||
      this.actions.plays.some((one) => one.item === item && one.events.length > 0)
    if (isWatched) {
      await this.send('PUT', `${this.base}/watched/${item.id}`, { watchedAt: new Date(watchedAt).toISOString() })
    } else await this.send('DELETE', `${this.base}/watched/${item.id}`)
    if (isWatched || isKnown) this.actions.marks.push({ item, watched: isWatched, markedAt: this.now(), watchedAt })
  }

  /** Runs the clean-up job, and once more after a crash. */
  private async cleanUp (): Promise<void> {
    const crash = this.findCrash(this.requests)
    const watching = { ...containerOf(this.nextApp()).watching, warn: () => undefined }
    const endCrash = crash === null ? null : injectCrash(crash)
    try {
      await flushExpiredLeases(watching).catch((error: unknown) => {
        if (!(error instanceof CrashError)) throw error
      })
    } finally {
      if (endCrash?.() === true) this.crashes++
    }
    await flushExpiredLeases(watching)
    for (const stream of this.streams) if (stream.expiresAt <= this.now()) stream.isRemoved = true
  }

  /** Reads the state from the service, in the terms of the model. */
  async readActual () {
    const get = async (path: string) =>
      await call(this.nextApp(), 'GET', `${this.base}/${path}`, {
        token: this.kim.token,
      })
    const time = (text: string | null): number | null => text === null ? null : Date.parse(text)
    const progress = await Promise.all(this.world.items.map(async ({ id }) => {
      const { status, body } = await get(`progress/${id}`)
      return status === 404
        ? null
        : {
          positionMs: body.positionMs,
          watchedMs: body.watchedMs,
          started: body.started,
          finished: body.finished,
          finishedAt: time(body.finishedAt),
          lastWatchedAt: time(body.lastWatchedAt),
        }
    }))
    const cards = (await get('continue-watching')).body.items.map((card: any) => ({
      title: card.title.id,
      kind: card.kind,
      item: card.item.id,
      positionMs: card.positionMs,
      pass: card.pass,
      skippedBefore: card.skippedBefore,
      activity: time(card.lastWatchedAt),
    }))
    const history = (await get('history?limit=100')).body.items.map((one: any) => ({
      item: one.item.id,
      startedAt: time(one.startedAt),
      lastWatchedAt: time(one.lastWatchedAt),
      positionMs: one.positionMs,
      watchedMs: one.watchedMs,
    }))
    return { progress, cards, history: sorted(history) }
  }

  computeExpected () {
    const model = new ReferenceModel(this.world.items, this.actions)
    return {
      progress: this.world.items.map((item) => model.progress(item)),
      cards: model.cards(),
      history: sorted(model.history()),
    }
  }
}

/** The ID that a player gives to one of its plays. */
function toPlayId (item: number, play: number): string {
  return `3f2c9d1e-8f0a-4b7e-9a51-${String(play * 10 + item).padStart(12, '0')}`
}

function hasFailed ({ status, body }: Answer): boolean {
  return status >= 500 ||
    (status === 200 && Array.isArray(body?.results) &&
      body.results.some((one: { status: number }) => one.status >= 500))
}

function sorted<T extends { lastWatchedAt: number, positionMs: number, item: string }> (plays: T[]): T[] {
  return plays.sort((a, b) =>
    b.lastWatchedAt - a.lastWatchedAt || (a.item < b.item ? -1 : a.item > b.item ? 1 : b.positionMs - a.positionMs)
  )
}

t.test('the service agrees with the reference model', async (t) => {
  const world = await buildWorld()
  const counts = { scenarios: 0, events: 0, crashes: 0 }

  async function runScenario (
    steps: readonly Step[],
    findCrash: (request: number) => Crash | null,
  ): Promise<void> {
    const runner = new ScenarioRunner(world, await signUp(world.apps[0]!), findCrash)
    await runner.runAll(steps)
    const [actual, expected] = [await runner.readActual(), runner.computeExpected()]
    counts.scenarios++
    counts.events += runner.events
    counts.crashes += runner.crashes
    if (JSON.stringify(actual) !== JSON.stringify(expected)) {
      const actions = JSON.stringify(runner.actions)
      throw new Error(
        `actual ${JSON.stringify(actual, null, 1)}\nexpected ${JSON.stringify(expected, null, 1)}\nafter ${actions}`,
      )
    }
    await rebuildHistory(containerOf(world.apps[0]!).watching, runner.kim.email, () => undefined)
    const rebuilt = await runner.readActual()
    if (JSON.stringify(rebuilt) !== JSON.stringify(expected)) {
      throw new Error(`a rebuild from the plays changes ${JSON.stringify(actual)} to ${JSON.stringify(rebuilt)}`)
    }
  }

  t.test('after random actions on two apps', async (t) => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 3, maxLength: 25 }), async (steps) => {
        await runScenario(steps, () => null)
      }),
      { numRuns: 70, endOnFailure: true },
    )
    t.pass(`${counts.scenarios} scenarios, ${counts.events} events`)
  })

  t.test('after crashes between the steps of a flush', async (t) => {
    Object.assign(counts, { scenarios: 0, events: 0, crashes: 0 })
    const anyCrash = fc.record({ every: fc.integer({ min: 1, max: 3 }), after: fc.nat(5), isAfterWrite: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyStep, { minLength: 5, maxLength: 20 }),
        anyCrash,
        async (steps, { every, after, isAfterWrite }) => {
          await runScenario(
            steps,
            (request) => request % every === 0 ? { after: (after + request) % 6, isAfterWrite } : null,
          )
        },
      ),
      { numRuns: 70, endOnFailure: true },
    )
    t.ok(
      counts.crashes > 30,
      `${counts.crashes} crashes in ${counts.scenarios} scenarios with ${counts.events} events`,
    )
  })

  t.test('when all events are repeated, shuffled and sent in parallel batches', async (t) => {
    let runs = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyReport, { minLength: 3, maxLength: 15 }),
        fc.integer({ min: 1, max: 4 }),
        fc.infiniteStream(fc.nat(1_000)),
        async (events, pieces, random) => {
          const sequential = new ScenarioRunner(world, await signUp(world.apps[0]!), () => null)
          const parallel = new ScenarioRunner(world, await signUp(world.apps[0]!), () => null)
          const now = world.clock.now().getTime()
          const bodies = events.map(({ item, secondsAgo, positionMs, watchedMs, eventId, play }) => ({
            itemId: world.items[item]!.id,
            positionMs,
            at: new Date(now - secondsAgo * 1_000).toISOString(),
            eventId,
            ...(watchedMs === null ? {} : { watchedMs }),
            ...(play === null ? {} : { playId: toPlayId(item, play) }),
          }))
          for (const body of bodies) {
            t.equal(
              (await call(world.apps[0]!, 'POST', `${sequential.base}/progress/batch`, {
                token: sequential.kim.token,
                body: { events: [body] },
              })).status,
              200,
            )
          }
          const shuffled = [...bodies, ...bodies.slice(0, 4)].map((body) => ({
            body,
            key: random.next().value as number,
          })).sort((a, b) => a.key - b.key).map(({ body }) => body)
          const size = Math.ceil(shuffled.length / pieces)
          const batches = Array.from(
            { length: Math.ceil(shuffled.length / size) },
            (_, i) => shuffled.slice(i * size, (i + 1) * size),
          )
          await Promise.all(batches.map(async (batch, i) => {
            await call(world.apps[i % 2]!, 'POST', `${parallel.base}/progress/batch`, {
              token: parallel.kim.token,
              body: { events: batch },
            })
          }))
          if (JSON.stringify(await parallel.readActual()) !== JSON.stringify(await sequential.readActual())) {
            throw new Error('the state depends on the order of the events')
          }
          runs++
        },
      ),
      { numRuns: 30, endOnFailure: true },
    )
    t.pass(`${runs} histories`)
  })

  t.test('while entries move from the account to the archive', async (t) => {
    const kim = await signUp(world.apps[0]!)
    const movieIds =
      (await Movie.insertMany(Array.from({ length: 60 }, (_, i) => ({ title: movieTitle(i), runtimeMs: 60_000 })))).map(
        (
          { _id },
        ) => _id.toString(),
      )
    for (const app of world.apps) for (const movieId of movieIds) await containerOf(app).catalogue.reloadTitle(movieId)
    let crashes = 0
    for (const [i, movieId] of movieIds.entries()) {
      const url = `/v1/profiles/${kim.profileId}/progress/${movieId}`
      const body = {
        positionMs: 20_000 + i,
        watchedMs: 20_000,
        at: new Date(world.clock.now().getTime() - (100 - i) * 1_000).toISOString(),
      }
      const endCrash = injectCrash({ after: i % 5, isAfterWrite: i % 2 === 0 })
      const first = await call(world.apps[i % 2]!, 'PUT', url, { token: kim.token, body })
      if (endCrash()) crashes++
      if (first.status >= 500) {
        t.equal((await call(world.apps[i % 2]!, 'PUT', url, { token: kim.token, body })).status, 200)
      }
    }
    const cards = (await kim.get(`/v1/profiles/${kim.profileId}/continue-watching?limit=100`)).body.items
    t.strictSame(
      cards.map((card: { positionMs: number }) => card.positionMs),
      movieIds.map((_, i) => 20_059 - i),
      `60 titles, ${crashes} crashes`,
    )
    const account = await Account.findById(kim.accountId).lean()
    const embedded = account!.profiles[0]!.watchHistory.map(({ title }) => title.toString())
    t.ok(embedded.length <= MAX_WATCH_HISTORY_ENTRIES)
    t.equal(
      new Set([
        ...embedded,
        ...(await WatchArchive.find({ profile: kim.profileId }).lean()).map(({ title }) => title.toString()),
      ]).size,
      60,
    )
  })
})
