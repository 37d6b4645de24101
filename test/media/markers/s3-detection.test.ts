// The detection of markers with files in S3, also when the store does not respond: nothing is left out for that.
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { MarkerDetection } from '../../../models/marker-detection.js'
import { findPrograms } from '../../../src/media/encoding/find-programs.js'
import { containerOf } from '../../support/app.js'
import { startS3Server } from '../../storage/s3-server.js'
import { runDoctor, startEncodingApp } from '../encoding/encoding-app.js'
import { skipWithoutFfmpeg, writePrograms } from '../encoding/programs.js'
import { makeEpisode, SHORT_SEASON, uploadSeason } from './season-files.js'

const MINUTE_MS = 60_000

t.test('markers of episodes in S3', { skip: await skipWithoutFfmpeg(), timeout: 240_000 }, async (t) => {
  const folder = t.testdir({})
  const programs = await findPrograms({ ffmpegPath: null, ffprobePath: null })
  if (!programs.isAvailable) throw new Error(programs.reason)
  const flag = (name: string): string => path.join(folder, name)
  // Waits before the fingerprint of the second episode while there is a file `hold`.
  const { ffmpegPath } = writePrograms(
    path.join(folder, 'bin'),
    `case "$*" in *chromaprint*)
      if [ -e ${flag('hold')} ]; then
        if [ -e ${flag('first')} ]; then touch ${flag('held')}; while [ -e ${flag('hold')} ]; do sleep 0.1; done; fi
        touch ${flag('first')}
      fi;;
    esac
    exec ${programs.ffmpegPath} "$@"`,
  )
  const server = await startS3Server(t)
  const variables = { ...server.variables, FFMPEG_PATH: ffmpegPath, FFPROBE_PATH: programs.ffprobePath }
  const test = await startEncodingApp(t, variables)
  const { app, admin, clock } = test
  const { markerDetection } = containerOf(app)
  const files: Buffer[] = []
  for (const [i, plan] of SHORT_SEASON.entries()) files.push(await makeEpisode(folder, `${i}.mp4`, plan))
  const show = await uploadSeason(app, admin, files)
  const url = `/v1/admin/shows/${show}/seasons/1/marker-detection`
  const findState = async () => await MarkerDetection.findOne({ title: show }).lean()

  async function run (): Promise<void> {
    await markerDetection.processPending()
    await markerDetection.onIdle()
  }

  await t.test('a store that does not respond is waited for, any number of times', async (t) => {
    await markerDetection.request(show, 1)
    server.fault = 'reject'
    for (let i = 0; i < 4; i++) {
      await run()
      t.match(await findState(), { state: 'waiting', attempts: 0, failure: { code: 'storage-unavailable' } })
      clock.advance(MINUTE_MS)
    }
    t.match((await admin.get(url)).body, { state: 'waiting', reason: { code: 'storage-unavailable' } })
    server.fault = null
  })

  await t.test('a store that ends to respond in the middle costs no episode', async (t) => {
    writeFileSync(flag('hold'), '')
    await markerDetection.processPending()
    while (!existsSync(flag('held'))) await sleep(50)
    server.fault = 'reject'
    rmSync(flag('hold'))
    await markerDetection.onIdle()
    t.match(await findState(), { state: 'waiting', attempts: 0, failure: { code: 'storage-unavailable' } })
    server.fault = null
    clock.advance(MINUTE_MS)
    await run()
    const expected = { comparedEpisodes: 3, introEpisodes: 3, creditsEpisodes: 3 }
    t.match(await findState(), { state: 'done', attempts: 1, failure: null, claim: null, ...expected })
    const { episodes } = (await admin.get(`/v1/shows/${show}/seasons/1`)).body
    for (const { markerOrigins } of episodes) {
      t.match(markerOrigins, { intro: { origin: 'detected' }, credits: { origin: 'detected' } })
    }
  })

  await t.test('nothing is left over', async (t) => {
    t.strictSame(await runDoctor(test), [])
    await admin.delete(`/v1/admin/shows/${show}`)
    t.equal(await MarkerDetection.countDocuments(), 0)
    t.strictSame(await server.contents(), { objects: [], uploads: [] })
  })
})
