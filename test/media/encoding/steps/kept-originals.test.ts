// HEVC and AV1 masters keep their video beside the renditions, for devices that play it.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import t, { type Test } from 'tap'
import type { StoredMediaFile } from '../../../../models/media.js'
import { findPrograms } from '../../../../src/media/encoding/find-programs.js'
import { containerOf } from '../../../support/app.js'
import { addMovie } from '../../../support/catalogue.js'
import { readPlaylist } from '../../../support/hls.js'
import { play } from '../../../support/playback.js'
import { signUp, type TestUser } from '../../../support/users.js'
import { countedVideo, makeCountedMaster, readFrameNumbers, readPackets } from '../chunks/counted-master.js'
import {
  encodeMasters,
  findFiles,
  runDoctor,
  startEncodingApp,
  uploadMaster,
  type EncodingApp,
} from '../encoding-app.js'
import { makeFile, skipWithoutFfmpeg, writePrograms } from '../programs.js'

const HEVC = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none']
const AV1 = ['-c:v', 'libsvtav1', '-preset', '12']

t.test('originals of masters', { skip: await skipWithoutFfmpeg() }, async (t) => {
  const folder = t.testdir({})
  const test = await startEncodingApp(t, { ENCODING_LADDER: '90:30:100' })
  const { app } = test
  const kim = await signUp(app, { plan: 'premium' })

  /** Uploads and encodes a file. */
  async function encode (t: Test, name: string, on: EncodingApp = test): Promise<string> {
    const movie = await addMovie(on.app, on.admin, { title: name }, [])
    const { status, body } = await uploadMaster(on, movie, readFileSync(path.join(folder, name)))
    t.equal(status, 202, name)
    await encodeMasters(on)
    const { body: job } = await on.admin.get(`/v1/admin/encoding-jobs/${body.id}`)
    t.match(job, { state: 'done', reason: null }, name)
    return movie
  }

  const locate = async ({ storageKey }: StoredMediaFile, on: EncodingApp = test): Promise<string> =>
    (await containerOf(on.app).storage.locate(storageKey)).toString()

  /** The codec of each file: of the renditions, then of the original. */
  const codecsOf = (files: readonly StoredMediaFile[]): Array<string | undefined> =>
    files.map(({ videoCodec }) => videoCodec?.slice(0, 4))

  async function startPlayback (user: TestUser, movie: string, client: object): Promise<any> {
    const { status, body } = await play(user, movie, { client })
    if (status !== 201) throw new Error(JSON.stringify(body))
    const stop = { positionMs: 0, watchedMs: 0, at: test.clock.now().toISOString() }
    await user.post(`/v1/profiles/${user.profileId}/playback/${body.streamId}/stop`, stop)
    return body
  }

  t.test('have each frame at its time, and the audio of the renditions', async (t) => {
    await makeFile(folder, ['-f', 'lavfi', '-i', 'sine=frequency=300:duration=6', 'second.wav'])
    await makeCountedMaster(folder, 'plain.mkv', 6, '25', [...HEVC, '-g', '60', '-c:a', 'ac3'])
    const delayed = ['-itsoffset', '0.7', '-i', 'plain.mkv', '-i', 'plain.mkv', '-i', 'second.wav']
    const maps = ['-map', '0:v', '-map', '1:a', '-map', '2', '-c:v', 'copy', '-c:a', 'ac3']
    const tracks = ['-metadata:s:a:0', 'language=ger', '-metadata:s:a:1', 'title=Commentary']
    await makeFile(folder, [...delayed, ...maps, ...tracks, '-output_ts_offset', '600', 'late.mkv'])
    await makeFile(folder, [...delayed, ...maps, '-output_ts_offset', '600', 'late.ts'])
    await makeFile(folder, ['-i', 'plain.mkv', '-c', 'copy', 'plain.mp4'])
    for (const [name, minMs, audio] of [['plain.mp4', 0, 1], ['late.mkv', 690, 2], ['late.ts', 690, 2]] as const) {
      const inMaster = await readStart(path.join(folder, name))
      t.ok(inMaster >= minMs, `the video starts ${inMaster} ms after the audio`)
      const files = await findFiles(await encode(t, name))
      t.strictSame(codecsOf(files), ['avc1', 'hvc1'], name)
      const [rendition, original] = files as [StoredMediaFile, StoredMediaFile]
      t.strictSame(
        original.audioTracks.map(({ language, kind, codec }) => ({ language, kind, codec })),
        rendition.audioTracks.map(({ language, kind, codec }) => ({ language, kind, codec })),
      )
      t.equal(original.audioTracks.length, audio)
      const file = await locate(original)
      t.strictSame(await readFrameNumbers(folder, file), Array.from({ length: 150 }, (_value, i) => i), name)
      const inOriginal = await readFirstMs(file, 'v')
      t.ok(Math.abs(inOriginal - inMaster) <= 2, `${name}: starts at ${inOriginal} ms, in the master at ${inMaster} ms`)
      t.strictSame(await readPackets(file, 'a'), await readPackets(await locate(rendition), 'a'), 'the same audio')
    }
    t.strictSame(await runDoctor(test), [])
  })

  async function makeHdrFile (size: string, name: string): Promise<void> {
    await makeFile(folder, [
      ...['-f', 'lavfi', '-i', `testsrc=size=${size}:rate=2:duration=5`, '-pix_fmt', 'yuv420p10le'],
      ...[...HEVC.slice(0, -1), 'log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc', name],
    ])
  }

  t.test('stay beside a rendition of the same size', async (t) => {
    await makeHdrFile('160x90', 'small.mkv')
    const movie = await encode(t, 'small.mkv')
    const { body } = await play(await signUp(app), movie, { client: { codecs: ['avc1', 'hvc1'] } })
    const { text } = await readPlaylist(app, t, body.hlsUrl)
    t.match(text, /^#EXT-X-STREAM-INF:.*CODECS="avc1.*VIDEO-RANGE=SDR/m)
    t.match(text, /^#EXT-X-STREAM-INF:.*CODECS="hvc1.*VIDEO-RANGE=PQ/m)
    const { payload } = await app.inject({ method: 'GET', url: body.dashUrl })
    t.match(payload, /codecs="avc1/)
    t.match(payload, /codecs="hvc1/)
  })

  t.test('play on devices that state the codec, within the plan', async (t) => {
    await makeHdrFile('3840x2160', 'hdr.mkv')
    const movie = await encode(t, 'hdr.mkv')
    const basic = await signUp(app, { plan: 'basic' })
    const tv = { codecs: ['avc1', 'hvc1'] }
    t.match(await startPlayback(kim, movie, tv), { mediaFile: { videoCodec: /^hvc1/, height: 2_160 } })
    t.match(await startPlayback(kim, movie, { codecs: ['avc1'] }), { mediaFile: { videoCodec: /^avc1/, height: 90 } })
    t.match(await startPlayback(basic, movie, tv), { mediaFile: { videoCodec: /^avc1/, height: 90 } })
    const other = await signUp(app, { plan: 'premium' })
    const unknown = await startPlayback(other, movie, {})
    t.match(unknown, { mediaFile: { videoCodec: /^avc1/, height: 90 } }, 'a device that does not state its codecs')
    for (const [user, ranges] of [[kim, ['PQ', 'SDR']], [basic, ['SDR']]] as const) {
      const { body } = await play(user, movie, { client: tv })
      const { text } = await readPlaylist(app, t, body.hlsUrl)
      const found = [...text.matchAll(/^#EXT-X-STREAM-INF:.*VIDEO-RANGE=(\w+)/gm)].map(([, range]) => range)
      t.strictSame([...new Set(found)].sort(), ranges, text)
      t.equal(text.includes('3840x2160'), user === kim)
    }
  })

  t.test('of AV1, and of masters in chunks', async (t) => {
    await makeCountedMaster(folder, 'av1.mp4', 4, '25', [...AV1, '-c:a', 'aac'])
    t.strictSame(codecsOf(await findFiles(await encode(t, 'av1.mp4'))), ['avc1', 'av01'])
    await makeCountedMaster(folder, 'long.mkv', 62, '25', [...HEVC, '-c:a', 'aac'])
    const files = await findFiles(await encode(t, 'long.mkv'))
    t.strictSame(codecsOf(files), ['avc1', 'hvc1'])
    t.equal((await readFrameNumbers(folder, await locate(files[1]!))).length, 62 * 25)
  })

  t.test('are not kept where browsers do not play them', async (t) => {
    await makeFile(folder, [
      ...countedVideo(2),
      '-pix_fmt',
      'yuv422p10le',
      ...HEVC,
      '-profile:v',
      'main422-10',
      '422.mkv',
    ])
    await makeFile(folder, [...countedVideo(2), '-c:v', 'mpeg4', 'mpeg4.mkv'])
    for (const name of ['422.mkv', 'mpeg4.mkv']) {
      t.strictSame(codecsOf(await findFiles(await encode(t, name))), ['avc1'], name)
    }
  })

  t.test('are left out when the copy fails, which leaves no object', async (t) => {
    const programs = await findPrograms({ ffmpegPath: null, ffprobePath: null })
    if (!programs.isAvailable) throw new Error(programs.reason)
    const { ffmpegPath } = writePrograms(
      path.join(folder, 'programs'),
      `case "$*" in *original.mp4*) echo "cannot copy" >&2; exit 1;; esac\nexec ${programs.ffmpegPath} "$@"`,
    )
    const failing = await startEncodingApp(t, {
      ENCODING_LADDER: '90:30:100',
      FFMPEG_PATH: ffmpegPath,
      FFPROBE_PATH: programs.ffprobePath,
    })
    const movie = await encode(t, 'plain.mkv', failing)
    t.strictSame(codecsOf(await findFiles(movie)), ['avc1'])
    // The apps share a database, but not the storage.
    t.notMatch(JSON.stringify(await runDoctor(failing)), movie)
  })

  async function readFirstMs (file: string, stream: 'v' | 'a'): Promise<number> {
    const times = (await readPackets(file, stream, 'pts_time')).map(Number.parseFloat).filter(Number.isFinite)
    return Math.round(Math.min(...times) * 1_000)
  }

  /** Time of the first picture after the first picture or sound, ms. */
  async function readStart (file: string): Promise<number> {
    const [video, audio] = [await readFirstMs(file, 'v'), await readFirstMs(file, 'a')]
    return video - Math.min(video, audio)
  }
})
