// npm run screenshots: has a browser watch something on the running demo service, and keeps what it saw in docs/screenshots.
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { enter, findChromium, launch, logIn, openPage } from './browser.js'

const FOLDER = path.resolve('docs', 'screenshots')
const ORIGIN = process.env['NORMFLIX_URL'] ?? `http://127.0.0.1:${process.env['PORT'] ?? '3000'}`
const DEMO = { email: 'demo@normflix.test', password: 'normflix-demo' }
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 1 }
const PATIENCE_MS = 60_000
/** Where it is stopped, s: the picture shows the second that it is at. */
const STOP_AT = 24

async function shoot (page: Page, name: string): Promise<void> {
  await page.screenshot({ path: path.join(FOLDER, `${name}.jpg`), type: 'jpeg', quality: 80 })
  console.log(`  docs/screenshots/${name}.jpg`)
}

/** Playwright's own waiting evaluates text, which the page's policy forbids. */
async function until (page: Page, condition: string): Promise<void> {
  await page.evaluate(
    `new Promise((resolve) => { const look = () => { if (${condition}) resolve(); else setTimeout(look, 20) }; look() })`,
  )
}

async function playing (page: Page): Promise<void> {
  await until(page, 'window.playedFrom.length > 0 && document.querySelector("video").readyState >= 3')
}

async function openMenu (page: Page, name: string): Promise<void> {
  // The controls hide while nobody moves.
  await page.mouse.move(300, 300)
  await page.mouse.move(320, 320)
  await page.getByRole('button', { name }).click()
}

async function findTitle (page: Page, query: string, name: RegExp): Promise<void> {
  await page.getByRole('searchbox').fill(query)
  await page.locator('.results').getByRole('link', { name }).first().waitFor()
}

async function signUpOnBasic (): Promise<{ email: string, password: string }> {
  const credentials = { email: `screenshots-${Date.now()}@normflix.test`, password: 'normflix-screenshots' }
  const answer = await fetch(`${ORIGIN}/v1/auth/signup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...credentials, plan: 'basic', profileName: 'Kim' }),
  })
  if (answer.status !== 201) throw new Error(`signing up answered ${answer.status}: ${await answer.text()}`)
  return credentials
}

const chromium = findChromium()
if (chromium === null) throw new Error('No Chromium was found: set CHROMIUM_PATH.')
if (!await fetch(`${ORIGIN}/health/ready`).then(({ ok }) => ok, () => false)) {
  throw new Error(`No service answers at ${ORIGIN}: start one with npm start.`)
}
mkdirSync(FOLDER, { recursive: true })
console.log(`Watching at ${ORIGIN}`)
const browser = await launch(chromium)
try {
  const { page } = await openPage(browser)
  page.setDefaultTimeout(PATIENCE_MS)
  await logIn(page, ORIGIN, DEMO.email, DEMO.password)
  await page.locator('.profile:focus').waitFor()
  await shoot(page, 'profiles')
  await page.keyboard.press('Enter')
  await page.locator('.home .card').first().waitFor()
  await shoot(page, 'home')
  await findTitle(page, 'alen', /^Alien/)
  await shoot(page, 'search')
  await page.getByRole('link', { name: /^Alien/ }).first().click()
  await page.locator('.title-page').waitFor()
  const start = page.getByRole('link', { name: /^(Play|Continue|Watch again)/ }).first()
  await start.waitFor()
  await shoot(page, 'title')
  await start.click()
  await playing(page)
  await page.evaluate(`document.querySelector("video").currentTime = ${STOP_AT}`)
  await until(page, `document.querySelector("video").currentTime > ${STOP_AT + 1}`)
  await openMenu(page, 'Quality')
  await shoot(page, 'player')
  await page.keyboard.press('Escape')
  const stopped = page.context().waitForEvent('requestfinished', {
    predicate: (request) => request.url().endsWith('/stop'),
    timeout: 10_000,
  }).catch(() => null)
  await page.evaluate('document.querySelector("video").pause()')
  const leftAt = Number(await page.evaluate('document.querySelector("video").currentTime'))
  await page.close({ runBeforeUnload: true })
  await stopped
  console.log(`  closed at ${leftAt.toFixed(3)} s`)

  const again = (await openPage(browser)).page
  again.setDefaultTimeout(PATIENCE_MS)
  await enter(again, ORIGIN, DEMO.email, DEMO.password)
  await again.getByRole('link', { name: 'Continue', exact: true }).click()
  await playing(again)
  await again.evaluate('document.querySelector("video").pause()')
  console.log(`  goes on at ${Number(await again.evaluate('window.playedFrom.at(-1)')).toFixed(3)} s`)
  await shoot(again, 'continued')
  await again.keyboard.press('Escape')
  await again.locator('.title-page').waitFor()
  await again.context().close()

  const basic = await signUpOnBasic()
  const [first, second] = [(await openPage(browser)).page, (await openPage(browser)).page]
  for (const one of [first, second]) {
    one.setDefaultTimeout(PATIENCE_MS)
    await enter(one, ORIGIN, basic.email, basic.password)
    await findTitle(one, 'alien', /^Alien/)
    await one.getByRole('link', { name: /^Alien/ }).first().click()
    await one.getByRole('link', { name: /^(Play|Continue)/ }).first().click()
    if (one === first) await playing(one)
  }
  await second.getByRole('dialog').waitFor()
  await shoot(second, 'refused')

  const phone = (await openPage(browser, PHONE)).page
  phone.setDefaultTimeout(PATIENCE_MS)
  await enter(phone, ORIGIN, DEMO.email, DEMO.password)
  await phone.locator('.home .card').first().waitFor()
  await shoot(phone, 'phone')
} finally {
  await browser.close()
}
