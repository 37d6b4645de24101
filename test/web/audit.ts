// npm run audit:web: axe-core on every view, Lighthouse on log-in, home and a title, of a running demo service.
import Table from 'cli-table3'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium as playwright, type BrowserContext, type Page } from 'playwright-core'
import { findViolations } from './axe.js'
import { CHROMIUM_ARGS, findChromium, logInToAdmin, logInToHome } from './browser.js'
import { DEMO_ADMIN, DEMO_USER, listViews, openView, type View } from './views.js'

const ORIGIN = process.argv[2] ?? 'http://127.0.0.1:3000'
/** Not a dependency: it is large, and only this command needs it. npm downloads it when it runs. */
const LIGHTHOUSE = 'lighthouse@12.8.2'
const CATEGORIES = ['performance', 'accessibility', 'best-practices'] as const
const MIN_SCORE = 95
const AUDITED = ['watch-log-in', 'watch-home', 'watch-movie']

const folder = mkdtempSync(path.join(tmpdir(), 'normflix-audit-'))
let hasFailed = false

async function findFreePort (): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** @returns scores from 0 to 100 */
function runLighthouse (url: string, port: number): number[] {
  const report = path.join(folder, 'report.json')
  const { status, stderr } = spawnSync('npm', [
    'exec',
    '--yes',
    '--',
    LIGHTHOUSE,
    url,
    `--port=${port}`,
    '--output=json',
    `--output-path=${report}`,
    `--only-categories=${CATEGORIES.join(',')}`,
    '--preset=desktop',
    '--disable-storage-reset',
    '--quiet',
  ], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`Lighthouse failed: ${stderr}`)
  const { categories } = JSON.parse(readFileSync(report, 'utf8'))
  return CATEGORIES.map((name) => Math.round(100 * categories[name].score))
}

async function auditViews (page: Page, views: readonly View[], port: number, scores: Table.Table): Promise<void> {
  for (const view of views) {
    await openView(page, ORIGIN, view)
    const violations = await findViolations(page)
    console.log(`  axe ${view.name}: ${violations.length} findings`)
    for (const violation of violations) console.log(`    ${violation}`)
    hasFailed ||= violations.length > 0
    if (!AUDITED.includes(view.name)) continue
    const row = runLighthouse(`${ORIGIN}${view.url}`, port)
    scores.push([view.name, ...row])
    hasFailed ||= row.some((score) => score < MIN_SCORE)
  }
}

async function logOut (context: BrowserContext): Promise<Page> {
  await context.clearCookies()
  const page = await context.newPage()
  await page.goto(`${ORIGIN}/watch/log-in`)
  await page.evaluate('localStorage.clear(), sessionStorage.clear()')
  return page
}

const executablePath = findChromium()
if (executablePath === null) {
  console.error('Chromium was not found. Set CHROMIUM_PATH.')
  process.exit(1)
}
const port = await findFreePort()
// Lighthouse opens its own tab: it shares the cookies of a persistent context.
const context = await playwright.launchPersistentContext(path.join(folder, 'profile'), {
  executablePath,
  args: [...CHROMIUM_ARGS, `--remote-debugging-port=${port}`],
  reducedMotion: 'reduce',
})
try {
  const { visitor, viewer, staff } = await listViews(ORIGIN)
  const scores = new Table({ head: ['Lighthouse, desktop', ...CATEGORIES], style: { head: [], border: [] } })
  await auditViews(await context.newPage(), visitor, port, scores)
  const page = await logOut(context)
  await logInToHome(page, ORIGIN, DEMO_USER.email, DEMO_USER.password)
  await auditViews(page, viewer, port, scores)
  const staffPage = await logOut(context)
  await logInToAdmin(staffPage, ORIGIN, DEMO_ADMIN.email, DEMO_ADMIN.password)
  await auditViews(staffPage, staff, port, scores)
  console.log(scores.toString())
} finally {
  await context.close()
  rmSync(folder, { recursive: true, force: true })
}
if (hasFailed) console.error(`A view has findings, or a score below ${MIN_SCORE}.`)
process.exitCode = hasFailed ? 1 : 0
