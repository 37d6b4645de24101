// The service and Chromium for tests of flows in the watch app.
import type { FastifyInstance } from 'fastify'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { startApp } from '../support/app.js'
import type { TestClock } from '../support/clock.js'
import { findChromium, launchBrowser, openPage, type RecordedPage } from './browser.js'

/** A busy machine is slow. */
const PAGE_TIMEOUT_MS = 30_000
const TEST_TIMEOUT_MS = 170_000

export interface WatchApp {
  readonly app: FastifyInstance
  readonly clock: TestClock
  readonly origin: string
  readonly browser: Browser
  /** Opens a page in a browser of its own, without a session. */
  open(options?: BrowserContextOptions): Promise<RecordedPage>
}

/** Runs a test with the app in Chromium; skipped if Chromium is not installed. */
export function testWatchApp (
  name: string,
  run: (t: Test, watchApp: WatchApp) => Promise<void>,
  readVariables: (t: Test) => Promise<Record<string, string>> = async () => ({}),
): void {
  const chromium = findChromium()
  void t.test(name, {
    skip: chromium === null ? 'Chromium was not found; set CHROMIUM_PATH' : false,
    timeout: TEST_TIMEOUT_MS,
  }, async (t) => {
    const { app, clock } = await startApp(t, await readVariables(t))
    await app.listen({ host: '127.0.0.1', port: 0 })
    const origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
    const browser = await launchBrowser(chromium ?? '')
    t.teardown(async () => {
      await browser.close()
    })
    const open = async (options: BrowserContextOptions = {}): Promise<RecordedPage> => {
      const recorded = await openPage(browser, options)
      recorded.page.setDefaultTimeout(PAGE_TIMEOUT_MS)
      return recorded
    }
    await run(t, { app, clock, origin, browser, open })
  })
}

/** Errors of scripts and policies. Chromium also logs each 4xx response, which a test may provoke. */
export function scriptErrors (errors: readonly string[]): string[] {
  return errors.filter((error) => !error.startsWith('Failed to load resource'))
}

export async function fillLogIn (page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
}

export async function chooseProfile (page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole('heading', { name: 'Who’s watching?' }).waitFor()
  await page.getByRole('button', { name }).first().click()
}

/** The section of a settings page with this heading. */
export function panelOf (page: Page, name: string): Locator {
  return page.getByRole('region', { name, exact: true })
}
