// Media of a draft in the editor: preview as viewers see it, subtitles with their state, and files that are replaced.
import t from 'tap'
import { addMovie, clipBytes } from '../support/catalogue.js'
import { containerOf } from '../support/app.js'
import { packageAll } from '../support/hls.js'
import { BROWSER_TEST, dropFiles, openAdmin, startAdminTest, waitFor } from './admin-app.js'

const SUBTITLES = 'WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nHello\n'

t.test('media of a draft', BROWSER_TEST, async (t) => {
  const test = await startAdminTest(t)
  const { app, admin, origin } = test
  const draft = await addMovie(app, admin, { title: 'Stalker', published: false })
  await packageAll(app)
  const readFiles = async (): Promise<any[]> => (await admin.get(`/v1/movies/${draft}`)).body.mediaFiles
  const page = await openAdmin(t, test)
  await page.goto(`${origin}/admin/catalogue/movies/${draft}?tab=media`)

  await t.test('plays in the editor without a stream', async (t) => {
    await page.getByRole('button', { name: 'Play', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Preview' })
    await dialog.getByRole('button', { name: 'Play as a viewer' }).click()
    const video = 'document.querySelector(".dialog video")'
    await waitFor(async () => await page.evaluate(`${video}.currentTime > 0.5 && ${video}.videoWidth > 0`))
    t.same((await admin.get('/v1/admin/streams')).body.items, [])
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  })

  await t.test('lists subtitles with their state, and deletes them', async (t) => {
    const panel = page.getByRole('group', { name: 'Subtitles' })
    await panel.getByText('No subtitles yet.').waitFor()
    const bytes = Buffer.from(SUBTITLES)
    await dropFiles(page.getByText('Drop a subtitle file here'), [{ name: 'Stalker.en.vtt', type: 'text/vtt', bytes }])
    await panel.getByRole('button', { name: 'Upload subtitles' }).click()
    const list = panel.getByRole('list', { name: 'Subtitles' })
    await list.getByText('Offered to viewers').waitFor()
    const { items } = (await admin.get(`/v1/admin/movies/${draft}/subtitles`)).body
    t.match(items, [{ language: 'en', kind: 'full', state: 'offered', mediaFileId: null }])
    await list.getByRole('button', { name: /^Remove English/ }).click()
    await panel.getByText('No subtitles yet.').waitFor()
    t.same((await admin.get(`/v1/admin/movies/${draft}/subtitles`)).body.items, [])
  })

  await t.test('packages a file again', async (t) => {
    await page.getByRole('button', { name: 'Package again' }).click()
    await waitFor(async () => (await readFiles())[0].hls.state === 'processing')
    await packageAll(app)
    await page.getByText('480p · packaged').waitFor()
    t.match(await readFiles(), [{ hls: { state: 'ready', progress: 1 } }])
  })

  await t.test('replaces a file: a new one is dropped, and the old one is deleted', async (t) => {
    const [old] = await readFiles()
    const file = { name: 'Stalker.1080p.mp4', type: 'video/mp4', bytes: clipBytes('1080p-en') }
    await dropFiles(page.getByText('Drop video files here'), [file])
    await waitFor(async () => {
      await containerOf(app).uploads.onIdle()
      return (await readFiles()).length === 2
    })
    await packageAll(app)
    const cards = page.getByRole('group', { name: 'Media files' }).locator('.media-file')
    const card = (resolution: string) => cards.filter({ hasText: `${resolution} ·` })
    await card('1080p').getByText('1080p · packaged').waitFor()
    await card('480p').getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await card('480p').waitFor({ state: 'detached' })
    // The card disappears while the file is deleted.
    await waitFor(async () => (await readFiles()).length === 1)
    const files = await readFiles()
    t.match(files, [{ height: 1080, state: 'ready' }])
    t.not(files[0].id, old.id)
  })
})
