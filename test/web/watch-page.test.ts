// The watch page in Chromium, with the demo clips. Skipped if Chromium is not installed.
import type { FastifyInstance } from 'fastify'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { startApp, containerOf } from '../support/app.js'
import { addMovie, addShow } from '../support/catalogue.js'
import { play } from '../support/playback.js'
import { PASSWORD, signUp, signUpAdmin, type TestUser } from '../support/users.js'
import { findChromium, launchBrowser, logIn, logInToHome, openPage, type RecordedPage } from './browser.js'
import {
  clearPlaybackStarts,
  closePage,
  isH264Supported,
  listQualities,
  openMenu,
  pauseVideo,
  playMovie,
  readPosition,
  readVideoUrl,
  seekTo,
  selectMenuItem,
  waitForPlayback,
} from './player-page.js'

const CLIPS = ['480p-en', '1080p-en', '1080p-es', '2160p-en'] as const
/** A busy machine decodes slowly. */
const PAGE_TIMEOUT_MS = 45_000

async function listen (app: FastifyInstance): Promise<string> {
  await app.listen({ host: '127.0.0.1', port: 0 })
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
}

const chromium = findChromium()

t.test('the watch page', {
  skip: chromium === null ? 'Chromium was not found; set CHROMIUM_PATH' : false,
  timeout: 170_000,
}, async (t) => {
  const { app } = await startApp(t)
  const origin = await listen(app)
  const browser = await launchBrowser(chromium ?? '')
  t.teardown(async () => {
    await browser.close()
  })
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin, { originalLanguage: 'en', title: 'The Matrix' }, CLIPS)
  const show = await addShow(app, admin, { originalLanguage: 'en' }, ['480p-en'])

  async function openHome (t: Test, user: TestUser, options = {}): Promise<RecordedPage> {
    const recorded = await openPage(browser, options)
    recorded.page.setDefaultTimeout(PAGE_TIMEOUT_MS)
    await logInToHome(recorded.page, origin, user.email, PASSWORD)
    t.teardown(async () => {
      await recorded.page.context().close()
    })
    return recorded
  }

  t.equal(await isH264Supported(browser), true, 'this Chromium plays H.264, the codec of the clips')

  t.test('shows an error for a wrong password and a wrong PIN', async (t) => {
    const kim = await signUp(app)
    await kim.patch(`/v1/profiles/${kim.profileId}`, { pin: '2468' })
    const { page } = await openPage(browser)
    t.teardown(async () => {
      await page.context().close()
    })
    await page.goto(`${origin}/watch`)
    await page.getByLabel('Email').fill(kim.email)
    await page.getByLabel('Password').fill('not the password')
    await page.keyboard.press('Enter')
    await page.getByText('Wrong email address or password.').waitFor()
    await logIn(page, origin, kim.email, PASSWORD)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: /^Enter .+’s PIN$/ }).waitFor()
    await page.getByLabel('PIN', { exact: true }).fill('1111')
    await page.keyboard.press('Enter')
    await page.getByText('Wrong PIN.').waitFor()
    await page.getByLabel('PIN', { exact: true }).fill('2468')
    await page.keyboard.press('Enter')
    await page.locator('.home').waitFor()
    t.equal(await page.evaluate('localStorage.length + document.cookie.length'), 0, 'no local storage and no cookies')
    t.notMatch(await page.evaluate('JSON.stringify(sessionStorage)'), /eyJ/, 'no access token is stored')
  })

  t.test('confirms an email address and resets a forgotten password with the links in emails', async (t) => {
    const kim = await signUp(app)
    const { page, errors } = await openPage(browser)
    t.teardown(async () => {
      await page.context().close()
    })
    page.setDefaultTimeout(PAGE_TIMEOUT_MS)
    const findLink = async (subject: RegExp): Promise<string> => {
      await containerOf(app).background.onIdle()
      const mail = containerOf(app).mailer.listRecent().find((one) => one.to === kim.email && subject.test(one.subject))
      const { pathname, search } = new URL(/https?:\S+/.exec(mail?.text ?? '')?.[0] ?? 'http://x/none')
      return origin + pathname + search
    }
    await page.goto(await findLink(/confirm/i))
    await page.getByText('Email address confirmed').waitFor()
    await page.goto(`${origin}/watch`)
    await page.getByLabel('Email').fill(kim.email)
    await page.getByRole('button', { name: 'Forgot your password?' }).click()
    await page.getByText('If an account with this email address exists').waitFor()
    const link = await findLink(/password/i)
    await page.goto(link)
    await page.getByLabel('New password').fill('six blind mice ran')
    await page.keyboard.press('Enter')
    await page.getByText('Password changed').waitFor()
    t.notMatch(page.url(), 'token')
    await page.getByRole('link', { name: 'Log in' }).click()
    await logIn(page, origin, kim.email, 'six blind mice ran')
    t.same(errors, [])
    await page.goto(link)
    await page.getByLabel('New password').fill('seven blind mice ran')
    await page.keyboard.press('Enter')
    await page.getByText('This link is invalid or has expired.').waitFor()
  })

  t.test('resumes an unpackaged file at the saved position, also in another language', async (t) => {
    const kim = await signUp(app)
    const first = await openHome(t, kim)
    await playMovie(first.page, origin, movie)
    t.match(await readVideoUrl(first.page), /\/v1\/media\//)
    await seekTo(first.page, 24)
    const closedAt = await closePage(first.page)
    const second = await openHome(t, kim)
    await second.page.getByRole('link', { name: 'Continue', exact: true }).click()
    isNear(t, await waitForPlayback(second.page), closedAt, 'playback resumes where the page was closed')
    const { body: history } = await kim.get(`/v1/profiles/${kim.profileId}/history`)
    const { watchedMs } = history.items.at(-1)
    t.ok(watchedMs < 20_000, `a seek is not watched time: ${watchedMs} ms`)
    await clearPlaybackStarts(second.page)
    await pauseVideo(second.page)
    const position = await readPosition(second.page)
    const started = second.page.waitForResponse((response) => response.url().endsWith('/playback'))
    await selectMenuItem(second.page, 'Audio and subtitles', 'Spanish')
    t.same((await (await started).json()).mediaFile.audioLanguages, ['es'], 'the page plays another file')
    isNear(t, await waitForPlayback(second.page), position, 'at the same position')
    t.equal(await findStoredLanguage(kim), 'es')
    await second.page.keyboard.press('Escape')
    await second.page.locator('.title-page').waitFor()
    t.same((await kim.get('/v1/account/streams')).body.items, [], 'leaving the player releases the stream')
    t.same([...first.errors, ...second.errors], [])
  })

  t.test('shows the stream limit of a basic account and can take a stream over', async (t) => {
    const kim = await signUp(app, { plan: 'basic' })
    const first = await openHome(t, kim)
    await playMovie(first.page, origin, movie)
    const second = await openHome(t, kim)
    await second.page.goto(`${origin}/watch#/play/movie/${movie}/${movie}`)
    const dialog = second.page.getByRole('dialog')
    await dialog.getByText('Your plan allows 1 stream at a time.').waitFor()
    t.match(await dialog.textContent(), /The Matrix.*Chrome on/)
    await dialog.getByRole('button', { name: 'Stop and watch here' }).click()
    await waitForPlayback(second.page)
    await first.page.getByText('Playback stopped').waitFor()
    t.equal((await kim.get('/v1/account/streams')).body.items.length, 1)
    t.same(await listQualities(second.page), ['Auto', '480p'], 'basic has no quality above 720p')
    t.same(second.errors.filter((text) => !text.includes('409')), [])
  })

  t.test('shows the next episode at the end and plays it after a countdown', async (t) => {
    const kim = await signUp(app)
    const { page, errors } = await openHome(t, kim)
    // An earlier play counts most of the watched time, so that the end completes the episode.
    const { body } = await play(kim, show.episodes[0]!)
    await kim.post(`/v1/profiles/${kim.profileId}/playback/${body.streamId}/stop`, {
      positionMs: 53_000,
      watchedMs: 50_000,
      at: new Date().toISOString(),
    })
    await page.goto(`${origin}/watch#/show/${show.id}`)
    await page.getByRole('link', { name: /^(Continue|Play) S1 E/ }).waitFor()
    await page.goto(`${origin}/watch#/play/show/${show.id}/${show.episodes[0]}`)
    await page.getByText('Fawlty Towers · S1 E2').waitFor()
    await page.getByText(/Playing in \d+ s/).waitFor()
    await clearPlaybackStarts(page)
    await page.getByRole('button', { name: 'Play now' }).click()
    isNear(t, await waitForPlayback(page), 0, 'the next episode starts at its beginning')
    t.match(page.url(), show.episodes[1])
    t.same(errors, [])
  })

  t.test('restores a hidden card by undo, and saves the wishlist and ratings', async (t) => {
    const kim = await signUp(app)
    const { body } = await play(kim, movie)
    await kim.post(`/v1/profiles/${kim.profileId}/playback/${body.streamId}/stop`, {
      positionMs: 23_456,
      watchedMs: 23_000,
      at: new Date().toISOString(),
    })
    const { page, errors } = await openHome(t, kim)
    const card = page.getByRole('link', { name: 'The Matrix. Continue at 0:23 of 1:00' })
    await page.getByRole('button', { name: 'Remove The Matrix from this row' }).click()
    await card.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Undo' }).click()
    await card.waitFor()
    await page.goto(`${origin}/watch#/movie/${movie}`)
    await page.getByRole('button', { name: 'Wishlist' }).click()
    await page.getByText('Added The Matrix to your wishlist.').waitFor()
    await Promise.all([
      page.waitForResponse((response) => response.url().includes('/ratings/')),
      page.getByRole('button', { name: 'I love this' }).click(),
    ])
    await page.reload()
    t.equal(await page.getByRole('button', { name: 'I love this' }).getAttribute('aria-pressed'), 'true')
    t.equal(await page.getByRole('button', { name: 'Wishlist' }).getAttribute('aria-pressed'), 'true')
    t.same(errors, [])
  })

  t.test('supports the keyboard in search, rows and the player, and fits a phone', async (t) => {
    const kim = await signUp(app)
    const { page, errors } = await openHome(t, kim, { viewport: { width: 360, height: 740 } })
    await page.getByRole('searchbox').focus()
    await page.keyboard.type('matr')
    await page.getByText('1 title for “matr”').waitFor()
    t.ok(await page.evaluate('document.documentElement.scrollWidth <= 360'), 'nothing is wider than the screen')
    await page.keyboard.press('ArrowDown')
    t.match(await page.evaluate('document.activeElement.getAttribute("aria-label")'), /^The Matrix/)
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Play', exact: true }).focus()
    await page.keyboard.press('Enter')
    await waitForPlayback(page)
    await page.keyboard.press('Space')
    t.equal(await page.evaluate('document.querySelector("video").paused'), true)
    const before = await readPosition(page)
    await page.keyboard.press('ArrowRight')
    t.equal(Math.round(await readPosition(page) - before), 10)
    await page.keyboard.press('m')
    t.equal(await page.evaluate('document.querySelector("video").muted'), true)
    await page.keyboard.press('Escape')
    await page.locator('.title-page').waitFor()
    t.same(errors, [])
  })

  t.test('switches languages during HLS playback, limits the quality by plan and resumes', async (t) => {
    await containerOf(app).packaging.processPending()
    await containerOf(app).packaging.onIdle()
    const kim = await signUp(app)
    const first = await openHome(t, kim)
    await playMovie(first.page, origin, movie)
    t.match(await readVideoUrl(first.page), /^blob:/)
    t.same(await listQualities(first.page), ['Auto', '4K · 2160p', '1080p', '480p'])
    const waitForHeartbeat = async (): Promise<unknown> =>
      await first.page.waitForResponse((response) => response.request().method() === 'PUT')
    const heartbeat = waitForHeartbeat()
    await selectMenuItem(first.page, 'Audio and subtitles', 'Spanish')
    await heartbeat
    // That may have been an earlier heartbeat.
    if (await findStoredLanguage(kim) !== 'es') await waitForHeartbeat()
    t.equal(await findStoredLanguage(kim), 'es')
    await seekTo(first.page, 31)
    const closedAt = await closePage(first.page)
    const second = await openHome(t, kim)
    await second.page.getByRole('link', { name: 'Continue', exact: true }).click()
    isNear(t, await waitForPlayback(second.page), closedAt, 'playback resumes where the page was closed')
    await openMenu(second.page, 'Audio and subtitles')
    t.equal(await second.page.getByRole('menuitemradio', { name: 'Spanish' }).getAttribute('aria-checked'), 'true')
    const standard = await openHome(t, await signUp(app, { plan: 'standard' }))
    await playMovie(standard.page, origin, movie)
    t.same(await listQualities(standard.page), ['Auto', '1080p', '480p'])
    t.same([...first.errors, ...second.errors, ...standard.errors], [])
  })

  /** Finds the stored audio language of the movie. */
  async function findStoredLanguage (user: TestUser): Promise<string | undefined> {
    return (await user.get(`/v1/profiles/${user.profileId}/languages/${movie}`)).body.audio?.language
  }
})

function isNear (t: Test, seconds: number, expected: number, message: string): void {
  t.ok(Math.abs(seconds - expected) < 1, `${message}: ${seconds.toFixed(3)} s for ${expected.toFixed(3)} s`)
}
