// The pages of the API in Chromium, on the demo: Swagger UI at /docs, and the reference at /reference.
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { startDemoService } from '../support/demo-service.js'
import { findChromium, launchBrowser, openPage } from './browser.js'

/** A busy machine is slow, and the document is large. */
const PAGE_TIMEOUT_MS = 90_000
const chromium = findChromium()

/** Opens a page of the API. @returns the page, the errors in its console, and its requests to other hosts */
async function openApiPage (t: Test, url: string): Promise<{ page: Page, errors: string[], foreign: string[] }> {
  const browser = await launchBrowser(chromium ?? '')
  t.teardown(async () => {
    await browser.close()
  })
  const { page, errors } = await openPage(browser)
  page.setDefaultTimeout(PAGE_TIMEOUT_MS)
  const foreign: string[] = []
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url())
    if (!['data:', 'blob:'].includes(protocol) && origin !== new URL(url).origin) foreign.push(request.url())
  })
  await page.goto(url)
  return { page, errors, foreign }
}

/** Sends the request that "Try it out" proposes. @returns the status and the body of the response */
async function tryOut (
  page: Page,
  tag: string,
  operationId: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<{ status: number, body: any }> {
  const operation = page.locator(`#operations-${tag.replaceAll(' ', '_')}-${operationId}`)
  if (!await operation.isVisible()) await page.locator(`#operations-tag-${tag.replaceAll(' ', '_')}`).click()
  await operation.locator('.opblock-summary-control').click()
  for (const [name, value] of Object.entries(parameters)) {
    await operation.locator(`tr[data-param-name="${name}"] input`).fill(value)
  }
  const responded = page.waitForResponse((response) => response.url().includes('/v1/'))
  await operation.getByRole('button', { name: 'Execute' }).click()
  const response = await responded
  await operation.locator('.live-responses-table .response-col_status').first().waitFor()
  await operation.locator('.opblock-summary-control').click()
  return { status: response.status(), body: response.status() === 204 ? null : await response.json() }
}

t.test('the pages of the API', {
  skip: chromium === null ? 'Chromium was not found; set CHROMIUM_PATH' : false,
  timeout: 280_000,
}, async (t) => {
  const origin = await startDemoService(t)

  await t.test('Try it out works from the sign-up to the progress, with the examples as they are', async (t) => {
    const { page, errors, foreign } = await openApiPage(t, `${origin}/docs`)
    await page.locator('.opblock-tag').first().waitFor()
    t.equal((await tryOut(page, 'Authentication', 'signUp')).status, 201)
    t.equal((await tryOut(page, 'Authentication', 'logIn')).status, 200)
    t.match(await tryOut(page, 'Account', 'getAccount'), { status: 200, body: { email: 'demo@normflix.test' } })
    t.equal((await tryOut(page, 'Profiles', 'selectProfile')).status, 200)
    const { status, body: { streamId } } = await tryOut(page, 'Playback', 'startPlayback')
    t.equal(status, 201)
    t.equal((await tryOut(page, 'Playback', 'sendHeartbeat', { streamId })).status, 200)
    t.equal((await tryOut(page, 'Playback', 'stopPlayback', { streamId })).status, 200)
    t.equal((await tryOut(page, 'Progress', 'putProgress')).status, 200)
    t.match(await tryOut(page, 'Progress', 'getProgress'), { status: 200, body: { positionMs: 23_456 } })
    t.ok(await page.getByRole('link', { name: 'Reference' }).first().isVisible(), 'the page links to the reference')
    t.strictSame(errors, [])
    t.strictSame(foreign, [])
  })

  await t.test('the reference shows the operations, without errors and without requests to other hosts', async (t) => {
    const { page, errors, foreign } = await openApiPage(t, `${origin}/reference`)
    t.equal(await page.title(), 'NormFlix API reference')
    await page.getByRole('heading', { name: 'NormFlix', exact: true }).first().waitFor()
    await page.getByText('Continue watching', { exact: true }).first().waitFor()
    await page.goto(`${origin}/reference#tag/playback/POST/v1/profiles/{profileId}/playback`)
    await page.getByText('/v1/profiles/{profileId}/playback', { exact: false }).first().waitFor()
    await page.getByText('Start playback').first().waitFor()
    t.ok(await page.getByRole('link', { name: 'Try it out' }).isVisible())
    t.strictSame(errors, [])
    t.strictSame(foreign, [])
  })
})
