// The S3 adapter: the common contract, and what only a store elsewhere can get wrong.
import { randomBytes } from 'node:crypto'
import { createServer, type AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import t from 'tap'
import { openS3Storage } from '../../src/storage/s3-storage.js'
import { givenEndpoint, s3Config, startS3Server } from './s3-server.js'
import { store, testStorageContract } from './storage-contract.js'

const MAX_BYTES = 1024 ** 3

t.test('the contract', async (t) => {
  const endpoint = await givenEndpoint() ?? (await startS3Server(t)).endpoint
  testStorageContract(t, async () => await openS3Storage(s3Config(endpoint), MAX_BYTES))
})

t.test('a bucket is shared: a prefix sees and sweeps nothing of another', async (t) => {
  const server = await startS3Server(t)
  const [mine, other] = [
    await openS3Storage(s3Config(server.endpoint), MAX_BYTES),
    await openS3Storage(s3Config(server.endpoint, { prefix: 'other/' }), MAX_BYTES),
  ]
  await store(other, 'a', Buffer.from('x'))
  t.equal(await mine.stat('a'), null)
  const left = await other.create('b')
  for (let i = 0; i < 10; i++) {
    await new Promise((resolve) => {
      left.stream.write(randomBytes(1024 ** 2), resolve)
    })
  }
  while ((await server.contents()).uploads.length === 0);
  t.equal(await mine.sweep(-1_000), 0)
  await left.abort()
  t.strictSame(await server.contents(), { objects: ['other/a'], uploads: [] })
})

t.test('a read that is cut off goes on where it stopped', async (t) => {
  const server = await startS3Server(t)
  const storage = await openS3Storage(s3Config(server.endpoint), MAX_BYTES)
  const bytes = randomBytes(3_000_000)
  await store(storage, 'a', bytes)
  server.requests.length = 0
  server.fault = 'cut'
  t.ok(bytes.subarray(5, 2_999_990).equals(await buffer(await storage.open('a', { start: 5, end: 2_999_989 }))))
  t.ok(server.requests.length > 2, `${server.requests.length} requests`)
})

t.test('a read whose object was replaced meanwhile ends, rather than mix the two', async (t) => {
  const server = await startS3Server(t)
  const storage = await openS3Storage(s3Config(server.endpoint), MAX_BYTES)
  await store(storage, 'a', randomBytes(30_000_000))
  server.fault = 'cut'
  const reader = await storage.open('a')
  server.fault = null
  await store(storage, 'a', randomBytes(30_000_000))
  await t.rejects(buffer(reader), { code: 'storage-unavailable' })
})

t.test('a store that refuses or is gone is a 503 for every method, and an upload leaves nothing once it is back', async (t) => {
  const server = await startS3Server(t)
  const storage = await openS3Storage(s3Config(server.endpoint), MAX_BYTES)
  await store(storage, 'a', Buffer.from('x'))
  server.fault = 'refuse'
  const away = { status: 503, code: 'storage-unavailable', headers: { 'retry-after': '5' } }
  const attempts: Array<Promise<unknown>> = [
    storage.open('a'),
    storage.stat('a'),
    storage.remove('a'),
    storage.locate('a'),
    storage.sweep(0),
    store(storage, 'b', Buffer.from('x')),
    store(storage, 'c', randomBytes(20_000_000)),
  ]
  await Promise.all(attempts.map(async (attempt) => {
    await t.rejects(attempt, away)
  }))
  server.fault = null
  const writer = await storage.create('d')
  for (let i = 0; i < 10; i++) {
    await new Promise((resolve) => {
      writer.stream.write(randomBytes(1024 ** 2), resolve)
    })
  }
  server.fault = 'refuse'
  const writes = Array.from({ length: 60 }, async () =>
    await new Promise((resolve) => {
      writer.stream.write(randomBytes(1024 ** 2), resolve)
    }))
  t.ok((await Promise.all(writes)).some((error) => error instanceof Error), 'a write is told')
  await t.rejects(writer.commit(), away)
  server.fault = null
  t.equal(await storage.stat('d'), null)
  await storage.sweep(-1_000)
  t.strictSame((await server.contents()).uploads, [])
})

t.test('a store that never answers is given up in bounded time', async (t) => {
  const server = await startS3Server(t)
  const storage = await openS3Storage(s3Config(server.endpoint), MAX_BYTES)
  server.fault = 'hang'
  const started = Date.now()
  await Promise.all([
    t.rejects(storage.stat('a'), { code: 'storage-unavailable' }),
    t.rejects(storage.open('a'), { code: 'storage-unavailable' }),
    t.rejects(storage.remove('a'), { code: 'storage-unavailable' }),
  ])
  t.ok(Date.now() - started < 15_000, `${Date.now() - started} ms`)
})

t.test("a store that cannot be used refuses the start by the variable's name, without the secret", async (t) => {
  const server = await startS3Server(t)
  const silent = createServer()
  await new Promise<void>((resolve) => {
    silent.listen(0, '127.0.0.1', resolve)
  })
  t.teardown(() => {
    silent.close()
  })
  const closed = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
  const cases: Array<[variable: string, config: Parameters<typeof s3Config>]> = [
    ['S3_BUCKET', [server.endpoint, { bucket: 'series' }]],
    ['S3_ACCESS_KEY_ID', [server.endpoint, { secretAccessKey: 'canary-secret' }]],
    ['S3_ACCESS_KEY_ID', [server.endpoint, { accessKeyId: 'nobody', secretAccessKey: 'canary-secret' }]],
    ['S3_ENDPOINT', ['http://127.0.0.1:9', { secretAccessKey: 'canary-secret' }]],
    ['S3_ENDPOINT', [closed, { secretAccessKey: 'canary-secret' }]],
  ]
  for (const [variable, config] of cases) {
    const refusal = await openS3Storage(s3Config(...config), MAX_BYTES).then(
      () => null,
      (error: unknown) => error as Error & { variable?: string },
    )
    t.match(refusal, { name: 'ConfigError', variable }, refusal?.message ?? 'accepted')
    t.notMatch(String(refusal?.stack), 'canary-secret')
  }
})
