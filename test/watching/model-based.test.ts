// The service against the reference model: random viewers, in order and out of it, over two processes on one database, with
// processes that die between any two steps of a flush.
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
import { ReferenceModel, type ModelEvent, type ModelItem, type ModelSitting, type Told } from './reference-model.js'

const MINUTE = 60_000
/** What lands does not depend on chance; NORMFLIX_TEST_SEED=random looks for what nobody thought of yet. */
const seed = process.env['NORMFLIX_TEST_SEED'] ?? '20261123'
if (seed !== 'random') fc.configureGlobal({ seed: Number(seed) })

interface World {
  apps: FastifyInstance[]
  clock: TestClock
  items: ModelItem[]
  titles: string[]
}

/** A file is all that playback asks for; its bytes are never read here. */
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
  items.push({ id: movie, title: movie, durationMs: 60_000, creditsStartMs: null, turn: null, isSpecial: false })
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
  const turns: Array<[season: number, index: number, turn: number | null]> = [[1, 0, 0], [1, 1, 1], [0, 1, 2], [
    2,
    0,
    3,
  ], [0, 0, null]]
  for (const [season, index, turn] of turns) {
    const { id } = (await admin.get(`/v1/shows/${show}/seasons/${season}`)).body.episodes[index]
    items.push({
      id,
      title: show,
      durationMs: 50_000,
      creditsStartMs: turn === 1 ? 40_000 : null,
      turn,
      isSpecial: season === 0,
    })
  }
  for (const { id, title, durationMs } of items) await addFile(id, title, durationMs)
  for (const title of [movie, show]) await containerOf(first.app).catalogue.refresh(title)
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

type Step =
  | { do: 'start', item: number, private: boolean }
  | {
    do: 'beat' | 'stop',
    stream: number,
    back: number,
    positionMs: number,
    watchedMs: number | null,
    id: string,
    state: 'playing' | 'paused',
  }
  | {
    do: 'report' | 'batch',
    events: Array<
      { item: number, ago: number, positionMs: number, watchedMs: number | null, id: string, sitting: number | null }
    >,
    order: number[],
  }
  | { do: 'mark', item: number, watched: boolean, ago: number }
  | { do: 'hide' | 'again', title: number }
  | { do: 'wait', seconds: number }
  | { do: 'sweep' }

const place = fc.oneof(
  fc.integer({ min: 0, max: 60_000 }),
  fc.constantFrom(0, 300, 39_999, 40_000, 45_000, 49_500, 54_000, 59_500),
)
const watched = fc.option(place, { freq: 4 })
const eventId = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const told = fc.record({
  item: fc.nat(5),
  ago: fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 200_000 })),
  positionMs: place,
  watchedMs: watched,
  id: eventId,
  sitting: fc.option(fc.nat(3), { freq: 3 }),
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
      do: fc.constantFrom('beat' as const, 'beat' as const, 'stop' as const),
      stream: fc.nat(3),
      back: fc.constantFrom(0, 0, 0, 3, 30),
      positionMs: place,
      watchedMs: watched,
      id: eventId,
      state: fc.constantFrom('playing' as const, 'paused' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('report' as const),
      events: fc.array(told, { minLength: 1, maxLength: 1 }),
      order: fc.constant<number[]>([]),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('batch' as const),
      events: fc.array(told, { minLength: 1, maxLength: 8 }),
      order: fc.array(fc.nat(7), { maxLength: 12 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('mark' as const),
      item: fc.nat(5),
      watched: fc.boolean(),
      ago: fc.constantFrom(0, 5_000, 500_000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('hide' as const, 'again' as const), title: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(5, 20, 70) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'sweep' as const }) },
)

/** A process that dies at a write: before it, or after it but before anybody heard of it. */
interface Crash {
  readonly after: number
  readonly isDone: boolean
}
class Died extends Error {}

/** Makes the n-th write from now on fail once, counted over the three collections that a flush writes. */
function planCrash ({ after, isDone }: Crash): { undo: () => boolean } {
  let left = after
  let happened = false
  const restore: Array<() => void> = []
  for (
    const model of [Play, Account, AccountStreams] as unknown as Array<
      { updateOne(...args: unknown[]): Promise<unknown> }
    >
  ) {
    const original = model.updateOne
    model.updateOne = function (...args: unknown[]) {
      const query = original.apply(model, args)
      if (happened || left-- > 0) return query
      happened = true
      if (!isDone) return Promise.reject(new Died('before the write'))
      return Promise.resolve(query).then(() => {
        throw new Died('after the write')
      })
    }
    restore.push(() => {
      model.updateOne = original
    })
  }
  return {
    undo: () => {
      for (const one of restore) one()
      return happened
    },
  }
}

