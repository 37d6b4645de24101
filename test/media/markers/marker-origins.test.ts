// The origin of markers when people edit, replace and import episodes, and detections that cannot run.
import { writeFileSync, chmodSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { EncodingJob } from '../../../models/encoding-job.js'
import { MarkerDetection } from '../../../models/marker-detection.js'
import { MAX_CRASHES } from '../../../src/media/attempts.js'
import {
  describeFingerprints,
  findFingerprintProgram,
  fingerprintAudio,
} from '../../../src/media/markers/fingerprint-audio.js'
import { saveMarkers } from '../../../src/media/markers/save-markers.js'
import { createEncoder } from '../../../src/media/encoding/encoder.js'
import { containerOf, startApp } from '../../support/app.js'
import { addShow } from '../../support/catalogue.js'
import { addEncodingJob } from '../../support/encoding-jobs.js'
import { expectProblem } from '../../support/requests.js'
import { signUpAdmin } from '../../support/users.js'
import { writePrograms } from '../encoding/programs.js'

const INTRO = { startMs: 1_000, endMs: 26_000, confidence: 0.9 }
const CREDITS = { startMs: 90_000, confidence: 0.8 }
const DETECTED = {
  recap: null,
  intro: { origin: 'detected', confidence: 0.9 },
  credits: { origin: 'detected', confidence: 0.8 },
}
const BY_PERSON = { origin: 'person', confidence: null }

t.test('origins of markers', async (t) => {
  const { app } = await startApp(t)
  const admin = await signUpAdmin(app)
  const container = containerOf(app)

  async function addDetected () {
    const show = await addShow(app, admin, {}, [])
    await saveMarkers(container, show.id, [{ itemId: show.episodes[0]!, intro: INTRO, credits: CREDITS }])
    const url = `/v1/admin/shows/${show.id}/seasons/1/episodes/1`
    return { ...show, url, read: async () => (await admin.get(url.replace('/admin', ''))).body }
  }

  await t.test('a replacement without markers keeps detected ones, and resets those of people', async (t) => {
    const { url, read } = await addDetected()
    const { markers } = await read()
    await admin.patch(url, { markers: { ...markers, recapStartMs: 0, creditsStartMs: 80_000 } })
    t.match((await read()).markerOrigins, { recap: BY_PERSON, intro: DETECTED.intro, credits: BY_PERSON })
    await admin.put(url, { title: 'Replaced' })
    const replaced = await read()
    t.match(replaced.markers, { recapStartMs: null, introStartMs: 1_000, introEndMs: 26_000, creditsStartMs: null })
    t.strictSame(replaced.markerOrigins, { recap: null, intro: DETECTED.intro, credits: null })
  })

  await t.test('null clears detected markers, which stay cleared', async (t) => {
    const { id, episodes, url, read } = await addDetected()
    await admin.patch(url, { markers: null })
    await saveMarkers(container, id, [{ itemId: episodes[0]!, intro: INTRO, credits: CREDITS }])
    t.match(await read(), {
      markers: { introStartMs: null, creditsStartMs: null },
      markerOrigins: { recap: null, intro: BY_PERSON, credits: BY_PERSON },
    })
    await admin.patch(url, { markers: { introStartMs: 5_000, introEndMs: 9_000 } })
    t.match((await read()).markerOrigins, { intro: BY_PERSON, credits: BY_PERSON })
  })

  await t.test('what is not found again is removed, except what people set', async (t) => {
    const { id, episodes, url, read } = await addDetected()
    const { markers } = await read()
    await admin.patch(url, { markers: { ...markers, creditsStartMs: 80_000 } })
    await saveMarkers(container, id, [{ itemId: episodes[0]!, intro: null, credits: null }])
    t.match(await read(), {
      markers: { introStartMs: null, introEndMs: null, creditsStartMs: 80_000 },
      markerOrigins: { intro: null, credits: BY_PERSON },
    })
    await saveMarkers(container, id, [{ itemId: episodes[0]!, intro: INTRO, credits: CREDITS }])
    t.match(await read(), { markers: { introStartMs: 1_000, creditsStartMs: 80_000 } })
  })

  await t.test('an import with the same markers leaves their origin, one with others changes it', async (t) => {
    const { id, read } = await addDetected()
    const { markers: { introStartMs, introEndMs } } = await read()
    const line = (creditsStartMs: number): string =>
      JSON.stringify({
        kind: 'show',
        id,
        title: 'Fawlty Towers',
        seasons: [{
          number: 1,
          episodes: [{ number: 1, title: 'A Touch of Class', markers: { introStartMs, introEndMs, creditsStartMs } }],
        }],
      })
    const send = async (body: string): Promise<void> => {
      const { statusCode } = await app.inject({
        method: 'POST',
        url: '/v1/admin/import',
        headers: { authorization: `Bearer ${admin.token}`, 'content-type': 'application/x-ndjson' },
        body,
      })
      t.equal(statusCode, 200)
    }
    await send(line(90_000))
    t.strictSame((await read()).markerOrigins, DETECTED)
    await send(line(80_000))
    t.strictSame((await read()).markerOrigins, { ...DETECTED, credits: BY_PERSON })
  })
})

t.test('a detection without its program is skipped, with the reason', async (t) => {
  const { app, clock } = await startApp(t, { FFMPEG_PATH: process.execPath, FFPROBE_PATH: process.execPath })
  const admin = await signUpAdmin(app)
  const show = await addShow(app, admin, {}, [])
  const { markerDetection } = containerOf(app)
  const url = `/v1/admin/shows/${show.id}/seasons/1/marker-detection`
  expectProblem(t, await admin.get(url), 'not-found')
  expectProblem(t, await admin.post(`/v1/admin/shows/${show.id}/seasons/9/marker-detection`), 'not-found')
  t.match((await admin.post(url)).body, { titleId: show.id, season: 1, attempts: 0 })
  await markerDetection.processPending()
  await markerDetection.onIdle()
  t.match((await admin.get(url)).body, {
    state: 'skipped',
    attempts: 0,
    reason: { code: 'encoder-unavailable', text: /Install ffmpeg/ },
    detectedAt: null,
  })
  const season = { number: 1, episodes: [] }
  await admin.put(`/v1/admin/shows/${show.id}/seasons/1`, { episodes: season.episodes })
  clock.advance(2 * 3_600_000)
  await markerDetection.processPending()
  await markerDetection.onIdle()
  t.equal(await MarkerDetection.countDocuments({ title: show.id }), 0, 'a season without episodes has none')
})

t.test('a season waits for its masters, and crashes are counted', async (t) => {
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const show = await addShow(app, admin, {}, [])
  await addEncodingJob({ itemId: show.episodes[0]!, titleId: show.id })
  const { markerDetection } = containerOf(app)
  const run = async (): Promise<void> => {
    await markerDetection.processPending()
    await markerDetection.onIdle()
  }
  await admin.post(`/v1/admin/shows/${show.id}/seasons/1/marker-detection`)
  await run()
  const waiting = await MarkerDetection.findOne({ title: show.id }).lean()
  t.match(waiting, { state: 'waiting', attempts: 0 })
  t.ok(waiting!.nextAttemptAt > clock.now())
  const running = { state: 'running', attempts: 3, nextAttemptAt: new Date(0) } as const
  await EncodingJob.deleteMany({ title: show.id })
  await MarkerDetection.updateOne({ title: show.id }, running)
  await run()
  const resumed = await MarkerDetection.findOne({ title: show.id }).lean()
  t.not(resumed?.state, 'failed', 'a crash is no attempt')
  t.match(resumed, { crashes: 1 })
  await MarkerDetection.updateOne({ title: show.id }, { ...running, crashes: MAX_CRASHES })
  await run()
  t.match(await MarkerDetection.findOne({ title: show.id }).lean(), {
    state: 'failed',
    attempts: 3,
    crashes: MAX_CRASHES,
    failure: { code: 'detection-failed', text: /crash/ },
  })
  const request = await admin.post(`/v1/admin/shows/${show.id}/seasons/1/marker-detection`)
  t.match(request.body, { state: 'waiting', attempts: 0 })
  t.match(
    await MarkerDetection.findOne({ title: show.id }).lean(),
    { crashes: 0 },
    'a request resets the count of crashes',
  )
})

t.test('fpcalc computes fingerprints where ffmpeg has no chromaprint', async (t) => {
  const folder = t.testdir({})
  const encoder = createEncoder(writePrograms(path.join(folder, 'bin'), 'exit 0'))
  const none = await findFingerprintProgram(encoder, folder)
  t.match(none, { kind: 'none', code: 'fingerprints-unavailable', reason: /Install fpcalc/ })
  t.match(describeFingerprints(none), /^off: /)
  const fpcalc = path.join(folder, 'fpcalc')
  writeFileSync(fpcalc, '#!/bin/sh\necho 1,2,4294967295\n')
  chmodSync(fpcalc, 0o755)
  const program = await findFingerprintProgram(encoder, folder)
  if (program.kind === 'none') throw new Error(program.reason)
  t.match(describeFingerprints(program), /^fpcalc at /)
  const part = { location: '/film.mp4', track: 0, startMs: 0, durationMs: 1_000 }
  const { signal } = new AbortController()
  t.strictSame(await fingerprintAudio(encoder, program, part, folder, signal), {
    ok: true,
    points: Uint32Array.from([1, 2, 4_294_967_295]),
  })
  writeFileSync(fpcalc, '#!/bin/sh\necho ERROR\n')
  t.match(await fingerprintAudio(encoder, program, part, folder, signal), { ok: false })
  writeFileSync(fpcalc, '#!/bin/sh\nexit 1\n')
  t.match(await fingerprintAudio(encoder, program, part, folder, signal), { ok: false })
  await encoder.close()
})
