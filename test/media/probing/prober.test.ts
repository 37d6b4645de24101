// Probing: valid files, malformed files, and limits on time and memory.
import { randomBytes } from 'node:crypto'
import { copyFileSync, openSync, statSync, truncateSync, writeFileSync, closeSync, writeSync } from 'node:fs'
import path from 'node:path'
import { MkvOutputFormat, MovOutputFormat, Mp4OutputFormat, MpegTsOutputFormat, type OutputFormat } from 'mediabunny'
import t, { type Test } from 'tap'
import { createMediaProber, type MediaProber, type ProbeResult } from '../../../src/media/probing/prober.js'
import { clip, clipPath, remuxClip } from '../clips.js'

function createProber (t: Test, ...limits: Parameters<typeof createMediaProber>): MediaProber {
  const prober = createMediaProber(...limits)
  t.teardown(async () => {
    await prober.close()
  })
  return prober
}

async function probeBytes (t: Test, prober: MediaProber, bytes: Buffer): Promise<ProbeResult> {
  const file = path.join(t.testdirName, 'probed')
  writeFileSync(file, bytes)
  return await prober.probe(file, bytes.length)
}

/** The small clip with an index of the given number of frames. */
function withFrameCount (frames: number): Buffer {
  const sizes = Buffer.alloc(20 + 4 * frames, 1)
  sizes.writeUInt32BE(sizes.length, 0)
  sizes.write('stsz', 4)
  sizes.fill(0, 8, 16)
  sizes.writeUInt32BE(frames, 16)
  const rebuild = (boxes: Buffer): Buffer => {
    const parts: Buffer[] = []
    for (let at = 0; at < boxes.length; at += boxes.readUInt32BE(at)) {
      const box = boxes.subarray(at, at + boxes.readUInt32BE(at))
      const name = box.toString('latin1', 4, 8)
      const isFolder = ['moov', 'trak', 'mdia', 'minf', 'stbl'].includes(name)
      const inner = isFolder ? rebuild(box.subarray(8)) : box.subarray(8)
      const head = Buffer.from(box.subarray(0, 8))
      head.writeUInt32BE(8 + inner.length, 0)
      parts.push(...(name === 'stsz' ? [sizes] : [head, inner]))
    }
    return Buffer.concat(parts)
  }
  return rebuild(clip)
}

t.test('the demo clips are probed with their actual properties', async (t) => {
  const prober = createProber(t)
  const audioTracks = (
    language: string,
  ): object[] => [{ language, kind: 'main', name: null, channels: 1, codec: 'mp4a.40.2' }]
  const expected: Record<string, object> = {
    'clip-480p-en': {
      width: 854,
      height: 480,
      videoCodec: 'avc1.640016',
      audioLanguages: ['en'],
      audioTracks: audioTracks('en'),
    },
    'clip-1080p-en': {
      width: 1920,
      height: 1080,
      videoCodec: 'avc1.640028',
      audioLanguages: ['en'],
      audioTracks: audioTracks('en'),
    },
    'clip-1080p-es': {
      width: 1920,
      height: 1080,
      videoCodec: 'avc1.640028',
      audioLanguages: ['es'],
      audioTracks: audioTracks('es'),
    },
    'clip-2160p-en': {
      width: 3840,
      height: 2160,
      videoCodec: 'avc1.640033',
      audioLanguages: ['en'],
      audioTracks: audioTracks('en'),
    },
  }
  for (const [name, own] of Object.entries(expected)) {
    const sizeBytes = statSync(clipPath(name)).size
    t.same(await prober.probe(clipPath(name), sizeBytes), {
      ok: true,
      info: {
        container: 'mp4',
        contentType: 'video/mp4',
        videoCodecName: 'avc',
        audioCodec: 'mp4a.40.2',
        frameRate: 12,
        durationMs: 60_000,
        bitrate: Math.round(sizeBytes * 8 / 60),
        embeddedSubtitles: [],
        extractedSubtitles: [],
        sizeBytes,
        ...own,
      },
    }, name)
  }
})

t.test('the container does not change the properties of a clip', async (t) => {
  t.testdir({})
  const prober = createProber(t)
  const cases: ReadonlyArray<readonly [OutputFormat, object]> = [
    [new MovOutputFormat(), { container: 'mov', contentType: 'video/quicktime' }],
    [new MkvOutputFormat(), { container: 'mkv', contentType: 'video/x-matroska' }],
    [new MpegTsOutputFormat(), { container: 'ts', contentType: 'video/mp2t' }],
    [new Mp4OutputFormat({ fastStart: 'fragmented' }), { container: 'mp4', contentType: 'video/mp4' }],
  ]
  for (const [format, own] of cases) {
    const result = await probeBytes(t, prober, await remuxClip(format))
    t.match(result, {
      ok: true,
      info: {
        ...own,
        width: 854,
        height: 480,
        videoCodec: 'avc1.640016',
        audioCodec: 'mp4a.40.2',
        frameRate: 12,
        audioTracks: [{ channels: 1 }],
      },
    }, result.ok ? result.info.container : result.reason)
    if (result.ok) t.ok(Math.abs(result.info.durationMs - 60_000) < 200, `${result.info.durationMs} ms`)
  }
})

t.test('audio languages are distinct BCP 47 tags without the unknown ones', async (t) => {
  t.testdir({})
  const bytes = await remuxClip(new MkvOutputFormat(), ['ger', 'spa', 'und', 'spa', 'jpn'])
  t.match(await probeBytes(t, createProber(t), bytes), {
    ok: true,
    info: {
      audioTracks: [{ language: 'de' }, { language: 'es' }, { language: null }, { language: 'es' }, { language: 'ja' }],
      audioLanguages: ['de', 'es', 'ja'],
    },
  })
})

