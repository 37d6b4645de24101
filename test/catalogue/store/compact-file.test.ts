import { execFileSync } from 'node:child_process'
import { Types } from 'mongoose'
import t from 'tap'
import type { StoredHls, StoredMediaFile, StoredPackage } from '../../../models/media.js'
import type { CatalogueFile } from '../../../src/catalogue/store/catalogue.js'
import { toCatalogueFile } from '../../../src/catalogue/store/compact-file.js'
import { createInternedValues } from '../../../src/catalogue/store/interning.js'
import { chooseFile } from '../../../src/domain/file-choice.js'

const NOW = new Date('2026-01-02T03:04:05Z')

function storedFile (fields: Partial<StoredMediaFile> = {}): StoredMediaFile {
  return {
    _id: new Types.ObjectId(),
    state: 'ready',
    failure: null,
    storageKey: 'media/a',
    contentType: 'video/mp4',
    audioLanguages: ['en'],
    audioTracks: [{ language: 'en', kind: 'main', name: null, channels: 2, codec: 'mp4a.40.2' }],
    subtitleLanguages: [],
    embeddedSubtitles: [{ codec: 'subrip', language: 'de', name: null, kind: 'full', extraction: 'extracted' }],
    probeVersion: 3,
    width: 1920,
    height: 1080,
    frameRate: 24,
    videoCodec: 'avc1.640028',
    audioCodec: 'mp4a.40.2',
    container: 'mp4',
    bitrate: 5_000_000,
    durationMs: 60_000,
    sizeBytes: 1_000,
    sha256: 'f'.repeat(64),
    edition: null,
    master: null,
    stage: 'active',
    retiredAt: null,
    hls: { state: 'ready', progress: 1, failure: null, claim: null, claimedUntil: NOW, packages: [] },
    createdAt: NOW,
    ...fields,
  }
}

const FIELDS = Object.keys(storedFile()).filter((name) => name !== '_id' && name !== 'hls') as never[]

function storedPackage (fields: Partial<StoredPackage> = {}): StoredPackage {
  return {
    _id: new Types.ObjectId(),
    prefix: 'hls/a/b',
    audioCount: 2,
    sizeBytes: 5e9,
    createdAt: NOW,
    retiredAt: null,
    ...fields,
  }
}

function storedHls (fields: Partial<StoredHls> = {}): StoredHls {
  return { ...storedFile().hls, packages: [storedPackage()], ...fields }
}

const toFiles = (...stored: readonly StoredMediaFile[]): CatalogueFile[] => {
  const interned = createInternedValues()
  return stored.map((file) => toCatalogueFile(file, 'item', interned))
}

t.test('a file of the catalogue has every stored field, and its ID and item', async (t) => {
  const unusual: Partial<StoredMediaFile> = {
    state: 'failed',
    failure: { code: 'damaged', text: 'The file is damaged.' },
    storageKey: 'media/Amélie "1"',
    sizeBytes: 8e10,
    sha256: 'unknown',
    edition: 'Director’s cut',
    master: new Types.ObjectId(),
    stage: 'retired',
    retiredAt: new Date(NOW.getTime() + 1),
    width: null,
    bitrate: null,
    durationMs: null,
  }
  for (const stored of [storedFile(), storedFile(unusual)]) {
    const [file] = toFiles(stored)
    t.match(file, { id: stored._id.toString(), itemId: 'item' })
    for (const name of FIELDS) t.strictSame(file![name], stored[name], name)
  }
})

t.test('a file has the state of its packaging and its packages, without the claim of a worker', async (t) => {
  const packages = [storedPackage({ retiredAt: NOW, sizeBytes: null }), storedPackage({ prefix: 'hls/c/d' })]
  const failure = { code: 'omitted-tracks', text: 'A track was left out.' }
  const stored = storedHls({ packages, failure })
  const [file, other] = toFiles(storedFile({ hls: stored }), storedFile({ hls: storedHls() }))
  const { state, progress, failure: found, packages: foundPackages, hasRetiredPackages } = file!.hls
  t.strictSame({ state, progress, failure: found }, { state: 'ready', progress: 1, failure })
  t.strictSame(foundPackages, packages)
  t.equal(hasRetiredPackages, true)
  t.equal(other!.hls.hasRetiredPackages, false)
  t.strictSame(toFiles(storedFile())[0]!.hls.packages, [])
})

