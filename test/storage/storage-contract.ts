// What every media storage promises, as a suite: each adapter runs it over a store of its own.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import type { Test } from 'tap'
import { openReader } from '../../src/media/probing/range-reader.js'
import { InvalidStorageKeyError, ObjectNotFoundError, type MediaStorage } from '../../src/storage/storage.js'
import { HOSTILE_KEYS } from './hostile-keys.js'

/** More MiB than one part of an upload to a store elsewhere has. */
const LEFTOVER_CHUNKS = 10

/** Stores bytes under a key the way an upload does. */
export async function store (storage: MediaStorage, key: string, bytes: Buffer): Promise<void> {
  const writer = await storage.create(key)
  await pipeline(Readable.from([bytes]), writer.stream)
  await writer.commit()
}

/** Registers the suite; `open` makes a fresh, empty store for each test. */
export function testStorageContract (t: Test, open: (t: Test) => Promise<MediaStorage>): void {
  t.test('an object is not there before its commit, and whole after it', async (t) => {
    const storage = await open(t)
    const bytes = randomBytes(300_000)
    const writer = await storage.create('films/alien.mp4')
    await pipeline(Readable.from([bytes]), writer.stream)
    t.equal(await storage.stat('films/alien.mp4'), null)
    await t.rejects(storage.open('films/alien.mp4'), ObjectNotFoundError)
    await writer.commit()
    t.equal((await storage.stat('films/alien.mp4'))?.sizeBytes, bytes.length)
    t.ok(bytes.equals(await buffer(await storage.open('films/alien.mp4'))))
  })

  t.test('every finished object is listed, with its age, and nothing else', async (t) => {
    const storage = await open(t)
    for (const key of ['films/alien.mp4', 'films/alien/index.json', 'poster']) {
      await store(storage, key, Buffer.from('x'))
    }
    const broken = await storage.create('films/broken.mp4')
    broken.stream.write('half')
    const listed = []
    for await (const { key, modifiedAt } of storage.list()) {
      listed.push([key, Math.abs(Date.now() - modifiedAt.getTime()) < 600_000])
    }
    t.strictSame(listed.sort(), [['films/alien.mp4', true], ['films/alien/index.json', true], ['poster', true]])
    await broken.abort()
  })

  t.test('commit ends a stream that was left open', async (t) => {
    const storage = await open(t)
    const writer = await storage.create('a')
    writer.stream.write('half and ')
    writer.stream.write('half')
    await writer.commit()
    t.equal((await buffer(await storage.open('a'))).toString(), 'half and half')
  })

  t.test('an aborted upload leaves nothing, and cannot be committed after all', async (t) => {
    const storage = await open(t)
    const writer = await storage.create('a')
    writer.stream.write(randomBytes(200_000))
    await writer.abort()
    await writer.abort()
    await t.rejects(writer.commit())
    t.equal(await storage.stat('a'), null)
    t.equal(await storage.sweep(0), 0)
  })

  t.test('aborting after the commit changes nothing', async (t) => {
    const storage = await open(t)
    const writer = await storage.create('a')
    writer.stream.end('kept')
    await writer.commit()
    await writer.abort()
    t.equal((await buffer(await storage.open('a'))).toString(), 'kept')
  })

  t.test('a stream that broke is never committed', async (t) => {
    const storage = await open(t)
    const writer = await storage.create('a')
    writer.stream.write('half')
    writer.stream.destroy(new Error('broken'))
    await t.rejects(writer.commit(), { message: 'broken' })
    t.equal(await storage.stat('a'), null)
    t.equal(await storage.sweep(0), 0)
  })

  t.test('a second commit to a key replaces the object at once, and readers of the first keep it', async (t) => {
    const storage = await open(t)
    await store(storage, 'a', Buffer.from('first'))
    const reader = await storage.open('a')
    await store(storage, 'a', Buffer.from('second'))
    t.equal((await buffer(reader)).toString(), 'first')
    t.equal((await buffer(await storage.open('a'))).toString(), 'second')
  })

  t.test('a part has both its ends, and one past the end is refused', async (t) => {
    const storage = await open(t)
    await store(storage, 'a', Buffer.from('0123456789'))
    t.equal((await buffer(await storage.open('a', { start: 2, end: 4 }))).toString(), '234')
    t.equal((await buffer(await storage.open('a', { start: 0, end: 0 }))).toString(), '0')
    t.equal((await buffer(await storage.open('a', { start: 9, end: 9 }))).toString(), '9')
    await t.rejects(storage.open('a', { start: 9, end: 10 }), ObjectNotFoundError)
    await t.rejects(storage.open('a', { start: 5, end: 4 }), ObjectNotFoundError)
  })

  t.test('an object of several parts is the same bytes, whole and across the seams', async (t) => {
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
    const seam = 8 * 1024 ** 2
    t.ok(
      bytes.subarray(seam - 5, seam + 5).equals(
        await buffer(await storage.open('a', { start: seam - 5, end: seam + 4 })),
      ),
    )
    t.equal(await storage.sweep(-1_000), 0)
  })

  t.test('an upload that is given up after several parts leaves none of them', async (t) => {
    const storage = await open(t)
    const writer = await storage.create('a')
    for (let i = 0; i < 2 * LEFTOVER_CHUNKS; i++) {
      await new Promise((resolve) => {
        writer.stream.write(randomBytes(1024 ** 2), resolve)
      })
    }
    await writer.abort()
    t.equal(await storage.stat('a'), null)
    t.equal(await storage.sweep(-1_000), 0)
  })

  t.test('a reader that leaves early is no trouble', async (t) => {
    const storage = await open(t)
    await store(storage, 'a', randomBytes(5_000_000))
    for (let i = 0; i < 20; i++) {
      const reader = await storage.open('a')
      await new Promise((resolve) => {
        reader.once('data', resolve)
      })
      reader.destroy()
    }
    t.equal((await storage.stat('a'))?.sizeBytes, 5_000_000)
  })

  t.test('an empty object is an object', async (t) => {
    const storage = await open(t)
    await store(storage, 'a', Buffer.alloc(0))
    t.equal((await storage.stat('a'))?.sizeBytes, 0)
    t.equal((await buffer(await storage.open('a'))).length, 0)
  })

  t.test('removing works once, and again, and for what never was', async (t) => {
    const storage = await open(t)
    await store(storage, 'shows/firefly/1.mp4', Buffer.from('x'))
    await storage.remove('shows/firefly/1.mp4')
    await storage.remove('shows/firefly/1.mp4')
    await storage.remove('shows/never/1.mp4')
    t.equal(await storage.stat('shows/firefly/1.mp4'), null)
  })

  t.test("an object and a folder of the same name do not hide each other's refusal", async (t) => {
    const storage = await open(t)
    await store(storage, 'a/b', Buffer.from('x'))
    t.equal(await storage.stat('a'), null)
    await t.rejects(storage.open('a'), ObjectNotFoundError)
    await storage.remove('a')
    t.ok(await storage.stat('a/b'))
  })

  t.test('a location leads to the bytes, also of a part, and only to bytes that are there', async (t) => {
    const storage = await open(t)
    await store(storage, 'a', Buffer.from('0123456789'))
    const reader = await openReader(await storage.locate('a'), 10)
    t.equal(await reader.sizeBytes(), 10)
    t.equal(Buffer.from(await reader.read(3, 7)).toString(), '3456')
    await t.rejects(reader.read(8, 11), { message: 'the file ends early' })
    await reader.close()
    await t.rejects(storage.locate('b'), ObjectNotFoundError)
  })

  t.test('a finished file is taken over, once or again, and one that is nowhere is missing', async (t) => {
    const storage = await open(t)
    // Where uploads are received: on the file system of a local storage.
    const file = path.join(t.testdirName, 'root', '.resumable', 'finished')
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, 'bytes')
    await storage.adopt(file, 'resumable/a')
    t.notOk(existsSync(file))
    await storage.adopt(file, 'resumable/a')
    t.equal((await buffer(await storage.open('resumable/a'))).toString(), 'bytes')
    await t.rejects(storage.adopt(file, 'resumable/b'), ObjectNotFoundError)
    t.equal(await storage.sweep(-1_000), 0)
  })

  t.test('twenty writers of one folder, with removals between them, all succeed', async (t) => {
    const storage = await open(t)
    await Promise.all(Array.from({ length: 20 }, async (_, i) => {
      await store(storage, `busy/${i}`, Buffer.from(String(i)))
      if (i % 2 === 0) await storage.remove(`busy/${i}`)
    }))
    const found = await Promise.all(Array.from({ length: 20 }, async (_, i) => await storage.stat(`busy/${i}`)))
    t.same(found.map((one) => one !== null), Array.from({ length: 20 }, (_, i) => i % 2 === 1))
  })

  t.test('the sweep takes leftovers of the age asked for, and nothing else', async (t) => {
    const storage = await open(t)
    await store(storage, 'a', Buffer.from('x'))
    const left = await storage.create('b')
    for (let i = 0; i < LEFTOVER_CHUNKS; i++) {
      await new Promise((resolve) => {
        left.stream.write(randomBytes(1024 ** 2), resolve)
      })
    }
    t.equal(await storage.sweep(60_000), 0)
    // A part may still be on its way to the store.
    let swept = 0
    for (let tries = 0; swept === 0 && tries < 2_000; tries++) swept = await storage.sweep(-1_000)
    t.equal(swept, 1)
    t.ok(await storage.stat('a'))
    await left.abort()
    t.equal(await storage.stat('b'), null)
    t.equal(await storage.sweep(-1_000), 0)
  })

  t.test(`each of ${HOSTILE_KEYS.length} hostile keys is refused by every method`, async (t) => {
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
      const isRefused = results.every((result) =>
        result.status === 'rejected' && result.reason instanceof InvalidStorageKeyError
      )
      if (!isRefused) t.fail(`accepted: ${JSON.stringify(key)}`, { results })
    }
    t.ok(HOSTILE_KEYS.length >= 150)
    t.equal(await storage.sweep(0), 0)
  })
}
