// Captions inside the pictures of a master become subtitles.
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import t, { type Test } from 'tap'
import { EncodingJob } from '../../../models/encoding-job.js'
import { EncodingStep } from '../../../models/encoding-step.js'
import { Media, MAX_SUBTITLES, type StoredMedia } from '../../../models/media.js'
import { captionArguments } from '../../../src/media/encoding/frame-captions.js'
import { probeOutdatedFiles } from '../../../src/media/probing/probe-again.js'
import { containerOf } from '../../support/app.js'
import { addMovie } from '../../support/catalogue.js'
import { play } from '../../support/playback.js'
import { call } from '../../support/requests.js'
import { signUp } from '../../support/users.js'
import {
  encodeMasters,
  findFiles,
  runDoctor,
  startEncodingApp,
  uploadMaster,
  type EncodingApp,
} from './encoding-app.js'
import { writeCaptionedVideo } from './frame-captions.js'
import { CAPTIONS } from './input-files.js'
import { installedEncoder, makeFile, skipWithoutFfmpeg } from './programs.js'

const JOBS_URL = '/v1/admin/encoding-jobs'
const NO_CAPTIONS = 'Scenarist_SCC V1.0'
const LISTED = { codec: 'a53', language: 'en', kind: 'sdh', name: null, extraction: 'extracted' }
const CLOCK_AT_600 = ['-output_ts_offset', '600', '-muxdelay', '0']

const skip = await skipWithoutFfmpeg()

