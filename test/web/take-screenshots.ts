// npm run screenshots: drives the watch page of a running demo service and saves screenshots to docs/screenshots.
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { findChromium, launchBrowser, logIn, logInToHome, openPage } from './browser.js'
import { closePage, openMenu, pauseVideo, seekTo, waitForPlayback } from './player-page.js'

const FOLDER = path.resolve('docs', 'screenshots')
const ORIGIN = process.argv[2] ?? 'http://127.0.0.1:3000'
const DEMO = { email: 'demo@normflix.test', password: 'normflix-demo' }
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 1 }
const PAGE_TIMEOUT_MS = 60_000
/** Position at which playback stops, s; the clips show their position. */
const STOP_POSITION = 24

async function saveScreenshot (page: Page, name: string): Promise<void> {
  await page.screenshot({ path: path.join(FOLDER, `${name}.jpg`), type: 'jpeg', quality: 80 })
  console.log(`  docs/screenshots/${name}.jpg`)
}

async function openTimedPage (options = {}): Promise<Page> {
  const { page } = await openPage(browser, options)
  page.setDefaultTimeout(PAGE_TIMEOUT_MS)
  return page
}

async function searchTitle (page: Page, query: string, name: RegExp): Promise<void> {
  await page.getByRole('searchbox').fill(query)
  await page.locator('.results').getByRole('link', { name }).first().waitFor()
}

async function signUpForBasic (): Promise<{ email: string, password: string }> {
  const credentials = { email: `screenshots-${Date.now()}@normflix.test`, password: 'normflix-screenshots' }
  const response = await fetch(`${ORIGIN}/v1/auth/signup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...credentials, plan: 'basic', profileName: 'Kim' }),
  })
  if (response.status !== 201) throw new Error(`sign-up returned ${response.status}: ${await response.text()}`)
  return credentials
}

/** From the profile selection to the player. @returns the position at which the page was closed, s */
async function watchAlien (): Promise<number> {
  const page = await openTimedPage()
  await logIn(page, ORIGIN, DEMO.email, DEMO.password)
  await page.locator('.profile:focus').waitFor()
  await saveScreenshot(page, 'profiles')
  await page.keyboard.press('Enter')
  await page.locator('.home .card').first().waitFor()
  await saveScreenshot(page, 'home')
  await searchTitle(page, 'alen', /^Alien/)
  await saveScreenshot(page, 'search')
  await page.getByRole('link', { name: /^Alien/ }).first().click()
  await page.locator('.title-page').waitFor()
  const playButton = page.getByRole('link', { name: /^(Play|Continue|Watch again)/ }).first()
  await playButton.waitFor()
  await saveScreenshot(page, 'title')
  await playButton.click()
  await waitForPlayback(page)
  await seekTo(page, STOP_POSITION)
  await openMenu(page, 'Quality')
  await saveScreenshot(page, 'player')
  await page.keyboard.press('Escape')
  return await closePage(page)
}

/** Presses the continue button on the home page. @returns the position at which playback starts, s */
async function continueAlien (): Promise<number> {
  const page = await openTimedPage()
  await logInToHome(page, ORIGIN, DEMO.email, DEMO.password)
  await page.getByRole('link', { name: 'Continue', exact: true }).click()
  const position = await waitForPlayback(page)
  await pauseVideo(page)
  await saveScreenshot(page, 'continued')
  await page.keyboard.press('Escape')
  await page.locator('.title-page').waitFor()
  await page.context().close()
  return position
}

/** Two pages of a basic account: the second one shows the stream limit. */
async function reachStreamLimit (): Promise<void> {
  const { email, password } = await signUpForBasic()
  const [first, second] = [await openTimedPage(), await openTimedPage()]
  for (const page of [first, second]) {
    await logInToHome(page, ORIGIN, email, password)
    await searchTitle(page, 'alien', /^Alien/)
    await page.getByRole('link', { name: /^Alien/ }).first().click()
    await page.getByRole('link', { name: /^(Play|Continue)/ }).first().click()
    if (page === first) await waitForPlayback(page)
  }
  await second.getByRole('dialog').waitFor()
  await saveScreenshot(second, 'refused')
}

async function openOnPhone (): Promise<void> {
  const page = await openTimedPage(PHONE)
  await logInToHome(page, ORIGIN, DEMO.email, DEMO.password)
  await page.locator('.home .card').first().waitFor()
  await saveScreenshot(page, 'phone')
}

const chromium = findChromium()
if (chromium === null) {
  console.error('Chromium was not found. Set CHROMIUM_PATH.')
  process.exit(1)
}
mkdirSync(FOLDER, { recursive: true })
console.log(`Taking screenshots of ${ORIGIN}`)
const browser = await launchBrowser(chromium)
try {
  console.log(`  closed at ${(await watchAlien()).toFixed(3)} s`)
  console.log(`  continued at ${(await continueAlien()).toFixed(3)} s`)
  await reachStreamLimit()
  await openOnPhone()
} finally {
  await browser.close()
}
