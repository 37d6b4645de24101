// The packager: files of any container become fragments; malformed files have a result and leave no objects.
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
import { clip, remuxClip, createVp8Clip, withInvalidSampleSize } from '../clips.js'

interface Store {
  readonly storage: MediaStorage
  readonly root: string
}

async function openStore (t: Test): Promise<Store> {
  const root = path.join(t.testdir({}), 'root')
  return { storage: await openLocalStorage(root), root }
}

function createPackager (t: Test, ...limits: Parameters<typeof createMediaPackager>): MediaPackager {
  const packager = createMediaPackager(...limits)
  t.teardown(async () => {
    await packager.close()
  })
  return packager
}

async function storeMovie (storage: MediaStorage, bytes: Buffer): Promise<void> {
  const writer = await storage.create('movie')
  writer.stream.write(bytes)
  await writer.commit()
}

const source = (bytes: Buffer) => ({ key: 'movie', sizeBytes: bytes.length, frameRate: 12 })

async function packBytes (packager: MediaPackager, { storage }: Store, bytes: Buffer): Promise<PackageResult> {
  await storeMovie(storage, bytes)
  return await packager.pack(storage, source(bytes), 'package')
}

const listObjects = (root: string): string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map(({ name }) => name)
    .sort()

function expectSegments (t: Test, { initBytes, sizeBytes, segments }: RenditionIndex): void {
  t.ok(initBytes + segments.reduce((sum, [, bytes]) => sum + bytes, 0) <= sizeBytes, 'the file contains all segments')
  t.ok(segments.every(([us, bytes]) => us > 0 && bytes > 0))
}

async function readCodecs (bytes: Buffer): Promise<Array<string | null>> {
  const input = new Input({ source: new BufferSource(bytes), formats: ALL_FORMATS })
  const codecs = await Promise.all(
    (await input.getTracks()).map(async (track) => await track.getCodecParameterString()),
  )
  input.dispose()
  return codecs
}

