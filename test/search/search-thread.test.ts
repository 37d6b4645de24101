import { Worker } from 'node:worker_threads'
import t from 'tap'
import { DomainError } from '../../src/errors.js'
import type { SearchDocument } from '../../src/search/document-store.js'
import { startSearchThread } from '../../src/search/search-thread.js'
import { startApp } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import { signUp, signUpAdmin } from '../support/users.js'

const alien: SearchDocument = {
  id: 7,
  kind: 'movie',
  names: ['Alien'],
  hasOriginal: false,
  genres: [],
  people: 'Sigourney Weaver',
  episodes: '',
  year: 1979,
  popularity: 1,
}
const isBusy = (error: unknown): boolean =>
  error instanceof DomainError && error.code === 'search-busy' && error.status === 503

t.test('more pending searches than the maximum are rejected', async (t) => {
  const thread = startSearchThread({ maxPending: 2, onLost: () => undefined })
  t.teardown(thread.close)
  await thread.put([alien])
  const outcomes = await Promise.allSettled([thread.search('alien'), thread.search('alien'), thread.search('alien')])
  t.strictSame(outcomes.map(({ status }) => status), ['fulfilled', 'fulfilled', 'rejected'])
  t.ok(outcomes[2]!.status === 'rejected' && isBusy(outcomes[2]!.reason))
  t.strictSame([...(await thread.search('weaver')).ids], [7], 'later searches are accepted again')
})

t.test('a search that takes too long is rejected, and later searches succeed', async (t) => {
  // The first search waits for the thread to start.
  const thread = startSearchThread({ timeoutMs: 5, onLost: () => undefined })
  t.teardown(thread.close)
  t.ok(isBusy(await thread.search('alien').catch((error: unknown) => error)))
  await thread.put([alien])
  // On a busy machine some searches exceed the timeout, but not all.
  let found: unknown = null
  for (let tries = 0; tries < 500 && !Array.isArray(found); tries++) {
    found = await thread.search('alein').then(({ ids }) => [...ids], isBusy)
  }
  t.strictSame(found, [7])
})

t.test('closing rejects pending and later searches', async (t) => {
  const thread = startSearchThread({ onLost: () => t.fail('the thread was closed, not lost') })
  const pending = thread.search('alien').catch((error: unknown) => error)
  await thread.close()
  t.ok(isBusy(await pending))
  t.ok(isBusy(await thread.search('alien').catch((error: unknown) => error)))
})

/** Other threads of the app, such as those that hash passwords, receive other messages. */
const isSearchRequest = (message: unknown): boolean =>
  typeof message === 'object' && message !== null && 'id' in message && 'task' in message

t.test('a lost index is built again', async (t) => {
  const workers = new Set<Worker>()
  const { postMessage } = Worker.prototype
  Worker.prototype.postMessage = function (this: Worker, ...args: Parameters<typeof postMessage>) {
    if (isSearchRequest(args[0])) workers.add(this)
    postMessage.apply(this, args)
  }
  t.teardown(() => {
    Worker.prototype.postMessage = postMessage
  })
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const id = await addMovie(app, admin, { title: 'Nosferatu' }, [])
  const kim = await signUp(app)
  const search = async (): Promise<number> => {
    const { status, body } = await kim.get('/v1/search?q=nosferatu')
    if (status === 200) t.strictSame(body.items.map((item: { id: string }) => item.id), [id])
    return status
  }
  t.equal(await search(), 200)
  const [searchWorker] = workers
  await searchWorker!.terminate()
  const startedAt = Date.now()
  while (await search() !== 200 && Date.now() - startedAt < 10_000);
  t.equal(await search(), 200)
})
