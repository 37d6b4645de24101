// The story of an operator: a new show with artwork, six files dropped, packaged, published and watched.
import t, { type Test } from 'tap'
import { containerOf } from '../support/app.js'
import { addMovie, clipBytes } from '../support/catalogue.js'
import { packageAll } from '../support/hls.js'
import { play } from '../support/playback.js'
import { signUp } from '../support/users.js'
import { BROWSER_TEST, dropFiles, navigate, openAdmin, startAdminTest, waitFor } from './admin-app.js'

const CLIP = clipBytes('480p-en')
const POSTER = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
)
const EPISODES = ['Pilot', 'Traces to Nowhere', 'Zen', 'Rest in Pain', 'The One-Armed Man', 'Cooper’s Dreams']
/** The last one does not exist in the season when the files are dropped. */
const FILES = [1, 2, 3, 4, 5, 6].map((number) => ({
  name: number % 2 === 0 ? `Twin Peaks - 1x0${number}.en.mp4` : `Twin.Peaks.S01E0${number}.1080p.WEB-DL.mp4`,
  type: 'video/mp4',
  bytes: CLIP,
}))

t.test('an operator', BROWSER_TEST, async (t) => {
  const test = await startAdminTest(t)
  const { app, admin, origin } = test
  const page = await openAdmin(t, test)
  let showId = ''

  const finishProcessing = async (): Promise<void> => {
    await containerOf(app).uploads.onIdle()
    await packageAll(app)
  }
  const readEpisodes = async (): Promise<any[]> => (await admin.get(`/v1/shows/${showId}/seasons/1`)).body.episodes

  await t.test('creates a show with episodes and a poster', async (t) => {
    await navigate(page, 'Catalogue')
    await page.getByRole('link', { name: 'New show' }).click()
    await page.getByRole('heading', { level: 1, name: 'New show' }).waitFor()
    await page.getByLabel('Title').fill('Twin Peaks')
    await page.getByLabel('Year').fill('1990')
    await page.getByRole('button', { name: 'Create draft' }).click()
    await page.getByRole('button', { name: 'Add season' }).click()
    showId = new URL(page.url()).pathname.split('/').at(-1) ?? ''
    const season = page.getByRole('group', { name: 'Season 1', exact: true })
    await season.getByLabel('Episode titles').fill(EPISODES.slice(0, 5).join('\n'))
    await season.getByRole('button', { name: 'Add 5 episodes' }).click()
    await season.getByRole('link', { name: /One-Armed/ }).waitFor()
    await page.getByRole('tab', { name: 'Artwork' }).click()
    await dropFiles(page.getByText('Drop a poster here'), [{ name: 'poster.png', type: 'image/png', bytes: POSTER }])
    await page.getByText('Poster uploaded.').waitFor()
    await dropFiles(page.getByText('Drop a backdrop here'), [{ name: 'back.png', type: 'image/png', bytes: POSTER }])
    await page.getByText('Backdrop uploaded.').waitFor()
    await dropFiles(page.getByText('Drop a logo here'), [{ name: 'logo.png', type: 'image/png', bytes: POSTER }])
    await page.getByText('Logo uploaded.').waitFor()
    const { body } = await admin.get(`/v1/shows/${showId}`)
    t.match(body, { posterUrl: /^\/v1\/images\//, backdropUrl: /^\/v1\/images\//, logoUrl: /^\/v1\/images\// })
  })

  await t.test('gives an episode a still, and a person a picture', async (t) => {
    await admin.patch(`/v1/admin/shows/${showId}`, { cast: [{ name: 'Kyle MacLachlan', role: 'Dale Cooper' }] })
    await page.goto(`${origin}/admin/catalogue/shows/${showId}/seasons/1/episodes/1`)
    await dropFiles(page.getByText('Drop a still here'), [{ name: 'still.png', type: 'image/png', bytes: POSTER }])
    await page.getByText('Still uploaded.').waitFor()
    t.match((await readEpisodes())[0], { stillUrl: /^\/v1\/images\// })
    await page.goto(`${origin}/admin/catalogue/shows/${showId}?tab=people`)
    const picture = page.getByText('Drop a picture of Kyle MacLachlan here')
    await dropFiles(picture, [{ name: 'kyle.png', type: 'image/png', bytes: POSTER }])
    await page.getByText('Picture uploaded.').waitFor()
    const readPicture = async (): Promise<unknown> =>
      (await admin.get(`/v1/shows/${showId}`)).body.credits.cast[0].pictureUrl
    t.match(await readPicture(), /^\/v1\/images\//)
    await page.getByRole('button', { name: 'Remove the picture of Kyle MacLachlan' }).click()
    await page.getByText('Picture removed.').waitFor()
    t.equal(await readPicture(), null)
  })

  await t.test('drops six files, which find their episodes by their names', async (t) => {
    await navigate(page, 'Media')
    await dropFiles(page.getByText('Drop video files here'), FILES)
    const mapping = page.getByRole('table', { name: 'Files and their titles' })
    await mapping.getByText('Ready').nth(4).waitFor()
    await mapping.getByText('Episode does not exist yet').waitFor()
    t.equal(await mapping.getByLabel(`Episode of ${FILES[3]?.name}`).inputValue(), '4')
    t.equal(await mapping.getByLabel(`Audio language of ${FILES[3]?.name}`).inputValue(), 'en')
    await page.getByRole('button', { name: 'Create 1 missing episode' }).click()
    await page.getByRole('button', { name: 'Upload 6 files' }).click()
    const queue = page.getByRole('list', { name: 'Uploads of this browser' })
    await queue.getByText('Processing').or(queue.getByText('480p')).nth(5).waitFor()
    await finishProcessing()
    await queue.getByText('480p · packaged').nth(5).waitFor()
    const episodes = await readEpisodes()
    t.same(episodes.map(({ mediaFiles }) => mediaFiles.length), [1, 1, 1, 1, 1, 1])
    t.match(episodes[0].mediaFiles[0], { state: 'ready', hls: { state: 'ready' }, audioLanguages: ['en'] })
  })

  await t.test('publishes the show, and a member watches it', async (t) => {
    const kim = await signUp(app)
    t.equal((await kim.get(`/v1/shows/${showId}`)).status, 404, 'a draft is not visible')
    await page.goto(`${origin}/admin/catalogue/shows/${showId}`)
    await page.getByLabel('Published').check()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Saved.').waitFor()
    const [first] = await readEpisodes()
    const { status, body } = await play(kim, first.id)
    t.equal(status, 201)
    t.type(body.hlsUrl, 'string')
  })

  await t.test('sets markers and chapters from the position of the video', async (t) => {
    await page.goto(`${origin}/admin/catalogue/shows/${showId}/seasons/1/episodes/1?tab=markers`)
    await page.getByRole('button', { name: 'Play as a viewer' }).click()
    await waitFor(async () => await page.evaluate('document.querySelector("video").readyState >= 2'))
    await page.evaluate('document.querySelector("video").pause()')
    await page.getByRole('slider', { name: 'Position of the video' }).fill('50000')
    await page.getByRole('button', { name: /^Credits start: set to 0:50$/ }).click()
    await page.getByLabel('Intro starts', { exact: true }).fill('0:02')
    await page.getByLabel('Intro ends', { exact: true }).fill('0:09')
    await page.getByRole('button', { name: 'Add a chapter at 0:50' }).click()
    await page.getByLabel('Title of chapter 1').fill('Checking out')
    await page.getByRole('slider', { name: 'Position of the video' }).fill('5000')
    await page.getByRole('button', { name: 'Add a chapter at 0:05' }).click()
    await page.getByLabel('Start of chapter 1').fill('0:03')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await waitFor(async () => (await readEpisodes())[0].markers.creditsStartMs === 50_000)
    t.match((await readEpisodes())[0].markers, { introStartMs: 2_000, introEndMs: 9_000 })
    t.strictSame((await readEpisodes())[0].chapters, [
      { startMs: 3_000, title: 'Chapter 2' },
      { startMs: 50_000, title: 'Checking out' },
    ])
    await navigate(page, 'Dashboard')
    await waitFor(async () => (await admin.get('/v1/account/streams')).body.items.length === 0)
  })

  await t.test('resumes an interrupted upload after a restart of the page', async (t) => {
    const movie = await addMovie(app, admin, { title: 'Dune' }, [])
    await resumeAfterRestart(t, movie)
  })

  async function resumeAfterRestart (t: Test, movie: string): Promise<void> {
    const other = await openAdmin(t, test)
    const url = `${origin}/admin/catalogue/movies/${movie}?tab=media`
    const file = { name: 'Dune.mp4', type: 'video/mp4', bytes: CLIP }
    const created: string[] = []
    other.on('request', (request) => {
      if (request.method() === 'POST' && request.url().endsWith('/v1/admin/uploads')) created.push(request.url())
    })
    // The bytes never arrive before the restart.
    await other.route('**/v1/admin/uploads/*', async (route) => {
      if (route.request().method() !== 'PATCH') await route.continue()
    })
    await other.goto(url)
    await dropFiles(other.getByText('Drop video files here'), [file])
    await waitFor(async () =>
      created.length === 1 && (await admin.get('/v1/admin/uploads')).body.items[0].itemId === movie
    )
    t.equal((await admin.get('/v1/admin/uploads')).body.items[0].fileName, file.name)
    // The browser stores where the upload continues when it has received its URL.
    await waitFor(async () => await other.evaluate("Object.keys(localStorage).some((key) => key.startsWith('tus'))"))
    await other.unroute('**/v1/admin/uploads/*')
    await other.reload()
    // The first request for the offset is limited.
    const methods: string[] = []
    await other.route('**/v1/admin/uploads/*', async (route) => {
      if (methods.push(route.request().method()) === 1) await route.fulfill({ status: 429 })
      else await route.continue()
    })
    await dropFiles(other.getByText('Drop video files here'), [file])
    await other.getByRole('list', { name: 'Uploads of this browser' }).getByText(/480p|Processing/).first().waitFor()
    await finishProcessing()
    t.strictSame(methods.slice(0, 2), ['HEAD', 'HEAD'], 'the request is repeated')
    t.equal(created.length, 1, 'the upload resumes instead of starting again')
    t.equal((await admin.get(`/v1/movies/${movie}`)).body.mediaFiles.length, 1)
  }
})
