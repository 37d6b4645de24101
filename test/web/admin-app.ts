// Opens the admin app in Chromium for tests.
import type { FastifyInstance } from 'fastify'
import type { AddressInfo } from 'node:net'
import type { Browser, Locator, Page } from 'playwright-core'
import type { Test } from 'tap'
import { startApp, type TestApp } from '../support/app.js'
import { PASSWORD, signUpAdmin, type TestUser } from '../support/users.js'
import { findChromium, launchBrowser, logInToAdmin, openPage, type RecordedPage } from './browser.js'

const chromium = findChromium()

/** Options of a test in Chromium. */
export const BROWSER_TEST = {
  skip: chromium === null ? 'Chromium was not found; set CHROMIUM_PATH' : false,
  timeout: 170_000,
}
/** A busy machine is slow. */
const PAGE_TIMEOUT_MS = 30_000
/** Failed responses that the app expects, such as the 401 of a browser without a session. */
const FAILED_RESPONSE = /^Failed to load resource: the server responded with a status of 4\d\d/

export interface AdminTest extends TestApp {
  readonly origin: string
  readonly browser: Browser
  readonly admin: TestUser
}

export async function startAdminTest (t: Test, variables: Record<string, string> = {}): Promise<AdminTest> {
  const test = await startApp(t, variables)
  const origin = await listen(test.app)
  const browser = await launchBrowser(chromium ?? '')
  t.teardown(async () => {
    await browser.close()
  })
  return { ...test, origin, browser, admin: await signUpAdmin(test.app) }
}

async function listen (app: FastifyInstance): Promise<string> {
  await app.listen({ host: '127.0.0.1', port: 0 })
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
}

/** Opens a page without a log-in; errors in its console fail the test. */
export async function openAdminPage (t: Test, { browser }: AdminTest): Promise<Page> {
  const { page, errors }: RecordedPage = await openPage(browser)
  page.setDefaultTimeout(PAGE_TIMEOUT_MS)
  t.teardown(async () => {
    await page.context().close()
    const unexpected = errors.filter((text) => !FAILED_RESPONSE.test(text))
    if (unexpected.length > 0) throw new Error(`errors in the console: ${unexpected.join('; ')}`)
  })
  return page
}

/** Opens the admin app as a member of the staff. */
export async function openAdmin (t: Test, test: AdminTest, user: TestUser = test.admin): Promise<Page> {
  const page = await openAdminPage(t, test)
  await logInToAdmin(page, test.origin, user.email, PASSWORD)
  return page
}

/** Opens a page of the navigation. */
export async function navigate (page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Main navigation' }).getByRole('link', { name }).click()
  await page.getByRole('heading', { level: 1, name }).waitFor()
}

export interface DroppedFile {
  readonly name: string
  readonly type: string
  readonly bytes: Buffer
}

/** Drops files on an area that takes files. */
export async function dropFiles (zone: Locator, files: readonly DroppedFile[]): Promise<void> {
  const contents = files.map(({ name, type, bytes }) => ({ name, type, base64: bytes.toString('base64') }))
  const transfer = await zone.page().evaluateHandle(`(() => {
    const transfer = new DataTransfer()
    for (const { name, type, base64 } of ${JSON.stringify(contents)}) {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
      transfer.items.add(new File([bytes], name, { type, lastModified: 1 }))
    }
    return transfer
  })()`)
  await zone.dispatchEvent('drop', { dataTransfer: transfer })
}

/** Polls until a condition holds. @throws Error after ten seconds */
export async function waitFor (condition: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 10_000
  while (!await condition()) {
    if (Date.now() > end) throw new Error('the condition does not hold after 10 s')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
