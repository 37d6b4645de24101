// Posters, backdrops and stills from masters: which pictures are chosen, and images that people uploaded.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import sharp from 'sharp'
import t from 'tap'
import { EncodingJob } from '../../../../models/encoding-job.js'
import { Image } from '../../../../models/image.js'
import { pictureArguments, pictureName, sampleTimes } from '../../../../src/media/encoding/steps/master-pictures.js'
import { addMovie, addShow } from '../../../support/catalogue.js'
import { containerOf } from '../../../support/app.js'
import { call, type TestResponse } from '../../../support/requests.js'
import { signUp } from '../../../support/users.js'
import { PNG } from '../../sidecar-test.js'
import { encodeMasters, runDoctor, startEncodingApp, uploadMaster } from '../encoding-app.js'
import { installedEncoder, makeFile, skipWithoutFfmpeg } from '../programs.js'

const skip = await skipWithoutFfmpeg()
const SIZE = '1280x720'

/** Scenes of a film: filter graphs without size, rate and duration. */
const BLACK = 'color=black'
const WHITE = 'color=white'
const GREY = 'color=gray'
const SHARP = 'testsrc2'
const BLURRED = 'testsrc2'

t.test('pictures are taken from the film without its credits', async (t) => {
  const film = sampleTimes(2 * 3_600_000, { markers: null })
  t.equal(film.length, 24)
  t.ok(film[0]! > 4 * 60_000 && film.at(-1)! < 0.85 * 2 * 3_600_000)
  t.strictSame(film, film.toSorted((a, b) => a - b))
  const markers = {
    recapStartMs: null,
    recapEndMs: null,
    introStartMs: null,
    introEndMs: null,
    creditsStartMs: 30_000,
  }
  t.ok(sampleTimes(3_600_000, { markers }).every((ms) => ms < 30_000))
  t.ok(sampleTimes(3_600_000, { markers: { ...markers, creditsStartMs: 0 } }).every((ms) => ms === 0))
  t.equal(sampleTimes(1_000, { markers: null }).length, 4)
})

