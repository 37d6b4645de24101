// The player of the watch app in Chromium, with the demo clips. Skipped if Chromium is not installed.
import t, { type Test } from 'tap'
import { startApp, containerOf } from '../support/app.js'
import { addMovie, addShow } from '../support/catalogue.js'
import { play } from '../support/playback.js'
import { call } from '../support/requests.js'
import { signUp, signUpAdmin, type TestUser } from '../support/users.js'
import { findChromium } from './browser.js'
import {
  clearPlaybackStarts,
  closePage,
  isH264Supported,
  isPaused,
  listQualities,
  openMenu,
  openPlayer,
  pauseVideo,
  playFor,
  playItem,
  readPosition,
  readVideoUrl,
  seekTo,
  selectMenuItem,
  startPlayback,
  startPlayerTest,
  waitForApi,
  waitForPlayback,
  waitUntil,
} from './player-page.js'

const CLIPS = ['480p-en', '1080p-en', '1080p-es', '2160p-en'] as const
const CUES = 'WEBVTT\n\n00:00:00.000 --> 00:01:00.000\nWake up, <i>Neo</i> &amp; go\n'

const chromium = findChromium()

t.test('the player', {
  skip: chromium === null ? 'Chromium was not found; set CHROMIUM_PATH' : false,
  timeout: 290_000,
}, async (t) => {
  const { app } = await startApp(t)
  const { origin, browser, openHome } = await startPlayerTest(t, app, chromium ?? '')
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin, { originalLanguage: 'en', title: 'The Matrix' }, CLIPS)
  const show = await addShow(app, admin, { originalLanguage: 'en' }, ['480p-en'])
  const [first = '', second = ''] = show.episodes

  t.equal(await isH264Supported(browser), true, 'this Chromium plays H.264, the codec of the clips')

  t.test('resumes a file at the saved position, also in a language of another file', async (t) => {
    const kim = await signUp(app)
    const before = await openHome(t, kim)
    await playItem(before.page, origin, movie)
    t.match(await readVideoUrl(before.page), /\/v1\/media\//)
    await seekTo(before.page, 24)
    await playFor(before.page, 3)
    const closedAt = await closePage(before.page)
    const { page, errors } = await openHome(t, kim)
    await page.getByRole('link', { name: 'Continue', exact: true }).click()
    isNear(t, await waitForPlayback(page), closedAt, 'playback resumes where the page was closed')
    const { body: history } = await kim.get(`/v1/profiles/${kim.profileId}/history`)
    t.ok(history.items.at(-1).watchedMs < 20_000, 'a seek is not watched time')
    await clearPlaybackStarts(page)
    await pauseVideo(page)
    const position = await readPosition(page)
    const started = waitForApi(page, 'POST', '/playback')
    await selectMenuItem(page, 'Audio and subtitles', 'Spanish')
    const { streamId, mediaFile } = await (await started).json()
    t.same(mediaFile.audioLanguages, ['es'], 'the player takes the other file')
    await waitUntil(page, 'document.querySelector("video")?.readyState >= 3')
    t.equal(await isPaused(page), true, 'and stays paused')
    await page.keyboard.press('k')
    isNear(t, await waitForPlayback(page), position, 'at the same position')
    t.equal(await findStoredLanguage(kim), 'es')
    const stopped = waitForApi(page, 'POST', '/stop')
    await page.keyboard.press('Escape')
    await stopped
    await page.waitForURL(`**/watch/movie/${movie}`)
    // A browser can lose the stop of a page that it closes: that stream ends when its lease expires.
    const { body: streams } = await kim.get('/v1/account/streams')
    const ids = streams.items.map(({ id }: { id: string }) => id)
    t.notOk(ids.includes(streamId), 'leaving the player releases the stream')
    t.same([...before.errors, ...errors], [])
  })

  t.test('shows the stream limit of a basic account and can take a stream over', async (t) => {
    const kim = await signUp(app, { plan: 'basic' })
    const other = await openHome(t, kim)
    await playItem(other.page, origin, movie)
    const { page, errors } = await openHome(t, kim)
    await openPlayer(page, origin, movie)
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Your plan allows 1 stream at a time.').waitFor()
    await dialog.getByRole('button', { name: 'Stop and watch here' }).waitFor()
    t.match(await dialog.textContent(), /The Matrix.*Chrome on.*since/)
    await dialog.getByRole('button', { name: 'Stop and watch here' }).click()
    await startPlayback(page)
    await other.page.getByText('Another device took over this stream').waitFor()
    t.equal(await other.page.evaluate('document.activeElement.textContent'), 'Continue here')
    t.equal((await kim.get('/v1/account/streams')).body.items.length, 1)
    t.same(await listQualities(page), ['Auto (480p)', '480p'], 'basic has no quality above 720p')
    t.same(errors.filter((text) => !text.includes('409')), [])
  })

  t.test('stops when its stream is taken over or ended elsewhere, and continues at its position', async (t) => {
    const kim = await signUp(app, { plan: 'basic' })
    const { page, errors } = await openHome(t, kim)
    await playItem(page, origin, movie)
    await seekTo(page, 24)
    const listStreams = async (): Promise<string[]> =>
      (await kim.get('/v1/account/streams')).body.items.map(({ id }: { id: string }) => id)
    const continueHere = page.getByRole('button', { name: 'Continue here' })

    const [first] = await listStreams()
    t.equal((await kim.delete(`/v1/account/streams/${first}`)).status, 204)
    await page.getByText('or it was stopped on the account page').waitFor()
    t.equal(await isPaused(page), true)
    const stoppedAt = await readPosition(page)
    await clearPlaybackStarts(page)
    await continueHere.click()
    isNear(t, await waitForPlayback(page), stoppedAt, 'playback continues where it stopped')

    const [second] = await listStreams()
    const tv = await play(kim, movie, { device: 'TV', takeOver: second })
    t.equal(tv.status, 201)
    await page.getByText('Another device took over this stream').waitFor()
    await continueHere.click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('TV').waitFor()
    await clearPlaybackStarts(page)
    await dialog.getByRole('button', { name: 'Stop and watch here' }).click()
    t.ok(await waitForPlayback(page) >= stoppedAt, 'playback continues on demand')
    t.notOk((await listStreams()).includes(tv.body.streamId), 'the stream of the TV has ended')
    t.same(errors.filter((text) => !/\b4\d\d\b/.test(text)), [])
  })

  t.test('plays the next episode after skipping ahead, and names the episodes', async (t) => {
    const kim = await signUp(app)
    const { page, errors } = await openHome(t, kim)
    await playItem(page, origin, first, show.id)
    await page.getByText('S1 E1 · A Touch of Class').waitFor()
    await page.keyboard.press('9')
    await page.evaluate('document.querySelector("video").currentTime = 59')
    await page.getByText('Fawlty Towers · S1 E2').waitFor()
    await page.getByText(/Playing in \d+ s/).waitFor()
    await clearPlaybackStarts(page)
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Play now' }).click()
    isNear(t, await waitForPlayback(page), 0, 'the next episode starts at its beginning')
    t.match(page.url(), second)
    await page.getByText('S1 E2 · The Builders').waitFor()
    await page.keyboard.press('p')
    await page.getByText('S1 E1 · A Touch of Class').waitFor()
    await page.mouse.move(300, 300)
    await page.getByRole('button', { name: 'Episodes' }).click()
    await page.getByLabel('Season', { exact: true }).selectOption({ label: 'Season 2' })
    await page.getByRole('button', { name: /The Psychiatrist/ }).click()
    await page.getByText('S2 E2 · The Psychiatrist').waitFor()
    await waitForPlayback(page)
    await page.evaluate('document.querySelector("video").currentTime = 59')
    await page.getByText('The end', { exact: true }).waitFor()
    t.same(errors, [])
  })

  t.test('offers to skip the intro, and the next episode in the credits', async (t) => {
    const kim = await signUp(app)
    const markers = { introStartMs: 0, introEndMs: 20_000, creditsStartMs: 50_000 }
    await admin.patch(`/v1/admin/shows/${show.id}/seasons/1/episodes/1`, { markers })
    const { page, errors } = await openHome(t, kim)
    await playItem(page, origin, first, show.id)
    await page.getByRole('button', { name: 'Skip intro' }).click()
    await page.getByRole('button', { name: 'Skip intro' }).waitFor({ state: 'detached' })
    t.ok(await readPosition(page) >= 20)
    await seekTo(page, 51)
    const offer = page.getByRole('region', { name: 'Next episode' })
    await offer.getByText(/Next episode in \d+ s/).waitFor()
    await offer.getByRole('button', { name: 'Next episode' }).click()
    await page.getByText('S1 E2 · The Builders').waitFor()
    await waitForPlayback(page)
    const { body } = await kim.get(`/v1/profiles/${kim.profileId}/progress/${first}`)
    t.ok(body.positionMs >= 50_000, 'the position in the credits is saved')
    t.same(errors, [])
  })

  t.test('shows the chapters, and seeks to one', async (t) => {
    const kim = await signUp(app)
    const chapters = [{ startMs: 0, title: 'The caller' }, { startMs: 20_000, title: 'The agents' }]
    const id = await addMovie(app, admin, { title: 'Dark City', chapters }, ['480p-en'])
    const { page, errors } = await openHome(t, kim)
    await playItem(page, origin, id)
    const bar = page.getByRole('slider', { name: 'Seek' })
    const waitForText = async (text: RegExp): Promise<void> => {
      await waitUntil(page, `${text}.test(document.querySelector('.time-bar-input').getAttribute('aria-valuetext'))`)
    }
    await bar.waitFor({ state: 'attached' })
    await waitForText(/^0:0\d of 1:00, The caller$/)
    t.equal(await page.locator('.time-bar-chapter').count(), 1, 'a mark between the chapters')
    await selectMenuItem(page, 'Chapters', 'The agents')
    await waitForText(/^0:2\d of 1:00, The agents$/)
    await openMenu(page, 'Chapters')
    await page.getByRole('menuitemradio', { name: 'The agents', checked: true }).waitFor()
    t.same(errors, [])
  })

  t.test('has its own keyboard map, and subtitles with a style', async (t) => {
    const kim = await signUp(app)
    const { page, errors } = await openHome(t, kim)
    await playItem(page, origin, movie)
    await page.keyboard.press('c')
    await page.keyboard.press('Space')
    t.equal(await isPaused(page), true)
    const position = await readPosition(page)
    for (const key of ['l', 'l', 'j', 'ArrowRight']) await page.keyboard.press(key)
    isNear(t, await readPosition(page), position + 15, 'L and J seek by 10 s, the arrows by 5 s')
    t.equal(await page.evaluate('document.querySelector("video").loop'), false)
    await page.keyboard.press('5')
    isNear(t, await readPosition(page), 30, 'a digit seeks to tenths')
    await page.keyboard.press('m')
    await page.getByText('Muted').waitFor()
    t.equal(await page.evaluate('document.querySelector("video").muted'), true)
    await page.keyboard.press('m')
    await page.keyboard.press('ArrowDown')
    await page.getByText('Volume 95 %').waitFor()
    await page.keyboard.press('?')
    const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
    await help.waitFor()
    await page.keyboard.press('k')
    t.equal(await isPaused(page), true, 'keys have no effect while a dialog is open')
    await page.keyboard.press('Escape')
    await help.waitFor({ state: 'detached' })
    await selectMenuItem(page, 'Quality and speed', '1.5×')
    await page.getByRole('menu').waitFor({ state: 'detached' })
    await page.keyboard.press('Space')
    await waitUntil(page, '!document.querySelector("video").paused')
    t.equal(await page.getByRole('menu').count(), 0, 'Space after a choice with the mouse plays')
    t.equal(await page.evaluate('document.querySelector("video").playbackRate'), 1.5)
    t.same(errors, [])
  })

  t.test('shows subtitles in the style of the browser', async (t) => {
    const added = await call(app, 'POST', `/v1/admin/movies/${movie}/subtitles?language=en`, {
      token: admin.token,
      body: Buffer.from(CUES),
      headers: { 'content-type': 'text/vtt' },
    })
    t.equal(added.status, 201)
    const kim = await signUp(app)
    const { page, errors } = await openHome(t, kim)
    await playItem(page, origin, movie)
    await page.keyboard.press('c')
    await page.getByText('Wake up, Neo & go').waitFor()
    await openMenu(page, 'Audio and subtitles')
    await page.getByRole('menuitem', { name: 'Subtitle style' }).click()
    await page.getByLabel('Colour').selectOption('Yellow')
    await page.getByLabel('Size').selectOption('Large')
    await page.getByRole('button', { name: 'Done' }).click()
    t.equal(await page.evaluate('getComputedStyle(document.querySelector(".caption")).color'), 'rgb(255, 225, 77)')
    await page.reload()
    await page.getByText('Wake up, Neo & go').waitFor()
    t.equal(await page.locator('.captions:not(.captions-top)').getAttribute('data-size'), 'large')
    await page.keyboard.press('c')
    await page.getByText('Wake up, Neo & go').waitFor({ state: 'detached' })
    t.same(errors, [])
  })

  t.test('switches the language of a packaged movie in place, and limits the quality by plan', async (t) => {
    await containerOf(app).packaging.processPending()
    await containerOf(app).packaging.onIdle()
    const kim = await signUp(app)
    const before = await openHome(t, kim)
    await playItem(before.page, origin, movie)
    t.match(await readVideoUrl(before.page), /^blob:/)
    const qualities = await listQualities(before.page)
    t.match(qualities[0], /^Auto \(\d+p\)$/)
    t.same(qualities.slice(1), ['4K · 2160p', '1080p', '480p'])
    await selectMenuItem(before.page, 'Audio and subtitles', 'Spanish')
    // An earlier heartbeat can be under way.
    for (let i = 0; i < 3 && await findStoredLanguage(kim) !== 'es'; i++) await waitForApi(before.page, 'PUT', '')
    t.equal(await findStoredLanguage(kim), 'es')
    t.match(await readVideoUrl(before.page), /^blob:/)
    await seekTo(before.page, 31)
    await playFor(before.page, 3)
    const closedAt = await closePage(before.page)
    const { page, errors } = await openHome(t, kim)
    await page.getByRole('link', { name: 'Continue', exact: true }).click()
    isNear(t, await waitForPlayback(page), closedAt, 'playback resumes where the page was closed')
    await openMenu(page, 'Audio and subtitles')
    t.equal(await page.getByRole('menuitemradio', { name: 'Spanish' }).getAttribute('aria-checked'), 'true')
    const standard = await openHome(t, await signUp(app, { plan: 'standard' }))
    await playItem(standard.page, origin, movie)
    t.same((await listQualities(standard.page)).slice(1), ['1080p', '480p'])
    t.same([...before.errors, ...errors, ...standard.errors], [])
  })

  /** Finds the stored audio language of the movie. */
  async function findStoredLanguage (user: TestUser): Promise<string | undefined> {
    return (await user.get(`/v1/profiles/${user.profileId}/languages/${movie}`)).body.audio?.language
  }
})

function isNear (t: Test, seconds: number, expected: number, message: string): void {
  t.ok(Math.abs(seconds - expected) < 1, `${message}: ${seconds.toFixed(3)} s for ${expected.toFixed(3)} s`)
}