t.test('files that are not media files are rejected', async (t) => {
  t.testdir({})
  const prober = createProber(t)
  const bodies = [
    Buffer.alloc(0),
    Buffer.from('x'),
    Buffer.from('#EXTM3U\n#EXTINF:1,\n/etc/passwd\n'),
    Buffer.alloc(100_000),
    randomBytes(100_000),
  ]
  for (const body of bodies) {
    t.match(await probeBytes(t, prober, body), { ok: false, code: 'unknown-format', reason: String })
  }
})

t.test('a file without a video track is rejected', async (t) => {
  t.testdir({})
  t.match(await probeBytes(t, createProber(t), await remuxClip(new Mp4OutputFormat(), ['eng'], false)), {
    ok: false,
    code: 'no-video-track',
  })
})

t.test('a file that is truncated at any position fails', async (t) => {
  t.testdir({})
  const prober = createProber(t)
  for (let i = 0; i < 50; i++) {
    const at = Math.floor(i * clip.length / 50)
    const result = await probeBytes(t, prober, clip.subarray(0, at))
    t.equal(result.ok, false, `truncated to ${at} bytes`)
  }
  t.match(await probeBytes(t, prober, clip.subarray(0, -1)), { ok: false }, 'truncated by one byte')
})

t.test('200 damaged files have a result, and the prober continues', async (t) => {
  t.testdir({})
  const prober = createProber(t, 400)
  const originals = [
    clip,
    await remuxClip(new MkvOutputFormat()),
    await remuxClip(new MpegTsOutputFormat()),
    await remuxClip(new Mp4OutputFormat({ fastStart: 'fragmented' })),
  ]
  const counts: Record<string, number> = {}
  for (let i = 0; i < 200; i++) {
    const bytes = Buffer.from(originals[i % originals.length]!)
    // Indexes are at the start or the end of files: most of the damage is there.
    const damagedBytes = i % 3 === 0 ? bytes.length : 4_000
    for (let n = 0; n < 1 + i % 40; n++) {
      const at = Math.floor(Math.random() * Math.min(damagedBytes, bytes.length))
      bytes[i % 2 === 0 ? at : bytes.length - 1 - at] = Math.floor(Math.random() * 256)
    }
    const result = await probeBytes(t, prober, bytes)
    const name = result.ok ? 'ok' : result.code
    counts[name] = (counts[name] ?? 0) + 1
    if (result.ok && !(result.info.width > 0 && result.info.durationMs > 0)) t.fail('impossible properties', result)
  }
  t.comment(JSON.stringify(counts))
  // The time limit is tight: a busy machine may exceed it with a valid file too.
  let result = await prober.probe(clipPath('clip-480p-en'), clip.length)
  for (let tries = 0; tries < 50 && !result.ok; tries++) {
    result = await prober.probe(clipPath('clip-480p-en'), clip.length)
  }
  t.match(result, { ok: true })
})

t.test('a box with a wrong length uses no memory', async (t) => {
  const file = path.join(t.testdir({}), 'wrong-length.mp4')
  const prober = createProber(t)
  for (const box of ['moov', 'mdat', 'moof', 'free']) {
    // A valid head, then one box of 6 GiB in a sparse file.
    copyFileSync(clipPath('clip-480p-en'), file)
    const at = clip.readUInt32BE(0)
    truncateSync(file, at)
    const handle = openSync(file, 'r+')
    const head = Buffer.alloc(16)
    head.writeUInt32BE(1, 0)
    head.write(box, 4)
    head.writeBigUInt64BE(6n * 1024n ** 3n, 8)
    writeSync(handle, head, 0, 16, at)
    closeSync(handle)
    truncateSync(file, at + 6 * 1024 ** 3)
    const before = process.memoryUsage().rss
    t.match(await prober.probe(file, statSync(file).size), { ok: false }, box)
    t.ok(process.memoryUsage().rss - before < 400 * 1024 ** 2, box)
  }
})

t.test('the limits on time and memory apply to each file separately', async (t) => {
  t.testdir({})
  t.match(await createProber(t, 1).probe(clipPath('clip-480p-en'), clip.length), { ok: false, code: 'time-limit' })
  const small = createProber(t, 20_000, 48)
  t.match(await probeBytes(t, small, withFrameCount(8_000_000)), { ok: false, code: 'memory-limit' })
  t.match(await small.probe(clipPath('clip-480p-en'), clip.length), { ok: true })
  const prober = createProber(t, 5_000)
  const results = await Promise.all(
    Array.from({ length: 20 }, async () => await prober.probe(clipPath('clip-2160p-en'), 1)),
  )
  t.ok(results.every((result) => result.ok), 'the time in the queue does not count')
})

t.test('a closed prober fails running and new tasks', async (t) => {
  const prober = createMediaProber()
  const running = prober.probe(clipPath('clip-480p-en'), clip.length)
  await prober.close()
  t.match(await running, { ok: false, code: 'closed' })
  t.match(await prober.probe(clipPath('clip-480p-en'), clip.length), { ok: false, code: 'closed' })
})

t.test('a missing file is an error, not a result', async (t) => {
  await t.rejects(createProber(t).probe('/nowhere/movie.mp4', 1), { code: 'ENOENT' })
})
