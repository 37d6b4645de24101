// Seek thumbnails from masters: their times and pictures, and thumbnails that people uploaded.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { EncodingJob } from '../../../../models/encoding-job.js'
import { Media, type StoredMedia } from '../../../../models/media.js'
import { planThumbnails } from '../../../../src/media/encoding/steps/master-thumbnails.js'
import { addMovie } from '../../../support/catalogue.js'
import { play } from '../../../support/playback.js'
import { signUp } from '../../../support/users.js'
import { encodeMasters, runDoctor, startEncodingApp, uploadMaster } from '../encoding-app.js'
import { makeFile, skipWithoutFfmpeg } from '../programs.js'

const skip = await skipWithoutFfmpeg()

t.test('the grid of the pictures', (t) => {
  const film = planThumbnails({ width: 426, height: 240 }, 2 * 3_600_000)
  t.match(film, { intervalMs: 32_000, columns: 15, width: 160, height: 90 })
  t.match(planThumbnails({ width: 136, height: 240 }, 9_000), { intervalMs: 2_000, width: 160, height: 282 })
  t.end()
})

t.test('a master gets seek thumbnails', { skip }, async (t) => {
  const folder = t.testdir({})
  // Three seconds of red, then three of blue.
  await makeFile(folder, [
    ...['-f', 'lavfi', '-i', 'color=red:size=320x180:rate=25:duration=3'],
    ...['-f', 'lavfi', '-i', 'color=blue:size=320x180:rate=25:duration=3'],
    ...['-filter_complex', '[0][1]concat=n=2:v=1', '-c:v', 'mpeg4', 'master.mkv'],
  ])
  const master = readFileSync(path.join(folder, 'master.mkv'))
  const test = await startEncodingApp(t)
  const { app, admin } = test
  const kim = await signUp(app)
  const findThumbnails = async (movie: string) => (await Media.findById(movie).lean<StoredMedia>())?.thumbnails ?? null

  /** The average colour of a picture of the image: red, green and blue, 0 to 255. */
  async function colourAt (image: Buffer, x: number): Promise<readonly number[]> {
    writeFileSync(path.join(folder, 'thumbnails.jpg'), image)
    const crop = `crop=160:90:${x}:0,scale=1:1`
    await makeFile(folder, ['-i', 'thumbnails.jpg', '-vf', crop, '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'colour'])
    return [...readFileSync(path.join(folder, 'colour'))]
  }

  await t.test('with the pictures of their times', async (t) => {
    const movie = await addMovie(app, admin, {}, [])
    await uploadMaster(test, movie, master)
    await encodeMasters(test)
    const { thumbnailsUrl } = (await play(kim, movie)).body
    const index = await app.inject(thumbnailsUrl)
    const rectangles = [...index.body.matchAll(/^(\S+ --> \S+)\n\S+(#xywh=.+)$/gm)].map(([, times, xywh]) =>
      times! + xywh!
    )
    t.strictSame(rectangles, [
      '00:00:00.000 --> 00:00:02.000#xywh=0,0,160,90',
      '00:00:02.000 --> 00:00:04.000#xywh=160,0,160,90',
      '00:00:04.000 --> 00:00:06.000#xywh=320,0,160,90',
    ])
    const image = await app.inject(new URL(/^(\S+)#xywh/m.exec(index.body)![1]!, `http://x${thumbnailsUrl}`).href)
    t.equal(image.headers['content-type'], 'image/jpeg')
    const [first, third] = [await colourAt(image.rawPayload, 0), await colourAt(image.rawPayload, 320)]
    t.ok(first[0]! > 200 && first[2]! < 60, `red: ${first.join(' ')}`)
    t.ok(third[2]! > 200 && third[0]! < 60, `blue: ${third.join(' ')}`)
    t.strictSame(await runDoctor(test), [])
  })

  await t.test('but uploaded ones stay', async (t) => {
    const movie = await addMovie(app, admin, {}, [])
    const form = new FormData()
    form.set('index', new Blob(['WEBVTT\n\n00:00.000 --> 00:06.000\nsprite.jpg#xywh=0,0,160,90\n']), 'index.vtt')
    form.set('image', new Blob([readFileSync(path.join(folder, 'thumbnails.jpg'))]), 'sprite.jpg')
    const request = new Request('http://x', { method: 'POST', body: form })
    const { statusCode } = await app.inject({
      method: 'POST',
      url: `/v1/admin/movies/${movie}/thumbnails`,
      headers: { authorization: `Bearer ${admin.token}`, 'content-type': request.headers.get('content-type')! },
      payload: Buffer.from(await request.arrayBuffer()),
    })
    t.equal(statusCode, 204)
    const uploaded = await findThumbnails(movie)
    await uploadMaster(test, movie, master)
    await encodeMasters(test)
    t.strictSame(await findThumbnails(movie), uploaded)
    t.strictSame(await runDoctor(test), [])
  })

  await t.test('and a second master replaces those of the first', async (t) => {
    const movie = await addMovie(app, admin, {}, [])
    await uploadMaster(test, movie, master)
    await encodeMasters(test)
    const first = await findThumbnails(movie)
    await makeFile(folder, ['-f', 'lavfi', '-i', 'testsrc=size=320x180:duration=5', '-c:v', 'mpeg4', 'second.mkv'])
    await uploadMaster(test, movie, readFileSync(path.join(folder, 'second.mkv')))
    await encodeMasters(test)
    const second = await findThumbnails(movie)
    t.ok(first?.master != null && second?.master != null)
    t.not(second?.sha256, first?.sha256)
    t.strictSame(await runDoctor(test), [])
  })

  await t.test('also when an attempt ended before they were made', async (t) => {
    const movie = await addMovie(app, admin, {}, [])
    const { body: job } = await uploadMaster(test, movie, master)
    await encodeMasters(test)
    const first = await findThumbnails(movie)
    await EncodingJob.updateOne({ _id: job.id }, { state: 'waiting', nextAttemptAt: new Date(0) })
    await Media.updateOne({ _id: movie }, { thumbnails: null })
    await encodeMasters(test)
    t.match(await findThumbnails(movie), { sha256: first?.sha256, indexKey: first?.indexKey })
    t.equal((await Media.findById(movie).lean<StoredMedia>())?.files.length, 2)
    t.strictSame(await runDoctor(test), [])
  })
})
