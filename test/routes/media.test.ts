// Media bytes: whole files and ranges for the signed URLs of live streams.
import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import t from 'tap'
import { startApp } from '../support/app.js'
import { addMovie, clipBytes } from '../support/catalogue.js'
import { play } from '../support/playback.js'
import { call, expectProblem } from '../support/requests.js'
import { signUp, signUpAdmin } from '../support/users.js'

/** Makes an MP4 file longer with a box that readers skip (ISO/IEC 14496-12, 8.1.2). */
function withFreeSpace (clip: Buffer, sizeBytes: number): Buffer {
  const box = Buffer.alloc(sizeBytes)
  box.writeUInt32BE(sizeBytes)
  box.write('free', 4, 'latin1')
  return Buffer.concat([clip, box])
}

/** Starts a download without reading its body; `rest` reads it. */
async function startDownload (
  url: string,
): Promise<{ length: number, rest(): Promise<{ isBroken: boolean, bytes: number }> }> {
  const outgoing = request(url)
  outgoing.end()
  const [incoming] = await once(outgoing, 'response') as [IncomingMessage]
  return {
    length: Number(incoming.headers['content-length']),
    async rest () {
      let bytes = 0
      incoming.on('data', (chunk: Buffer) => {
        bytes += chunk.length
      })
      const isBroken = await new Promise<boolean>((resolve) => {
        incoming.once('end', () => {
          resolve(false)
        })
        incoming.once('error', () => {
          resolve(true)
        })
      })
      return { isBroken, bytes }
    },
  }
}

t.test('media bytes', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  const movie = await addMovie(app, admin, {}, ['480p-en', '1080p-en'])
  const clip = clipBytes('1080p-en')
  const bytes = async (url: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
    await call(app, method, url, { headers })

  t.test('are those of the file, whole or by range', async (t) => {
    const { body } = await play(await signUp(app), movie)
    const whole = await bytes(body.url)
    t.equal(whole.status, 200)
    t.ok(whole.bytes.equals(clip))
    t.match(whole.headers, { 'content-type': 'video/mp4', 'accept-ranges': 'bytes', etag: /^"[0-9a-f]+"$/ })
    const part = await bytes(body.url, { range: 'bytes=1000-1999' })
    t.match(part, {
      status: 206,
      headers: { 'content-range': `bytes 1000-1999/${clip.length}`, 'content-length': '1000' },
    })
    t.ok(part.bytes.equals(clip.subarray(1000, 2000)))
    t.ok((await bytes(body.url, { range: 'bytes=-5' })).bytes.equals(clip.subarray(-5)))
    const beyond = await bytes(body.url, { range: `bytes=${clip.length}-` })
    t.match(beyond, { status: 416, headers: { 'content-range': `bytes */${clip.length}` } })
    t.match(await bytes(body.url, {}, 'HEAD'), { status: 200, headers: { 'content-length': String(clip.length) } })
    t.equal((await bytes(body.url, { 'if-none-match': String(whole.headers['etag']) })).status, 304)
  })

  t.test('need a token that is signed for the file and a live stream', async (t) => {
    const kim = await signUp(app)
    const { body } = await play(kim, movie)
    const [path = '', token = ''] = body.url.split('?token=')
    const changed = token.slice(0, 40) + (token[40] === 'A' ? 'B' : 'A') + token.slice(41)
    const other = body.alternatives[0].mediaFile.id
    for (
      const url of [
        path,
        `${path}?token=`,
        `${path}?token=${changed}`,
        `/v1/media/${other}?token=${token}`,
        `${path}?token=${token}A`,
      ]
    ) {
      const response = await bytes(url)
      expectProblem(t, response, 'media-refused', 403)
    }
    await kim.post(`/v1/profiles/${kim.profileId}/playback/${body.streamId}/stop`, {
      positionMs: 1_000,
      watchedMs: 1_000,
      at: clock.now().toISOString(),
    })
    expectProblem(t, await bytes(body.url), 'media-refused', 403)
  })

  t.test('are rejected after logging out', async (t) => {
    const kim = await signUp(app)
    const { body } = await play(kim, movie)
    await kim.post('/v1/auth/logout')
    expectProblem(t, await bytes(body.url), 'media-refused', 403)
  })

  t.test('are rejected after the owner ended the stream', async (t) => {
    const kim = await signUp(app)
    const { body } = await play(kim, movie)
    await kim.put(`/v1/profiles/${kim.profileId}/playback/${body.streamId}`, {
      positionMs: 20_000,
      watchedMs: 20_000,
      at: clock.now().toISOString(),
    })
    const stranger = await signUp(app)
    expectProblem(t, await stranger.delete(`/v1/account/streams/${body.streamId}`), 'not-found', 404)
    t.equal((await kim.delete(`/v1/account/streams/${body.streamId}`)).status, 204)
    t.strictSame((await kim.get('/v1/account/streams')).body.items, [])
    t.equal((await kim.get(`/v1/profiles/${kim.profileId}/progress/${movie}`)).body.positionMs, 20_000)
    expectProblem(t, await bytes(body.url), 'media-refused', 403)
  })

  t.test('break off when the stream ends during the download', async (t) => {
    const kim = await signUp(app)
    const long = await addMovie(app, admin, { title: 'Heat' }, [])
    const bytesOfLong = withFreeSpace(clipBytes('480p-en'), 48 * 1024 ** 2)
    t.equal(
      (await call(app, 'POST', `/v1/admin/movies/${long}/media`, {
        token: admin.token,
        body: bytesOfLong,
        headers: { 'content-type': 'video/mp4' },
      })).status,
      201,
    )
    for (const end of ['owner', 'lease'] as const) {
      const { body } = await play(kim, long)
      const download = await startDownload(`${origin}${body.url}`)
      t.equal(download.length, bytesOfLong.length)
      if (end === 'owner') {
        await kim.delete(`/v1/account/streams/${body.streamId}`)
        clock.advance(1_000)
      } else clock.advance(61_000)
      const received = await download.rest()
      t.ok(
        received.isBroken && received.bytes < bytesOfLong.length,
        `${received.bytes} of ${bytesOfLong.length} bytes received`,
      )
    }
    const { body } = await play(kim, long)
    const download = await startDownload(`${origin}${body.url}`)
    clock.advance(30_000)
    t.same(await download.rest(), { isBroken: false, bytes: bytesOfLong.length }, 'a live stream receives all bytes')
  })
})
