// DASH of files and masters with unusual tracks: clocks that start late, several codecs, roles, no audio.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import t, { type Test } from 'tap'
import { addMovie } from '../../support/catalogue.js'
import { heightsOf, readManifest, segmentsOf, type Node, type ReadManifest } from '../../support/dash.js'
import { get, packageAll, readTracks, resolve } from '../../support/hls.js'
import { play } from '../../support/playback.js'
import { call } from '../../support/requests.js'
import { signUp } from '../../support/users.js'
import { encodeMasters, startEncodingApp, uploadMaster } from '../encoding/encoding-app.js'
import { makeFile, skipWithoutFfmpeg } from '../encoding/programs.js'

const PICTURE = ['-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=25:duration=14']
const TONE = ['-f', 'lavfi', '-i', 'sine=frequency=440:duration=14']
const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '50', '-bf', '2', '-c:a', 'aac']

t.test('DASH of unusual tracks', { skip: await skipWithoutFfmpeg() }, async (t) => {
  const folder = t.testdir({})
  const test = await startEncodingApp(t)
  const { app, admin } = test
  const kim = await signUp(app)
  const make = async (name: string, ...args: string[]): Promise<Buffer> => {
    await makeFile(folder, [...args, name])
    return readFileSync(path.join(folder, name))
  }
  const upload = async (movie: string, type: string, body: Buffer): Promise<void> => {
    const headers = { 'content-type': type }
    const response = await call(app, 'POST', `/v1/admin/movies/${movie}/media`, { token: admin.token, body, headers })
    if (response.status !== 201) throw new Error(JSON.stringify(response.body))
  }
  const openManifest = async (t: Test, movie: string): Promise<ReadManifest & { url: string }> => {
    const { body } = await play(kim, movie, { takeOver: (await streams())[0]?.id })
    return { ...await readManifest(app, t, body.dashUrl), url: body.dashUrl }
  }
  const streams = async (): Promise<Array<{ id: string }>> => (await kim.get('/v1/account/streams')).body.items
  /** Starts of a representation in the manifest and in its bytes, s. */
  const startsOf = async (url: string, representation: Node): Promise<[stated: number, found: number]> => {
    const { urls, starts } = segmentsOf(representation)
    const parts = await Promise.all(urls.map(async (one) => (await get(app, resolve(one, url))).bytes))
    return [starts[0] ?? NaN, (await readTracks(Buffer.concat(parts))).startSeconds]
  }

  await t.test('a track that begins late has its time', async (t) => {
    const movie = await addMovie(app, admin, {}, [])
    await upload(
      movie,
      'video/mp4',
      await make('late.mp4', ...PICTURE, '-itsoffset', '0.5', ...TONE, ...H264),
    )
    await packageAll(app)
    const manifest = await openManifest(t, movie)
    const [stated, found] = await startsOf(manifest.url, manifest.of('audio')[0]!['Representation'][0])
    t.ok(Math.abs(stated - 0.5) < 0.05, `${stated} s`)
    t.ok(Math.abs(stated - found) < 0.001, `${found} s in the bytes`)
    t.strictSame(await startsOf(manifest.url, manifest.of('video')[0]!['Representation'][0]), [0, 0])
  })

  await t.test('a recording whose clock starts at ten minutes begins at 0', async (t) => {
    const movie = await addMovie(app, admin, {}, [])
    const clock = ['-output_ts_offset', '600']
    await upload(movie, 'video/mp2t', await make('clock.ts', ...PICTURE, ...TONE, ...H264, ...clock))
    await packageAll(app)
    const manifest = await openManifest(t, movie)
    for (const { Representation: [first] } of [...manifest.of('video'), ...manifest.of('audio')]) {
      const [stated, found] = await startsOf(manifest.url, first)
      t.ok(stated < 0.2 && Math.abs(stated - Math.max(0, found)) < 0.001, `${stated} s, ${found} s in the bytes`)
    }
    t.match(manifest.mpd['mediaPresentationDuration'], /^PT14\.\d{3}S$/)
  })

  await t.test('a file without audio has a video set only', async (t) => {
    const movie = await addMovie(app, admin, {}, [])
    await upload(movie, 'video/mp4', await make('silent.mp4', ...PICTURE, ...H264))
    await packageAll(app)
    const manifest = await openManifest(t, movie)
    t.strictSame(manifest.sets.map(({ contentType }) => contentType), ['video'])
  })

  await t.test('files of two codecs are two sets', async (t) => {
    const movie = await addMovie(app, admin, {}, [])
    await upload(movie, 'video/mp4', await make('h264.mp4', ...PICTURE, ...TONE, ...H264))
    const vp9 = ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-g', '50', '-s', '160x90']
    await upload(movie, 'video/mp4', await make('vp9.mp4', ...PICTURE, ...TONE, ...vp9, '-c:a', 'libopus'))
    await packageAll(app)
    const manifest = await openManifest(t, movie)
    const codecs = manifest.of('video').map(({ Representation }) => Representation.map((one: Node) => one['codecs']))
    t.match(codecs, [[/^avc1/], [/^vp09/]])
    t.match(manifest.of('audio').map(({ Representation: [one] }) => one.codecs), ['mp4a.40.2', /^opus$/i])
  })

  await t.test('the tracks of a master have roles, surround sound has a set of its own', async (t) => {
    const movie = await addMovie(app, admin, { originalLanguage: 'en' }, [])
    const master = await make(
      'master.mkv',
      ...[...PICTURE, ...TONE, '-filter_complex', '[1]asplit=4[a][b][c][d]', '-map', '0'],
      ...['-map', '[a]', '-map', '[b]', '-map', '[c]', '-map', '[d]', '-c:v', 'mpeg4', '-c:a', 'ac3', '-ac:a:0', '6'],
      ...['-metadata:s:a:0', 'language=eng', '-metadata:s:a:1', 'language=ger'],
      ...['-metadata:s:a:2', 'language=eng', '-metadata:s:a:2', 'title=Tom & "Jerry"', '-disposition:a:2', 'comment'],
      ...['-metadata:s:a:3', 'language=eng', '-disposition:a:3', 'visual_impaired'],
    )
    await uploadMaster(test, movie, master)
    await encodeMasters(test)
    const manifest = await openManifest(t, movie)
    t.strictSame(heightsOf(manifest), [90, 180])
    t.equal(manifest.of('video')[0]!['segmentAlignment'], 'true')
    const [low, high] = manifest.of('video')[0]!['Representation'].map((one: Node) => segmentsOf(one).starts)
    t.strictSame(low, high, 'the segments of both renditions begin at the same times')
    t.strictSame(
      manifest.of('audio').map((
        { lang, Role: [role], AudioChannelConfiguration: { value }, selectionPriority = '1' },
      ) => [lang, role.value, value, selectionPriority].join(' ')).sort(),
      ['de main 2 1', 'en commentary 2 1', 'en description 2 1', 'en main 2 2', 'en main 6 2'],
    )
    t.equal(manifest.of('image').length, 1)
  })
})