t.test('pictures of masters', { skip, timeout: 200_000 }, async (t) => {
  const folder = t.testdir({})

  /** @param scenes of two seconds each */
  async function makeMaster (
    scenes: ReadonlyArray<readonly [graph: string, filter?: string]>,
    name: string,
    size = SIZE,
  ) {
    const inputs = scenes.flatMap(([graph]) => [
      ...['-f', 'lavfi', '-i', `${graph}${graph.includes('=') ? ':' : '='}size=${size}:rate=10:duration=2`],
    ])
    const filters = scenes.map(([, filter = 'null'], i) => `[${i}]${filter},format=yuv420p,setsar=1[s${i}]`)
    const joined = `${scenes.map((_, i) => `[s${i}]`).join('')}concat=n=${scenes.length}:v=1`
    await makeFile(folder, [
      ...[...inputs, '-filter_complex', [...filters, joined].join(';')],
      ...['-c:v', 'mpeg4', '-q:v', '2', name],
    ])
    return readFileSync(path.join(folder, name))
  }

  const test = await startEncodingApp(t, { ENCODING_LADDER: '720:28:3000,180:30:300' })
  const { app, admin } = test
  const kim = await signUp(app)
  const readMovie = async (movie: string) => (await kim.get(`/v1/movies/${movie}`)).body
  async function readImage (url: string) {
    const { statusCode, rawPayload } = await app.inject(url)
    t.equal(statusCode, 200)
    return await sharp(rawPayload).metadata()
  }
  const upload = async (url: string): Promise<TestResponse> =>
    await call(app, 'POST', url, { token: admin.token, body: PNG, headers: { 'content-type': 'image/png' } })

  const film = await makeMaster([[BLACK], [WHITE], [BLURRED, 'gblur=sigma=12'], [SHARP], [GREY], [BLACK]], 'film.mkv')

  await t.test('a movie gets a poster and a backdrop, neither black, white nor blurred', async (t) => {
    const movie = await addMovie(app, admin, {}, [])
    await uploadMaster(test, movie, film)
    await encodeMasters(test)
    const { posterUrl, backdropUrl, logoUrl } = await readMovie(movie)
    t.equal(logoUrl, null)
    t.match(await readImage(posterUrl), { format: 'webp', width: 480, height: 720 })
    t.match(await readImage(backdropUrl), { format: 'webp', width: 1_280, height: 720 })
    for (const url of [posterUrl, backdropUrl]) {
      const { rawPayload } = await app.inject(url)
      const { sharpness } = await sharp(await sharp(rawPayload).greyscale().png().toBuffer()).stats()
      t.ok(sharpness > 1, `sharpness ${sharpness}`)
    }
    const card = (await kim.get('/v1/search?q=matrix')).body.items.find(({ id }: { id: string }) => id === movie)
    t.match(card, { posterUrl, backdropUrl })
    t.strictSame(await runDoctor(test), [])
    await admin.delete(`/v1/admin/movies/${movie}`)
    t.equal(await Image.countDocuments({ title: movie }), 0)
    t.equal((await app.inject(posterUrl)).statusCode, 404)
    t.strictSame(await runDoctor(test), [])
  })

  await t.test('one process takes several pictures, the same as a process for each', async (t) => {
    const file = path.join(folder, 'film.mkv')
    const encoder = installedEncoder()
    const take = async (times: readonly number[]): Promise<Buffer[]> => {
      const { ok } = await encoder.encode(pictureArguments(file, times), { folder, durationMs: 1 })
      t.equal(ok, true)
      return times.map((_, i) => readFileSync(path.join(folder, pictureName(i))))
    }
    const times = [2_100, 6_900, 7_400]
    const together = await take(times)
    for (const [i, timeMs] of times.entries()) t.ok(together[i]?.equals((await take([timeMs]))[0]!))
    t.notOk(together[0]?.equals(together[1]!))
    const encodes = t.capture(containerOf(app).encoder, 'encode', containerOf(app).encoder.encode)
    await uploadMaster(test, await addMovie(app, admin, {}, []), film)
    await encodeMasters(test)
    const pictures = encodes().filter(({ args: [args] }) => args.includes(pictureName(0)))
    t.equal(pictures.length, 1, 'the film of 12 s has six pictures')
    t.ok(pictures[0]?.args[0].includes(pictureName(5)))
  })

  await t.test('an episode gets a still, and its show a poster and a backdrop of its first episode', async (t) => {
    const show = await addShow(app, admin, {}, [])
    const encode = async (season: number, episode: number): Promise<void> => {
      const { status } = await call(
        app,
        'POST',
        `/v1/admin/shows/${show.id}/seasons/${season}/episodes/${episode}/media?role=master`,
        { token: admin.token, body: film, headers: { 'content-type': 'application/octet-stream' } },
      )
      t.equal(status, 202)
      await encodeMasters(test)
    }
    const readShow = async () => (await kim.get(`/v1/shows/${show.id}`)).body
    await encode(2, 1)
    const [first, second] = (await kim.get(`/v1/shows/${show.id}/seasons/2`)).body.episodes
    t.match(await readImage(first.stillUrl), { width: 1_280, height: 720 })
    t.equal(second.stillUrl, null)
    const early = await readShow()
    t.match(await readImage(early.posterUrl), { width: 480, height: 720 })
    t.match(await readImage(early.backdropUrl), { width: 1_280, height: 720 })

    await encode(1, 1)
    const { posterUrl, backdropUrl } = await readShow()
    t.not(posterUrl, early.posterUrl, 'an earlier episode replaces them')
    t.not(backdropUrl, early.backdropUrl)
    t.equal((await app.inject(early.posterUrl)).statusCode, 404)
    await encode(1, 2)
    t.match(await readShow(), { posterUrl, backdropUrl }, 'a later one does not')
    t.equal(await Image.countDocuments({ title: show.id }), 5, 'three stills, a poster and a backdrop')
    t.strictSame(await runDoctor(test), [])
  })

  await t.test('artwork of a show that people chose stays, and specials give none', async (t) => {
    const show = await addShow(app, admin, {}, [])
    const encode = async (season: number): Promise<void> => {
      await call(app, 'POST', `/v1/admin/shows/${show.id}/seasons/${season}/episodes/1/media?role=master`, {
        token: admin.token,
        body: film,
        headers: { 'content-type': 'application/octet-stream' },
      })
      await encodeMasters(test)
    }
    await encode(0)
    t.match((await kim.get(`/v1/shows/${show.id}`)).body, { posterUrl: null, backdropUrl: null })
    const { body: { posterUrl } } = await upload(`/v1/admin/titles/${show.id}/poster`)
    await encode(1)
    t.match((await kim.get(`/v1/shows/${show.id}`)).body, { posterUrl, backdropUrl: /^\/v1\/images/ })
  })

  await t.test('a film without a usable picture gets none', async (t) => {
    const movie = await addMovie(app, admin, {}, [])
    const dull = await makeMaster([[BLACK], [WHITE], [GREY], [BLURRED, 'gblur=sigma=20']], 'dull.mkv')
    await uploadMaster(test, movie, dull)
    await encodeMasters(test)
    t.match(await readMovie(movie), { posterUrl: null, backdropUrl: null })
    t.equal(await Image.countDocuments({ title: movie }), 0)
  })

  await t.test('a portrait film gives both from the same pictures', async (t) => {
    const movie = await addMovie(app, admin, {}, [])
    await uploadMaster(test, movie, await makeMaster([[SHARP], [SHARP]], 'portrait.mkv', '360x640'))
    await encodeMasters(test)
    const { posterUrl, backdropUrl } = await readMovie(movie)
    const [poster, backdrop] = [await readImage(posterUrl), await readImage(backdropUrl)]
    t.ok(Math.abs(poster.width / poster.height - 2 / 3) < 0.02, `${poster.width}x${poster.height}`)
    t.ok(Math.abs(backdrop.width / backdrop.height - 16 / 9) < 0.02, `${backdrop.width}x${backdrop.height}`)
  })

  await t.test('images that people chose stay', async (t) => {
    const external = 'https://img.example.com/b.jpg'
    const movie = await addMovie(app, admin, { backdropUrl: external }, [])
    const { body: { posterUrl } } = await upload(`/v1/admin/titles/${movie}/poster`)
    await uploadMaster(test, movie, film)
    await encodeMasters(test)
    t.match(await readMovie(movie), { posterUrl, backdropUrl: external })
    t.equal((await app.inject(posterUrl)).statusCode, 200)
    t.equal(await Image.countDocuments({ title: movie }), 1)
    t.strictSame(await runDoctor(test), [])
  })

  await t.test('an upload replaces a picture of the master, and an attempt that is repeated does not', async (t) => {
    const movie = await addMovie(app, admin, {}, [])
    const { body: job } = await uploadMaster(test, movie, film)
    await encodeMasters(test)
    const before = await readMovie(movie)
    const { body: { posterUrl } } = await upload(`/v1/admin/titles/${movie}/poster`)
    t.equal((await app.inject(before.posterUrl)).statusCode, 404, 'the picture of the master is removed')
    await EncodingJob.updateOne({ _id: job.id }, { state: 'waiting', nextAttemptAt: new Date(0) })
    await encodeMasters(test)
    t.match(await readMovie(movie), { posterUrl, backdropUrl: before.backdropUrl })
    t.equal(await Image.countDocuments({ title: movie }), 2)
    t.strictSame(await runDoctor(test), [])
  })

  await t.test('another master replaces the pictures of the first; that of another edition does not', async (t) => {
    const movie = await addMovie(app, admin, {}, [])
    await uploadMaster(test, movie, film)
    await encodeMasters(test)
    const first = await readMovie(movie)
    const other = await makeMaster([[SHARP, 'hue=h=90'], [SHARP, 'hue=h=90']], 'other.mkv')
    await uploadMaster(test, movie, other, '&edition=Final%20Cut')
    await encodeMasters(test)
    t.match(await readMovie(movie), { posterUrl: first.posterUrl, backdropUrl: first.backdropUrl })
    await uploadMaster(test, movie, other)
    await encodeMasters(test)
    const second = await readMovie(movie)
    t.not(second.posterUrl, first.posterUrl)
    t.not(second.backdropUrl, first.backdropUrl)
    t.equal(await Image.countDocuments({ title: movie }), 2)
    t.strictSame(await runDoctor(test), [])
  })
})
