// A master is replaced while people watch: new renditions beside the old ones, one swap, and nothing left behind.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { EncodingJob } from '../../../models/encoding-job.js'
import { containerOf } from '../../support/app.js'
import { addMovie } from '../../support/catalogue.js'
import { readManifest, type Node } from '../../support/dash.js'
import { readPlaylist } from '../../support/hls.js'
import { play } from '../../support/playback.js'
import { call, expectProblem } from '../../support/requests.js'
import { signUp } from '../../support/users.js'
import { encodeMasters, findFiles, runDoctor, startEncodingApp, uploadMaster } from './encoding-app.js'
import { makeFile, skipWithoutFfmpeg } from './programs.js'

const JOBS_URL = '/v1/admin/encoding-jobs'
const DAY_MS = 24 * 3_600_000

t.test('replaced masters', { skip: await skipWithoutFfmpeg() }, async (t) => {
  const folder = t.testdir({})
  const masters: Buffer[] = []
  for (const [name, seconds] of [['first.mkv', 3], ['second.mkv', 4], ['third.mkv', 2]] as const) {
    await makeFile(folder, [
      ...['-f', 'lavfi', '-i', `testsrc=size=160x90:rate=25:duration=${seconds}`],
      ...['-f', 'lavfi', '-i', `sine=duration=${seconds}`, '-c:v', 'mpeg4', name],
    ])
    masters.push(readFileSync(path.join(folder, name)))
  }
  const [first, second, third] = masters as [Buffer, Buffer, Buffer]
  const test = await startEncodingApp(t, { ENCODING_LADDER: '90:30:100,72:30:100' })
  const { app, admin, clock } = test
  const { encoding, packaging, storage } = containerOf(app)
  const movie = await addMovie(app, admin, {}, [])
  const runEncoding = async (): Promise<void> => {
    await encoding.processPending()
    await encoding.onIdle()
  }
  const runPackaging = async (): Promise<void> => {
    await packaging.processPending()
    await packaging.onIdle()
  }
  const listFiles = async () => (await findFiles(movie)).map(({ master, stage }) => `${master?.toString()} ${stage}`)
  const { body: oldJob } = await uploadMaster(test, movie, first)
  await encodeMasters(test)

  const viewer = await signUp(app)
  const { body: old } = await play(viewer, movie)
  t.match(old.mediaFile, { height: 90, durationMs: 3_011 })
  const readOld = async (): Promise<number[]> => {
    const { text } = await readPlaylist(app, t, old.hlsUrl)
    const variant = text.split('\n').find((line) => line.includes('-v.m3u8')) ?? ''
    const base = old.hlsUrl.slice(0, old.hlsUrl.lastIndexOf('/') + 1)
    const playlist = await call(app, 'GET', base + variant)
    const segment = /^[^#].*\.m4s.*$/m.exec(playlist.bytes.toString())?.[0] ?? ''
    const bytes = await call(app, 'GET', old.url, { headers: { range: 'bytes=0-99' } })
    return [playlist.status, (await call(app, 'GET', base + segment)).status, bytes.status]
  }
  const readOldRenditions = async (): Promise<string[]> =>
    (await readManifest(app, t, old.dashUrl)).of('video').flatMap(({ Representation }) =>
      Representation.map(({ id }: Node) => id)
    )
  t.strictSame(await readOld(), [200, 200, 206])
  const oldRenditions = await readOldRenditions()
  t.equal(oldRenditions.length, 2)

  t.test('until all new renditions are packaged, everybody plays the old ones', async (t) => {
    const { status, body: job } = await uploadMaster(test, movie, second)
    t.match({ status, job }, { status: 202, job: { replacesId: oldJob.id, state: 'waiting' } })
    t.match((await uploadMaster(test, movie, second)).body, { id: job.id }, 'a repeated upload is the same job')
    await runEncoding()
    await runEncoding()
    t.match((await admin.get(`${JOBS_URL}/${job.id}`)).body, { state: 'done', replacesId: oldJob.id })
    t.strictSame(
      (await listFiles()).sort(),
      [
        ...[`${oldJob.id} active`, `${oldJob.id} active`, `${job.id} pending`, `${job.id} pending`],
      ].sort(),
    )
    const { body } = await play(await signUp(app), movie)
    t.match(body.mediaFile, { durationMs: 3_011 })
    const shown = (await viewer.get(`/v1/movies/${movie}`)).body.mediaFiles
    t.strictSame(shown.map(({ durationMs }: { durationMs: number }) => durationMs), [3_011, 3_011])
    const stages = (await admin.get(`/v1/movies/${movie}`)).body.mediaFiles
    t.match(stages, [{ stage: 'active' }, { stage: 'active' }, { stage: 'pending' }, { stage: 'pending' }])

    await runPackaging()
    await runEncoding()
    t.match((await admin.get(`${JOBS_URL}/${job.id}`)).body, { state: 'done', replacesId: null })
    expectProblem(t, await admin.get(`${JOBS_URL}/${oldJob.id}`), 'not-found')
    t.match((await play(await signUp(app), movie)).body, {
      mediaFile: { durationMs: 4_010, height: 90 },
      hlsUrl: /hls/,
    })
    t.strictSame(await readOld(), [200, 200, 206], 'the playback in progress continues')
    t.strictSame(await readOldRenditions(), oldRenditions, 'its manifest has the old renditions only')
    t.strictSame(await runDoctor(test), [])
  })

  t.test('the old renditions are removed when their URLs have expired', async (t) => {
    clock.advance(DAY_MS - 60_000)
    await runEncoding()
    t.equal((await findFiles(movie)).length, 4)
    clock.advance(61_000)
    await runEncoding()
    t.match(await findFiles(movie), [{ stage: 'active' }, { stage: 'active' }])
    t.equal((await findFiles(movie)).length, 2)
    const keys: string[] = []
    for await (const { key } of storage.list()) if (key.startsWith(movie)) keys.push(key)
    t.equal(keys.length, 5, 'the master, two renditions, and the two files of the thumbnails')
    t.strictSame(await runDoctor(test), [])
  })

  t.test('a replacement that is deleted leaves the active renditions alone', async (t) => {
    const { body: job } = await uploadMaster(test, movie, third)
    await runEncoding()
    t.equal((await findFiles(movie)).length, 4)
    t.equal((await admin.delete(`${JOBS_URL}/${job.id}`)).status, 204)
    t.match(await findFiles(movie), [{ stage: 'active' }, { stage: 'active' }])
    t.equal((await findFiles(movie)).length, 2)
    t.strictSame(await runDoctor(test), [])
  })

  t.test('a third master replaces the second, and one without renditions is replaced at once', async (t) => {
    const { body: discarded } = await uploadMaster(test, movie, first)
    const { body: job } = await uploadMaster(test, movie, third)
    t.equal(job.replacesId, discarded.replacesId)
    expectProblem(t, await admin.get(`${JOBS_URL}/${discarded.id}`), 'not-found')
    t.equal(await EncodingJob.countDocuments({ item: movie }), 2)
    await admin.delete(`${JOBS_URL}/${job.id}`)
    const other = await addMovie(app, admin, { title: 'Other' }, [])
    await uploadMaster(test, other, first)
    t.match(await uploadMaster(test, other, second), { status: 202, body: { replacesId: null } })
    t.equal(await EncodingJob.countDocuments({ item: other }), 1)
  })

  t.test('of two masters at once one stays', async (t) => {
    const responses = await Promise.all([uploadMaster(test, movie, first), uploadMaster(test, movie, third)])
    t.ok(responses.every(({ status, body }) => status === 202 || body.code === 'master-exists'))
    t.ok(responses.some(({ status }) => status === 202))
    t.equal(await EncodingJob.countDocuments({ item: movie }), 2, 'the active master and one replacement')
    await runEncoding()
    await runPackaging()
    await runEncoding()
    t.equal(await EncodingJob.countDocuments({ item: movie }), 1)
    t.equal((await findFiles(movie)).filter(({ stage }) => stage === 'active').length, 2)
    t.strictSame(await runDoctor(test), [])
  })
})
