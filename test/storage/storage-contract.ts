// The contract of media storage as a test suite. Each adapter runs it.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import type { Test } from 'tap'
import { openRangeReader } from '../../src/media/probing/range-reader.js'
import { InvalidStorageKeyError, ObjectNotFoundError, type MediaStorage } from '../../src/storage/storage.js'
import { HOSTILE_KEYS } from './hostile-keys.js'

/** More MiB than one part of a multipart upload has. */
const CHUNK_COUNT = 10

/** Writes an object in one chunk. */
export async function storeObject (storage: MediaStorage, key: string, bytes: Buffer): Promise<void> {
  const writer = await storage.create(key)
  await pipeline(Readable.from([bytes]), writer.stream)
  await writer.commit()
}

/** Registers the suite; `open` creates an empty storage for each test. */
export function testStorageContract (t: Test, open: (t: Test) => Promise<MediaStorage>): void {
  t.test('an object is invisible before its commit and complete after it', async (t) => {
    const storage = await open(t)
    const bytes = randomBytes(300_000)
    const writer = await storage.create('movies/alien.mp4')
    await pipeline(Readable.from([bytes]), writer.stream)
    t.equal(await storage.stat('movies/alien.mp4'), null)
    await t.rejects(storage.open('movies/alien.mp4'), ObjectNotFoundError)
    await writer.commit()
    t.equal((await storage.stat('movies/alien.mp4'))?.sizeBytes, bytes.length)
    t.ok(bytes.equals(await buffer(await storage.open('movies/alien.mp4'))))
  })

  t.test('the list has all committed objects with their age, and nothing else', async (t) => {
    const storage = await open(t)
    for (const key of ['movies/alien.mp4', 'movies/alien/index.json', 'poster']) {
      await storeObject(storage, key, Buffer.from('x'))
    }
    const broken = await storage.create('movies/broken.mp4')
    broken.stream.write('half')
    const listed = []
    for await (const { key, modifiedAt } of storage.list()) {
      listed.push([key, Math.abs(Date.now() - modifiedAt.getTime()) < 600_000])
    }
    t.strictSame(listed.sort(), [['movies/alien.mp4', true], ['movies/alien/index.json', true], ['poster', true]])
    await broken.abort()
  })

  t.test('commit ends an open stream', async (t) => {
    const storage = await open(t)
    const writer = await storage.create('a')
    writer.stream.write('half and ')
    writer.stream.write('half')
    await writer.commit()
    t.equal((await buffer(await storage.open('a'))).toString(), 'half and half')
  })

  t.test('an aborted write leaves nothing and cannot be committed', async (t) => {
    const storage = await open(t)
    const writer = await storage.create('a')
    writer.stream.write(randomBytes(200_000))
    await writer.abort()
    await writer.abort()
    await t.rejects(writer.commit())
    t.equal(await storage.stat('a'), null)
    t.equal(await storage.removeStale(0), 0)
  })

  t.test('an abort after the commit has no effect', async (t) => {
    const storage = await open(t)
    const writer = await storage.create('a')
    writer.stream.end('committed')
    await writer.commit()
    await writer.abort()
    t.equal((await buffer(await storage.open('a'))).toString(), 'committed')
  })

  t.test('a failed stream cannot be committed', async (t) => {
    const storage = await open(t)
    const writer = await storage.create('a')
    writer.stream.write('half')
    writer.stream.destroy(new Error('broken'))
    await t.rejects(writer.commit(), { message: 'broken' })
    t.equal(await storage.stat('a'), null)
    t.equal(await storage.removeStale(0), 0)
  })

  t.test('a second commit replaces the object atomically; open readers continue with the first one', async (t) => {
    const storage = await open(t)
    await storeObject(storage, 'a', Buffer.from('first'))
    const reader = await storage.open('a')
    await storeObject(storage, 'a', Buffer.from('second'))
    t.equal((await buffer(reader)).toString(), 'first')
    t.equal((await buffer(await storage.open('a'))).toString(), 'second')
  })

  t.test('a range includes both ends and is rejected if it exceeds the object', async (t) => {
    const storage = await open(t)
    await storeObject(storage, 'a', Buffer.from('0123456789'))
    t.equal((await buffer(await storage.open('a', { start: 2, end: 4 }))).toString(), '234')
    t.equal((await buffer(await storage.open('a', { start: 0, end: 0 }))).toString(), '0')
    t.equal((await buffer(await storage.open('a', { start: 9, end: 9 }))).toString(), '9')
    await t.rejects(storage.open('a', { start: 9, end: 10 }), ObjectNotFoundError)
    await t.rejects(storage.open('a', { start: 5, end: 4 }), ObjectNotFoundError)
  })

  t.test('an object of several parts has the same bytes, also across part boundaries', async (t) => {
    const storage = await open(t)
    const bytes = randomBytes(20 * 1024 ** 2)
    const writer = await storage.create('a')
    await pipeline(
      Readable.from((function* () {
        for (let at = 0; at < bytes.length; at += 300_000) yield bytes.subarray(at, at + 300_000)
      })()),
      writer.stream,
    )
    t.equal(await storage.stat('a'), null)
    await writer.commit()
    t.ok(bytes.equals(await buffer(await storage.open('a'))))
    const boundary = 8 * 1024 ** 2
    t.ok(
      bytes.subarray(boundary - 5, boundary + 5).equals(
        await buffer(await storage.open('a', { start: boundary - 5, end: boundary + 4 })),
      ),
    )
    t.equal(await storage.removeStale(-1_000), 0)
  })

  t.test('a write that is aborted after several parts leaves none of them', async (t) => {
    const storage = await open(t)
    const writer = await storage.create('a')
    for (let i = 0; i < 2 * CHUNK_COUNT; i++) {
      await new Promise((resolve) => {
        writer.stream.write(randomBytes(1024 ** 2), resolve)
      })
    }
    await writer.abort()
    t.equal(await storage.stat('a'), null)
    t.equal(await storage.removeStale(-1_000), 0)
  })

  t.test('readers may be destroyed before the end', async (t) => {
    const storage = await open(t)
    await storeObject(storage, 'a', randomBytes(5_000_000))
    for (let i = 0; i < 20; i++) {
      const reader = await storage.open('a')
      await new Promise((resolve) => {
        reader.once('data', resolve)
      })
      reader.destroy()
    }
    t.equal((await storage.stat('a'))?.sizeBytes, 5_000_000)
  })

  t.test('an object may be empty', async (t) => {
    const storage = await open(t)
    await storeObject(storage, 'a', Buffer.alloc(0))
    t.equal((await storage.stat('a'))?.sizeBytes, 0)
    t.equal((await buffer(await storage.open('a'))).length, 0)
  })

  t.test('removal is idempotent and accepts keys that never existed', async (t) => {
    const storage = await open(t)
    await storeObject(storage, 'shows/firefly/1.mp4', Buffer.from('x'))
    await storage.remove('shows/firefly/1.mp4')
    await storage.remove('shows/firefly/1.mp4')
    await storage.remove('shows/never/1.mp4')
    t.equal(await storage.stat('shows/firefly/1.mp4'), null)
  })

  t.test('a prefix of a key is not an object', async (t) => {
    const storage = await open(t)
    await storeObject(storage, 'a/b', Buffer.from('x'))
    t.equal(await storage.stat('a'), null)
    await t.rejects(storage.open('a'), ObjectNotFoundError)
    await storage.remove('a')
    t.ok(await storage.stat('a/b'))
  })

  t.test('a location gives access to ranges, and only existing objects have one', async (t) => {
    const storage = await open(t)
    await storeObject(storage, 'a', Buffer.from('0123456789'))
    const reader = await openRangeReader(await storage.locate('a'), 10)
    t.equal(await reader.sizeBytes(), 10)
    t.equal(Buffer.from(await reader.read(3, 7)).toString(), '3456')
    await t.rejects(reader.read(8, 11), { message: 'the file ends early' })
    await reader.close()
    await t.rejects(storage.locate('b'), ObjectNotFoundError)
  })

  t.test('adopting a file moves it, can be repeated, and rejects a missing file', async (t) => {
    const storage = await open(t)
    // The folder of resumable uploads, on the file system of local storage.
    const file = path.join(t.testdirName, 'root', '.resumable', 'finished')
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, 'bytes')
    await storage.adopt(file, 'resumable/a')
    t.notOk(existsSync(file))
    await storage.adopt(file, 'resumable/a')
    t.equal((await buffer(await storage.open('resumable/a'))).toString(), 'bytes')
    await t.rejects(storage.adopt(file, 'resumable/b'), ObjectNotFoundError)
    t.equal(await storage.removeStale(-1_000), 0)
  })

  t.test('20 concurrent writes and removals in one folder succeed', async (t) => {
    const storage = await open(t)
    await Promise.all(Array.from({ length: 20 }, async (_, i) => {
      await storeObject(storage, `busy/${i}`, Buffer.from(String(i)))
      if (i % 2 === 0) await storage.remove(`busy/${i}`)
    }))
    const found = await Promise.all(Array.from({ length: 20 }, async (_, i) => await storage.stat(`busy/${i}`)))
    t.same(found.map((stats) => stats !== null), Array.from({ length: 20 }, (_, i) => i % 2 === 1))
  })

  t.test('only unfinished writes of the given age are stale', async (t) => {
    const storage = await open(t)
    await storeObject(storage, 'a', Buffer.from('x'))
    const unfinished = await storage.create('b')
    for (let i = 0; i < CHUNK_COUNT; i++) {
      await new Promise((resolve) => {
        unfinished.stream.write(randomBytes(1024 ** 2), resolve)
      })
    }
    t.equal(await storage.removeStale(60_000), 0)
    // The first part may still be in flight.
    let removed = 0
    for (let tries = 0; removed === 0 && tries < 2_000; tries++) removed = await storage.removeStale(-1_000)
    t.equal(removed, 1)
    t.ok(await storage.stat('a'))
    await unfinished.abort()
    t.equal(await storage.stat('b'), null)
    t.equal(await storage.removeStale(-1_000), 0)
  })

  t.test(`every method rejects each of ${HOSTILE_KEYS.length} hostile keys`, async (t) => {
    const storage = await open(t)
    for (const key of HOSTILE_KEYS) {
      const methods = [
        storage.create,
        storage.open,
        storage.stat,
        storage.remove,
        storage.locate,
        async (key: string) => await storage.directUrl(key, 'video/mp4'),
        async (key: string) => {
          await storage.adopt('/nowhere', key)
        },
      ] as ReadonlyArray<(key: string) => Promise<unknown>>
      const results = await Promise.allSettled(methods.map(async (method) => await method(key)))
      const areRejected = results.every((result) =>
        result.status === 'rejected' && result.reason instanceof InvalidStorageKeyError
      )
      if (!areRejected) t.fail(`accepted: ${JSON.stringify(key)}`, { results })
    }
    t.ok(HOSTILE_KEYS.length >= 150)
    t.equal(await storage.removeStale(0), 0)
  })
}
