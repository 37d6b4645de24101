// Of two writers that send the same If-Match at once, one writes and the other gets a 412, for every operation.
import t from 'tap'
import { startApp } from '../support/app.js'
import { addMovie, addShow } from '../support/catalogue.js'
import type { TestResponse } from '../support/requests.js'
import { signUpAdmin } from '../support/users.js'

const ROUNDS = 4

interface Target {
  /** URL that returns the ETag. */
  readonly url: string
  readonly write: (value: string, headers: { 'if-match': string }) => Promise<TestResponse>
}

t.test('one of two writers with the same If-Match gets a 412', async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const addCollection = async (): Promise<string> =>
    (await admin.post('/v1/admin/collections', { title: 'Heimat', titleIds: [] })).body.id

  async function ofShow (
    write: (base: string, episodes: string[], ...rest: Parameters<Target['write']>) => Promise<TestResponse>,
  ): Promise<Target> {
    const { id, episodes } = await addShow(app, admin, {}, [])
    return {
      url: `/v1/shows/${id}`,
      write: async (...rest) => await write(`/v1/admin/shows/${id}`, episodes, ...rest),
    }
  }

  async function ofMovie (
    write: (url: string, ...rest: Parameters<Target['write']>) => Promise<TestResponse>,
  ): Promise<Target> {
    const id = await addMovie(app, admin, {}, [])
    return { url: `/v1/movies/${id}`, write: async (...rest) => await write(`/v1/admin/movies/${id}`, ...rest) }
  }

  async function ofCollection (
    write: (url: string, ...rest: Parameters<Target['write']>) => Promise<TestResponse>,
  ): Promise<Target> {
    const url = `/v1/admin/collections/${await addCollection()}`
    return { url, write: async (...rest) => await write(url, ...rest) }
  }

  const operations: Readonly<Record<string, () => Promise<Target>>> = {
    'PATCH movie': async () => await ofMovie((url, title, match) => admin.patch(url, { title }, match)),
    'PUT movie': async () => await ofMovie((url, title, match) => admin.put(url, { title }, match)),
    'DELETE movie': async () => await ofMovie((url, _value, match) => admin.delete(url, match)),
    'PATCH show': async () => await ofShow((base, _ids, synopsis, match) => admin.patch(base, { synopsis }, match)),
    'PUT show': async () => await ofShow((base, _ids, title, match) => admin.put(base, { title }, match)),
    'DELETE show': async () => await ofShow((base, _ids, _value, match) => admin.delete(base, match)),
    'PATCH season': async () =>
      await ofShow((base, _ids, title, match) => admin.patch(`${base}/seasons/1`, { title }, match)),
    'PUT season': async () =>
      await ofShow((base, _ids, title, match) => admin.put(`${base}/seasons/1`, { title }, match)),
    'PUT new season': async () =>
      await ofShow((base, _ids, title, match) => admin.put(`${base}/seasons/9`, { title }, match)),
    'DELETE season': async () => await ofShow((base, _ids, _value, match) => admin.delete(`${base}/seasons/1`, match)),
    'PUT order': async () =>
      await ofShow((base, [first, second], value, match) => {
        const firstNumber = value === 'first' ? 11 : 21
        return admin.put(`${base}/seasons/1/order`, { episodeIds: [second, first], firstNumber }, match)
      }),
    'PATCH episode': async () =>
      await ofShow((base, _ids, title, match) => admin.patch(`${base}/seasons/1/episodes/1`, { title }, match)),
    'PUT episode': async () =>
      await ofShow((base, _ids, title, match) => admin.put(`${base}/seasons/1/episodes/1`, { title }, match)),
    'DELETE episode': async () =>
      await ofShow((base, _ids, _value, match) => admin.delete(`${base}/seasons/1/episodes/1`, match)),
    'PATCH collection': async () => await ofCollection((url, title, match) => admin.patch(url, { title }, match)),
    'PUT collection': async () => await ofCollection((url, title, match) => admin.put(url, { title }, match)),
    'DELETE collection': async () => await ofCollection((url, _value, match) => admin.delete(url, match)),
  }

  for (const [name, prepare] of Object.entries(operations)) {
    for (let round = 0; round < ROUNDS; round++) {
      const { url, write } = await prepare()
      const match = { 'if-match': String((await admin.get(url)).headers['etag']) }
      const responses = await Promise.all([write('first', match), write('second', match)])
      const [done, lost] = responses.sort((a, b) => a.status - b.status)
      t.ok(done !== undefined && done.status < 300, `${name}: one writes (${done?.status})`)
      // The loser of a removal may find nothing.
      const code = name.startsWith('DELETE') && lost?.status === 404 ? 'not-found' : 'precondition-failed'
      t.match(lost, { status: code === 'not-found' ? 404 : 412, body: { code } }, `${name}: the other does not`)
    }
  }

  t.test('a removal does not take a change with it that came first', async (t) => {
    for (let round = 0; round < ROUNDS * 2; round++) {
      const movie = await addMovie(app, admin, {}, [])
      const collection = `/v1/admin/collections/${await addCollection()}`
      for (
        const [read, url, changes] of [
          [`/v1/movies/${movie}`, `/v1/admin/movies/${movie}`, { title: 'Mine' }],
          [collection, collection, { title: 'Mine' }],
        ] as const
      ) {
        const match = { 'if-match': String((await admin.get(read)).headers['etag']) }
        const [edited, removed] = await Promise.all([admin.patch(url, changes, match), admin.delete(url, match)])
        const isEdited = edited.status === 200
        t.equal(removed.status, isEdited ? 412 : 204)
        t.ok(isEdited || [404, 412].includes(edited.status), `the edit: ${edited.status}`)
        t.equal((await admin.get(read)).status, isEdited ? 200 : 404)
      }
    }
  })
})
