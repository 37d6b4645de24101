// Packaging: what goes in comes out as fragments, whatever the container; what is broken ends as an answer and leaves nothing.
import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import {
  ALL_FORMATS,
  BufferSource,
  Input,
  MkvOutputFormat,
  MovOutputFormat,
  Mp4OutputFormat,
  MpegTsOutputFormat,
  type OutputFormat,
} from 'mediabunny'
import t, { type Test } from 'tap'
import { renditionKey, type PackageIndex, type RenditionIndex } from '../../../src/media/packaging/package-index.js'
import { createMediaPackager, type MediaPackager, type PackageResult } from '../../../src/media/packaging/packager.js'
import { openLocalStorage } from '../../../src/storage/local-storage.js'
import type { MediaStorage } from '../../../src/storage/storage.js'
import { clip, remux, vp8Film, withLyingSample } from '../clips.js'

interface Store {
  readonly storage: MediaStorage
  readonly root: string
}

async function openStore (t: Test): Promise<Store> {
  const root = path.join(t.testdir({}), 'root')
  return { storage: await openLocalStorage(root), root }
}

function packager (t: Test, ...limits: Parameters<typeof createMediaPackager>): MediaPackager {
  const made = createMediaPackager(...limits)
  t.teardown(async () => {
    await made.close()
  })
  return made
}

async function put (storage: MediaStorage, bytes: Buffer): Promise<void> {
  const writer = await storage.create('film')
  writer.stream.write(bytes)
  await writer.commit()
}

const source = (bytes: Buffer) => ({ key: 'film', sizeBytes: bytes.length, frameRate: 12 })

async function packBytes (made: MediaPackager, { storage }: Store, bytes: Buffer): Promise<PackageResult> {
  await put(storage, bytes)
  return await made.pack(storage, source(bytes), 'package')
}

const objectsIn = (root: string): string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true }).filter((one) => one.isFile()).map(({ name }) => name)
    .sort()

function expectSegments (t: Test, { initBytes, sizeBytes, segments }: RenditionIndex): void {
  t.ok(initBytes + segments.reduce((sum, [, bytes]) => sum + bytes, 0) <= sizeBytes, 'every segment lies in the file')
  t.ok(segments.every(([us, bytes]) => us > 0 && bytes > 0))
}

async function codecsOf (bytes: Buffer): Promise<Array<string | null>> {
  const input = new Input({ source: new BufferSource(bytes), formats: ALL_FORMATS })
  const codecs = await Promise.all(
    (await input.getTracks()).map(async (track) => await track.getCodecParameterString()),
  )
  input.dispose()
  return codecs
}

t.test('a film in any container becomes one picture and its sounds, each in a file of its own', async (t) => {
  const store = await openStore(t)
  const made = packager(t)
  const formats: readonly OutputFormat[] = [
    new Mp4OutputFormat(),
    new MovOutputFormat(),
    new MkvOutputFormat(),
    new MpegTsOutputFormat(),
    new Mp4OutputFormat({ fastStart: 'fragmented' }),
  ]
  for (const format of formats) {
    const progress: number[] = []
    const film = await remux(format, ['eng', 'spa'])
    await put(store.storage, film)
    const result = await made.pack(store.storage, source(film), 'package', {
      onProgress: (value) => {
        progress.push(value)
      },
    })
    const name = format.constructor.name
    if (!result.ok) {
      t.fail(`${name}: ${result.code}`)
      continue
    }
    const { index } = result
    t.strictSame(objectsIn(store.root), ['a0.mp4', 'a1.mp4', 'film', 'index.json', 'v.mp4'], name)
    t.match(index, {
      version: 1,
      video: { width: 854, height: 480, frameRate: 12, codec: 'avc1.640016' },
      audio: [{ channels: 1 }, { channels: 1 }],
    })
    // Transport streams of our making do not name languages.
    if (!(format instanceof MpegTsOutputFormat)) {
      t.strictSame(index.audio.map(({ language }) => language), ['en', 'es'], name)
    }
    t.ok(Math.abs(index.durationMs - 60_000) < 200, `${name}: ${index.durationMs} ms`)
    for (const rendition of [index.video, ...index.audio]) expectSegments(t, rendition)
    t.strictSame(await codecsOf(await buffer(await store.storage.open(renditionKey('package', 'v')))), ['avc1.640016'])
    t.strictSame(
      JSON.parse((await buffer(await store.storage.open('package/index.json'))).toString()),
      JSON.parse(JSON.stringify(index)) as PackageIndex,
    )
    t.ok(
      progress.length > 10 && progress.every((value, i) => value <= 1 && value > (progress[i - 1] ?? 0)),
      'progress grows',
    )
  }
})

t.test('a silent film has a picture alone', async (t) => {
  const result = await packBytes(packager(t), await openStore(t), await remux(new Mp4OutputFormat(), []))
  t.match(result, { ok: true, index: { audio: [] } })
})

