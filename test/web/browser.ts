// A real browser for tests and screenshots: Chromium where there is one, and what it complains about.
import path from 'node:path'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { canRun } from '../can-run.js'

const USUAL_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const USUAL_PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** CHROMIUM_PATH, or the usual names on the PATH, or the usual places; null when there is none. */
export function findChromium (): string | null {
  const given = process.env['CHROMIUM_PATH']
  if (given !== undefined) return given
  const folders = (process.env['PATH'] ?? '').split(path.delimiter)
  return [...folders.flatMap((folder) => USUAL_NAMES.map((name) => path.join(folder, name))), ...USUAL_PLACES].find(
    canRun,
  ) ?? null
}

export async function launch (executablePath: string): Promise<Browser> {
  // Containers have neither the sandbox's kernel features nor a large /dev/shm.
  return await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage', '--mute-audio'] })
}

/** A page that notes what it plays from, and everything that a browser's console would show in red. */
export interface WatchedPage {
  readonly page: Page
  readonly complaints: string[]
}

/** Runs in the page: where each playing began, and what the page's policy refused. */
const NOTE = `
window.playedFrom = []
document.addEventListener('playing', ({ target }) => { if (target instanceof HTMLVideoElement) window.playedFrom.push(target.currentTime) }, true)
document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) => { console.error('policy: ' + violatedDirective + ' refused ' + blockedURI + ' in ' + sourceFile) })`

export async function openPage (browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: { width: 1_280, height: 720 },
    reducedMotion: 'reduce',
    ...options,
  })
  const page = await context.newPage()
  const complaints: string[] = []
  await page.addInitScript(NOTE)
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} (${message.location().url})`)
  })
  page.on('pageerror', (error) => {
    complaints.push(`${error.message}\n${error.stack ?? ''}`)
  })
  return { page, complaints }
}

/** Logs in; with the keyboard alone. */
export async function logIn (page: Page, origin: string, email: string, password: string): Promise<void> {
  await page.goto(`${origin}/watch`)
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.keyboard.press('Enter')
  await page.getByText('Who is watching?').waitFor()
}

/** Logs in, and chooses the profile that is offered first. */
export async function enter (page: Page, origin: string, email: string, password: string): Promise<void> {
  await logIn(page, origin, email, password)
  await page.locator('.profile:focus').waitFor()
  await page.keyboard.press('Enter')
  await page.locator('.home').waitFor()
}
