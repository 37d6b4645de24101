// npm run audit:web: axe-core on every view, Lighthouse on log-in, home and a title, of a running demo service.
import Table from 'cli-table3'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium as playwright, type BrowserContext, type Page } from 'playwright-core'
import { findViolations } from './axe.js'
import { CHROMIUM_ARGS, findChromium, logInToAdmin, logInToHome } from './browser.js'
import { CATEGORIES, runLighthouse, type PageScores } from './lighthouse.js'
import { DEMO_ADMIN, DEMO_USER, listViews, openView, type View } from './views.js'

const ORIGIN = process.argv[2] ?? 'http://127.0.0.1:3000'
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

/** Scores vary with the load of the machine: repeats a page whose scores are too low, and takes the median. */
async function auditPage (url: string, port: number): Promise<PageScores> {
  const first = await runLighthouse(url, { port })
  if (first.scores.every((score) => score >= MIN_SCORE)) return first
  const runs = [first, await runLighthouse(url, { port }), await runLighthouse(url, { port })]
  const sum = ({ scores }: PageScores): number => scores.reduce((total, score) => total + score, 0)
  return runs.sort((a, b) => sum(a) - sum(b))[1] ?? first
}

async function auditViews (page: Page, views: readonly View[], port: number, table: Table.Table): Promise<void> {
  for (const view of views) {
    await openView(page, ORIGIN, view)
    const violations = await findViolations(page)
    console.log(`  axe ${view.name}: ${violations.length} findings`)
    for (const violation of violations) console.log(`    ${violation}`)
    hasFailed ||= violations.length > 0
    if (!AUDITED.includes(view.name)) continue
    const { scores, findings } = await auditPage(`${ORIGIN}${view.url}`, port)
    console.log(`  Lighthouse ${view.name}: ${scores.join(', ')}`)
    for (const finding of findings) console.log(`    ${finding}`)
    table.push([view.name, ...scores])
    hasFailed ||= scores.some((score) => score < MIN_SCORE)
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
  const table = new Table({ head: ['Lighthouse, desktop', ...CATEGORIES], style: { head: [], border: [] } })
  await auditViews(await context.newPage(), visitor, port, table)
  const page = await logOut(context)
  await logInToHome(page, ORIGIN, DEMO_USER.email, DEMO_USER.password)
  await auditViews(page, viewer, port, table)
  const staffPage = await logOut(context)
  await logInToAdmin(staffPage, ORIGIN, DEMO_ADMIN.email, DEMO_ADMIN.password)
  await auditViews(staffPage, staff, port, table)
  console.log(table.toString())
} finally {
  await context.close()
  rmSync(folder, { recursive: true, force: true })
}
if (hasFailed) console.error(`A view has findings, or a score below ${MIN_SCORE}.`)
process.exitCode = hasFailed ? 1 : 0
