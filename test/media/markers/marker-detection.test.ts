// Intros and credits of generated seasons: where they are found, and markers that people set.
import t from 'tap'
import { MarkerDetection } from '../../../models/marker-detection.js'
import { SETTLE_MS } from '../../../src/media/markers/detection-state.js'
import { containerOf, startApp } from '../../support/app.js'
import { signUpAdmin } from '../../support/users.js'
import { skipWithoutFfmpeg } from '../encoding/programs.js'
import {
  CREDITS_SECONDS,
  durationOf,
  INTRO_SECONDS,
  introStartOf,
  makeEpisode,
  uploadEpisode,
  uploadSeason,
  type EpisodePlan,
} from './season-files.js'

const skip = await skipWithoutFfmpeg()
const TOLERANCE_MS = 1_000

/** Six episodes with a common intro at different offsets and a common end; some pause before and after the intro. */
const COMMON: readonly EpisodePlan[] = [0, 3.4, 8.9, 14.2, 20.1, 27.8].map((beforeIntro, i) => ({
  beforeIntro,
  film: 110 + i,
  introSeed: 900,
  creditsSeed: 901,
  filmSeed: 10 * (i + 1),
  blackBefore: i % 2 === 0 ? 0.6 : 0,
  ...(i === 1 ? { pauses: [0.6, 0.8] as const } : {}),
  ...(i === 4 ? { blackAroundIntro: 0.6 } : {}),
}))
/** Six episodes without shared audio, except silence at the start. */
const DIFFERENT: readonly EpisodePlan[] = COMMON.map((plan, i) => ({
  ...plan,
  silence: 20,
  pauses: [0.6, 0.8],
  beforeIntro: 5,
  introSeed: 1_000 + 10 * i,
  creditsSeed: 2_000 + 10 * i,
  filmSeed: 3_000 + 10 * i,
  blackBefore: 0,
}))