t.test('a file in any container becomes one video and several audio renditions in separate objects', async (t) => {
  const store = await openStore(t)
  const packager = createPackager(t)
  const formats: readonly OutputFormat[] = [
    new Mp4OutputFormat(),
    new MovOutputFormat(),
    new MkvOutputFormat(),
    new MpegTsOutputFormat(),
    new Mp4OutputFormat({ fastStart: 'fragmented' }),
  ]
  for (const format of formats) {
    const progress: number[] = []
    const bytes = await remuxClip(format, ['eng', 'spa'])
    await storeMovie(store.storage, bytes)
    const result = await packager.pack(store.storage, source(bytes), 'package', {
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
    t.strictSame(listObjects(store.root), ['a0.mp4', 'a1.mp4', 'index.json', 'movie', 'v.mp4'], name)
    t.match(index, {
      version: 1,
      video: { width: 854, height: 480, frameRate: 12, codec: 'avc1.640016' },
      audio: [{ channels: 1 }, { channels: 1 }],
    })
    // The muxer does not write languages into transport streams.
    if (!(format instanceof MpegTsOutputFormat)) {
      t.strictSame(index.audio.map(({ language }) => language), ['en', 'es'], name)
    }
    t.ok(Math.abs(index.durationMs - 60_000) < 200, `${name}: ${index.durationMs} ms`)
    for (const rendition of [index.video, ...index.audio]) expectSegments(t, rendition)
    t.strictSame(await readCodecs(await buffer(await store.storage.open(renditionKey('package', 'v')))), [
      'avc1.640016',
    ])
    t.strictSame(
      JSON.parse((await buffer(await store.storage.open('package/index.json'))).toString()),
      JSON.parse(JSON.stringify(index)) as PackageIndex,
    )
    t.ok(
      progress.length > 10 && progress.every((value, i) => value <= 1 && value > (progress[i - 1] ?? 0)),
      'the progress grows',
    )
  }
})

t.test('a file without audio has a video rendition only', async (t) => {
  const result = await packBytes(createPackager(t), await openStore(t), await remuxClip(new Mp4OutputFormat(), []))
  t.match(result, { ok: true, index: { audio: [] } })
})

t.test('a codec that HLS does not support is rejected and leaves no objects', async (t) => {
  const store = await openStore(t)
  t.match(await packBytes(createPackager(t), store, await createVp8Clip()), {
    ok: false,
    code: 'picture-codec',
    text: String,
  })
  t.strictSame(listObjects(store.root), ['movie'])
})

t.test('a damaged or truncated file is rejected and leaves no objects', async (t) => {
  const store = await openStore(t)
  const packager = createPackager(t)
  t.match(await packBytes(packager, store, withInvalidSampleSize()), { ok: false, code: 'damaged' })
  t.strictSame(listObjects(store.root), ['movie'])
  const fragmented = await remuxClip(new Mp4OutputFormat({ fastStart: 'fragmented' }))
  t.match(await packBytes(packager, store, fragmented.subarray(0, fragmented.length / 2)), { ok: false })
  t.match(await packBytes(packager, store, randomBytes(100_000)), { ok: false })
  t.strictSame(listObjects(store.root), ['movie'])
})

t.test('60 damaged files have a result, and the packager continues', async (t) => {
  t.setTimeout(120_000)
  const store = await openStore(t)
  const packager = createPackager(t, 1_500)
  const originals = [
    clip,
    await remuxClip(new MkvOutputFormat()),
    await remuxClip(new MpegTsOutputFormat()),
    await remuxClip(new Mp4OutputFormat({ fastStart: 'fragmented' })),
  ]
  const counts: Record<string, number> = {}
  for (let i = 0; i < 60; i++) {
    const bytes = Buffer.from(originals[i % originals.length]!)
    const damagedBytes = i % 3 === 0 ? bytes.length : 4_000
    for (let n = 0; n < 1 + i % 40; n++) {
      const at = Math.floor(Math.random() * Math.min(damagedBytes, bytes.length))
      bytes[i % 2 === 0 ? at : bytes.length - 1 - at] = Math.floor(Math.random() * 256)
    }
    const result = await packBytes(packager, store, bytes)
    const name = result.ok ? 'ok' : result.code
    counts[name] = (counts[name] ?? 0) + 1
    if (!result.ok) t.strictSame(listObjects(store.root), ['movie'])
    for (const key of ['v', 'a0', 'a1'] as const) await store.storage.remove(renditionKey('package', key))
    await store.storage.remove('package/index.json')
  }
  t.comment(JSON.stringify(counts))
  t.match(await packBytes(packager, store, clip), { ok: true })
})

t.test('a stalled thread is stopped, and the next file has the full time', async (t) => {
  const store = await openStore(t)
  const stalledStorage: MediaStorage = { ...store.storage, open: async () => new Readable({ read () {} }) }
  const packager = createPackager(t, 300)
  await storeMovie(store.storage, clip)
  t.match(await packager.pack(stalledStorage, source(clip), 'package'), { ok: false, code: 'time-limit' })
  t.strictSame(listObjects(store.root), ['movie'])
  t.match(await createPackager(t).pack(store.storage, source(clip), 'package'), { ok: true })
})

t.test('a failing storage is an error, not a result, and leaves no objects', async (t) => {
  const store = await openStore(t)
  const packager = createPackager(t)
  await storeMovie(store.storage, clip)
  for (const method of ['open', 'create'] as const) {
    const broken: MediaStorage = {
      ...store.storage,
      [method]: async () => {
        throw new Error('disk failure')
      },
    }
    await t.rejects(packager.pack(broken, source(clip), 'package'), { message: 'disk failure' }, method)
    t.strictSame(listObjects(store.root), ['movie'])
  }
  const fullStorage: MediaStorage = {
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
  await t.rejects(
    packager.pack(fullStorage, source(clip), 'package'),
    { message: 'no space left' },
    'on the last commit',
  )
  t.strictSame(listObjects(store.root), ['movie'])
  t.match(await packager.pack(store.storage, source(clip), 'package'), { ok: true })
})

t.test('stopped packaging rejects with PackagingStoppedError and leaves no objects', async (t) => {
  const store = await openStore(t)
  const packager = createMediaPackager()
  await storeMovie(store.storage, clip)
  const stop = new AbortController()
  const stopped = packager.pack(store.storage, source(clip), 'package', {
    onProgress: () => {
      stop.abort()
    },
    signal: stop.signal,
  })
  await t.rejects(stopped, { name: 'PackagingStoppedError' })
  const running = packager.pack(store.storage, source(clip), 'package')
  await packager.close()
  await t.rejects(running, { name: 'PackagingStoppedError' })
  await t.rejects(packager.pack(store.storage, source(clip), 'package'), { name: 'PackagingStoppedError' })
  t.strictSame(listObjects(store.root), ['movie'])
})
