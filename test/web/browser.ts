// Chromium for tests and screenshots: finds it, opens pages that record errors, and logs in.
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { findCommand, isExecutable } from '../support/run-command.js'

const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const INSTALLATION_PATHS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/**
 * Returns CHROMIUM_PATH, a command on the PATH, or a known installation path; null if there is none.
 * @throws Error instead of null with CHROMIUM_REQUIRED=1, which `.ci/run` sets
 */
export function findChromium (): string | null {
  const configured = process.env['CHROMIUM_PATH']
  if (configured !== undefined) return configured
  const commandPath = COMMANDS.map(findCommand).find((command) => command !== null)
  const found = commandPath ?? INSTALLATION_PATHS.find(isExecutable) ?? null
  if (found === null && process.env['CHROMIUM_REQUIRED'] === '1') {
    throw new Error('Chromium was not found. Install it, or set CHROMIUM_PATH.')
  }
  return found
}

/** Containers do not support the sandbox and have a small /dev/shm. */
export const CHROMIUM_ARGS = ['--no-sandbox', '--disable-dev-shm-usage', '--mute-audio']

export async function launchBrowser (executablePath: string): Promise<Browser> {
  return await chromium.launch({ executablePath, args: CHROMIUM_ARGS })
}

/** A page and the errors in its console. */
export interface RecordedPage {
  readonly page: Page
  readonly errors: string[]
}

/** Runs in the page: records the position of each `playing` event and logs violations of the page's policy. */
const RECORDER_SCRIPT = `
window.playedFrom = []
document.addEventListener('playing', ({ target }) => {
  if (target instanceof HTMLVideoElement) window.playedFrom.push(target.currentTime)
}, true)
document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) => {
  console.error('policy: ' + violatedDirective + ' blocks ' + blockedURI + ' in ' + sourceFile)
})`

/** Slows the page down by CHROMIUM_SLOWDOWN, for example 6. It shows tests that read a page before it is ready. */
async function slowDown (page: Page): Promise<void> {
  const rate = Number(process.env['CHROMIUM_SLOWDOWN'] ?? 1)
  if (rate > 1) await (await page.context().newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate })
}

export async function openPage (browser: Browser, options: BrowserContextOptions = {}): Promise<RecordedPage> {
  const context = await browser.newContext({
    viewport: { width: 1_280, height: 720 },
    reducedMotion: 'reduce',
    ...options,
  })
  const page = await context.newPage()
  await slowDown(page)
  const errors: string[] = []
  await page.addInitScript(RECORDER_SCRIPT)
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(`${message.text()} (${message.location().url})`)
  })
  page.on('pageerror', (error) => {
    errors.push(`${error.message}\n${error.stack ?? ''}`)
  })
  return { page, errors }
}

/** Holds the requests of a page to matching URLs. @returns sends them */
export async function holdRequests (page: Page, urlPattern: string): Promise<() => void> {
  let release: () => void = () => undefined
  const isReleased = new Promise<void>((resolve) => {
    release = resolve
  })
  await page.route(urlPattern, async (route) => {
    await isReleased
    await route.continue()
  })
  return () => {
    release()
  }
}

/** Logs in to one of the apps with the keyboard. */
async function submitLogIn (page: Page, url: string, email: string, password: string): Promise<void> {
  await page.goto(url)
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.keyboard.press('Enter')
}

/** Logs in to the watch app, as far as the profile selection. */
export async function logIn (page: Page, origin: string, email: string, password: string): Promise<void> {
  await submitLogIn(page, `${origin}/watch`, email, password)
  await page.getByRole('heading', { name: 'Who’s watching?' }).waitFor()
}

/** Logs in and selects the first profile. */
export async function logInToHome (page: Page, origin: string, email: string, password: string): Promise<void> {
  await logIn(page, origin, email, password)
  await page.locator('.profile:focus').waitFor()
  await page.keyboard.press('Enter')
  await page.locator('.home').waitFor()
}

/** Logs in to the admin app. */
export async function logInToAdmin (page: Page, origin: string, email: string, password: string): Promise<void> {
  await submitLogIn(page, `${origin}/admin`, email, password)
  await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor()
}
