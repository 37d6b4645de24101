// The detections of intros and credits in the admin app: states, results, failures with what to do, and repetition.
import t from 'tap'
import { MarkerDetection } from '../../models/marker-detection.js'
import { addShow } from '../support/catalogue.js'
import { addMarkerDetection } from '../support/marker-detections.js'
import { signUpStaff } from '../support/api-tokens.js'
import { BROWSER_TEST, navigate, openAdmin, startAdminTest, waitFor } from './admin-app.js'
import { findViolations } from './axe.js'

const FAILURE = { code: 'detection-failed', text: 'Each attempt ended with a crash.' }
const MISSING = { code: 'fingerprints-unavailable', text: 'chromaprint was not found.' }
const LOG = `Error while decoding: ${'0123456789'.repeat(30)}`

t.test('the detections of intros and credits', BROWSER_TEST, async (t) => {
  const test = await startAdminTest(t)
  const { app, admin } = test
  const fawlty = await addShow(app, admin, { title: 'Fawlty Towers' }, [])
  const firefly = await addShow(app, admin, { title: 'Firefly' }, [])
  await addMarkerDetection({ titleId: fawlty.id, season: 1 }, {
    state: 'done',
    attempts: 1,
    progress: 1,
    comparedEpisodes: 6,
    introEpisodes: 6,
    creditsEpisodes: 1,
    detectedAt: new Date('2026-11-20T20:15:00Z'),
  })
  const failed = await addMarkerDetection({ titleId: fawlty.id, season: 2 }, {
    state: 'failed',
    attempts: 3,
    failure: FAILURE,
    logTail: LOG,
  })
  const running = await addMarkerDetection({ titleId: firefly.id, season: 1 }, {
    state: 'running',
    attempts: 1,
    progress: 0.42,
  })
  await addMarkerDetection({ titleId: firefly.id, season: 2 }, { state: 'skipped', failure: MISSING })
  await addMarkerDetection({ titleId: '0'.repeat(24), season: 1 }, { state: 'failed' })
  const page = await openAdmin(t, test)
  const table = page.getByRole('table', { name: 'Intros and credits' })
  const rows = table.getByRole('row')
  const rowOf = (name: string) => rows.filter({ hasText: name })

  await t.test('are linked from the dashboard and the media page, which count them', async () => {
    const health = page.getByRole('group', { name: 'Service' })
    await health.getByText('Intros and credits · failed').waitFor()
    await health.getByRole('link', { name: 'Intros and credits' }).waitFor()
    await navigate(page, 'Media')
    await page.getByRole('link', { name: 'Intros and credits' }).click()
    await page.getByRole('heading', { level: 1, name: 'Intros and credits' }).waitFor()
  })

  await t.test('show progress, attempts and results', async (t) => {
    await table.getByRole('progressbar', { name: 'Progress of Firefly S1' }).waitFor()
    await rowOf('Firefly S1').getByText('42%').waitFor()
    await MarkerDetection.updateOne({ _id: running }, { progress: 0.8 })
    await rowOf('Firefly S1').getByText('80%').waitFor()
    const result = await rowOf('Fawlty Towers S1').innerText()
    for (const text of ['6 episodes compared', 'intro in 6 episodes', 'credits in 1 episode']) t.match(result, text)
    t.match(result, /2026/)
    t.match(result, /Queued: /)
    t.match(await rowOf('Fawlty Towers S2').innerText(), /\t3\t–\t\s*None yet/)
  })

  await t.test('say why they failed or were skipped, and what to do', async (t) => {
    const row = rowOf('Fawlty Towers S2')
    await row.getByText(FAILURE.text).waitFor()
    await row.getByText('not tried again until you select Detect again, or files of the season change').waitFor()
    await row.getByText('Log', { exact: true }).click()
    await row.getByText('Error while decoding', { exact: false }).waitFor()
    const skipped = rowOf('Firefly S2')
    await skipped.getByText(MISSING.text).waitFor()
    await skipped.getByText('It is tried again each hour.', { exact: false }).waitFor()
    await skipped.getByText('Next attempt:', { exact: false }).waitFor()
    t.notMatch(await rowOf('Deleted title S1').innerText(), /Detect again/)
  })

  await t.test('are accessible and fit small screens', async (t) => {
    t.strictSame(await findViolations(page), [])
    await page.setViewportSize({ width: 320, height: 640 })
    await waitFor(async () => await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth'))
    await page.setViewportSize({ width: 1_280, height: 720 })
  })

  await t.test('are listed by state', async (t) => {
    await page.getByLabel('State').selectOption('failed')
    await waitFor(async () => await rows.count() === 3)
    t.match(page.url(), /\/media\/detections\?state=failed/)
    await page.getByLabel('State').selectOption('waiting')
    await page.getByText('There are no detections in this state.').waitFor()
    await page.getByLabel('State').selectOption('')
    await waitFor(async () => await rows.count() === 6)
  })

  await t.test('are requested again, except running ones and those of deleted shows', async (t) => {
    await table.getByRole('button', { name: 'Detect again: Fawlty Towers S1' }).waitFor()
    await table.getByRole('button', { name: 'Detect again: Fawlty Towers S2' }).click()
    await page.getByText('The season waits for its comparison.').waitFor()
    const detection = await MarkerDetection.findById(failed).lean()
    t.not(detection?.state, 'failed')
    t.equal(detection?.failure, null)
    t.ok(detection!.queuedAt! > detection!.createdAt, 'queued again')
    await rowOf('Fawlty Towers S2').getByText(FAILURE.text).waitFor({ state: 'detached' })
    t.equal(await rowOf('Firefly S1').getByRole('button').count(), 0)
    t.equal(await rowOf('Deleted title S1').getByRole('button').count(), 0)
    await table.getByRole('link', { name: 'Fawlty Towers S2' }).click()
    await page.getByRole('tab', { name: 'Seasons', selected: true }).waitFor()
  })

  await t.test('are for those who edit media', async (t) => {
    const support = await openAdmin(t, test, await signUpStaff(app, 'support'))
    await support.goto(`${test.origin}/admin/media/detections`)
    await support.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor()
    await support.getByRole('group', { name: 'Service' }).getByText('Intros and credits · failed').waitFor()
    t.equal(await support.getByRole('link', { name: 'Intros and credits' }).count(), 0)
  })
})
