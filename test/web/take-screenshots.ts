// npm run screenshots: saves every view of both apps in three widths to docs/screenshots, from a running demo service.
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { findChromium, launchBrowser, logInToAdmin, logInToHome, openPage } from './browser.js'
import { closePage, seekTo, waitForPlayback } from './player-page.js'
import { DEMO_ADMIN, DEMO_USER, listViews, openView, type View } from './views.js'

const FOLDER = path.resolve('docs', 'screenshots')
const ORIGIN = process.argv[2] ?? 'http://127.0.0.1:3000'
const PAGE_TIMEOUT_MS = 60_000
const SIZES = [
  { name: 'phone', width: 390, height: 844 },
  { name: 'tablet', width: 820, height: 1_100 },
  { name: 'desktop', width: 1_280, height: 800 },
] as const
/** Position at which playback stops, s; the clips show their position. */
const STOP_POSITION = 24

async function saveScreenshots (page: Page, name: string): Promise<void> {
  for (const { name: size, width, height } of SIZES) {
    await page.setViewportSize({ width, height })
    await page.screenshot({ path: path.join(FOLDER, `${name}-${size}.jpg`), type: 'jpeg', quality: 72 })
  }
  console.log(`  ${name}`)
}

async function openTimedPage (): Promise<Page> {
  const { page } = await openPage(browser)
  page.setDefaultTimeout(PAGE_TIMEOUT_MS)
  return page
}

async function saveViews (page: Page, views: readonly View[]): Promise<void> {
  for (const view of views) {
    await openView(page, ORIGIN, view)
    await saveScreenshots(page, view.name)
  }
}

/** Plays what the home page offers first, closes the page, and continues in another one. */
async function watchAndContinue (): Promise<void> {
  const first = await openTimedPage()
  await logInToHome(first, ORIGIN, DEMO_USER.email, DEMO_USER.password)
  await first.getByRole('link', { name: /^(Continue|Play)$/ }).first().click()
  await waitForPlayback(first)
  await seekTo(first, STOP_POSITION)
  await saveScreenshots(first, 'watch-player')
  console.log(`  closed at ${(await closePage(first)).toFixed(3)} s`)
  const second = await openTimedPage()
  await logInToHome(second, ORIGIN, DEMO_USER.email, DEMO_USER.password)
  await second.getByRole('link', { name: 'Continue', exact: true }).first().click()
  console.log(`  continued at ${(await waitForPlayback(second)).toFixed(3)} s`)
  await second.context().close()
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
  const { visitor, viewer, staff } = await listViews(ORIGIN)
  await saveViews(await openTimedPage(), visitor)
  const page = await openTimedPage()
  await logInToHome(page, ORIGIN, DEMO_USER.email, DEMO_USER.password)
  await saveViews(page, viewer)
  const adminPage = await openTimedPage()
  await logInToAdmin(adminPage, ORIGIN, DEMO_ADMIN.email, DEMO_ADMIN.password)
  await saveViews(adminPage, staff)
  await watchAndContinue()
} finally {
  await browser.close()
}
