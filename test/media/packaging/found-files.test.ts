// Files as they are found: their times, edit lists, codecs and damage, in the probed properties and in the package.
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { ALL_FORMATS, BufferSource, Input } from 'mediabunny'
import t, { type Test } from 'tap'
import type { PackageIndex, Segment } from '../../../src/media/packaging/package-index.js'
import { createMediaPackager, type PackageResult } from '../../../src/media/packaging/packager.js'
import { createMediaProber, type ProbeResult } from '../../../src/media/probing/prober.js'
import { openLocalStorage } from '../../../src/storage/local-storage.js'
import { storeObject } from '../../storage/storage-contract.js'

const filePath = (name: string): string => path.join(process.cwd(), 'test/media/files', name)
const prober = createMediaProber()
const packager = createMediaPackager()
t.teardown(async () => {
  await prober.close()
  await packager.close()
})

async function probe (name: string): Promise<ProbeResult> {
  return await prober.probe(filePath(name), statSync(filePath(name)).size)
}

interface Packaged {
  readonly result: PackageResult
  /** First and last time of the video in the package, seconds. */
  readonly firstSeconds: number
  readonly endSeconds: number
}

async function packageFile (t: Test, name: string): Promise<Packaged> {
  const storage = await openLocalStorage(path.join(t.testdir({}), 'root'))
  const bytes = readFileSync(filePath(name))
  await storeObject(storage, 'movie', bytes)
  const source = { key: 'movie', sizeBytes: bytes.length, frameRate: null }
  const result = await packager.pack(storage, source, 'package')
  if (!result.ok) return { result, firstSeconds: NaN, endSeconds: NaN }
  const stored = JSON.parse(await text(await storage.open('package/index.json'))) as PackageIndex
  t.strictSame(stored, JSON.parse(JSON.stringify(result.index)))
  const video = await buffer(await storage.open('package/v.mp4'))
  const input = new Input({ source: new BufferSource(video), formats: ALL_FORMATS })
  const times = { firstSeconds: await input.getFirstTimestamp(), endSeconds: await input.computeDuration() }
  input.dispose()
  return { result, ...times }
}

function indexOf (t: Test, { result }: Packaged): PackageIndex {
  if (result.ok) return result.index
  t.fail(`not packaged: ${result.code}`)
  throw new Error(result.code)
}

const secondsOf = (segments: readonly Segment[]): number => segments.reduce((sum, [us]) => sum + us, 0) / 1e6

t.test('the clock of a recording may start at any time', async (t) => {
  for (const [name, durationMs] of [['starts-at-600s.m2ts', 12_160], ['starts-at-5s.mkv', 12_128]] as const) {
    t.match(await probe(name), { ok: true, info: { durationMs } }, name)
    const packaged = await packageFile(t, name)
    const { durationMs: packagedMs, video, audio } = indexOf(t, packaged)
    t.equal(packagedMs, durationMs)
    t.ok(packaged.firstSeconds >= 0 && packaged.firstSeconds < 0.2, `the video starts at ${packaged.firstSeconds} s`)
    t.ok(Math.abs(packaged.endSeconds - 12.1) < 0.1, `the video ends at ${packaged.endSeconds} s`)
    for (const { segments } of [video, ...audio]) t.ok(Math.abs(secondsOf(segments) - 12) < 0.3)
  }
})

t.test('late audio stays late', async (t) => {
  t.match(await probe('audio-starts-at-3s.mp4'), { ok: true, info: { durationMs: 12_088 } })
  const { durationMs } = indexOf(t, await packageFile(t, 'audio-starts-at-3s.mp4'))
  t.equal(durationMs, 12_088)
})

t.test('what an edit list hides does not count', async (t) => {
  t.match(await probe('trimmed.mp4'), { ok: true, info: { durationMs: 9_700 } })
  const packaged = await packageFile(t, 'trimmed.mp4')
  const { video, audio } = indexOf(t, packaged)
  for (const { segments } of [video, ...audio]) {
    t.ok(Math.abs(secondsOf(segments) - 9.7) < 0.15, `${secondsOf(segments)} s`)
  }
  t.ok(packaged.firstSeconds > -0.05, `the video starts at ${packaged.firstSeconds} s`)
  t.ok(Math.abs(packaged.endSeconds - 9.7) < 0.05, `the video ends at ${packaged.endSeconds} s`)
})

t.test('half a file is rejected', async (t) => {
  t.match(await probe('half.mkv'), { ok: false, code: 'damaged' })
})

t.test('an audio track that HLS does not support is left out', async (t) => {
  const packaged = await packageFile(t, 'aac-and-truehd.mkv')
  t.match(indexOf(t, packaged), { audio: [{ language: 'en', codec: 'mp4a.40.2', track: 0 }] })
  t.match(packaged.result, { omittedTracks: [1] })
  t.equal(indexOf(t, packaged).audio.length, 1)
})

