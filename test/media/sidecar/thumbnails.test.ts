// Seek thumbnails: upload by administrators, and signed URLs.
import { randomBytes } from 'node:crypto'
import t from 'tap'
import { MAX_IMAGE_BYTES } from '../../../src/media/images/images.js'
import { containerOf } from '../../support/app.js'
import { play } from '../../support/playback.js'
import { expectProblem, type TestResponse } from '../../support/requests.js'
import { expectTokenRequired, JPEG, PNG, sidecarFilesOf, startSidecarTest, VTT } from '../sidecar-test.js'

const SPRITE_INDEX = 'WEBVTT\n\n00:00.000 --> 00:10.000\nsprite.jpg#xywh=0,0,160,90\n\n' +
  '00:10.000 --> 00:20.000\nhttps://cdn.example.com/sprite.jpg#xywh=pixel:160,0,160,90\n'

t.test('seek thumbnails', async (t) => {
  const test = await startSidecarTest(t)
  const { app, kim, movie, show, send, get, stop } = test
  const { storage } = containerOf(app)
  const form = (parts: Record<string, [bytes: Buffer | string, type: string]>): { body: Buffer, type: string } => {
    const pieces = Object.entries(parts).flatMap(([name, [bytes, type]]) => [
      Buffer.from(
        `--x\r\ncontent-disposition: form-data; name="${name}"; filename="${name}"\r\ncontent-type: ${type}\r\n\r\n`,
      ),
      Buffer.from(bytes),
      Buffer.from('\r\n'),
    ])
    return { body: Buffer.concat([...pieces, Buffer.from('--x--\r\n')]), type: 'multipart/form-data; boundary=x' }
  }
  const addThumbnails = async (
    index: string | Buffer,
    image: Buffer,
    item = `movies/${movie}`,
  ): Promise<TestResponse> => {
    const { body, type } = form({ index: [index, 'text/vtt'], image: [image, 'image/jpeg'] })
    return await send(`/v1/admin/${item}/thumbnails`, body, type)
  }

  t.test('thumbnails have signed URLs, that of the image is in the index', async (t) => {
    const first = (await play(kim, movie)).body
    t.equal(first.thumbnailsUrl, null)
    t.equal((await addThumbnails(SPRITE_INDEX, JPEG)).status, 204)
    const replaced = sidecarFilesOf(test, movie).thumbnails!
    t.equal((await addThumbnails(SPRITE_INDEX, PNG)).status, 204, 'a second upload replaces the first')
    t.equal(await storage.stat(replaced.imageKey), null, 'the replaced thumbnails are removed')
    const { body } = await play(kim, movie)
    const index = await get(body.thumbnailsUrl)
    t.match(index.headers['content-type'], 'text/vtt')
    const token = body.thumbnailsUrl.split('?token=')[1]
    t.equal(
      index.bytes.toString(),
      `WEBVTT\n\n00:00:00.000 --> 00:00:10.000\nimage?token=${token}#xywh=0,0,160,90\n\n` +
        `00:00:10.000 --> 00:00:20.000\nimage?token=${token}#xywh=160,0,160,90\n`,
    )
    const imageUrl = new URL(index.bytes.toString().split('\n')[3]!, `http://x${body.thumbnailsUrl}`)
    const image = await get(imageUrl.pathname + imageUrl.search)
    t.equal(image.headers['content-type'], 'image/png', 'the detected type, not the declared one')
    t.ok(image.bytes.equals(PNG))
    for (const url of [body.thumbnailsUrl, imageUrl.pathname + imageUrl.search]) await expectTokenRequired(t, test, url)
    await stop(first.streamId)
    await stop(body.streamId)
  })

  t.test('invalid thumbnails are rejected and change nothing', async (t) => {
    const thumbnailsBefore = sidecarFilesOf(test, movie).thumbnails
    expectProblem(t, await addThumbnails(SPRITE_INDEX, randomBytes(100)), 'unreadable-image', 422)
    expectProblem(
      t,
      await addThumbnails(SPRITE_INDEX, Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')),
      'unreadable-image',
      422,
    )
    expectProblem(t, await addThumbnails(VTT, PNG), 'unreadable-thumbnails', 422)
    expectProblem(t, await addThumbnails('hello', PNG), 'unreadable-thumbnails', 422)
    const incomplete = form({ index: [SPRITE_INDEX, 'text/vtt'] })
    expectProblem(
      t,
      await send(`/v1/admin/movies/${movie}/thumbnails`, incomplete.body, incomplete.type),
      'incomplete-form',
      400,
    )
    expectProblem(
      t,
      await send(`/v1/admin/movies/${movie}/thumbnails`, 'x', 'multipart/form-data'),
      'malformed-request',
      400,
    )
    for (const path of ['thumbnails', 'subtitles?language=en']) {
      expectProblem(
        t,
        await send(`/v1/admin/movies/${movie}/${path}`, '{}', 'application/json'),
        'unsupported-media-type',
        415,
      )
    }
    const tooLarge = await addThumbnails(
      SPRITE_INDEX,
      Buffer.concat([PNG, Buffer.alloc(MAX_IMAGE_BYTES + 1 - PNG.length)]),
    )
    t.equal(tooLarge.status, 413)
    t.equal(
      (await addThumbnails(
        SPRITE_INDEX,
        Buffer.concat([PNG, Buffer.alloc(MAX_IMAGE_BYTES - PNG.length)]),
        `shows/${show.id}/seasons/1/episodes/1`,
      )).status,
      204,
      'the maximum size',
    )
    expectProblem(t, await addThumbnails(SPRITE_INDEX, PNG, `movies/${show.id}`), 'not-found', 404)
    t.strictSame(sidecarFilesOf(test, movie).thumbnails, thumbnailsBefore)
  })
})