t.test('captions inside the pictures of a master', { skip }, async (t) => {
  const folder = t.testdir({ 'text.srt': '1\n00:00:01,000 --> 00:00:02,000\nBonjour\n' })

  /** Makes a master with English sound. @param inputs besides the video and the sound */
  async function makeMaster (scc: string | null, name: string, options: string[], inputs: string[] = []) {
    await writeCaptionedVideo(folder, 'video.h264', 6, scc)
    await makeFile(folder, [
      ...['-framerate', '25', '-i', 'video.h264', '-f', 'lavfi', '-i', 'sine=duration=6', ...inputs],
      ...['-map', '0', '-map', '1', ...(inputs.length === 0 ? [] : ['-map', '2'])],
      // The stream has no times. Units of the container in 40 ms.
      ...['-c:v', 'copy', '-bsf:v', `setts=ts=N*${name.endsWith('.ts') ? 3_600 : 40}`, '-c:a', 'ac3'],
      ...['-metadata:s:a:0', 'language=eng'],
      ...[...options, name],
    ])
    return readFileSync(path.join(folder, name))
  }

  async function addMaster (test: EncodingApp, body: Buffer) {
    const movie = await addMovie(test.app, test.admin, {}, [])
    const { status, body: job } = await uploadMaster(test, movie, body)
    t.equal(status, 202)
    return { movie, jobId: job.id }
  }

  const readStep = async ({ admin }: EncodingApp, jobId: string): Promise<any> =>
    (await admin.get(`${JOBS_URL}/${jobId}`)).body.steps.find(({ kind }: any) => kind === 'subtitles')

  const subtitlesOf = async (movie: string) => (await Media.findById(movie).lean<StoredMedia>())?.subtitles ?? []

  async function expectCaptions (t: Test, { app }: EncodingApp, movie: string): Promise<void> {
    const { body: { subtitles } } = await play(await signUp(app), movie)
    t.match(subtitles, [{ language: 'en', kind: 'sdh' }])
    t.equal(subtitles.length, 1)
    const text = (await call(app, 'GET', subtitles[0].url)).bytes.toString()
    const cues = [...text.matchAll(/00:00:0(\d\.\d+) --> 00:00:0(\d\.\d+)(.*)\n(.*)\n/g)].map(([, ...fields]) => fields)
    t.strictSame(cues.map(([, , settings, words]) => [settings, words]), [['', 'Hello'], ['', 'World']], text)
    // A caption is visible from its last byte pair on: each has 13 pairs.
    const expected = [[1.5, 3], [4, 4.5]]
    for (const [i, times] of expected.entries()) {
      for (const [end, time] of times.entries()) t.ok(Math.abs(Number(cues[i]?.[end]) - time) < 0.1, text)
    }
  }

  t.test('become one subtitle, with the times of the item', async (t) => {
    const masters = {
      'a Matroska file': await makeMaster(CAPTIONS, 'master.mkv', []),
      'a transport stream whose clock starts at 600 s': await makeMaster(CAPTIONS, 'master.ts', CLOCK_AT_600),
    }
    for (const [name, body] of Object.entries(masters)) {
      t.test(name, async (t) => {
        const test = await startEncodingApp(t)
        const { movie, jobId } = await addMaster(test, body)
        await encodeMasters(test)
        t.match(await readStep(test, jobId), { state: 'done', attempts: 1, reason: null })
        await expectCaptions(t, test, movie)
        const [lowest] = await findFiles(movie)
        t.strictSame(lowest?.embeddedSubtitles, [LISTED])
        t.strictSame(await runDoctor(test), [])
      })
    }
  })

  t.test('that are empty become none', async (t) => {
    const test = await startEncodingApp(t)
    const { movie, jobId } = await addMaster(test, await makeMaster(NO_CAPTIONS, 'empty.mkv', []))
    await encodeMasters(test)
    t.match(await readStep(test, jobId), { state: 'done', attempts: 1, reason: null })
    t.match((await findFiles(movie))[0]?.embeddedSubtitles, [{ ...LISTED, extraction: 'empty' }])
    t.strictSame(await subtitlesOf(movie), [])
  })

  t.test('are not looked for in a master without them', async (t) => {
    const test = await startEncodingApp(t)
    const { movie, jobId } = await addMaster(test, await makeMaster(null, 'none.mkv', []))
    await encodeMasters(test)
    t.match(await EncodingJob.findById(jobId).lean(), { state: 'done', hasCaptions: false })
    t.equal(await readStep(test, jobId), undefined)
    t.strictSame((await findFiles(movie))[0]?.embeddedSubtitles, [])
  })

  t.test('are stored once, beside the tracks of the master', async (t) => {
    const test = await startEncodingApp(t)
    const { app, clock } = test
    const input = ['-i', 'text.srt', '-c:s', 'srt', '-metadata:s:s:0', 'language=fre']
    const { movie, jobId } = await addMaster(
      test,
      await makeMaster(CAPTIONS, 'text.mkv', input.slice(2), ['-i', 'text.srt']),
    )
    const { encoder } = containerOf(app)
    const encode = encoder.encode.bind(encoder)
    const started: string[] = []
    encoder.encode = async (args, options) => {
      if (!args.includes('lavfi')) return await encode(args, options)
      started.push('captions')
      if (started.length === 1) return { ok: false, code: 'failed', logTail: 'cannot decode' }
      return await encode(args, options)
    }
    await encodeMasters(test)
    t.match(await readStep(test, jobId), { state: 'waiting', attempts: 1, reason: { code: 'encoding-failed' } })
    t.match(await subtitlesOf(movie), [{ language: 'fr', kind: 'full' }])

    const [fr] = await subtitlesOf(movie)
    const full = Array.from({ length: MAX_SUBTITLES - 1 }, (_value, i) => ({ ...fr, _id: jobId + i, mediaFile: null }))
    await Media.collection.updateOne({ files: { $exists: true } }, { $push: { subtitles: { $each: full } } } as never)
    clock.advance(60_000)
    await encodeMasters(test)
    t.match(await readStep(test, jobId), { state: 'waiting', attempts: 2, reason: { code: 'subtitle-limit' } })
    await Media.collection.updateOne({ files: { $exists: true } }, { $set: { subtitles: [fr] } } as never)
    clock.advance(4 * 60_000)
    await encodeMasters(test)
    t.match(await readStep(test, jobId), { state: 'done', attempts: 3, reason: null })
    const expected = [{ language: 'fr', kind: 'full' }, { language: 'en', kind: 'sdh' }]
    t.match(await subtitlesOf(movie), expected)
    const listed = [{ codec: 'subrip', language: 'fr', extraction: 'extracted' }, LISTED]
    t.match((await findFiles(movie))[0]?.embeddedSubtitles, listed)

    // A crash before the end of the step.
    const isStep = { job: jobId, kind: 'subtitles' as const }
    await EncodingStep.updateOne(isStep, { state: 'running' })
    await encodeMasters(test)
    t.equal(started.length, 3, 'what is complete is not read again')
    await Media.updateOne({ _id: movie }, { $pull: { 'files.$[].embeddedSubtitles': { codec: 'a53' } } } as never)
    await EncodingStep.updateOne(isStep, { state: 'running' })
    await encodeMasters(test)
    t.equal(started.length, 4)
    await Media.updateOne({ _id: movie }, { $set: { 'files.$[].probeVersion': 0 } })
    await containerOf(app).catalogue.reloadTitle(movie)
    await probeOutdatedFiles(containerOf(app))
    t.match(await subtitlesOf(movie), expected)
    t.equal((await subtitlesOf(movie)).length, 2)
    t.match((await findFiles(movie))[0]?.embeddedSubtitles, listed, 'also after the file was probed again')
    t.strictSame(await runDoctor(test), [])
  })

  t.test('follow the master that replaces another one', async (t) => {
    const test = await startEncodingApp(t)
    const { movie } = await addMaster(test, await makeMaster(NO_CAPTIONS, 'empty.mkv', []))
    await encodeMasters(test)
    const { status } = await uploadMaster(test, movie, await makeMaster(CAPTIONS, 'master.mkv', []))
    t.equal(status, 202)
    await encodeMasters(test)
    // The renditions are packaged: they replace those of the other master.
    await encodeMasters(test)
    await expectCaptions(t, test, movie)
  })
})

