// Every view of both apps, with the demo catalogue: axe-core finds nothing, nothing overflows at 320 px, and the
// console has no errors. Skipped if Chromium is not installed.
import t, { type Test } from 'tap'
import { findViolations } from './axe.js'
import { findChromium, launchBrowser, logInToAdmin, logInToHome, openPage, type RecordedPage } from './browser.js'
import { startDemoService } from '../support/demo-service.js'
import { DEMO_ADMIN, DEMO_USER, listViews, openView, type View } from './views.js'

const SMALL = { width: 320, height: 640 }
/** Pixels beyond the window. The layout follows a new size within some frames; waits for at most a second. */
const MEASURE_OVERFLOW = `new Promise((resolve) => {
  const until = performance.now() + 1_000
  const measure = () => {
    const overflow = document.documentElement.scrollWidth - window.innerWidth
    if (overflow <= 0 || performance.now() > until) resolve(overflow)
    else requestAnimationFrame(measure)
  }
  measure()
})`
/** A TV polls until its log-in is approved; the status is 400 until then. */
const POLL = /400 \(Bad Request\) \(\S+\/v1\/auth\/token\)$/
const LARGE = { width: 1_280, height: 720 }

const chromium = findChromium()

async function testViews (
  t: Test,
  { page, errors }: RecordedPage,
  origin: string,
  views: readonly View[],
): Promise<void> {
  for (const view of views) {
    await page.setViewportSize(LARGE)
    await openView(page, origin, view)
    t.strictSame(await findViolations(page), [], `${view.name}: axe`)
    await page.setViewportSize(SMALL)
    const overflow = await page.evaluate<number>(MEASURE_OVERFLOW)
    t.ok(overflow <= 0, `${view.name}: ${overflow} px overflow at ${SMALL.width} px`)
    t.strictSame(errors.splice(0).filter((error) => !POLL.test(error)), [], `${view.name}: console`)
  }
}

t.test('every view is accessible, fits small screens and logs no errors', {
  skip: chromium === null ? 'Chromium was not found; set CHROMIUM_PATH' : false,
  timeout: 290_000,
}, async (t) => {
  const origin = await startDemoService(t)
  const browser = await launchBrowser(chromium ?? '')
  t.teardown(async () => {
    await browser.close()
  })
  const { visitor, viewer, staff } = await listViews(origin)

  await t.test('visitors', async (t) => {
    await testViews(t, await openPage(browser), origin, visitor)
  })
  await t.test('viewers', async (t) => {
    const recorded = await openPage(browser)
    await logInToHome(recorded.page, origin, DEMO_USER.email, DEMO_USER.password)
    await testViews(t, recorded, origin, viewer)
  })
  await t.test('staff', async (t) => {
    const recorded = await openPage(browser)
    await logInToAdmin(recorded.page, origin, DEMO_ADMIN.email, DEMO_ADMIN.password)
    await testViews(t, recorded, origin, staff)
  })
})
