// The encoding queue in the admin app: states, progress, failures with their log, cancellation and repetition.
import t from 'tap'
import { EncodingJob } from '../../models/encoding-job.js'
import { EncodingStep } from '../../models/encoding-step.js'
import { addMovie, addShow } from '../support/catalogue.js'
import { addEncodingJob } from '../support/encoding-jobs.js'
import { addEncodingStep } from '../support/encoding-steps.js'
import { BROWSER_TEST, navigate, openAdmin, startAdminTest, waitFor } from './admin-app.js'
import { findViolations } from './axe.js'

const FAILURE = { code: 'encoding-failed', text: 'ffmpeg could not encode the master.' }
const LOG = `Error while decoding: ${'0123456789'.repeat(30)}`

t.test('the encoding queue', BROWSER_TEST, async (t) => {
  const test = await startAdminTest(t)
  const { app, admin } = test
  const movie = await addMovie(app, admin, { title: 'Metropolis' }, [])
  const show = await addShow(app, admin, {}, [])
  const failed = await addEncodingJob({ itemId: movie }, {
    state: 'failed',
    edition: 'restored',
    attempts: 3,
    failure: FAILURE,
    logTail: LOG,
  })
  const running = await addEncodingJob({ itemId: show.episodes[2] ?? '', titleId: show.id }, {
    state: 'running',
    edition: null,
    attempts: 1,
    progress: 0.42,
  })
  const page = await openAdmin(t, test)
  const table = page.getByRole('table', { name: 'Encoding queue' })
  const rows = table.getByRole('row')
  const stateOf = async (id: string): Promise<string | undefined> => (await EncodingJob.findById(id).lean())?.state

  await t.test('is linked from the dashboard and the media page, which count its jobs', async () => {
    const health = page.getByRole('group', { name: 'Service' })
    await health.getByText('Encoding · failed').waitFor()
    await health.getByRole('link', { name: 'Encoding queue' }).waitFor()
    await navigate(page, 'Media')
    await page.getByText('Encoding · waiting or in progress').waitFor()
    await page.getByRole('link', { name: 'Encoding queue' }).click()
    await page.getByRole('heading', { level: 1, name: 'Encoding queue' }).waitFor()
  })

  await t.test('shows progress, attempts, the reason and the log', async (t) => {
    await table.getByRole('link', { name: 'Fawlty Towers S2 E1' }).waitFor()
    t.equal(
      await table.getByRole('progressbar', { name: 'Progress of Fawlty Towers S2 E1' }).getAttribute('value'),
      '0.42',
    )
    await table.getByText('42%').waitFor()
    const row = rows.filter({ hasText: 'Metropolis (restored)' })
    await row.getByText(FAILURE.text).waitFor()
    t.match(await row.innerText(), /\t3\t/)
    await row.getByText('Log', { exact: true }).click()
    await row.getByText('Error while decoding', { exact: false }).waitFor()
    await EncodingJob.updateOne({ _id: running }, { progress: 0.8 })
    await table.getByText('80%').waitFor()
  })

  await t.test('is accessible and fits small screens', async (t) => {
    t.strictSame(await findViolations(page), [])
    await page.setViewportSize({ width: 320, height: 640 })
    await waitFor(async () => await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth'))
    await page.setViewportSize({ width: 1_280, height: 720 })
  })

  await t.test('lists the jobs of a state', async (t) => {
    await page.getByLabel('State').selectOption('failed')
    await waitFor(async () => await rows.count() === 2)
    t.match(page.url(), /\?state=failed/)
    await page.getByLabel('State').selectOption('cancelled')
    await page.getByText('There are no encoding jobs in this state.').waitFor()
    await page.getByLabel('State').selectOption('')
    await waitFor(async () => await rows.count() === 3)
  })

  await t.test('shows the steps of masters, and repeats those that failed', async (t) => {
    const done = await addEncodingJob({ itemId: movie }, { state: 'done', edition: 'steps', progress: 1 })
    const failure = { code: 'encoding-failed', text: 'ffmpeg could not draw the seek thumbnails.' }
    await addEncodingStep(done, 'subtitles', { state: 'done', progress: 1 })
    await addEncodingStep(done, 'thumbnails', { state: 'failed', attempts: 3, failure, logTail: LOG })
    await addEncodingStep(done, 'pictures', { state: 'running', attempts: 1, progress: 0.4 })
    await page.getByLabel('Steps').selectOption('failed')
    await waitFor(async () => await rows.count() === 2)
    t.match(page.url(), /\?stepState=failed/)
    const row = rows.filter({ hasText: 'Metropolis (steps)' })
    await row.getByText('Subtitles · Done').waitFor()
    await row.getByText(failure.text).waitFor()
    await row.getByText('Error while decoding', { exact: false }).waitFor({ state: 'attached' })
    const progress = row.getByRole('progressbar', { name: 'Progress of Artwork of Metropolis (steps)' })
    t.equal(await progress.getAttribute('value'), '0.4')
    t.strictSame(await findViolations(page), [])
    await page.setViewportSize({ width: 320, height: 640 })
    await waitFor(async () => await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth'))
    await page.setViewportSize({ width: 1_280, height: 720 })
    await row.getByRole('button', { name: 'Repeat: Seek thumbnails of Metropolis (steps)' }).click()
    await page.getByText('The step waits for its turn.').waitFor()
    t.not((await EncodingStep.findOne({ job: done, kind: 'thumbnails' }).lean())?.state, 'failed')
    await page.getByLabel('Steps').selectOption('')
    await EncodingJob.deleteOne({ _id: done })
    await EncodingStep.deleteMany({ job: done })
    await waitFor(async () => await rows.count() === 3)
  })

  await t.test('cancels and repeats jobs', async (t) => {
    await table.getByRole('button', { name: 'Cancel: Fawlty Towers S2 E1' }).click()
    await page.getByText('The encoding was cancelled.').waitFor()
    t.equal(await stateOf(running), 'cancelled')
    await table.getByText('Cancelled').waitFor()
    await table.getByRole('button', { name: 'Encode again: Metropolis (restored)' }).click()
    await page.getByText('The master waits for its encoding.').waitFor()
    t.notMatch(await stateOf(failed), /failed|cancelled/)
  })

  await t.test('masters are part of what a deletion removes', async () => {
    await EncodingJob.updateOne({ _id: failed }, { state: 'waiting' })
    await table.getByRole('link', { name: 'Metropolis (restored)' }).click()
    await page.getByRole('heading', { level: 1, name: 'Metropolis' }).waitFor()
    await page.getByRole('button', { name: 'Delete title' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Encodings that stop').waitFor()
    await dialog.getByText('1 (1.5 MB)').waitFor()
  })
})