t.test('the master is opened under any name, and only as a container', { skip }, async (t) => {
  const root = t.testdir({})
  const folder = path.join(root, "a 'b' [c],d;e:f=g\\h%20")
  mkdirSync(folder)
  await writeCaptionedVideo(root, 'video.h264', 5, CAPTIONS)
  await makeFile(root, ['-framerate', '25', '-i', 'video.h264', '-c', 'copy', 'master.ts'])
  const master = readFileSync(path.join(root, 'master.ts'))
  const encoder = installedEncoder()
  t.teardown(async () => {
    await encoder.close()
  })
  const plan = { video: { stream: 0 }, clock: { start: 0 } } as Parameters<typeof captionArguments>[0]
  const read = async (location: string | URL) =>
    await encoder.encode(captionArguments(plan, location, true), { folder: root, durationMs: 5_000 })

  const file = path.join(folder, 'x[out1];nullsrc,\'"=.ts')
  writeFileSync(file, master)
  t.match(await read(file), { ok: true })
  t.match(readFileSync(path.join(root, 'captions.ass'), 'utf8'), /^Dialogue:.*Hello$/m)

  const requested: unknown[] = []
  const server = createServer(({ url }, response) => {
    requested.push(url)
    response.end(master)
  }).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  const signed = '/a%20b[1].ts?X-Amz-Credential=a%2Fb,c;d&X-Amz-Date=12:30'
  rmSync(path.join(root, 'captions.ass'))
  t.match(await read(new URL(signed, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)), { ok: true })
  t.match(readFileSync(path.join(root, 'captions.ass'), 'utf8'), /^Dialogue:.*Hello$/m)
  t.strictSame([...new Set(requested)], [signed])

  const playlist = path.join(root, 'list.m3u8')
  writeFileSync(playlist, '#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nmaster.ts\n#EXT-X-ENDLIST\n')
  t.match(await read(playlist), { ok: false }, 'a playlist could name other files')
})
