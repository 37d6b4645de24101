// Progress that is watched without a network, in Chromium. Skipped if Chromium is not installed.
import type { BrowserContext, Page } from 'playwright-core'
import t from 'tap'
import { startApp } from '../support/app.js'
import { addMovie } from '../support/catalogue.js'
import { signUp, signUpAdmin, type TestUser } from '../support/users.js'
import { findChromium } from './browser.js'
import {
  pauseVideo,
  playFor,
  playItem,
  readPosition,
  seekTo,
  startPlayerTest,
  waitForApi,
  waitUntil,
} from './player-page.js'

const BATCH = '/progress/batch'
/** The only errors that a page without a network may log. */
const NETWORK_ERROR = /net::ERR_INTERNET_DISCONNECTED|Failed to fetch/

const chromium = findChromium()

t.test('progress without a network', {
  skip: chromium === null ? 'Chromium was not found; set CHROMIUM_PATH' : false,
  timeout: 120_000,
}, async (t) => {
  const { app } = await startApp(t)
  const { origin, openHome } = await startPlayerTest(t, app, chromium ?? '')
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin, { title: 'The Matrix' })

  /** Plays from a buffered position without a network, and pauses. @returns the position, ms */
  async function watchOffline (page: Page, position: number): Promise<number> {
    await playItem(page, origin, movie)
    await playFor(page, 3)
    await waitUntil(page, `document.querySelector("video").buffered.end(0) > ${position + 2}`)
    await page.context().setOffline(true)
    await seekTo(page, position)
    await pauseVideo(page)
    return Math.round(await readPosition(page) * 1_000)
  }

  async function readSavedPosition (user: TestUser): Promise<number | undefined> {
    return (await user.get(`/v1/profiles/${user.profileId}/progress/${movie}`)).body?.positionMs
  }

  function countBatches (context: BrowserContext): () => number {
    let count = 0
    context.on('request', (request) => {
      if (request.url().endsWith(BATCH)) count++
    })
    return () => count
  }

  t.test('is saved when the network is back, once', async (t) => {
    const kim = await signUp(app)
    const { page, errors } = await openHome(t, kim)
    const batches = countBatches(page.context())
    const positionMs = await watchOffline(page, 20)
    await page.keyboard.press('Escape')
    await page.getByRole('heading', { level: 1, name: 'The Matrix' }).waitFor()
    t.not(await readSavedPosition(kim), positionMs)
    const sent = waitForApi(page, 'POST', BATCH)
    await page.context().setOffline(false)
    const { results } = await (await sent).json()
    t.ok(results.every(({ status }: { status: number }) => status === 200))
    t.equal(await readSavedPosition(kim), positionMs, 'the exact position of the stop is saved')
    const { body: history } = await kim.get(`/v1/profiles/${kim.profileId}/history`)
    t.equal(history.items.length, 1, 'as one viewing')
    await page.reload()
    await page.getByRole('heading', { level: 1, name: 'The Matrix' }).waitFor()
    const { body: { items } } = await kim.get(`/v1/profiles/${kim.profileId}/continue-watching`)
    t.equal(items[0]?.positionMs, positionMs, 'continue watching resumes there')
    t.equal(batches(), 1)
    t.same(errors.filter((text) => !NETWORK_ERROR.test(text)), [])
  })

  t.test('is saved by another tab after the page of the player was closed', async (t) => {
    const kim = await signUp(app)
    const { page } = await openHome(t, kim)
    const context = page.context()
    const positionMs = await watchOffline(page, 25)
    const closed = page.waitForEvent('close')
    await page.close({ runBeforeUnload: true })
    await closed
    await context.setOffline(false)
    const other = await context.newPage()
    const sent = waitForApi(other, 'POST', BATCH)
    await other.goto(`${origin}/watch`)
    await sent
    t.equal(await readSavedPosition(kim), positionMs)
  })

  t.test('continues in the player when the network is back', async (t) => {
    const kim = await signUp(app)
    const { page } = await openHome(t, kim)
    const positionMs = await watchOffline(page, 15)
    const sent = waitForApi(page, 'POST', BATCH)
    await page.context().setOffline(false)
    await sent
    t.equal(await readSavedPosition(kim), positionMs)
    await page.keyboard.press('k')
    await waitUntil(page, `document.querySelector("video").currentTime > ${positionMs / 1_000 + 1}`)
    t.equal((await kim.get('/v1/account/streams')).body.items.length, 1, 'the stream is the same')
  })
})
