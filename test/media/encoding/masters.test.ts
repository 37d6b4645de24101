// Masters from their upload to renditions that play, with the installed ffmpeg.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Types } from 'mongoose'
import t, { type Test } from 'tap'
import { EncodingJob } from '../../../models/encoding-job.js'
import { Media, type StoredMedia } from '../../../models/media.js'
import { runChecks } from '../../../src/doctor/doctor.js'
import { findPrograms } from '../../../src/media/encoding/find-programs.js'
import { containerOf, startApp, type TestApp } from '../../support/app.js'
import { addMovie } from '../../support/catalogue.js'
import { readPlaylist } from '../../support/hls.js'
import { play } from '../../support/playback.js'
import { call, expectProblem, type TestResponse } from '../../support/requests.js'
import { signUp, signUpAdmin, type TestUser } from '../../support/users.js'
import { makeFile, skipWithoutFfmpeg, writePrograms } from './programs.js'

const ENCODING_LADDER = '180:28:300,90:30:100'
const JOBS_URL = '/v1/admin/encoding-jobs'
const DAY_MS = 24 * 3_600_000

/** An MPEG program stream, which neither browsers nor the service's own prober know. */
function makeMaster (folder: string, name: string, seconds = 5): Promise<void> {
  return makeFile(folder, [
    ...['-f', 'lavfi', '-i', `testsrc=size=320x180:rate=25:duration=${seconds}`],
    ...['-f', 'lavfi', '-i', `sine=duration=${seconds}`, '-c:v', 'mpeg2video', '-c:a', 'mp2', name],
  ])
}

