import fc from 'fast-check'
import t from 'tap'
import { Collection } from '../../../models/collection.js'
import { Title } from '../../../models/title.js'
import { createResponseCache, fillPlaceholders, PLACEHOLDER } from '../../../src/catalogue/cache/response-cache.js'
import { startApp } from '../../support/app.js'
import { addMovie, addShow, uploadClip } from '../../support/catalogue.js'
import { watch } from '../../support/playback.js'
import { call, type TestResponse } from '../../support/requests.js'
import { signUp, signUpAdmin } from '../../support/users.js'

t.test('cached responses', { timeout: 60_000 }, async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin, { translations: { de: { title: 'Die Matrix' } } }, ['480p-en', '2160p-en'])
  const show = await addShow(app, admin)
  const [kim, sam] = [await signUp(app), await signUp(app, { plan: 'basic' })]
  const urls = [
    `/v1/movies/${movie}`,
    `/v1/shows/${show.id}`,
    `/v1/shows/${show.id}/seasons/1`,
    `/v1/shows/${show.id}/seasons/1/episodes/1`,
  ]
  const accountToken = async (client: typeof kim): Promise<string> =>
    (await call(app, 'POST', '/v1/auth/login', { body: { email: client.email, password: 'three blind mice ran' } }))
      .body.accessToken
  const withProfileToken = async (client: typeof kim, name?: string): Promise<typeof kim> => {
    const id = name === undefined ? client.profileId : (await client.post('/v1/profiles', { name })).body.id
    return client.with((await client.post(`/v1/profiles/${id}/select`, {})).body.accessToken)
  }
  const clients = {
    kim: await withProfileToken(kim),
    pat: await withProfileToken(kim, 'Pat'),
    sam: await withProfileToken(sam),
    account: kim.with(await accountToken(kim)),
    admin,
  }
  const readAll = async (): Promise<Record<string, TestResponse[]>> => {
    const readUrls = async (client: typeof kim): Promise<TestResponse[]> =>
      await Promise.all(urls.map(async (url) => await client.get(url)))
    const responses = Object.entries(clients).map(async ([name, client]) => [name, await readUrls(client)] as const)
    return Object.fromEntries(await Promise.all(responses))
  }

  t.test('each client gets the fields of its own profile and plan, whichever client filled the cache', async (t) => {
    await watch(kim, clock, movie, 20_000)
    await watch(kim, clock, show.episodes[0]!, 30_000)
    await kim.put(`/v1/profiles/${kim.profileId}/wishlist/${movie}`)
    for (const state of ['empty cache', 'filled cache']) {
      const responses = await readAll()
      const body = (name: string, url: number): any => responses[name]![url]!.body
      t.match(body('kim', 0), { inWishlist: true, progress: { positionMs: 20_000 } }, state)
      t.match(body('kim', 1).seasons[1], { number: 1, finishedCount: 0, lastWatchedAt: String }, state)
      t.equal(body('kim', 2).episodes[0].progress.positionMs, 30_000, state)
      t.equal(body('kim', 2).episodes[1].progress, null, state)
      t.equal(body('kim', 3).progress.positionMs, 30_000, state)
      for (const other of ['pat', 'sam']) {
        t.match(body(other, 0), { inWishlist: false, rating: null, progress: null }, other)
        t.match(body(other, 1).seasons[1], { finishedCount: 0, lastWatchedAt: null }, other)
        t.equal(body(other, 2).episodes[0].progress, null, other)
      }
      for (const other of ['account', 'admin']) {
        t.notOk(['inWishlist', 'rating', 'progress'].some((field) => field in body(other, 0)), other)
        t.notOk('progress' in body(other, 2).episodes[0] || 'finishedCount' in body(other, 1).seasons[1], other)
      }
      t.strictSame(body('kim', 0).available.heights, [2160, 480])
      t.strictSame(body('sam', 0).available.heights, [480], 'formats that the plan cannot play are left out')
      t.equal(body('sam', 0).mediaFiles.length, 1)
      t.notOk('translations' in body('kim', 0))
      t.match(body('admin', 0).translations, { de: { title: 'Die Matrix' } })
      t.match(body('admin', 0).mediaFiles[0].hls, { state: String })
      t.notOk(JSON.stringify(responses).includes('@@placeholder'))
    }
    const german = await clients.kim.get(urls[0]!, { 'accept-language': 'de' })
    t.equal(german.body.title, 'Die Matrix')
    t.equal((await clients.kim.get(urls[0]!)).body.title, 'The Matrix')
  })

  t.test('each change is in the next response of every client, with another ETag', async (t) => {
    const changes: ReadonlyArray<readonly [what: string, urls: readonly number[], change: () => Promise<unknown>]> = [
      [
        'the movie',
        [0],
        async () => await admin.patch(`/v1/admin/movies/${movie}`, { synopsis: 'A hacker wakes up.' }),
      ],
      [
        'the show',
        [1],
        async () => await admin.patch(`/v1/admin/shows/${show.id}`, { synopsis: 'A hotel in Torquay.' }),
      ],
      [
        'a season',
        [1, 2],
        async () => await admin.patch(`/v1/admin/shows/${show.id}/seasons/1`, { title: 'Series One' }),
      ],
      [
        'an episode',
        [2, 3],
        async () =>
          await admin.patch(`/v1/admin/shows/${show.id}/seasons/1/episodes/1`, { synopsis: 'A lord comes to stay.' }),
      ],
      ['files of the movie', [0], async () => await uploadClip(app, admin, `movies/${movie}`, '1080p-es')],
      [
        'files of an episode',
        [2, 3],
        async () =>
          await uploadClip(app, admin, `shows/${show.id}/seasons/1/episodes/1`, '480p-en', '?edition=restored'),
      ],
      [
        'a collection with both titles',
        [0, 1],
        async () => await admin.post('/v1/admin/collections', { title: 'Classics', titleIds: [movie, show.id] }),
      ],
      [
        'the name of the collection',
        [0, 1],
        async () =>
          await admin.patch(`/v1/admin/collections/${(await Collection.findOne())!.id}`, { title: 'Best of' }),
      ],
      [
        'the titles of the collection',
        [0],
        async () =>
          await admin.patch(`/v1/admin/collections/${(await Collection.findOne())!.id}`, { titleIds: [show.id] }),
      ],
    ]
    for (const [what, changedUrls, change] of changes) {
      const before = await readAll()
      await change()
      const after = await readAll()
      for (const name of Object.keys(clients)) {
        for (const url of changedUrls) {
          // The basic plan cannot play the new file.
          if (what === 'files of the movie' && name === 'sam') continue
          t.notSame(after[name]![url]!.body, before[name]![url]!.body, `${what}: URL ${url} of ${name}`)
          t.not(after[name]![url]!.headers['etag'], before[name]![url]!.headers['etag'])
        }
      }
    }
  })

  t.test('an unchanged response has the same ETag, and If-None-Match gets a 304', async (t) => {
    for (const client of Object.values(clients)) {
      for (const url of urls) {
        const { headers, bytes } = await client.get(url)
        const second = await client.get(url)
        t.equal(second.headers['etag'], headers['etag'])
        t.ok(second.bytes.equals(bytes))
        t.equal((await client.get(url, { 'if-none-match': String(headers['etag']) })).status, 304)
      }
    }
    const before = String((await clients.kim.get(urls[0]!)).headers['etag'])
    await watch(kim, clock, movie, 25_000)
    t.equal((await clients.kim.get(urls[0]!, { 'if-none-match': before })).status, 200, 'progress changes the ETag')
  })

  t.test('a title that is deleted and created again with the same ID is served in its new version', async (t) => {
    const line = { kind: 'movie', id: 'd00000000000000000000001', title: 'First' }
    const importLine = async (body: object): Promise<TestResponse> =>
      await call(app, 'POST', '/v1/admin/import', {
        token: admin.token,
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/x-ndjson' },
      })
    await importLine(line)
    t.equal((await clients.kim.get(`/v1/movies/${line.id}`)).body.title, 'First')
    await admin.delete(`/v1/admin/movies/${line.id}`)
    t.equal((await clients.kim.get(`/v1/movies/${line.id}`)).status, 404)
    await importLine({ ...line, title: 'Second' })
    t.equal((await Title.findById(line.id).lean<{ __v: number }>())!.__v, 0, 'both versions have the same revision')
    t.equal((await clients.kim.get(`/v1/movies/${line.id}`)).body.title, 'Second')
  })
})