t.test('intros and credits of seasons', { skip, timeout: 240_000 }, async (t) => {
  const folder = t.testdir({})
  const { app, clock } = await startApp(t)
  const admin = await signUpAdmin(app)
  const { markerDetection } = containerOf(app)

  async function detect (): Promise<void> {
    await markerDetection.processPending()
    await markerDetection.onIdle()
    clock.advance(SETTLE_MS)
    await markerDetection.processPending()
    await markerDetection.onIdle()
  }

  const addSeason = async (files: readonly Buffer[]): Promise<string> => await uploadSeason(app, admin, files)
  const upload = async (show: string, episode: number, body: Buffer): Promise<void> => {
    await uploadEpisode(app, admin, show, episode, body)
  }
  const readEpisodes = async (show: string) => (await admin.get(`/v1/shows/${show}/seasons/1`)).body.episodes
  const findState = async (show: string) => await MarkerDetection.findOne({ title: show }).lean()

  const common: Buffer[] = []
  for (const [i, plan] of COMMON.entries()) common.push(await makeEpisode(folder, `common-${i}.mp4`, plan))
  const show = await addSeason(common)

  await t.test('a common intro and a common end are found within a second', async (t) => {
    await detect()
    const episodes = await readEpisodes(show)
    for (const [i, plan] of COMMON.entries()) {
      const { markers, markerOrigins } = episodes[i]
      const introStartMs = introStartOf(plan) * 1_000
      const creditsStartMs = (durationOf(plan) - CREDITS_SECONDS) * 1_000
      const expected = { introStartMs, introEndMs: introStartMs + INTRO_SECONDS * 1_000, creditsStartMs }
      for (const [name, ms] of Object.entries(expected)) {
        t.ok(Math.abs(markers[name] - ms) < TOLERANCE_MS, `episode ${i + 1}: ${name} ${markers[name]}, not ${ms}`)
      }
      if (plan.blackBefore !== 0) {
        const offMs = Math.abs(markers.creditsStartMs - creditsStartMs + 600)
        t.ok(offMs <= 200, `credits start with the black frames: ${offMs} ms off`)
      }
      const maxOffMs = plan.pauses !== undefined ? 50 : plan.blackAroundIntro !== undefined ? 200 : TOLERANCE_MS
      const introOffMs = [markers.introStartMs - introStartMs, markers.introEndMs - expected.introEndMs]
      t.ok(introOffMs.every((ms) => Math.abs(ms) <= maxOffMs), `episode ${i + 1}: intro is ${introOffMs} ms off`)
      t.match(markerOrigins, { recap: null, intro: { origin: 'detected' }, credits: { origin: 'detected' } })
      for (const { confidence } of [markerOrigins.intro, markerOrigins.credits]) {
        t.ok(confidence > 0.6 && confidence <= 1, `confidence ${confidence}`)
      }
    }
    t.match(await findState(show), { state: 'done', comparedEpisodes: 6, introEpisodes: 6, creditsEpisodes: 6 })
  })

  await t.test('markers that people set, changed or cleared stay', async (t) => {
    const url = (episode: number): string => `/v1/admin/shows/${show}/seasons/1/episodes/${episode}`
    const before = await readEpisodes(show)
    const [first, second, third] = before.map(({ markers }: { markers: object }) => markers)
    await admin.patch(url(1), { markers: { ...first, introEndMs: 12_345 } })
    await admin.patch(url(2), { markers: { ...second, introStartMs: null, introEndMs: null } })
    await admin.patch(url(3), { markers: { ...third, recapStartMs: 0, recapEndMs: 1_000 } })
    await admin.patch(url(4), { title: 'Another title' })
    const edited = await readEpisodes(show)
    t.match(edited[0].markerOrigins, { intro: { origin: 'person', confidence: null }, credits: { origin: 'detected' } })
    t.match(edited[1].markerOrigins, { intro: { origin: 'person', confidence: null }, credits: { origin: 'detected' } })
    t.match(edited[2].markerOrigins, { recap: { origin: 'person' }, intro: { origin: 'detected' } })
    t.strictSame(edited[3].markerOrigins, before[3].markerOrigins)
    await markerDetection.request(show, 1)
    await detect()
    t.match(await findState(show), { state: 'done', introEpisodes: 6 })
    t.strictSame(await readEpisodes(show), edited)
  })

  await t.test('another file of an episode is compared, once', async (t) => {
    const plan = { ...COMMON[3]!, beforeIntro: 6, film: 120 }
    const { body: { mediaFiles: [file] } } = await admin.get(`/v1/shows/${show}/seasons/1/episodes/4`)
    await admin.delete(`/v1/admin/media/${file.id}`)
    await upload(show, 4, await makeEpisode(folder, 'replaced.mp4', plan))
    const { detectedAt } = await findState(show) ?? {}
    await markerDetection.processPending()
    await markerDetection.onIdle()
    t.match(await findState(show), { state: 'waiting', detectedAt }, 'the season may change further')
    await detect()
    const { markers } = (await readEpisodes(show))[3]
    t.ok(Math.abs(markers.introStartMs - 6_000) < TOLERANCE_MS, `intro at ${markers.introStartMs}`)
    const done = await findState(show)
    await detect()
    t.strictSame(await findState(show), done, 'the same files are not compared again')
  })

  await t.test('a season without common audio gets no marker, nor do copies of a file', async (t) => {
    const files: Buffer[] = []
    for (const [i, plan] of DIFFERENT.entries()) files.push(await makeEpisode(folder, `different-${i}.mp4`, plan))
    const [different, copies] = [await addSeason(files), await addSeason([common[2]!, common[2]!, common[2]!])]
    await detect()
    t.match(await findState(different), { state: 'done', comparedEpisodes: 6, introEpisodes: 0, creditsEpisodes: 0 })
    t.match(await findState(copies), { state: 'done', comparedEpisodes: 3, introEpisodes: 0, creditsEpisodes: 0 })
    for (const { markers, markerOrigins } of [...await readEpisodes(different), ...await readEpisodes(copies)]) {
      t.ok(Object.values(markers).every((value) => value === null), JSON.stringify(markers))
      t.strictSame(markerOrigins, { recap: null, intro: null, credits: null })
    }
  })

  await t.test('a season of one episode is not compared', async (t) => {
    const single = await addSeason([common[0]!])
    await detect()
    t.equal(await findState(single), null)
    await markerDetection.request(single, 1)
    await detect()
    t.match(await findState(single), { state: 'done', comparedEpisodes: 0 })
    t.strictSame((await readEpisodes(single))[0].markerOrigins, { recap: null, intro: null, credits: null })
    await admin.delete(`/v1/admin/shows/${single}`)
    t.equal(await findState(single), null, 'it is deleted with its show')
  })

  await t.test('a season that is renumbered is compared again', async (t) => {
    const run = async (): Promise<void> => {
      await markerDetection.processPending()
      await markerDetection.onIdle()
    }
    await run()
    for (const [from, to] of [[1, 2], [2, 1]] as const) {
      await admin.patch(`/v1/admin/shows/${show}/seasons/${from}`, { number: to })
      t.equal(await findState(show), null)
      if (to === 2) continue
      await run()
      t.match(await findState(show), { season: to, state: 'waiting' })
    }
  })
})