t.test('equal tracks and languages of files are one instance', async (t) => {
  const [first, second, other] = toFiles(storedFile(), storedFile(), storedFile({ height: 720 }))
  for (const name of ['audioTracks', 'audioLanguages', 'embeddedSubtitles', 'subtitleLanguages'] as const) {
    t.equal(first![name], second![name])
    t.equal(first![name], other![name], 'also of another resolution')
  }
  t.not(first!.subtitleLanguages, first!.audioLanguages)
})

t.test('each step of the progress of packaging is not remembered', async (t) => {
  const interned = createInternedValues()
  const put = (progress: number): void => {
    toCatalogueFile(storedFile({ hls: storedHls({ state: 'processing', progress }) }), 'item', interned)
  }
  put(0)
  const before = interned.values.size
  for (let i = 1; i <= 100; i++) put(i / 100)
  t.equal(interned.values.size, before)
})

t.test('the file choice finds files of which only the package can be played', async (t) => {
  const files = toFiles(
    storedFile({ videoCodec: 'hev1.1.6.L93.B0', hls: storedHls() }),
    storedFile({ videoCodec: 'hev1.1.6.L93.B0', hls: storedHls({ packages: [] }) }),
  )
  const choice = chooseFile(files, {
    planMaxHeight: 2160,
    client: { codecs: ['hvc1'], maxHeight: 1080 },
    storedLanguage: null,
    profileLanguages: [],
    originalLanguage: null,
    lastFileId: null,
  })
  t.equal((choice as { file: CatalogueFile }).file, files[0])
})

/** Bytes that a file of the catalogue takes; each has an ID, a checksum and a package of its own. */
const MAX_FILE_BYTES = 520
const MEASURED_FILES = 20_000

t.test(`a file takes at most ${MAX_FILE_BYTES} bytes`, async (t) => {
  const script = `
import { createHash } from 'node:crypto'
import { Types } from 'mongoose'
import { toCatalogueFile } from ${
    JSON.stringify(new URL('../../../src/catalogue/store/compact-file.js', import.meta.url).href)
  }
import { createInternedValues } from ${
    JSON.stringify(new URL('../../../src/catalogue/store/interning.js', import.meta.url).href)
  }
const interned = createInternedValues()
const create = (i) => {
  const _id = new Types.ObjectId()
  const sha256 = createHash('sha256').update(String(i)).digest('hex')
  const createdAt = new Date(1.7e12 + i)
  const packages = [{
    _id: new Types.ObjectId(), prefix: 'packages/' + _id + '/' + i, audioCount: 2, sizeBytes: 4e9 + i, createdAt,
    retiredAt: null,
  }]
  return toCatalogueFile({
    _id, state: 'ready', failure: null, storageKey: 'media/' + _id + '.mp4', contentType: 'video/mp4',
    audioLanguages: ['en', 'de'],
    audioTracks: [{ language: 'en', kind: 'main', name: null, channels: 2, codec: 'mp4a.40.2' }],
    subtitleLanguages: [], embeddedSubtitles: [], probeVersion: 3, width: 1920, height: 1080, frameRate: 24,
    videoCodec: 'avc1.640028', audioCodec: 'mp4a.40.2', container: 'mp4', bitrate: 5e6 + i, durationMs: 6e6 + i,
    sizeBytes: 4e9 + i, sha256, edition: null, master: new Types.ObjectId(), stage: 'active', retiredAt: null,
    createdAt,
    hls: { state: 'ready', progress: 1, failure: null, claim: null, claimedUntil: new Date(0), packages },
  }, 'item', interned)
}
const used = () => {
  gc()
  gc()
  return process.memoryUsage().heapUsed
}
const files = new Array(${MEASURED_FILES}).fill(null)
for (let i = 0; i < 1_000; i++) create(i)
const before = used()
for (let i = 0; i < files.length; i++) files[i] = create(i)
const after = used()
console.log(Math.round((after - before) / files.length), files.length)`
  const output = execFileSync(process.execPath, ['--expose-gc', '--input-type=module', '--eval', script], {
    encoding: 'utf8',
    cwd: new URL('.', import.meta.url),
  })
  const [bytes = 0, count] = output.trim().split(' ').map(Number)
  t.equal(count, MEASURED_FILES)
  t.comment(`${bytes} bytes`)
  t.ok(bytes > 0 && bytes <= MAX_FILE_BYTES, `${bytes} bytes`)
})
