// Compares the service with the reference model: random actions, in order and out of order, over two apps on one
// database, with crashes between any two steps of a flush.
import fc from 'fast-check'
import t from 'tap'
import { Account, MAX_WATCH_HISTORY_ENTRIES } from '../../models/account.js'
import { Movie } from '../../models/movie.js'
import { WatchArchive } from '../../models/watch-archive.js'
import { rebuildHistory } from '../../src/watching/history/rebuild.js'
import { containerOf } from '../support/app.js'
import { call } from '../support/requests.js'
import { signUp } from '../support/users.js'
import { movieTitle } from '../support/movie-titles.js'
import { injectCrash, ScenarioRunner, toPlayId, type Crash } from './scenario-runner.js'
import { anyReport, anyStep, type Step } from './scenario-steps.js'
import { buildWorld } from './scenario-world.js'

/** The default run is reproducible; NORMFLIX_TEST_SEED=random explores new cases. */
const seed = process.env['NORMFLIX_TEST_SEED'] ?? '20261123'
if (seed !== 'random') fc.configureGlobal({ seed: Number(seed) })

t.test('the service agrees with the reference model', async (t) => {
  const world = await buildWorld(t)
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
