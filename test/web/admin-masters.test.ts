// An operator uploads a master in the admin app: it is encoded, and the queue shows the progress.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { containerOf } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import { makeFile, skipWithoutFfmpeg } from '../media/encoding/programs.js'
import { BROWSER_TEST, dropFiles, openAdmin, startAdminTest, waitFor } from './admin-app.js'
import { findViolations } from './axe.js'

const OPTIONS = { ...BROWSER_TEST, skip: BROWSER_TEST.skip === false ? await skipWithoutFfmpeg() : BROWSER_TEST.skip }

t.test('masters in the admin app', OPTIONS, async (t) => {
  const test = await startAdminTest(t, { ENCODING_LADDER: '180:28:300' })
  const { app, admin, origin } = test
  const folder = t.testdir({})
  await makeFile(folder, [
    ...['-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=25:duration=5', '-f', 'lavfi', '-i', 'sine=duration=5'],
    ...['-c:v', 'mpeg4', 'master.mkv'],
  ])
  const file = { name: 'Dune.mkv', type: 'video/x-matroska', bytes: readFileSync(path.join(folder, 'master.mkv')) }
  const movie = await addMovie(app, admin, { title: 'Dune' }, [])
  const page = await openAdmin(t, test)
  const uploads = page.getByRole('list', { name: 'Uploads of this browser' })
  const readFiles = async () => (await admin.get(`/v1/movies/${movie}`)).body.mediaFiles

  await t.test('a dropped master is encoded', async (t) => {
    await page.goto(`${origin}/admin/catalogue/movies/${movie}?tab=media`)
    await page.getByLabel('Encode for every device').check()
    t.strictSame(await findViolations(page), [])
    await dropFiles(page.getByText('Drop video files here'), [file])
    await uploads.getByRole('link', { name: /Waits for the encoder|Encoding|Encoded/ }).waitFor()
    const { encoding } = containerOf(app)
    await waitFor(async () => {
      await encoding.processPending()
      await encoding.onIdle()
      return (await readFiles()).length === 1
    })
    await uploads.getByRole('link', { name: 'Encoded' }).waitFor()
    t.match(await readFiles(), [{ height: 180, state: 'ready', masterId: String }])
  })

  await t.test('the same file can be uploaded as it is', async (t) => {
    await page.goto(`${origin}/admin/catalogue/movies/${movie}?tab=media`)
    t.notOk(await page.getByLabel('Encode for every device').isChecked())
    await dropFiles(page.getByText('Drop video files here'), [{ ...file, name: 'Dune {edition-Original}.mkv' }])
    await waitFor(async () => {
      await containerOf(app).uploads.onIdle()
      const { items } = (await admin.get('/v1/admin/uploads')).body
      return items.length === 2 && items[0].encodingJobId === null && items[0].state !== 'uploading'
    })
  })
})
