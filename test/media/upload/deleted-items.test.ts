// Uploads for titles that are deleted at the same time leave nothing, those for moved episodes follow them; posters
// that race end with one poster.
import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { Image } from '../../../models/image.js'
import { Media } from '../../../models/media.js'
import { containerOf } from '../../support/app.js'
import { addShow } from '../../support/catalogue.js'
import { call, type TestResponse } from '../../support/requests.js'
import { clip, startUploadTest } from '../../support/upload-requests.js'

const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, ...Buffer.alloc(100)])
const ROUNDS = 6

t.test('uploads and deletions', async (t) => {
  const test = await startUploadTest(t, 'local')
  const { app, admin } = test
  const addMovie = async (): Promise<string> => (await admin.post('/v1/admin/movies', { title: 'Heat' })).body.id
  const upload = async (path: string, body: Buffer | string, type: string): Promise<TestResponse> =>
    await call(app, 'POST', `/v1/admin/${path}`, {
      token: admin.token,
      body,
      headers: { 'content-type': type },
    })

  async function expectNothing (t: Test, item: string, message: string): Promise<void> {
    await containerOf(app).background.onIdle()
    t.equal(await Media.countDocuments({ _id: item }), 0, `${message}: no media`)
    t.equal(await Image.countDocuments({ title: item }), 0, `${message}: no image`)
    const keys: string[] = []
    for await (const { key } of containerOf(app).storage.list()) keys.push(key)
    t.strictSame(keys.filter((key) => key.includes(item)), [], `${message}: no stored object`)
  }

  t.test('a movie that is deleted while its file arrives is a 404', async (t) => {
    const movie = await addMovie()
    async function* deleteMeanwhile (): AsyncGenerator<Buffer> {
      yield clip.subarray(0, 10_000)
      t.equal((await admin.delete(`/v1/admin/movies/${movie}`)).status, 204)
      yield clip.subarray(10_000)
    }
    const response = await app.inject({
      method: 'POST',
      url: `/v1/admin/movies/${movie}/media`,
      headers: { 'authorization': `Bearer ${admin.token}`, 'content-type': 'video/mp4' },
      payload: Readable.from(deleteMeanwhile()),
    })
    t.equal(response.statusCode, 404)
    await expectNothing(t, movie, 'movie')
  })

  t.test('an episode that is deleted while its file arrives is a 404; other episodes are not affected', async (t) => {
    const { id, episodes: [first = '', second = ''] } = await addShow(app, admin, {}, [])
    const url = `/v1/admin/shows/${id}/seasons/1/episodes`
    async function* deleteMeanwhile (): AsyncGenerator<Buffer> {
      yield clip.subarray(0, 10_000)
      t.equal((await admin.delete(`${url}/1`)).status, 204)
      yield clip.subarray(10_000)
    }
    const response = await app.inject({
      method: 'POST',
      url: `${url}/1/media`,
      headers: { 'authorization': `Bearer ${admin.token}`, 'content-type': 'video/mp4' },
      payload: Readable.from(deleteMeanwhile()),
    })
    t.equal(response.statusCode, 404)
    await expectNothing(t, first, 'episode')
    const other = await upload(`shows/${id}/seasons/1/episodes/2/media`, clip, 'video/mp4')
    t.equal(other.status, 201)
    t.equal(await Media.countDocuments({ _id: second }), 1)
  })

  t.test('subtitles and posters that race with a deletion leave nothing', async (t) => {
    for (let round = 0; round < ROUNDS; round++) {
      const movie = await addMovie()
      const cues = `WEBVTT\n\n00:01.000 --> 00:02.000\n${round}\n`
      const responses = await Promise.all([
        upload(`movies/${movie}/subtitles?language=en`, cues, 'text/vtt'),
        upload(`titles/${movie}/poster`, JPEG, 'image/jpeg'),
        delay(round * 4).then(async () => await admin.delete(`/v1/admin/movies/${movie}`)),
      ])
      t.strictSame(responses.filter(({ status }) => ![201, 204, 404].includes(status)), [])
      await expectNothing(t, movie, `round ${round}`)
    }
  })

  t.test('an episode that is moved while its file arrives keeps its new numbers', async (t) => {
    const moves: ReadonlyArray<ReadonlyArray<{ season?: number, number: number }>> = [
      [{ number: 7 }],
      [{ season: 3, number: 2 }],
      [{ number: 8 }, { season: 4, number: 1 }],
    ]
    for (const [round, changes] of moves.entries()) {
      const { id, episodes: [first = ''] } = await addShow(app, admin, {}, [])
      async function* moveMeanwhile (): AsyncGenerator<Buffer> {
        yield clip.subarray(0, 10_000)
        let url = `/v1/admin/shows/${id}/seasons/1/episodes/1`
        for (const change of changes) {
          const { status, body } = await admin.patch(url, change)
          t.equal(status, 200)
          url = `/v1/admin/shows/${id}/seasons/${String(change.season ?? 1)}/episodes/${String(body.number)}`
        }
        yield clip.subarray(10_000)
      }
      const response = await app.inject({
        method: 'POST',
        url: `/v1/admin/shows/${id}/seasons/1/episodes/1/media`,
        headers: { 'authorization': `Bearer ${admin.token}`, 'content-type': 'video/mp4' },
        payload: Readable.from(moveMeanwhile()),
      })
      t.equal(response.statusCode, 201)
      const last = { season: 1, number: 1, ...changes.at(-1) }
      t.match(await Media.findById(first).lean(), { season: last.season, episode: last.number }, `round ${round}`)
      const { body } = await admin.get(`/v1/shows/${id}/seasons/${last.season}/episodes/${last.number}`)
      t.match(body, { id: first, mediaFiles: [{ id: response.json().id }] })
    }
  })

  t.test('of posters at the same time one remains, and it exists', async (t) => {
    for (let round = 0; round < ROUNDS; round++) {
      const movie = await addMovie()
      const responses = await Promise.all(
        Array.from({ length: 5 }, async () => await upload(`titles/${movie}/poster`, JPEG, 'image/jpeg')),
      )
      t.strictSame(responses.map(({ status }) => status), Array(5).fill(201))
      const { posterUrl } = (await admin.get(`/v1/movies/${movie}`)).body
      t.equal((await admin.get(posterUrl)).status, 200)
      t.equal(await Image.countDocuments({ title: movie }), 1)
    }
  })
})
