// Cached reads: what invalidates them, in this process and by the change stream, and when they are not used.
import { MongoClient, ObjectId } from 'mongodb'
import t, { type Test } from 'tap'
import { setTimeout as wait } from 'node:timers/promises'
import { Session } from '../../models/session.js'
import { createCachedReads } from '../../src/database/cached-reads.js'
import { createChangeWatch } from '../../src/database/change-watch.js'
import { connectDatabase, disconnectDatabase } from '../../src/database/connection.js'
import { createTestDatabase } from '../support/app.js'
import { startFaultProxy } from '../support/fault-proxy.js'

const CACHE = { collection: 'sessions', maxDocuments: 100, maxAgeMs: 60_000 } as const
/** A change arrives within milliseconds; a busy machine takes longer. */
const MAX_DELAY_MS = 2_000
/** The promise of every process: nothing older is served. */
const MAX_STALE_MS = 5_000
/** How long the driver may take to connect again. */
const MAX_RECOVERY_MS = 20_000

async function openWatch (t: Test, uri: string) {
  await connectDatabase(uri)
  const watch = createChangeWatch({ warn: () => undefined })
  t.teardown(async () => {
    await watch.close()
    await disconnectDatabase()
  })
  let count = 0
  const cache = createCachedReads({ ...CACHE, watch })
  /** @returns how often the database was read so far */
  const read = async (id: string): Promise<number> => await cache.read(id, 'key', async () => ++count)
  return { watch, cache, read }
}

/** @returns the time until the condition was met, ms */
async function waitUntil (condition: () => Promise<boolean> | boolean, maxMs: number): Promise<number> {
  const startedAt = performance.now()
  while (!await condition() && performance.now() - startedAt < maxMs) await wait(5)
  return performance.now() - startedAt
}

/** Writes as another process does: without the models of this one. */
async function openOtherProcess (t: Test, uri: string) {
  const client = await new MongoClient(uri).connect()
  t.teardown(async () => {
    await client.close()
  })
  const sessions = client.db().collection('sessions')
  return async (id: string): Promise<void> => {
    await sessions.updateOne({ _id: new ObjectId(id) }, { $set: { device: randomName() } }, { upsert: true })
  }
}

const randomName = (): string => Math.random().toString(36)
const newId = (): string => new ObjectId().toString()

t.test('a write of another process invalidates its document, and no other', async (t) => {
  const uri = await createTestDatabase(t)
  const { watch, read } = await openWatch(t, uri)
  const writeElsewhere = await openOtherProcess(t, uri)
  await watch.open()
  const [changed, other] = [newId(), newId()]
  t.same([await read(changed), await read(other), await read(changed), await read(other)], [1, 2, 1, 2])
  await writeElsewhere(changed)
  const delayMs = await waitUntil(async () => await read(changed) === 3, MAX_DELAY_MS)
  t.ok(delayMs < MAX_DELAY_MS, `${delayMs.toFixed(0)} ms`)
  t.equal(await read(other), 2)
})

t.test('a write of this process invalidates before it returns', async (t) => {
  const { watch, read } = await openWatch(t, await createTestDatabase(t))
  await watch.open()
  const id = newId()
  t.equal(await read(id), 1)
  await Session.updateOne({ _id: id }, { $set: { device: 'TV' } })
  t.equal(await read(id), 2)
  await Session.deleteMany({ device: 'TV' })
  t.equal(await read(id), 3, 'a write to any number of documents invalidates all')
})

t.test('a read during which its document changes is not cached', async (t) => {
  const { watch, cache } = await openWatch(t, await createTestDatabase(t))
  await watch.open()
  const id = newId()
  let finish = (_value: string): void => undefined
  const reading = cache.read(id, 'key', async () => await new Promise<string>((resolve) => (finish = resolve)))
  await wait(1)
  await Session.updateOne({ _id: id }, { $set: { device: 'TV' } })
  finish('before the change')
  t.equal(await reading, 'before the change')
  t.equal(await cache.read(id, 'key', async () => 'after the change'), 'after the change')
})

t.test('a failed read is not cached', async (t) => {
  const { watch, cache } = await openWatch(t, await createTestDatabase(t))
  await watch.open()
  const id = newId()
  await t.rejects(cache.read(id, 'key', async () => await Promise.reject(new Error('no connection'))), /no connection/)
  t.equal(await cache.read(id, 'key', async () => 'read'), 'read')
})

t.test('without a watch that is open, every call reads', async (t) => {
  const { watch, read } = await openWatch(t, await createTestDatabase(t))
  const id = newId()
  t.same([await read(id), await read(id)], [1, 2])
  await watch.open()
  t.same([await read(id), await read(id)], [3, 3])
  await watch.close()
  t.same([await read(id), await read(id)], [4, 5])
})

t.test('while the database is silent, every call reads; afterwards nothing older is served', async (t) => {
  const uri = new URL(await createTestDatabase(t))
  const direct = uri.href
  const proxy = await startFaultProxy(t, { host: uri.hostname, port: Number(uri.port) })
  uri.port = String(proxy.port)
  const { watch, read } = await openWatch(t, uri.href)
  const writeElsewhere = await openOtherProcess(t, direct)
  await watch.open()
  const id = newId()
  t.same([await read(id), await read(id)], [1, 1])
  proxy.fault = 'stall'
  await writeElsewhere(id)
  const silentMs = await waitUntil(() => !watch.isCurrent(), MAX_STALE_MS)
  t.ok(silentMs < MAX_STALE_MS, `${silentMs.toFixed(0)} ms`)
  t.same([await read(id), await read(id)], [2, 3])
  proxy.fault = null
  await waitUntil(() => watch.isCurrent(), MAX_RECOVERY_MS)
  t.ok(watch.isCurrent())
  const first = await read(id)
  t.ok(first > 3)
  t.equal(await read(id), first)
})