/** Plays a scenario over HTTP, keeping what was acknowledged. */
class Viewer {
  readonly told: Told = { sittings: [], marks: [], again: [], hidden: [] }
  readonly base: string
  crashes = 0
  events = 0
  private readonly streams: Array<
    { id: string, sitting: ModelSitting, expiresAt: number, isSwept: boolean, isPrivate: boolean, isStopped: boolean }
  > = []
  private readonly sittings = new Map<string, ModelSitting>()
  private turn = 0

  constructor (readonly world: World, readonly kim: Person, readonly crashAt: (step: number) => Crash | null) {
    this.base = `/v1/profiles/${kim.profileId}`
  }

  private now (): number {
    return this.world.clock.now().getTime()
  }

  /** Sends to one process or the other; whoever hears of a failure sends it again, as clients do. */
  private async send (method: 'POST' | 'PUT' | 'DELETE', url: string, body?: unknown): Promise<Answer> {
    const crash = this.crashAt(this.turn)
    const planned = crash === null ? null : planCrash(crash)
    try {
      const first = await this.once(method, url, body)
      if (planned?.undo() === true) this.crashes++
      if (!hasFailed(first)) return first
    } finally {
      planned?.undo()
    }
    const again = await this.once(method, url, body)
    if (hasFailed(again)) throw new Error(`${method} ${url} answered ${again.status}: ${JSON.stringify(again.body)}`)
    return again
  }

  private async once (method: 'POST' | 'PUT' | 'DELETE', url: string, body?: unknown): Promise<Answer> {
    const app = this.world.apps[this.turn++ % this.world.apps.length]!
    return await call(app, method, url, { token: this.kim.token, ...(body === undefined ? {} : { body }) })
  }

