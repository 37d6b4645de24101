// Subtitle tracks of real files: what is listed, and the texts that are extracted.
import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import {
  BufferTarget,
  EncodedPacket,
  EncodedVideoPacketSource,
  MkvOutputFormat,
  Mp4OutputFormat,
  Output,
  TextSubtitleSource,
  type OutputFormat,
} from 'mediabunny'
import t from 'tap'
import { readEmbeddedSubtitles } from '../../../src/media/probing/embedded-subtitles.js'
import { createMediaProber } from '../../../src/media/probing/prober.js'
import { findTransportSubtitles } from '../../../src/media/probing/transport-subtitles.js'

const filePath = (name: string): string => path.join(process.cwd(), 'test/media/files', name)
const prober = createMediaProber()
t.teardown(prober.close)

async function extract (name: string) {
  const result = await prober.probe(filePath(name), statSync(filePath(name)).size)
  if (!result.ok) throw new Error(result.code)
  const { embeddedSubtitles, extractedSubtitles } = result.info
  return { embeddedSubtitles, texts: extractedSubtitles.map(({ webVtt }) => Buffer.from(webVtt).toString()) }
}

/** The texts of the fixtures with their first times; those of some files are moved. */
const GERMAN = (shiftMs: number, endMs = 2_500): string =>
  webVtt(
    [1_000 + shiftMs, endMs + shiftMs, '<i>Grüße</i>\nzwei Zeilen'],
    [4_000 + shiftMs, 5_000 + shiftMs, '1 &lt; 2 &amp; 3'],
  )

function webVtt (...cues: Array<readonly [startMs: number, endMs: number, text: string, settings?: string]>): string {
  const time = (ms: number): string => new Date(ms).toISOString().slice(11, 23)
  return [
    'WEBVTT\n',
    ...cues.map(([start, end, text, settings]) =>
      `${time(start)} --> ${time(end)}${settings === undefined ? '' : ` ${settings}`}\n${text}\n`
    ),
  ].join('\n')
}

t.test('texts in Matroska are extracted: SubRip, ASS and WebVTT', async (t) => {
  const { embeddedSubtitles, texts } = await extract('text-subtitles.mkv')
  t.strictSame(embeddedSubtitles, [
    { codec: 'subrip', language: 'de', name: null, kind: 'full', extraction: 'extracted' },
    { codec: 'ass', language: 'en', name: 'Signs', kind: 'forced', extraction: 'extracted' },
    { codec: 'webvtt', language: 'fr', name: 'Français SDH', kind: 'sdh', extraction: 'extracted' },
  ])
  t.equal(texts[0], GERMAN(128))
  t.equal(texts[1], webVtt([1_128, 2_628, '<i>Hello</i>, Kim\nsecond line'], [4_128, 5_128, 'Sign', 'line:0']))
  t.equal(texts[2], webVtt([1_128, 2_628, '<i>Bonjour</i>'], [4_128, 5_128, 'A & B']))
})

t.test('compressed blocks are extracted, and the times are those of the playback', async (t) => {
  const { embeddedSubtitles, texts } = await extract('zlib-subtitles.mkv')
  t.match(embeddedSubtitles[3], { codec: 'subrip', language: 'de', kind: 'forced', extraction: 'extracted' })
  // The pictures of this file start at 128 ms.
  t.strictSame([texts[0], texts[3]], [GERMAN(0), GERMAN(-128)])
})

t.test('a file without an index is scanned', async (t) => {
  t.strictSame((await extract('live-subtitles.mkv')).texts, [GERMAN(128)])
})

t.test('WebVTT in WebM is extracted', async (t) => {
  const { embeddedSubtitles, texts } = await extract('text-subtitles.webm')
  t.match(embeddedSubtitles, [{ codec: 'webvtt', language: 'fr', extraction: 'extracted' }])
  t.strictSame(texts, [webVtt([1_000, 2_500, '<i>Bonjour</i>'], [4_000, 5_000, 'A & B'])])
})

t.test('timed text in MP4 is extracted, in one part and in fragments', async (t) => {
  const { embeddedSubtitles, texts } = await extract('text-subtitles.mp4')
  t.match(embeddedSubtitles, [
    { codec: 'mov_text', language: 'de', kind: 'full', extraction: 'extracted' },
    { codec: 'mov_text', language: 'fr', kind: 'full', extraction: 'extracted' },
  ])
  t.strictSame(texts, [
    GERMAN(0),
    webVtt([1_000, 2_500, '<i>Bonjour</i>'], [4_000, 5_000, 'A &amp; B']),
  ])
  // The fragments state that the first text stays until the second.
  t.strictSame((await extract('fragmented-subtitles.mp4')).texts, [GERMAN(128, 4_000)])
})

const SOURCE = 'WEBVTT\n\n00:01.000 --> 00:02.500 line:0\n<i>Bonjour</i>\n\n00:02.000 --> 00:05.000\nA &amp; B\n'
/** Video and a WebVTT track. */
async function createFile (format: OutputFormat, packetBytes: number): Promise<Buffer> {
  const target = new BufferTarget()
  const output = new Output({ format, target })
  const video = new EncodedVideoPacketSource('vp8')
  const subtitles = new TextSubtitleSource('webvtt')
  output.addVideoTrack(video)
  output.addSubtitleTrack(subtitles, { languageCode: 'fra', name: 'Forced' })
  await output.start()
  await subtitles.add(SOURCE)
  subtitles.close()
  for (let i = 0; i < 24; i++) {
    const packet = new EncodedPacket(new Uint8Array(packetBytes).fill(i), i === 0 ? 'key' : 'delta', i / 4, 1 / 4)
    await video.add(packet, { decoderConfig: { codec: 'vp8', codedWidth: 320, codedHeight: 180 } })
  }
  await output.finalize()
  return Buffer.from(target.buffer!)
}

