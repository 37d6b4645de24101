// Segments and key frames of HLS over HTTP: bytes, target durations, audio groups, subtitles and real players.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { buffer, json } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from 'mediabunny'
import t from 'tap'
import type { PackageIndex, Segment } from '../../src/media/packaging/package-index.js'
import { storeSmallObject } from '../../src/media/small-objects.js'
import { containerOf, startApp } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import { get, packageAll, readPlaylist, resolve } from '../support/hls.js'
import { play } from '../support/playback.js'
import { signUp, signUpAdmin } from '../support/users.js'

const run = promisify(execFile)

t.test('HLS segments', async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin, { originalLanguage: 'en' }, ['480p-en', '1080p-en', '1080p-es', '2160p-en'])
  await packageAll(app)
  const { storage, catalogue } = containerOf(app)
  const packages = (id = movie): Array<{ prefix: string }> => catalogue.itemFiles(id).map(({ hls }) => hls.packages[0]!)
  const startHls = async (options = {}, plan = 'premium', id = movie): Promise<string> =>
    (await play(await signUp(app, { plan }), id, options)).body.hlsUrl

  t.test('a segment URL returns exactly the bytes of its segment', async (t) => {
    const master = await startHls()
    const url = resolve((await readPlaylist(app, t, master)).manifest.playlists![0]!.uri, master)
    const { manifest, text } = await readPlaylist(app, t, url)
    t.notMatch(text, 'BYTERANGE')
    const uris = [manifest.segments![0]!.map!.uri, ...manifest.segments!.map(({ uri }) => uri)]
    t.equal(new Set(uris).size, 11, 'the initialisation and ten segments')
    const responses = await Promise.all(uris.map(async (uri) => await get(app, resolve(uri, url))))
    const stored = await buffer(await storage.open(`${packages()[0]!.prefix}/v.mp4`))
    const sent = Buffer.concat(responses.map(({ bytes }) => bytes))
    t.ok(sent.equals(stored.subarray(0, sent.length)) && sent.length > stored.length - 1_000)
    t.equal(new Set(responses.map(({ headers }) => headers['etag'])).size, 11, 'each segment has its own ETag')
    for (const { bytes, headers } of responses) t.equal(headers['content-length'], String(bytes.length))

    const [, , second] = uris.map((uri) => resolve(uri, url))
    const whole = responses[2]!.bytes
    for (
      const [range, from, to] of [['bytes=0-0', 0, 1], ['bytes=100-', 100, undefined], [
        'bytes=-9',
        -9,
        undefined,
      ]] as const
    ) {
      const part = await get(app, second!, { range })
      t.equal(part.status, 206, range)
      t.ok(part.bytes.equals(whole.subarray(from, to)), range)
      t.match(part.headers['content-range'], new RegExp(`/${whole.length}$`))
    }
    const several = await get(app, second!, { range: 'bytes=0-3,8-11' })
    t.match(several, { status: 206, headers: { 'content-type': /^multipart\/byteranges/ } })
    t.ok(several.bytes.includes(whole.subarray(8, 12)))
    t.equal((await get(app, second!, { range: `bytes=${whole.length}-` })).status, 416)
    t.equal((await get(app, second!, { 'if-none-match': responses[2]!.headers['etag'] as string })).status, 304)
  })

  t.test('all renditions of an item have one target duration, whatever their segments', async (t) => {
    const other = await addMovie(app, admin, {}, ['480p-en', '1080p-es'])
    await packageAll(app)
    const key = `${packages(other)[1]!.prefix}/index.json`
    const index = await json(await storage.open(key)) as PackageIndex
    await storage.remove(key)
    await storeSmallObject(
      storage,
      key,
      Buffer.from(JSON.stringify({
        ...index,
        video: { ...index.video, segments: mergePairs(index.video.segments) },
      })),
    )
    const master = await startHls({}, 'premium', other)
    const { manifest } = await readPlaylist(app, t, master)
    const uris = [
      ...manifest.playlists!,
      ...manifest.iFramePlaylists!,
      ...Object.values(manifest.mediaGroups!.AUDIO['mp4a']!),
    ]
    const targets = await Promise.all(
      uris.map(async ({ uri }) => (await readPlaylist(app, t, resolve(uri, master))).manifest.targetDuration),
    )
    t.strictSame(targets, Array(6).fill(12))
  })

  t.test('key frames are byte ranges that decode alone, within the limits of the plan', async (t) => {
    const master = await startHls({}, 'standard')
    const { manifest, text } = await readPlaylist(app, t, master)
    t.strictSame(manifest.iFramePlaylists!.map(({ attributes }) => attributes['RESOLUTION'].height), [480, 1080])
    t.match(text, /^#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=\d+,AVERAGE-BANDWIDTH=\d+,CODECS="avc1[^,]+",RESOLUTION=/m)
    for (const { uri } of manifest.iFramePlaylists!) {
      const url = resolve(uri, master)
      const { manifest: list } = await readPlaylist(app, t, url)
      t.match(list, { iFramesOnly: true, endList: true, targetDuration: 6 })
      t.strictSame(list.segments!.map(({ duration }) => duration), Array(10).fill(6))
      const read = async ({ uri, byterange }: NonNullable<typeof list.segments>[number]): Promise<Buffer> => {
        const { offset, length } = byterange!
        return (await get(app, resolve(uri, url), { range: `bytes=${offset}-${offset + length - 1}` })).bytes
      }
      const [first] = list.segments!
      const init = await read({ ...first!, ...first!.map! })
      for (const [i, segment] of list.segments!.entries()) {
        const input = new Input({
          source: new BufferSource(Buffer.concat([init, await read(segment)])),
          formats: ALL_FORMATS,
        })
        const packet = await new EncodedPacketSink((await input.getPrimaryVideoTrack())!).getFirstPacket()
        t.match(packet, { type: 'key' })
        t.ok(Math.abs(packet!.timestamp - 6 * i) < 0.01, `${packet!.timestamp} s`)
        t.ok(packet!.data.length > 100 && segment.byterange!.length > packet!.data.length)
        input.dispose()
      }
    }
    const retired = master.replace('master', `${packages()[3]!.prefix.split('/').at(-1)!}-keyframes`)
    t.equal((await get(app, retired)).status, 403, 'a rendition above the plan')
  })

  t.test('a package without positions of key frames has no playlist of them', async (t) => {
    const other = await addMovie(app, admin)
    await packageAll(app)
    const [{ prefix }] = packages(other) as [{ prefix: string }]
    const index = await json(await storage.open(`${prefix}/index.json`)) as PackageIndex
    await storage.remove(`${prefix}/index.json`)
    const segments = index.video.segments.map(([durationUs, sizeBytes]) => [durationUs, sizeBytes])
    const old = { ...index, video: { ...index.video, segments } }
    await storeSmallObject(storage, `${prefix}/index.json`, Buffer.from(JSON.stringify(old)))
    const master = await startHls({}, 'premium', other)
    const { manifest, text } = await readPlaylist(app, t, master)
    t.notMatch(text, 'I-FRAME')
    const url = resolve(manifest.playlists![0]!.uri, master)
    t.equal((await readPlaylist(app, t, url)).manifest.segments!.length, 10)
    t.equal((await get(app, url.replace('-v.', '-keyframes.'))).status, 404)
  })

  t.test('ffmpeg plays all frames', { skip: await hasFfmpeg() ? false : 'ffmpeg is not installed' }, async (t) => {
    const origin = await app.listen({ port: 0, host: '127.0.0.1' })
    const url = `${origin}${await startHls()}`
    const frames = async (...options: string[]): Promise<string[]> => {
      const { stdout } = await run('ffmpeg', [
        '-v',
        'error',
        ...options,
        '-i',
        url,
        '-map',
        '0:v:0',
        '-f',
        'framemd5',
        '-',
      ])
      return stdout.split('\n').filter((line) => /^\d/.test(line))
    }
    const all = await frames()
    t.equal(all.length, 720, '60 s at 12 frames/s')
    t.equal(new Set(all.map((line) => createHash('md5').update(line).digest('hex'))).size, 720)
  })
})

function mergePairs (segments: readonly Segment[]): Segment[] {
  return segments.flatMap(([durationUs, sizeBytes, keyFrameBytes], i): Segment[] => {
    const [nextUs, nextBytes] = segments[i + 1] ?? [0, 0]
    return i % 2 === 1 ? [] : [[durationUs + nextUs, sizeBytes + nextBytes, keyFrameBytes ?? 0]]
  })
}

async function hasFfmpeg (): Promise<boolean> {
  return await run('ffmpeg', ['-version']).then(() => true, () => false)
}