t.test('the sample entry and the dynamic range are those of the file', async (t) => {
  t.match(await probe('hdr10-hvc1.mp4'), { ok: true, info: { videoCodec: /^hvc1\.2\.4\./ } })
  t.match(indexOf(t, await packageFile(t, 'hdr10-hvc1.mp4')).video, { codec: /^hvc1\./, videoRange: 'PQ' })
  t.match(indexOf(t, await packageFile(t, 'trimmed.mp4')).video, { videoRange: 'SDR' })
})

t.test('a video of one frame has no frame rate', async (t) => {
  t.match(await probe('one-picture.mp4'), { ok: true, info: { frameRate: null, durationMs: 250 } })
  t.match(indexOf(t, await packageFile(t, 'one-picture.mp4')).video, { segments: [[250_000, Number]] })
})

t.test('the clock of a transport stream may overflow', async (t) => {
  const result = await probe('clock-overflows.m2ts')
  if (!result.ok) throw new Error(result.reason)
  t.ok(Math.abs(result.info.durationMs - 6_160) < 150, `${result.info.durationMs} ms`)
  t.equal(result.info.frameRate, 2)
  const packaged = await packageFile(t, 'clock-overflows.m2ts')
  t.ok(Math.abs(secondsOf(indexOf(t, packaged).video.segments) - 6) < 0.2)
  t.ok(packaged.firstSeconds < 0.3, `the package starts at ${packaged.firstSeconds} s`)
})

t.test('a transport stream of a disc, whose packets have arrival times, is read and packaged', async (t) => {
  t.match(await probe('disc.m2ts'), { ok: true, info: { container: 'ts', durationMs: 12_000 } })
  const packaged = await packageFile(t, 'disc.m2ts')
  const plain = await packageFile(t, 'starts-at-600s.m2ts')
  t.equal(indexOf(t, packaged).video.segments.length, indexOf(t, plain).video.segments.length)
  t.match(packaged.endSeconds, 12)
})

t.test('a broadcast whose packets have an error correction is read', async (t) => {
  const plain = readFileSync(filePath('starts-at-600s.m2ts'))
  const packets = Array.from({ length: plain.length / 188 }, (_, i) => plain.subarray(i * 188, (i + 1) * 188))
  const bytes = Buffer.concat(packets.flatMap((packet) => [packet, Buffer.alloc(16, 0xee)]))
  const file = path.join(t.testdir({}), 'broadcast.ts')
  writeFileSync(file, bytes)
  t.match(await prober.probe(file, bytes.length), { ok: true, info: { container: 'ts', durationMs: 12_160 } })
})

t.test('embedded subtitles are listed with their format and language', async (t) => {
  t.match(await probe('embedded-subtitles.mkv'), {
    ok: true,
    info: {
      embeddedSubtitles: [
        { codec: 'ass', language: 'de', name: null },
        { codec: 'subrip', language: 'en', name: 'SDH' },
      ],
    },
  })
  t.match(await probe('embedded-subtitles.mp4'), {
    ok: true,
    info: {
      embeddedSubtitles: [
        { codec: 'mov_text', language: 'de', name: null },
        { codec: 'mov_text', language: 'en', name: null },
      ],
    },
  })
  for (const name of ['starts-at-5s.mkv', 'trimmed.mp4', 'starts-at-600s.m2ts']) {
    const result = await probe(name)
    t.strictSame(result.ok && result.info.embeddedSubtitles, [], name)
  }
})

t.test('damaged headers of subtitle tracks have a result', async (t) => {
  const folder = t.testdir({})
  for (const name of ['embedded-subtitles.mkv', 'embedded-subtitles.mp4']) {
    const original = readFileSync(filePath(name))
    const at = original.indexOf(name.endsWith('mkv') ? 'S_TEXT' : 'tx3g')
    for (let i = 0; i < 40; i++) {
      const bytes = Buffer.from(original)
      bytes[at - 20 + i] = 0xff
      const file = path.join(folder, name)
      writeFileSync(file, bytes)
      const result = await prober.probe(file, bytes.length)
      if (result.ok) t.ok(result.info.embeddedSubtitles.length <= 2, `${name} ${i}`)
      else t.equal(result.code, 'damaged', `${name} ${i}`)
    }
  }
})

t.test('HEVC has the sample entry of its file', async (t) => {
  const original = readFileSync(filePath('hdr10-hvc1.mp4'))
  t.match(await probe('hdr10-hvc1.mp4'), { ok: true, info: { videoCodec: /^hvc1\.2\.4\./ } })
  const inBand = Buffer.from(original)
  inBand.write('hev1', original.indexOf('hvc1', original.indexOf('stsd')))
  const file = path.join(t.testdir({}), 'hev1.mp4')
  writeFileSync(file, inBand)
  t.match(await prober.probe(file, inBand.length), { ok: true, info: { videoCodec: /^hev1\.2\.4\./ } })
})