for (const [container, format] of [['mp4', new Mp4OutputFormat()], ['mkv', new MkvOutputFormat()]] as const) {
  t.test(`WebVTT in ${container} keeps its settings and overlapping cues`, async (t) => {
    const bytes = await createFile(format, 100)
    const read = async (start: number, end: number): Promise<Uint8Array> => bytes.subarray(start, end)
    const file = { container, sizeBytes: bytes.length, startMs: 0 }
    const { embeddedSubtitles, extractedSubtitles } = await readEmbeddedSubtitles(read, file, 5_000)
    t.match(embeddedSubtitles, [{ codec: 'webvtt', language: 'fr', name: 'Forced', kind: 'forced' }])
    t.strictSame(extractedSubtitles.map(({ webVtt }) => Buffer.from(webVtt).toString()), [
      webVtt([1_000, 2_500, '<i>Bonjour</i>', 'line:0'], [2_000, 5_000, 'A &amp; B']),
    ])
  })
}

t.test('only the subtitles of a large MP4 file are read', async (t) => {
  const bytes = await createFile(new Mp4OutputFormat({ fastStart: false }), 1_000_000)
  let readBytes = 0
  const read = async (start: number, end: number): Promise<Uint8Array> => {
    readBytes += end - start
    return bytes.subarray(start, end)
  }
  const file = { container: 'mp4' as const, sizeBytes: bytes.length, startMs: 0 }
  const { extractedSubtitles } = await readEmbeddedSubtitles(read, file, 5_000)
  t.equal(extractedSubtitles.length, 1)
  t.ok(bytes.length > 24_000_000 && readBytes < 200_000, `${readBytes} bytes of ${bytes.length} were read`)
})

t.test('a track that cannot be read does not affect the file or the other tracks', async (t) => {
  const bytes = readFileSync(filePath('zlib-subtitles.mkv'))
  const read = async (start: number, end: number): Promise<Uint8Array> => bytes.subarray(start, end)
  const file = { container: 'mkv' as const, sizeBytes: bytes.length, startMs: 0 }
  const states = async (timeLimitMs: number): Promise<string[]> =>
    (await readEmbeddedSubtitles(read, file, timeLimitMs)).embeddedSubtitles.map(({ extraction }) => extraction)
  t.strictSame(await states(5_000), ['extracted', 'extracted', 'extracted', 'extracted'])
  t.strictSame(await states(-1), ['failed', 'failed', 'failed', 'failed'], 'no time')
  const zlibHeader = Buffer.from([0x78, 0xda])
  for (let at = bytes.indexOf(zlibHeader); at >= 0; at = bytes.indexOf(zlibHeader)) bytes.fill(0xff, at, at + 8)
  t.strictSame(await states(5_000), ['extracted', 'extracted', 'extracted', 'failed'], 'damaged blocks')
  bytes.write('S_VOBSUB\0\0', bytes.indexOf('S_TEXT/UTF8'))
  t.equal((await states(5_000))[0], 'not-convertible', 'pictures')
})

/** One packet of a transport stream with a section. */
function packetOf (pid: number, table: number, contents: readonly number[]): Buffer {
  const section = [table, 0xb0, contents.length + 9, 0, 1, 0xc1, 0, 0, ...contents, 0, 0, 0, 0]
  const packet = Buffer.alloc(188, 0xff)
  packet.set([0x47, 0x40 | (pid >> 8), pid & 0xff, 0x10, 0, ...section])
  return packet
}

t.test('subtitles of a transport stream are listed as not convertible', async (t) => {
  const language = (code: string): number[] => [...Buffer.from(code)]
  const streams: Array<readonly [type: number, descriptors: number[]]> = [
    [0x1b, []],
    [0x06, [0x59, 16, ...language('deu'), 0x10, 0, 1, 0, 1, ...language('eng'), 0x20, 0, 1, 0, 1]],
    [0x06, [0x56, 15, ...language('fra'), 0x10, 0x88, ...language('fra'), 0x28, 0x89, ...language('fra'), 0x08, 0]],
    [0x90, []],
  ]
  const bytes = Buffer.concat([
    packetOf(0, 0, [0, 0, 0xe0, 0x10, 0, 1, 0xe1, 0x00]),
    packetOf(0x100, 2, [
      0xe1,
      0x01,
      0xf0,
      0,
      ...streams.flatMap(([type, descriptors], i) => [type, 0xe1, i + 1, 0xf0, descriptors.length, ...descriptors]),
    ]),
  ])
  const tracks = await findTransportSubtitles(async (start, end) => bytes.subarray(start, end), bytes.length)
  t.match(tracks, [
    { codec: 'dvb', language: 'de', kind: 'full', format: null },
    { codec: 'dvb', language: 'en', kind: 'sdh', format: null },
    { codec: 'teletext', language: 'fr', kind: 'full', format: null },
    { codec: 'teletext', language: 'fr', kind: 'sdh', format: null },
    { codec: 'pgs', language: null, kind: 'full', format: null },
  ])
  t.equal(tracks.length, 5)
})