t.test('what HLS does not take is told, and leaves nothing', async (t) => {
  const store = await openStore(t)
  t.match(await packBytes(packager(t), store, await vp8Film()), { ok: false, code: 'picture-codec', text: String })
  t.strictSame(objectsIn(store.root), ['film'])
})

t.test('a film that is damaged inside, or ends early, is damaged, and leaves nothing', async (t) => {
  const store = await openStore(t)
  const made = packager(t)
  t.match(await packBytes(made, store, withLyingSample()), { ok: false, code: 'damaged' })
  t.strictSame(objectsIn(store.root), ['film'])
  const fragmented = await remux(new Mp4OutputFormat({ fastStart: 'fragmented' }))
  t.match(await packBytes(made, store, fragmented.subarray(0, fragmented.length / 2)), { ok: false })
  t.match(await packBytes(made, store, randomBytes(100_000)), { ok: false })
  t.strictSame(objectsIn(store.root), ['film'])
})

t.test('60 damaged films end as an answer, and the packager goes on', async (t) => {
  t.setTimeout(120_000)
  const store = await openStore(t)
  const made = packager(t, 1_500)
  const originals = [
    clip,
    await remux(new MkvOutputFormat()),
    await remux(new MpegTsOutputFormat()),
    await remux(new Mp4OutputFormat({ fastStart: 'fragmented' })),
  ]
  const counts: Record<string, number> = {}
  for (let i = 0; i < 60; i++) {
    const bytes = Buffer.from(originals[i % originals.length]!)
    const reach = i % 3 === 0 ? bytes.length : 4_000
    for (let n = 0; n < 1 + i % 40; n++) {
      const at = Math.floor(Math.random() * Math.min(reach, bytes.length))
      bytes[i % 2 === 0 ? at : bytes.length - 1 - at] = Math.floor(Math.random() * 256)
    }
    const result = await packBytes(made, store, bytes)
    const name = result.ok ? 'ok' : result.code
    counts[name] = (counts[name] ?? 0) + 1
    if (!result.ok) t.strictSame(objectsIn(store.root), ['film'])
    for (const key of ['v', 'a0', 'a1'] as const) await store.storage.remove(renditionKey('package', key))
    await store.storage.remove('package/index.json')
  }
  t.comment(JSON.stringify(counts))
  t.match(await packBytes(made, store, clip), { ok: true })
})

t.test('a thread that stands still is ended, and the next file has all the time again', async (t) => {
  const store = await openStore(t)
  const stuck: MediaStorage = { ...store.storage, open: async () => new Readable({ read () {} }) }
  const made = packager(t, 300)
  await put(store.storage, clip)
  t.match(await made.pack(stuck, source(clip), 'package'), { ok: false, code: 'time-limit' })
  t.strictSame(objectsIn(store.root), ['film'])
  t.match(await packager(t).pack(store.storage, source(clip), 'package'), { ok: true })
})

t.test('a storage that fails is an error, not a verdict, and leaves nothing', async (t) => {
  const store = await openStore(t)
  const made = packager(t)
  await put(store.storage, clip)
  for (const method of ['open', 'create'] as const) {
    const broken: MediaStorage = {
      ...store.storage,
      [method]: async () => {
        throw new Error('the disk is on fire')
      },
    }
    await t.rejects(made.pack(broken, source(clip), 'package'), { message: 'the disk is on fire' }, method)
    t.strictSame(objectsIn(store.root), ['film'])
  }
  const full: MediaStorage = {
    ...store.storage,
    async create (key) {
      const writer = await store.storage.create(key)
      return {
        ...writer,
        async commit () {
          await (key.endsWith('index.json') ? Promise.reject(new Error('no space left')) : writer.commit())
        },
      }
    },
  }
  await t.rejects(made.pack(full, source(clip), 'package'), { message: 'no space left' }, 'at the very end')
  t.strictSame(objectsIn(store.root), ['film'])
  t.match(await made.pack(store.storage, source(clip), 'package'), { ok: true })
})

t.test('packaging that is stopped says so and leaves nothing', async (t) => {
  const store = await openStore(t)
  const made = createMediaPackager()
  await put(store.storage, clip)
  const stop = new AbortController()
  const stopped = made.pack(store.storage, source(clip), 'package', {
    onProgress: () => {
      stop.abort()
    },
    signal: stop.signal,
  })
  await t.rejects(stopped, { name: 'PackagingStoppedError' })
  const running = made.pack(store.storage, source(clip), 'package')
  await made.close()
  await t.rejects(running, { name: 'PackagingStoppedError' })
  await t.rejects(made.pack(store.storage, source(clip), 'package'), { name: 'PackagingStoppedError' })
  t.strictSame(objectsIn(store.root), ['film'])
})
