// The S3 storage adapter: the common contract, and failures of a remote store.
import { randomBytes } from 'node:crypto'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { openS3Storage } from '../../src/storage/s3-storage.js'
import { configuredEndpoint, s3Config, startS3Server } from './s3-server.js'
import { storeObject, testStorageContract } from './storage-contract.js'

const MAX_BYTES = 1024 ** 3

t.test('the S3 adapter fulfils the storage contract', async (t) => {
  const endpoint = await configuredEndpoint() ?? (await startS3Server(t)).endpoint
  testStorageContract(t, async () => await openS3Storage(s3Config(endpoint), MAX_BYTES, () => {}))
})

t.test('storages with different prefixes in one bucket are isolated from each other', async (t) => {
  const server = await startS3Server(t)
  const [storage, other] = [
    await openS3Storage(s3Config(server.endpoint), MAX_BYTES, () => {}),
    await openS3Storage(s3Config(server.endpoint, { prefix: 'other/' }), MAX_BYTES, () => {}),
  ]
  await storeObject(other, 'a', Buffer.from('x'))
  t.equal(await storage.stat('a'), null)
  const unfinished = await other.create('b')
  for (let i = 0; i < 10; i++) {
    await new Promise((resolve) => {
      unfinished.stream.write(randomBytes(1024 ** 2), resolve)
    })
  }
  while ((await server.contents()).uploads.length === 0);
  t.equal(await storage.removeStale(-1_000), 0)
  await unfinished.abort()
  t.strictSame(await server.contents(), { objects: ['other/a'], uploads: [] })
})

t.test('an interrupted read resumes at its position', async (t) => {
  const server = await startS3Server(t)
  const storage = await openS3Storage(s3Config(server.endpoint), MAX_BYTES, () => {})
  const bytes = randomBytes(3_000_000)
  await storeObject(storage, 'a', bytes)
  server.requests.length = 0
  server.fault = 'cut'
  t.ok(bytes.subarray(5, 2_999_990).equals(await buffer(await storage.open('a', { start: 5, end: 2_999_989 }))))
  t.ok(server.requests.length > 2, `${server.requests.length} requests`)
})

t.test('an interrupted read fails if the object was replaced, so that it never mixes two objects', async (t) => {
  const server = await startS3Server(t)
  const storage = await openS3Storage(s3Config(server.endpoint), MAX_BYTES, () => {})
  await storeObject(storage, 'a', randomBytes(30_000_000))
  server.fault = 'cut'
  const reader = await storage.open('a')
  server.fault = null
  await storeObject(storage, 'a', randomBytes(30_000_000))
  await t.rejects(buffer(reader), { code: 'storage-unavailable' })
})

t.test('every method reports a failing store with status 503, and uploads leave nothing behind', async (t) => {
  const server = await startS3Server(t)
  const storage = await openS3Storage(s3Config(server.endpoint), MAX_BYTES, () => {})
  await storeObject(storage, 'a', Buffer.from('x'))
  server.fault = 'reject'
  const unavailable = { status: 503, code: 'storage-unavailable', headers: { 'retry-after': '5' } }
  const attempts: Array<Promise<unknown>> = [
    storage.open('a'),
    storage.stat('a'),
    storage.remove('a'),
    storage.locate('a'),
    storage.removeStale(0),
    storeObject(storage, 'b', Buffer.from('x')),
    storeObject(storage, 'c', randomBytes(20_000_000)),
  ]
  await Promise.all(attempts.map(async (attempt) => {
    await t.rejects(attempt, unavailable)
  }))
  server.fault = null
  const writer = await storage.create('d')
  for (let i = 0; i < 10; i++) {
    await new Promise((resolve) => {
      writer.stream.write(randomBytes(1024 ** 2), resolve)
    })
  }
  server.fault = 'reject'
  const writes = Array.from({ length: 60 }, async () =>
    await new Promise((resolve) => {
      writer.stream.write(randomBytes(1024 ** 2), resolve)
    }))
  t.ok((await Promise.all(writes)).some((error) => error instanceof Error), 'a write reports the failure')
  await t.rejects(writer.commit(), unavailable)
  server.fault = null
  t.equal(await storage.stat('d'), null)
  await storage.removeStale(-1_000)
  t.strictSame((await server.contents()).uploads, [])
})

t.test('requests to a store that does not respond time out', async (t) => {
  const server = await startS3Server(t)
  const storage = await openS3Storage(s3Config(server.endpoint), MAX_BYTES, () => {})
  server.fault = 'hang'
  const started = Date.now()
  await Promise.all([
    t.rejects(storage.stat('a'), { code: 'storage-unavailable' }),
    t.rejects(storage.open('a'), { code: 'storage-unavailable' }),
    t.rejects(storage.remove('a'), { code: 'storage-unavailable' }),
  ])
  t.ok(Date.now() - started < 15_000, `${Date.now() - started} ms`)
})

/** Starts a server that responds to each request with a status. @returns its URL */
async function serveStatus (t: Test, status: number): Promise<string> {
  const server = createHttpServer((_request, response) => {
    response.writeHead(status).end()
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

t.test('an unusable store fails the start with the name of the variable and without the secret', async (t) => {
  const server = await startS3Server(t)
  const otherEndpoint = await serveStatus(t, 405)
  const cases: Array<[variable: string, config: Parameters<typeof s3Config>]> = [
    ['S3_BUCKET', [server.endpoint, { bucket: 'series' }]],
    ['S3_ACCESS_KEY_ID', [server.endpoint, { secretAccessKey: 'canary-secret' }]],
    ['S3_ACCESS_KEY_ID', [server.endpoint, { accessKeyId: 'nobody', secretAccessKey: 'canary-secret' }]],
    ['S3_ENDPOINT', [otherEndpoint, { secretAccessKey: 'canary-secret' }]],
  ]
  for (const [variable, config] of cases) {
    const rejection = await openS3Storage(s3Config(...config), MAX_BYTES, () => {}).then(
      () => null,
      (error: unknown) => error as Error,
    )
    t.match(rejection, { name: 'ConfigError', problems: [{ variable }] }, rejection?.message ?? 'accepted')
    t.notMatch(String(rejection?.stack), 'canary-secret')
  }
})

t.test('a store that does not respond does not prevent the start', async (t) => {
  const silentServer = createServer()
  await new Promise<void>((resolve) => {
    silentServer.listen(0, '127.0.0.1', resolve)
  })
  t.teardown(() => {
    silentServer.close()
  })
  const silentEndpoint = `http://127.0.0.1:${(silentServer.address() as AddressInfo).port}`
  const cases = [
    ['http://127.0.0.1:9', /ECONNREFUSED/],
    [silentEndpoint, /timeout/],
    [await serveStatus(t, 503), /status 503/],
  ] as const
  for (const [endpoint, reason] of cases) {
    const warnings: string[] = []
    const config = s3Config(endpoint, { secretAccessKey: 'canary-secret' })
    const storage = await openS3Storage(config, MAX_BYTES, (message) => warnings.push(message))
    t.equal(warnings.length, 1)
    t.match(warnings[0], reason)
    t.notMatch(warnings[0], 'canary-secret')
    await t.rejects(storage.stat('a'), { code: 'storage-unavailable' })
  }
})

t.test('after an outage at the start, the storage works', async (t) => {
  const server = await startS3Server(t)
  server.fault = 'reject'
  const storage = await openS3Storage(s3Config(server.endpoint), MAX_BYTES, () => {})
  server.fault = null
  t.equal(await storage.stat('a'), null)
})