t.test('masters', { skip: await skipWithoutFfmpeg() }, async (t) => {
  const folder = t.testdir({})
  await makeMaster(folder, 'master.mpg')
  const master = readFileSync(path.join(folder, 'master.mpg'))

  async function start (
    t: Test,
    variables: Record<string, string> = {},
  ): Promise<TestApp & { readonly admin: TestUser }> {
    const test = await startApp(t, { ENCODING_LADDER, ...variables })
    return { ...test, admin: await signUpAdmin(test.app) }
  }

  async function upload (
    { app, admin }: Pick<TestApp, 'app'> & { admin: TestUser },
    movie: string,
    body = master,
    query = '',
  ) {
    const url = `/v1/admin/movies/${movie}/media?role=master${query}`
    const headers = { 'content-type': 'application/octet-stream' }
    return await call(app, 'POST', url, { token: admin.token, body, headers })
  }

  async function encode ({ app }: Pick<TestApp, 'app'>): Promise<void> {
    await containerOf(app).encoding.processPending()
    await containerOf(app).encoding.onIdle()
  }

  async function listKeys ({ app }: Pick<TestApp, 'app'>): Promise<string[]> {
    const keys: string[] = []
    for await (const { key } of containerOf(app).storage.list()) keys.push(key)
    return keys.sort()
  }

  const listScratch = ({ config }: Pick<TestApp, 'config'>): string[] => {
    const root = path.join(config.dataDir, 'encoding')
    mkdirSync(root, { recursive: true })
    return readdirSync(root)
  }

  /** Two days later: younger objects may belong to an upload in progress. */
  async function runDoctor ({ app, clock }: Pick<TestApp, 'app' | 'clock'>) {
    const now = (): Date => new Date(clock.now().getTime() + 2 * DAY_MS)
    return (await runChecks({ ...containerOf(app), now }, false, () => {})).findings
  }

  const findFiles = async (movie: string) => (await Media.findById(movie).lean<StoredMedia>())?.files ?? []

  t.test('a master becomes renditions that play and can be packaged', async (t) => {
    const test = await start(t)
    const { app, admin } = test
    const movie = await addMovie(app, admin, { title: 'Metropolis' }, [])
    const { status, body: job } = await upload(test, movie)
    t.equal(status, 202)
    t.match(job, {
      state: 'waiting',
      progress: 0,
      attempts: 0,
      itemId: movie,
      titleId: movie,
      edition: null,
      reason: null,
    })
    const kim = await signUp(app)
    const startPlayback = async (): Promise<TestResponse> => await play(kim, movie)
    expectProblem(t, await startPlayback(), 'no-media')

    await encode(test)
    const done = (await admin.get(`${JOBS_URL}/${job.id}`)).body
    t.match(done, { state: 'done', progress: 1, attempts: 1, reason: null, logTail: '' })
    const { mediaFiles } = (await admin.get(`/v1/movies/${movie}`)).body
    t.match(mediaFiles, [
      { height: 90, width: 160, masterId: job.id, container: 'mp4', audioTracks: [{ channels: 2 }] },
      { height: 180, width: 320, masterId: job.id, container: 'mp4', videoCodec: /^avc1/ },
    ])
    t.strictSame(listScratch(test), [])
    const { packaging } = containerOf(app)
    await packaging.processPending()
    await packaging.onIdle()
    t.match(await findFiles(movie), [{ hls: { state: 'ready' } }, { hls: { state: 'ready' } }])
    const { body: playback } = await startPlayback()
    t.match(playback, { mediaFile: { height: 180 } })
    t.equal(playback.mediaFile.masterId, undefined, 'only administrators see the master')

    t.test('a repeated upload returns the job, and another edition has its own master', async (t) => {
      t.match(await upload(test, movie), { status: 202, body: { id: job.id, state: 'done' } })
      await makeMaster(folder, 'other.mpg', 1)
      const other = readFileSync(path.join(folder, 'other.mpg'))
      t.match(await upload(test, movie, other, '&edition=short'), { status: 202, body: { edition: 'short' } })
      const { body } = await admin.get(`${JOBS_URL}?itemId=${movie}`)
      t.match(body.items, [{ edition: 'short', state: 'waiting' }, { id: job.id }])
      t.strictSame((await admin.get(`${JOBS_URL}?state=done`)).body.items.map((one: any) => one.id), [job.id])
    })

    t.test('languages and roles of the audio reach the playlist', async (t) => {
      const other = await addMovie(app, admin, { title: 'M' }, [])
      await makeFile(folder, [
        ...['-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=25:duration=2', '-f', 'lavfi', '-i', 'sine=duration=2'],
        ...['-map', '0', '-map', '1', '-map', '1', '-c:v', 'mpeg2video', '-c:a', 'ac3'],
        ...['-metadata:s:a:0', 'language=ger', '-metadata:s:a:1', 'language=eng', '-metadata:s:a:1', 'title=Director'],
        ...['-disposition:a:1', 'comment', 'tracks.mkv'],
      ])
      t.match(await upload(test, other, readFileSync(path.join(folder, 'tracks.mkv'))), { status: 202 })
      await encode(test)
      await packaging.processPending()
      await packaging.onIdle()
      const german = { language: 'de', kind: 'main' }
      const commentary = { language: 'en', kind: 'commentary', name: 'Director' }
      for (const file of await findFiles(other)) t.match(file.audioTracks, [german, commentary])
      const { text } = await readPlaylist(app, t, (await play(kim, other)).body.hlsUrl)
      t.match(text, /TYPE=AUDIO[^\n]*LANGUAGE="de"/)
      t.match(text, /TYPE=AUDIO[^\n]*NAME="English \(commentary\)",LANGUAGE="en",DEFAULT=NO,AUTOSELECT=NO/)
      t.equal(text.match(/TYPE=AUDIO/g)?.length, 2, 'each track once, for all renditions')
      t.match(text, /RESOLUTION=320x180[^]*RESOLUTION=160x90|RESOLUTION=160x90[^]*RESOLUTION=320x180/)
    })

    t.test('a job that is done can be neither cancelled nor repeated', async (t) => {
      expectProblem(t, await admin.post(`${JOBS_URL}/${job.id}/cancel`), 'encoding-job-state')
      expectProblem(t, await admin.post(`${JOBS_URL}/${job.id}/retry`), 'encoding-job-state')
    })

    t.test('the doctor finds nothing, also when the master is deleted', async (t) => {
      t.strictSame(await runDoctor(test), [])
      t.equal((await admin.delete(`${JOBS_URL}/${job.id}`)).status, 204)
      expectProblem(t, await admin.get(`${JOBS_URL}/${job.id}`), 'not-found')
      const renditions = (await findFiles(movie)).filter((file) => file.master?.toString() === job.id)
      t.equal(renditions.length, 2, 'the renditions stay')
      t.strictSame(await runDoctor(test), [])
    })

    t.test('a deleted title leaves nothing', async (t) => {
      t.equal((await admin.delete(`/v1/admin/movies/${movie}`)).status, 204)
      t.strictSame((await listKeys(test)).filter((key) => key.includes(movie)), [])
      t.equal(await EncodingJob.countDocuments({ item: movie }), 0)
    })
  })

  t.test('after a crash another attempt continues without orphaned objects', async (t) => {
    const test = await start(t)
    const { app, admin, clock } = test
    const movie = await addMovie(app, admin, {}, [])
    const { body: job } = await upload(test, movie)
    // The state after a crash between the object of a rendition and its media file.
    const [orphan, claim] = [new Types.ObjectId(), new Types.ObjectId()]
    const storageKey = `${movie}/${orphan.toString()}-orphan`
    const writer = await containerOf(app).storage.create(storageKey)
    writer.stream.write('half a rendition')
    await writer.commit()
    mkdirSync(path.join(test.config.dataDir, 'encoding', claim.toString()), { recursive: true })
    await EncodingJob.updateOne({ _id: job.id }, {
      $set: {
        state: 'running',
        attempts: 1,
        claim,
        claimedUntil: new Date(clock.now().getTime() + 60_000),
        renditions: [{ _id: orphan, height: 90, storageKey }],
      },
    })
    await encode(test)
    t.match((await admin.get(`${JOBS_URL}/${job.id}`)).body, { state: 'running' }, 'the claim is respected')
    t.strictSame(listScratch(test), [claim.toString()], 'as is its folder')
    clock.advance(61_000)
    await encode(test)
    t.match((await admin.get(`${JOBS_URL}/${job.id}`)).body, {
      state: 'done',
      attempts: 2,
      steps: [{ kind: 'thumbnails', state: 'done' }, { kind: 'pictures', state: 'done' }],
    })
    t.equal((await findFiles(movie)).length, 2)
    t.notOk((await listKeys(test)).includes(storageKey))
    await encode(test)
    t.strictSame(listScratch(test), [])
    t.strictSame(await runDoctor(test), [])

    t.test('and encodes only what is missing', async (t) => {
      const [lowest] = await findFiles(movie)
      const highest = (await findFiles(movie))[1]?._id.toString() ?? ''
      await admin.delete(`/v1/admin/media/${highest}`)
      await EncodingJob.updateOne({ _id: job.id }, { $set: { state: 'failed' } })
      t.match(await admin.post(`${JOBS_URL}/${job.id}/retry`), { status: 200, body: { state: 'waiting', attempts: 0 } })
      await encode(test)
      t.match(await findFiles(movie), [{ _id: lowest?._id, height: 90 }, { height: 180 }])
    })
  })

  t.test('a master that cannot be encoded is tried three times, with growing pauses', async (t) => {
    const test = await start(t)
    const { app, admin, clock } = test
    const movie = await addMovie(app, admin, {}, [])
    const { body: job } = await upload(test, movie)
    const read = async () => (await admin.get(`${JOBS_URL}/${job.id}`)).body
    // Damaged after the upload.
    const { storageKey = '' } = await EncodingJob.findById(job.id).lean() ?? {}
    const writer = await containerOf(app).storage.create(storageKey)
    writer.stream.write('no media file')
    await writer.commit()
    for (const [attempts, pauseMs] of [[1, 60_000], [2, 240_000]] as const) {
      await encode(test)
      const waiting = await read()
      t.match(waiting, { state: 'waiting', attempts, reason: { code: 'encoding-failed' } })
      const untilNextMs = Date.parse(waiting.nextAttemptAt) - clock.now().getTime()
      t.ok(untilNextMs > pauseMs / 2 && untilNextMs <= pauseMs, `${untilNextMs} ms`)
      await encode(test)
      t.match(await read(), { attempts }, 'not before the pause ends')
      clock.advance(pauseMs)
    }
    await encode(test)
    t.match(await read(), { state: 'failed', attempts: 3, nextAttemptAt: null, logTail: /Invalid data/ })
    t.strictSame(await findFiles(movie), [])
  })

  t.test('a master fails when three attempts ended with a crash', async (t) => {
    const test = await start(t)
    const { app, admin } = test
    const movie = await addMovie(app, admin, {}, [])
    const { body: job } = await upload(test, movie)
    await EncodingJob.updateOne({ _id: job.id }, { $set: { state: 'running', attempts: 3 } })
    await encode(test)
    t.match((await admin.get(`${JOBS_URL}/${job.id}`)).body, {
      state: 'failed',
      attempts: 3,
      reason: { text: 'Each attempt ended with a crash.' },
    })
  })

  t.test('a cancelled or deleted job stops while it runs', async (t) => {
    // The encoder of this service never ends.
    const ffprobe = await findPrograms({ ffmpegPath: null, ffprobePath: null })
    const FFPROBE_PATH = ffprobe.isAvailable ? ffprobe.ffprobePath : ''
    const { ffmpegPath: FFMPEG_PATH } = writePrograms(path.join(folder, 'endless'), 'echo frame=1; sleep 600')
    const test = await start(t, { FFMPEG_PATH, FFPROBE_PATH })
    const { app, admin } = test
    for (const end of ['cancel', 'delete', 'title'] as const) {
      const movie = await addMovie(app, admin, { title: end }, [])
      const { body: job } = await upload(test, movie)
      await containerOf(app).encoding.processPending()
      while ((await EncodingJob.findById(job.id).lean())?.renditions.length !== 2) await sleep(50)
      if (end === 'cancel') await admin.post(`${JOBS_URL}/${job.id}/cancel`)
      if (end === 'delete') await admin.delete(`${JOBS_URL}/${job.id}`)
      if (end === 'title') await admin.delete(`/v1/admin/movies/${movie}`)
      await containerOf(app).encoding.onIdle()
      t.strictSame(await findFiles(movie), [], end)
      t.strictSame(listScratch(test), [], end)
      const stored = await EncodingJob.findById(job.id).lean()
      t.equal(stored?.state, end === 'cancel' ? 'cancelled' : undefined)
      if (end !== 'cancel') t.strictSame((await listKeys(test)).filter((key) => key.includes(movie)), [], end)
    }
  })

  t.test('a full disk pauses the job, and the attempt does not count', async (t) => {
    const ffprobe = await findPrograms({ ffmpegPath: null, ffprobePath: null })
    const FFPROBE_PATH = ffprobe.isAvailable ? ffprobe.ffprobePath : ''
    const body = 'echo "av_interleaved_write_frame(): No space left on device" >&2; exit 1'
    const { ffmpegPath: FFMPEG_PATH } = writePrograms(path.join(folder, 'full'), body)
    const test = await start(t, { FFMPEG_PATH, FFPROBE_PATH })
    const movie = await addMovie(test.app, test.admin, {}, [])
    const { body: job } = await upload(test, movie)
    for (let i = 0; i < 4; i++) {
      await encode(test)
      t.match(await EncodingJob.findById(job.id).lean(), {
        state: 'waiting',
        attempts: 0,
        failure: { code: 'disk-full', text: /too little space/ },
      })
      test.clock.advance(5 * 60_000)
    }
    t.strictSame(listScratch(test), [])
  })

  t.test('files without video and broken files are rejected with the reason, and leave nothing', async (t) => {
    const test = await start(t)
    const movie = await addMovie(test.app, test.admin, {}, [])
    await makeFile(folder, ['-f', 'lavfi', '-i', 'sine=duration=2', 'audio.flac'])
    const audio = await upload(test, movie, readFileSync(path.join(folder, 'audio.flac')))
    expectProblem(t, audio, 'unreadable-media')
    t.match(audio.body.detail, /no video track.*Nothing was stored/)
    const broken = await upload(test, movie, Buffer.from('x'.repeat(5_000)))
    expectProblem(t, broken, 'unreadable-media')
    t.match(broken.body.detail, /damaged/)
    t.strictSame(await listKeys(test), [])
    t.equal(await EncodingJob.countDocuments({}), 0)
    const kim = await signUp(test.app)
    expectProblem(t, await kim.get(JOBS_URL), 'forbidden')
  })
})
