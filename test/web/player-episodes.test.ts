// The player across episodes in Chromium: one video element, so that picture-in-picture lasts.
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { startApp, containerOf } from '../support/app.js'
import { addMovie, addShow } from '../support/catalogue.js'
import { signUp, signUpAdmin, type TestUser } from '../support/users.js'
import { findChromium, holdRequests } from './browser.js'
import {
  clearPlaybackStarts,
  openPlayer,
  playItem,
  readPosition,
  readVideoUrl,
  seekTo,
  startPlayerTest,
  waitForPlayback,
  waitUntil,
} from './player-page.js'

const chromium = findChromium()

async function findSavedPosition ({ get, profileId }: TestUser, itemId: string): Promise<number> {
  return (await get(`/v1/profiles/${profileId}/progress/${itemId}`)).body.positionMs
}

async function savePosition (t: Test, { put, profileId }: TestUser, itemId: string, positionMs: number): Promise<void> {
  const event = { eventId: `${itemId}-1`, at: new Date().toISOString(), positionMs }
  t.equal((await put(`/v1/profiles/${profileId}/progress/${itemId}`, event)).status, 200)
}

/** Keeps the video element, and shows it in picture-in-picture, which needs a user gesture. */
async function enterPip (page: Page): Promise<void> {
  await page.evaluate('window.firstVideo = document.querySelector("video")')
  await page.keyboard.press('i')
  await waitUntil(page, 'document.pictureInPictureElement === window.firstVideo')
}

async function checkPip (t: Test, page: Page): Promise<void> {
  t.equal(await page.evaluate('document.querySelector("video") === window.firstVideo'), true, 'the same video element')
  t.equal(await page.evaluate('document.pictureInPictureElement === window.firstVideo'), true, 'in picture-in-picture')
}

t.test('the player across episodes', {
  skip: chromium === null ? 'Chromium was not found; set CHROMIUM_PATH' : false,
  timeout: 290_000,
}, async (t) => {
  const { app } = await startApp(t)
  const { origin, openHome } = await startPlayerTest(t, app, chromium ?? '')
  const admin = await signUpAdmin(app)
  const show = await addShow(app, admin, { originalLanguage: 'en' }, ['480p-en'])
  const [first = '', second = ''] = show.episodes

  /** Plays the first episode in picture-in-picture, then the second at its saved position, and the first again. */
  async function changeEpisodes (t: Test, url: RegExp): Promise<void> {
    const kim = await signUp(app)
    await savePosition(t, kim, second, 20_000)
    const { page, errors } = await openHome(t, kim)
    await playItem(page, origin, first, show.id)
    t.match(await readVideoUrl(page), url)
    await enterPip(page)
    await seekTo(page, 10)
    await clearPlaybackStarts(page)
    await page.keyboard.press('n')
    await page.getByText('S1 E2 · The Builders').waitFor()
    t.ok(Math.abs(await waitForPlayback(page) - 20) < 1, 'the next episode resumes at its position')
    await checkPip(t, page)
    const left = await findSavedPosition(kim, first)
    t.ok(left >= 10_000 && left < 15_000, `the position of the first episode is saved: ${left} ms`)
    await seekTo(page, 40)
    await clearPlaybackStarts(page)
    await page.keyboard.press('p')
    await page.getByText('S1 E1 · A Touch of Class').waitFor()
    t.ok(await waitForPlayback(page) < 15, 'the previous episode resumes at its position')
    await checkPip(t, page)
    t.ok(await findSavedPosition(kim, second) >= 40_000, 'the position of the second episode is saved')
    await page.evaluate('document.querySelector("video").currentTime = 59')
    await page.getByText(/Playing in \d+ s/).waitFor()
    await clearPlaybackStarts(page)
    await waitForPlayback(page)
    await page.getByText('S1 E2 · The Builders').waitFor()
    await checkPip(t, page)
    const { items } = (await kim.get('/v1/account/streams')).body
    t.equal(items.length, 1, 'the streams of the episodes before have ended')
    t.strictSame(errors, [])
  }

  t.test('files play in one element, in picture-in-picture', async (t) => {
    await changeEpisodes(t, /\/v1\/media\//)
  })

  t.test('leaving before the video starts keeps the saved position', async (t) => {
    const kim = await signUp(app)
    const movie = await addMovie(app, admin, { title: 'Alien' }, ['480p-en'])
    await savePosition(t, kim, movie, 30_000)
    const { page } = await openHome(t, kim)
    const release = await holdRequests(page, '**/playback')
    const requested = page.waitForRequest((request) => request.url().endsWith('/playback'))
    await openPlayer(page, origin, movie)
    await requested
    const stopped = page.waitForRequest((request) => request.url().endsWith('/stop'))
    await page.getByRole('button', { name: 'Back' }).click()
    await page.waitForURL(`**/watch/movie/${movie}`)
    release()
    t.equal((await stopped).postDataJSON().positionMs, 30_000)
  })

  t.test('packaged episodes play in one element, in picture-in-picture', async (t) => {
    await containerOf(app).packaging.processPending()
    await containerOf(app).packaging.onIdle()
    await changeEpisodes(t, /^blob:/)
  })

  t.test('a language that needs a restart keeps the element and the position', async (t) => {
    const kim = await signUp(app)
    const id = await addMovie(app, admin, { title: 'Solaris', originalLanguage: 'en' }, ['480p-en', '1080p-es'])
    const { page, errors } = await openHome(t, kim)
    await playItem(page, origin, id)
    await enterPip(page)
    await seekTo(page, 24)
    await clearPlaybackStarts(page)
    const position = await readPosition(page)
    await page.mouse.move(300, 300)
    await page.mouse.move(320, 320)
    await page.getByRole('button', { name: 'Audio and subtitles' }).click()
    await page.getByRole('menuitemradio', { name: 'Spanish' }).click()
    t.ok(Math.abs(await waitForPlayback(page) - position) < 2, 'playback continues at its position')
    await checkPip(t, page)
    t.strictSame(errors, [])
  })
})