  async play (steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      await this.take(step)
      this.world.clock.advance(7)
    }
    // Everything ends: leases run out, and what was not stopped is swept.
    this.world.clock.advance(2 * MINUTE)
    await this.sweep()
  }

  private async take (step: Step): Promise<void> {
    switch (step.do) {
      case 'start':
        return await this.start(step)
      case 'beat':
      case 'stop':
        return await this.beat(step)
      case 'report':
      case 'batch':
        return await this.report(step)
      case 'mark':
        return await this.mark(step)
      case 'hide': {
        const title = this.world.titles[step.title]!
        await this.send('DELETE', `${this.base}/continue-watching/${title}`)
        this.told.hidden.push({ title, at: this.now() })
        return
      }
      case 'again': {
        const title = this.world.titles[step.title]!
        const isUntouched = new ReferenceModel(this.world.items, this.told).isUntouched(title)
        await this.send('PUT', `${this.base}/rewatch/${title}`)
        if (!isUntouched) this.told.again.push({ title, at: this.now() })
        for (let i = this.told.hidden.length - 1; i >= 0; i--) {
          if (this.told.hidden[i]!.title === title) this.told.hidden.splice(i, 1)
        }
        return
      }
      case 'wait':
        this.world.clock.advance(step.seconds * 1_000)
        return
      case 'sweep':
        await this.sweep()
    }
  }

  private async start (step: Extract<Step, { do: 'start' }>): Promise<void> {
    const item = this.world.items[step.item]!
    const { status, body } = await this.send('POST', `${this.base}/playback`, {
      itemId: item.id,
      private: step.private,
    })
    if (status === 409) return
    const sitting: ModelSitting = { item, start: { at: this.now(), positionMs: body.positionMs }, events: [] }
    if (!step.private) this.told.sittings.push(sitting)
    this.streams.push({
      id: body.streamId,
      sitting,
      expiresAt: this.now() + MINUTE,
      isSwept: false,
      isPrivate: step.private,
      isStopped: false,
    })
  }

  private async beat (step: Extract<Step, { do: 'beat' | 'stop' }>): Promise<void> {
    const stream = this.streams.at(-1 - step.stream)
    if (stream === undefined) return
    const at = this.now() - step.back * 1_000
    // A moment and an id name one event: the same again is the same event.
    const known = stream.sitting.events.find((event) => event.at === at && event.eventId === step.id)
    const event: ModelEvent = known ?? { at, eventId: step.id, positionMs: step.positionMs, watchedMs: step.watchedMs }
    const body = {
      positionMs: event.positionMs,
      at: new Date(at).toISOString(),
      eventId: event.eventId,
      ...(event.watchedMs === null ? {} : { watchedMs: event.watchedMs }),
    }
    this.events++
    if (step.do === 'beat') {
      const { status } = await this.send('PUT', `${this.base}/playback/${stream.id}`, { ...body, state: step.state })
      // The position counts as long as the slot is there; a lease that is lost stays lost.
      if (!stream.isSwept && !stream.isStopped) stream.sitting.events.push(event)
      if (status === 200) stream.expiresAt = this.now() + MINUTE
    } else {
      const { status } = await this.send('POST', `${this.base}/playback/${stream.id}/stop`, body)
      // A private stream that is gone left nothing to stop, and one that never played may have left nothing either.
      if (status === 200) stream.sitting.events.push(event)
      stream.isStopped = true
    }
  }

  private async report ({ do: how, events, order }: Extract<Step, { do: 'report' | 'batch' }>): Promise<void> {
    const now = this.now()
    const all = events.map(({ item, ago, positionMs, watchedMs, id, sitting }) => {
      const at = now - ago * 1_000
      const name = sitting === null
        ? `${item} ${new Date(at).toISOString().slice(0, 10)}`
        : `3f2c9d1e-8f0a-4b7e-9a51-${String(sitting * 10 + item).padStart(12, '0')}`
      const body = {
        itemId: this.world.items[item]!.id,
        positionMs,
        at: new Date(at).toISOString(),
        eventId: id,
        ...(watchedMs === null ? {} : { watchedMs }),
        ...(sitting === null ? {} : { playId: name }),
      }
      return { item: this.world.items[item]!, name, body, event: { at, eventId: id, positionMs, watchedMs } }
    })
    this.events += all.length
    if (how === 'report') {
      const { itemId, ...body } = all[0]!.body
      await this.send('PUT', `${this.base}/progress/${itemId}`, body)
    } else {
      await this.send('POST', `${this.base}/progress/batch`, {
        events: [...all, ...order.map((i) => all[i % all.length]!)].map(({ body }) => body).sort((a, b) =>
          a.eventId < b.eventId ? -1 : 1
        ),
      })
    }
    for (const { item, name, event } of all) {
      let sitting = this.sittings.get(name)
      if (sitting === undefined) {
        sitting = { item, start: null, events: [] }
        this.sittings.set(name, sitting)
        this.told.sittings.push(sitting)
      }
      sitting.events.push(event)
    }
  }

  private async mark ({ item: i, watched: isWatched, ago }: Extract<Step, { do: 'mark' }>): Promise<void> {
    const item = this.world.items[i]!
    const watchedAt = this.now() - ago * 1_000
    const isKnown = this.told.marks.some((one) => one.item === item) ||
      this.told.sittings.some((one) => one.item === item && one.events.length > 0)
    if (isWatched) {
      await this.send('PUT', `${this.base}/watched/${item.id}`, { watchedAt: new Date(watchedAt).toISOString() })
    } else await this.send('DELETE', `${this.base}/watched/${item.id}`)
    if (isWatched || isKnown) this.told.marks.push({ item, watched: isWatched, saidAt: this.now(), watchedAt })
  }

  private async sweep (): Promise<void> {
    const crash = this.crashAt(this.turn++)
    const planned = crash === null ? null : planCrash(crash)
    const watching = {
      ...containerOf(this.world.apps[this.turn % this.world.apps.length]!).watching,
      warn: () => undefined,
    }
    try {
      await flushExpiredLeases(watching).catch((error: unknown) => {
        if (!(error instanceof Died)) throw error
      })
    } finally {
      if (planned?.undo() === true) this.crashes++
    }
    await flushExpiredLeases(watching)
    for (const stream of this.streams) if (stream.expiresAt <= this.now()) stream.isSwept = true
  }

  /** What the service says, in the words of the model. */
  async saw () {
    const get = async (path: string) =>
      await call(this.world.apps[this.turn++ % this.world.apps.length]!, 'GET', `${this.base}/${path}`, {
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

  expected () {
    const model = new ReferenceModel(this.world.items, this.told)
    return {
      progress: this.world.items.map((item) => model.progress(item)),
      cards: model.cards(),
      history: sorted(model.history()),
    }
  }
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

t.test('the service against the reference model', async (t) => {
  const world = await buildWorld()
  const counts = { scenarios: 0, events: 0, crashes: 0 }

  async function agrees (steps: readonly Step[], crashAt: (step: number) => Crash | null): Promise<void> {
    const viewer = new Viewer(world, await signUp(world.apps[0]!), crashAt)
    await viewer.play(steps)
    const [saw, expected] = [await viewer.saw(), viewer.expected()]
    counts.scenarios++
    counts.events += viewer.events
    counts.crashes += viewer.crashes
    if (JSON.stringify(saw) !== JSON.stringify(expected)) {
      throw new Error(
        `told ${JSON.stringify(saw, null, 1)}\nexpected ${JSON.stringify(expected, null, 1)}\nof ${
          JSON.stringify(viewer.told)
        }`,
      )
    }
    await rebuildHistory(containerOf(world.apps[0]!).watching, viewer.kim.email, () => undefined)
    const rebuilt = await viewer.saw()
    if (JSON.stringify(rebuilt) !== JSON.stringify(expected)) {
      throw new Error(`a rebuild from the plays changed ${JSON.stringify(saw)} to ${JSON.stringify(rebuilt)}`)
    }
  }

  t.test('random viewers, each request to either process', async (t) => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 3, maxLength: 25 }), async (steps) => {
        await agrees(steps, () => null)
      }),
      { numRuns: 70, endOnFailure: true },
    )
    t.pass(`${counts.scenarios} scenarios, ${counts.events} events: none told otherwise`)
  })

  t.test('with processes that die between the steps of a flush', async (t) => {
    Object.assign(counts, { scenarios: 0, events: 0, crashes: 0 })
    const crash = fc.record({ every: fc.integer({ min: 1, max: 3 }), after: fc.nat(5), isDone: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyStep, { minLength: 5, maxLength: 20 }),
        crash,
        async (steps, { every, after, isDone }) => {
          await agrees(steps, (step) => step % every === 0 ? { after: (after + step) % 6, isDone } : null)
        },
      ),
      { numRuns: 70, endOnFailure: true },
    )
    t.ok(
      counts.crashes > 30,
      `${counts.crashes} crashes in ${counts.scenarios} scenarios with ${counts.events} events: 0 lost, 0 doubled, 0 stale`,
    )
  })

  t.test('everything reported again, shuffled and cut into batches, over parallel requests', async (t) => {
    let runs = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(told, { minLength: 3, maxLength: 15 }),
        fc.integer({ min: 1, max: 4 }),
        fc.infiniteStream(fc.nat(1_000)),
        async (events, pieces, random) => {
          const [inOrder, atOnce] = [
            new Viewer(world, await signUp(world.apps[0]!), () => null),
            new Viewer(world, await signUp(world.apps[0]!), () => null),
          ]
          const now = world.clock.now().getTime()
          const bodies = events.map(({ item, ago, positionMs, watchedMs, id, sitting }) => ({
            itemId: world.items[item]!.id,
            positionMs,
            at: new Date(now - ago * 1_000).toISOString(),
            eventId: id,
            ...(watchedMs === null ? {} : { watchedMs }),
            ...(sitting === null
              ? {}
              : { playId: `3f2c9d1e-8f0a-4b7e-9a51-${String(sitting * 10 + item).padStart(12, '0')}` }),
          }))
          for (const body of bodies) {
            t.equal(
              (await call(world.apps[0]!, 'POST', `${inOrder.base}/progress/batch`, {
                token: inOrder.kim.token,
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
            await call(world.apps[i % 2]!, 'POST', `${atOnce.base}/progress/batch`, {
              token: atOnce.kim.token,
              body: { events: batch },
            })
          }))
          if (JSON.stringify(await atOnce.saw()) !== JSON.stringify(await inOrder.saw())) {
            throw new Error('the order told')
          }
          runs++
        },
      ),
      { numRuns: 30, endOnFailure: true },
    )
    t.pass(`${runs} histories`)
  })

  t.test('while entries make room in the account', async (t) => {
    const kim = await signUp(world.apps[0]!)
    const films =
      (await Movie.insertMany(Array.from({ length: 60 }, (_, i) => ({ title: `Film ${i}`, runtimeMs: 60_000 })))).map((
        { _id },
      ) => _id.toString())
    for (const app of world.apps) for (const film of films) await containerOf(app).catalogue.refresh(film)
    let crashes = 0
    for (const [i, film] of films.entries()) {
      const url = `/v1/profiles/${kim.profileId}/progress/${film}`
      const body = {
        positionMs: 20_000 + i,
        watchedMs: 20_000,
        at: new Date(world.clock.now().getTime() - (100 - i) * 1_000).toISOString(),
      }
      const planned = planCrash({ after: i % 5, isDone: i % 2 === 0 })
      const first = await call(world.apps[i % 2]!, 'PUT', url, { token: kim.token, body })
      if (planned.undo()) crashes++
      if (first.status >= 500) {
        t.equal((await call(world.apps[i % 2]!, 'PUT', url, { token: kim.token, body })).status, 200)
      }
    }
    const cards = (await kim.get(`/v1/profiles/${kim.profileId}/continue-watching?limit=100`)).body.items
    t.strictSame(
      cards.map((card: { positionMs: number }) => card.positionMs),
      films.map((_, i) => 20_059 - i),
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
