// The thread that searches is bounded, and when it is gone another one takes its place.
import { Worker } from 'node:worker_threads'
import t from 'tap'
import { DomainError } from '../../src/errors.js'
import type { SearchDocument } from '../../src/search/search-index.js'
import { startSearchThread } from '../../src/search/search-thread.js'
import { addMovie, signUp, signUpAdmin, startApp } from '../helper.js'

const alien: SearchDocument = {
  slot: 7,
  names: ['Alien'],
  hasOriginal: false,
  people: 'Sigourney Weaver',
  episodes: '',
  year: 1979,
  popularity: 1,
}
const isBusy = (error: unknown): boolean =>
  error instanceof DomainError && error.code === 'search-busy' && error.status === 503

t.test('as many searches wait as are allowed, and not one more', async (t) => {
  const thread = startSearchThread({ maxWaiting: 2, onLost: () => undefined })
  t.teardown(thread.close)
  await thread.put([alien])
  const outcomes = await Promise.allSettled([thread.search('alien'), thread.search('alien'), thread.search('alien')])
  t.strictSame(outcomes.map(({ status }) => status), ['fulfilled', 'fulfilled', 'rejected'])
  t.ok(outcomes[2]!.status === 'rejected' && isBusy(outcomes[2]!.reason))
  t.strictSame([...await thread.search('weaver')], [7], 'and then there is room again')
})

t.test('a search that takes too long is given up, and the next is answered', async (t) => {
  // The thread is still starting when the first is asked.
  const thread = startSearchThread({ timeLimitMs: 5, onLost: () => undefined })
  t.teardown(thread.close)
  t.ok(isBusy(await thread.search('alien').catch((error: unknown) => error)))
  await thread.put([alien])
  // A busy machine may be too slow for one search, not for all of them.
  let found: unknown = null
  for (let tries = 0; tries < 500 && !Array.isArray(found); tries++) {
    found = await thread.search('alein').then((slots) => [...slots], isBusy)
  }
  t.strictSame(found, [7])
})

t.test('closing gives up what waits', async (t) => {
  const thread = startSearchThread({ onLost: () => t.fail('closing is no loss') })
  const waiting = thread.search('alien').catch((error: unknown) => error)
  await thread.close()
  t.ok(isBusy(await waiting))
  t.ok(isBusy(await thread.search('alien').catch((error: unknown) => error)))
})

t.test('an index that was lost is built again', async (t) => {
  const seen = new Set<Worker>()
  const { postMessage } = Worker.prototype
  Worker.prototype.postMessage = function (this: Worker, ...args: Parameters<typeof postMessage>) {
    seen.add(this)
    postMessage.apply(this, args)
  }
  t.teardown(() => {
    Worker.prototype.postMessage = postMessage
  })
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const id = await addMovie(app, admin, { title: 'Nosferatu' }, [])
  const kim = await signUp(app)
  const find = async (): Promise<number> => {
    const { status, body } = await kim.get('/v1/search?q=nosferatu')
    if (status === 200) t.strictSame(body.items.map((item: { id: string }) => item.id), [id])
    return status
  }
  t.equal(await find(), 200)
  const [searching] = seen
  await searching!.terminate()
  const started = Date.now()
  while (await find() !== 200 && Date.now() - started < 10_000);
  t.equal(await find(), 200)
})
