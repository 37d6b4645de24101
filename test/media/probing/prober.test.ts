// Probing: true files are read for what they are, broken ones end as a failure, and nothing ends the process.
import { randomBytes } from 'node:crypto'
import { copyFileSync, openSync, statSync, truncateSync, writeFileSync, closeSync, writeSync } from 'node:fs'
import path from 'node:path'
import { MkvOutputFormat, MovOutputFormat, Mp4OutputFormat, MpegTsOutputFormat, type OutputFormat } from 'mediabunny'
import t, { type Test } from 'tap'
import { createMediaProber, type MediaProber, type ProbeResult } from '../../../src/media/probing/prober.js'
import { clip, clipPath, remux } from '../clips.js'

function prober (t: Test, ...limits: Parameters<typeof createMediaProber>): MediaProber {
  const made = createMediaProber(...limits)
  t.teardown(async () => {
    await made.close()
  })
  return made
}

async function probeBytes (t: Test, made: MediaProber, bytes: Buffer): Promise<ProbeResult> {
  const file = path.join(t.testdirName, 'probed')
  writeFileSync(file, bytes)
  return await made.probe(file, bytes.length)
}

/** The small clip with an index of so many frames. */
function withIndexOf (frames: number): Buffer {
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

t.test('the four clips are probed to their true values', async (t) => {
  const made = prober(t)
  const sound = (
    language: string,
  ): object[] => [{ language, kind: 'main', name: null, channels: 1, codec: 'mp4a.40.2' }]
  const expected: Record<string, object> = {
    'clip-480p-en': {
      width: 854,
      height: 480,
      videoCodec: 'avc1.640016',
      audioLanguages: ['en'],
      audioTracks: sound('en'),
    },
    'clip-1080p-en': {
      width: 1920,
      height: 1080,
      videoCodec: 'avc1.640028',
      audioLanguages: ['en'],
      audioTracks: sound('en'),
    },
    'clip-1080p-es': {
      width: 1920,
      height: 1080,
      videoCodec: 'avc1.640028',
      audioLanguages: ['es'],
      audioTracks: sound('es'),
    },
    'clip-2160p-en': {
      width: 3840,
      height: 2160,
      videoCodec: 'avc1.640033',
      audioLanguages: ['en'],
      audioTracks: sound('en'),
    },
  }
  for (const [name, own] of Object.entries(expected)) {
    const sizeBytes = statSync(clipPath(name)).size
    t.same(await made.probe(clipPath(name), sizeBytes), {
      ok: true,
      facts: {
        container: 'mp4',
        contentType: 'video/mp4',
        videoCodecName: 'avc',
        audioCodec: 'mp4a.40.2',
        frameRate: 12,
        durationMs: 60_000,
        bitrate: Math.round(sizeBytes * 8 / 60),
        sizeBytes,
        ...own,
      },
    }, name)
  }
})

t.test('the same film in other containers is the same film', async (t) => {
  t.testdir({})
  const made = prober(t)
  const cases: ReadonlyArray<readonly [OutputFormat, object]> = [
    [new MovOutputFormat(), { container: 'mov', contentType: 'video/quicktime' }],
    [new MkvOutputFormat(), { container: 'mkv', contentType: 'video/x-matroska' }],
    [new MpegTsOutputFormat(), { container: 'ts', contentType: 'video/mp2t' }],
    [new Mp4OutputFormat({ fastStart: 'fragmented' }), { container: 'mp4', contentType: 'video/mp4' }],
  ]
  for (const [format, own] of cases) {
    const result = await probeBytes(t, made, await remux(format))
    t.match(result, {
      ok: true,
      facts: {
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

t.test('audio languages become BCP 47, each once; unknown ones are left out', async (t) => {
  t.testdir({})
  const bytes = await remux(new MkvOutputFormat(), ['ger', 'spa', 'und', 'spa', 'jpn'])
  t.match(await probeBytes(t, prober(t), bytes), {
    ok: true,
    facts: {
      audioTracks: [{ language: 'de' }, { language: 'es' }, { language: null }, { language: 'es' }, { language: 'ja' }],
      audioLanguages: ['de', 'es', 'ja'],
    },
  })
})

t.test('files that are no media are refused', async (t) => {
  t.testdir({})
  const made = prober(t)
  const bodies = [
    Buffer.alloc(0),
    Buffer.from('x'),
    Buffer.from('#EXTM3U\n#EXTINF:1,\n/etc/passwd\n'),
    Buffer.alloc(100_000),
    randomBytes(100_000),
  ]
  for (const body of bodies) {
    t.match(await probeBytes(t, made, body), { ok: false, code: 'unknown-kind', reason: String })
  }
})

t.test('a file without a picture is refused', async (t) => {
  t.testdir({})
  t.match(await probeBytes(t, prober(t), await remux(new Mp4OutputFormat(), ['eng'], false)), {
    ok: false,
    code: 'no-picture',
  })
})

t.test('a film that is cut short anywhere is a failure', async (t) => {
  t.testdir({})
  const made = prober(t)
  for (let i = 0; i < 50; i++) {
    const at = Math.floor(i * clip.length / 50)
    const result = await probeBytes(t, made, clip.subarray(0, at))
    t.equal(result.ok, false, `cut at ${at}`)
  }
  t.match(await probeBytes(t, made, clip.subarray(0, -1)), { ok: false }, 'cut by one byte')
})

t.test('200 damaged films end as an answer, and the prober goes on', async (t) => {
  t.testdir({})
  const made = prober(t, 400)
  const originals = [
    clip,
    await remux(new MkvOutputFormat()),
    await remux(new MpegTsOutputFormat()),
    await remux(new Mp4OutputFormat({ fastStart: 'fragmented' })),
  ]
  const counts: Record<string, number> = {}
  for (let i = 0; i < 200; i++) {
    const bytes = Buffer.from(originals[i % originals.length]!)
    // Indexes sit at the ends of files: most of the damage goes there.
    const reach = i % 3 === 0 ? bytes.length : 4_000
    for (let n = 0; n < 1 + i % 40; n++) {
      const at = Math.floor(Math.random() * Math.min(reach, bytes.length))
      bytes[i % 2 === 0 ? at : bytes.length - 1 - at] = Math.floor(Math.random() * 256)
    }
    const result = await probeBytes(t, made, bytes)
    const name = result.ok ? 'ok' : result.code
    counts[name] = (counts[name] ?? 0) + 1
    if (result.ok && !(result.info.width > 0 && result.info.durationMs > 0)) t.fail('facts that cannot be', result)
  }
  t.comment(JSON.stringify(counts))
  // The limit is tight, and a busy machine may take longer for a sound film too: some time it is read again.
  let after = await made.probe(clipPath('clip-480p-en'), clip.length)
  for (let tries = 0; tries < 50 && !after.ok; tries++) after = await made.probe(clipPath('clip-480p-en'), clip.length)
  t.match(after, { ok: true })
})

t.test('a length that lies costs no memory', async (t) => {
  const file = path.join(t.testdir({}), 'liar.mp4')
  const made = prober(t)
  for (const box of ['moov', 'mdat', 'moof', 'free']) {
    // A real head, then one box of 6 GiB in a file that has it only on paper.
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
    t.match(await made.probe(file, statSync(file).size), { ok: false }, box)
    t.ok(process.memoryUsage().rss - before < 400 * 1024 ** 2, box)
  }
})

t.test('time and memory are limited, and the next file has all of them again', async (t) => {
  t.testdir({})
  t.match(await prober(t, 1).probe(clipPath('clip-480p-en'), clip.length), { ok: false, code: 'time-limit' })
  const small = prober(t, 20_000, 48)
  t.match(await probeBytes(t, small, withIndexOf(8_000_000)), { ok: false, code: 'memory-limit' })
  t.match(await small.probe(clipPath('clip-480p-en'), clip.length), { ok: true })
  const made = prober(t, 5_000)
  const results = await Promise.all(
    Array.from({ length: 20 }, async () => await made.probe(clipPath('clip-2160p-en'), 1)),
  )
  t.ok(results.every((result) => result.ok), 'files that wait their turn')
})

t.test('a prober that was closed says so', async (t) => {
  const made = createMediaProber()
  const running = made.probe(clipPath('clip-480p-en'), clip.length)
  await made.close()
  t.match(await running, { ok: false, code: 'closed' })
  t.match(await made.probe(clipPath('clip-480p-en'), clip.length), { ok: false, code: 'closed' })
})

t.test('a file that is not there is an error, not a verdict', async (t) => {
  await t.rejects(prober(t).probe('/nowhere/film.mp4', 1), { code: 'ENOENT' })
})