t.test('fields of profiles are inserted at the placeholders, whatever the texts around them are', async (t) => {
  const localiser = { languages: () => ['en'], offers: () => [] }
  const text = fc.string({ unit: 'binary' })
  const fields = fc.option(text.map((value) => `"rating":${JSON.stringify(value)}`), { nil: '' })
  const card = fc.record({ title: text, fields })
  await fc.assert(fc.asyncProperty(fc.array(card), async (cards) => {
    const items = cards.map(({ title }, i) => ({ title, [PLACEHOLDER]: `${i}` }))
    const create = async () => ({ body: { items, end: 'Amélie' }, revision: 3, localiser })
    const response = await createResponseCache().find('list', () => 'en', create)
    t.same(JSON.parse(String(response.bytes)), { items: cards.map(({ title }) => ({ title })), end: 'Amélie' })
    const filled = fillPlaceholders(response, (name) => cards[Number(name)]!.fields)
    const expected = cards.map((one) => ({ title: one.title, ...JSON.parse(`{${one.fields}}`) }))
    t.same(JSON.parse(String(filled.bytes())), { items: expected, end: 'Amélie' })
    const isEqual = cards.every((one) => one.fields === '')
    t.equal(fillPlaceholders(response, () => '').hash === filled.hash, isEqual, 'the hash has the fields')
  }))
})

t.test('the cache is bounded by the bytes of its responses', async (t) => {
  const cache = createResponseCache()
  let created = 0
  const find = async (key: string): Promise<void> => {
    const localiser = { languages: () => [], offers: () => [] }
    await cache.find(key, () => 'en', async () => {
      created++
      return { body: { text: 'x'.repeat(1024 ** 2) }, revision: null, localiser }
    })
  }
  for (let i = 0; i < 31; i++) await find(`${i}`)
  await find('0')
  t.equal(created, 31, '31 MiB fit')
  for (let i = 31; i < 40; i++) await find(`${i}`)
  await find('0')
  t.equal(created, 40, 'the response used last remains')
  await find('5')
  t.equal(created, 41, 'others were dropped')
})

t.test('a cached response keeps no memory that other buffers share', async (t) => {
  const responses = createResponseCache()
  const localiser = { languages: () => [], offers: () => [] }
  const { bytes } = await responses.find('key', () => 'en', async () => ({
    body: { title: 'Der müde Tod' },
    revision: null,
    localiser,
  }))
  t.equal(bytes.toString(), '{"title":"Der müde Tod"}')
  t.equal(bytes.buffer.byteLength, bytes.length)
})
