// The watch page in a real browser: what a viewer does, with the real clips. Where no Chromium is found the parts that need
// none are tested alone, and the test says so.
import type { FastifyInstance } from 'fastify'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import {
  addMovie,
  addShow,
  call,
  PASSWORD,
  play,
  signUp,
  signUpAdmin,
  startApp,
  type Person,
  containerOf,
} from '../helper.js'
import { enter, findChromium, launch, logIn, openPage, type WatchedPage } from './browser.js'

const CLIPS = ['480p-en', '1080p-en', '1080p-es', '2160p-en'] as const
/** A loaded machine decodes slowly. */
const PATIENCE_MS = 45_000

async function listen (app: FastifyInstance): Promise<string> {
  await app.listen({ host: '127.0.0.1', port: 0 })
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
}

t.test('the page is served with a policy of its own, and its files for ever', async (t) => {
  const { app } = await startApp(t)
  const page = await call(app, 'GET', '/watch')
  t.equal(page.status, 200)
  const html = page.bytes.toString()
  const policy = String(page.headers['content-security-policy'])
  t.match(policy, /default-src 'none'/)
  t.match(policy, /script-src 'self';/)
  t.match(policy, /style-src 'self';/)
  t.notMatch(policy, /unsafe/)
  t.notMatch(html, /<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/, 'nothing inline')
  t.equal((await call(app, 'GET', '/watch', { headers: { 'if-none-match': String(page.headers.etag) } })).status, 304)
  t.match((await call(app, 'GET', '/watch', { headers: { 'if-none-match': '"other"' } })).status, 200)
  t.equal((await call(app, 'GET', '/watch/')).bytes.toString(), html)
  const assets = [...html.matchAll(/(?:src|href)="(\/watch\/assets\/[^"]+)"/g)].map(([, address]) => address!)
  t.equal(assets.length, 3, 'script, style and icon')
  for (const address of assets) {
    const asset = await call(app, 'GET', address)
    t.match({ status: asset.status, ...asset.headers }, {
      status: 200,
      'cache-control': /max-age=31536000, immutable/,
      etag: String,
    })
    t.equal((await call(app, 'GET', address, { headers: { 'if-none-match': String(asset.headers.etag) } })).status, 304)
  }
  for (const path of ['nothing.js', '..%2findex.html', '%2e%2e%2f%2e%2e%2fpackage.json', '.', '..%5cindex.html']) {
    t.equal((await call(app, 'GET', `/watch/assets/${path}`)).status, 404, path)
  }
  t.notOk(
    Object.keys(JSON.parse(readFileSync('openapi/openapi.json', 'utf8')).paths).some((path) =>
      path.startsWith('/watch')
    ),
    'a page is not an operation',
  )
})

const chromium = findChromium()
if (chromium === null) {
  t.comment('No Chromium was found (CHROMIUM_PATH, the PATH, the usual places): what needs a browser is skipped.')
}

t.test('in a browser', {
  skip: chromium === null ? 'no Chromium was found: set CHROMIUM_PATH' : false,
  timeout: 170_000,
}, async (t) => {
  const { app } = await startApp(t)
  const origin = await listen(app)
  const browser = await launch(chromium ?? '')
  t.teardown(async () => {
    await browser.close()
  })
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin, { originalLanguage: 'en', title: 'The Matrix' }, CLIPS)
  const show = await addShow(app, admin, { originalLanguage: 'en' }, ['480p-en'])

  async function open (t: Test, person: Person, options = {}): Promise<WatchedPage> {
    const watched = await openPage(browser, options)
    watched.page.setDefaultTimeout(PATIENCE_MS)
    await enter(watched.page, origin, person.email, PASSWORD)
    t.teardown(async () => {
      await watched.page.context().close()
    })
    return watched
  }

  t.equal(await canPlayH264(browser), true, 'this Chromium plays H.264, which the clips are coded in')

  t.test('a wrong password and a PIN are asked again, in words', async (t) => {
    const kim = await signUp(app)
    await kim.patch(`/v1/profiles/${kim.profileId}`, { pin: '2468' })
    const { page } = await openPage(browser)
    t.teardown(async () => {
      await page.context().close()
    })
    await page.goto(`${origin}/watch`)
    await page.getByLabel('Email').fill(kim.email)
    await page.getByLabel('Password').fill('not the password')
    await page.keyboard.press('Enter')
    await page.getByText('No account has this email and password.').waitFor()
    await logIn(page, origin, kim.email, PASSWORD)
    await page.keyboard.press('Enter')
    await page.getByLabel('PIN', { exact: true }).fill('1111')
    await page.keyboard.press('Enter')
    await page.getByText('That is not the PIN.').waitFor()
    await page.getByLabel('PIN', { exact: true }).fill('2468')
    await page.keyboard.press('Enter')
    await page.locator('.home').waitFor()
    t.equal(await page.evaluate('localStorage.length + document.cookie.length'), 0, 'nothing is left on the device')
    t.notMatch(await page.evaluate('JSON.stringify(sessionStorage)'), /eyJ/, 'no access token is stored')
  })

  t.test('a forgotten password is chosen anew by the mailed link, and an address confirmed', async (t) => {
    const kim = await signUp(app)
    const { page, complaints } = await openPage(browser)
    t.teardown(async () => {
      await page.context().close()
    })
    page.setDefaultTimeout(PATIENCE_MS)
    const linkIn = async (subject: RegExp): Promise<string> => {
      await containerOf(app).background.onIdle()
      const mail = containerOf(app).mailer.listRecent().find((one) => one.to === kim.email && subject.test(one.subject))
      const { pathname, search } = new URL(/https?:\S+/.exec(mail?.text ?? '')?.[0] ?? 'http://x/none')
      return origin + pathname + search
    }
    await page.goto(`${origin}/watch`)
    await page.getByLabel('Email').fill(kim.email)
    await page.getByRole('button', { name: 'Forgot your password?' }).click()
    await page.getByText('If that address has an account').waitFor()
    const link = await linkIn(/password/i)
    await page.goto(link)
    await page.getByLabel('New password').fill('six blind mice ran')
    await page.keyboard.press('Enter')
    await page.getByText('Your password is changed').waitFor()
    t.notMatch(page.url(), 'token')
    await page.getByRole('link', { name: 'Log in' }).click()
    await logIn(page, origin, kim.email, 'six blind mice ran')
    await page.goto(await linkIn(/confirm/i))
    await page.getByText('Your address is confirmed').waitFor()
    t.same(complaints, [])
    await page.goto(link)
    await page.getByLabel('New password').fill('seven blind mice ran')
    await page.keyboard.press('Enter')
    await page.getByText('This link has been used or is too old.').waitFor()
  })

  t.test('a file as it is: stopped at a second, it goes on there; in another language too', async (t) => {
    const kim = await signUp(app)
    const first = await open(t, kim)
    await playTitle(first.page, origin, movie)
    t.match(await sourceOf(first.page), /\/v1\/media\//)
    const leftAt = await leaveAfter(first.page, 24)
    const second = await open(t, kim)
    await second.page.getByRole('link', { name: 'Continue', exact: true }).click()
    isNear(t, await playedFrom(second.page), leftAt, 'it goes on where it was closed')
    const { body: history } = await kim.get(`/v1/profiles/${kim.profileId}/history`)
    t.ok(
      history.items.at(-1).watchedMs < 20_000,
      `jumping to the middle is not watching: ${history.items.at(-1).watchedMs} ms`,
    )
    await forgetPlaying(second.page)
    await pause(second.page)
    const at = await secondsOf(second.page)
    const started = second.page.waitForResponse((answer) => answer.url().endsWith('/playback'))
    await choose(second.page, 'Audio and subtitles', 'Spanish')
    t.same((await (await started).json()).mediaFile.audioLanguages, ['es'], 'the file is another one')
    isNear(t, await playedFrom(second.page), at, 'and goes on at the same place')
    t.equal(await rememberedBy(kim), 'es')
    await second.page.keyboard.press('Escape')
    await second.page.locator('.title-page').waitFor()
    t.same((await kim.get('/v1/account/streams')).body.items, [], 'leaving gives the slot back')
    t.same([...first.complaints, ...second.complaints], [])
  })

  t.test('on basic a second stream is refused in words, and can be taken over', async (t) => {
    const kim = await signUp(app, { plan: 'basic' })
    const first = await open(t, kim)
    await playTitle(first.page, origin, movie)
    const second = await open(t, kim)
    await second.page.goto(`${origin}/watch#/play/movie/${movie}/${movie}`)
    const dialog = second.page.getByRole('dialog')
    await dialog.getByText('Your plan plays on 1 device at a time.').waitFor()
    t.match(await dialog.textContent(), /The Matrix.*Chrome on/)
    await dialog.getByRole('button', { name: 'Watch here instead' }).click()
    await playedFrom(second.page)
    await first.page.getByText('Playback has stopped here').waitFor()
    t.equal((await kim.get('/v1/account/streams')).body.items.length, 1)
    t.same(await qualities(second.page), ['Auto', '480p'], 'basic is offered nothing above 720p')
    t.same(second.complaints.filter((text) => !text.includes('409')), [])
  })

  t.test('the next episode is offered at the end, and plays by itself where the profile wants that', async (t) => {
    const kim = await signUp(app)
    const { page, complaints } = await open(t, kim)
    // Most of it was watched before: the end is all that is missing.
    const { body } = await play(kim, show.episodes[0]!)
    await kim.post(`/v1/profiles/${kim.profileId}/playback/${body.streamId}/stop`, {
      positionMs: 53_000,
      watchedMs: 50_000,
      at: new Date().toISOString(),
    })
    await page.goto(`${origin}/watch#/show/${show.id}`)
    await page.getByRole('link', { name: /^(Continue|Play) S1 E/ }).waitFor()
    await page.goto(`${origin}/watch#/play/show/${show.id}/${show.episodes[0]}`)
    await page.getByText('Fawlty Towers · S1 E2').waitFor()
    await page.getByText(/Plays in \d+ s/).waitFor()
    await forgetPlaying(page)
    await page.getByRole('button', { name: 'Play now' }).click()
    isNear(t, await playedFrom(page), 0, 'from its beginning')
    t.match(page.url(), show.episodes[1])
    t.same(complaints, [])
  })

  t.test('a hidden card comes back by undo; wishes and ratings are kept', async (t) => {
    const kim = await signUp(app)
    const { body } = await play(kim, movie)
    await kim.post(`/v1/profiles/${kim.profileId}/playback/${body.streamId}/stop`, {
      positionMs: 23_456,
      watchedMs: 23_000,
      at: new Date().toISOString(),
    })
    const { page, complaints } = await open(t, kim)
    const card = page.getByRole('link', { name: 'The Matrix. Continue at 0:23 of 1:00' })
    await page.getByRole('button', { name: 'Hide The Matrix from this row' }).click()
    await card.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Undo' }).click()
    await card.waitFor()
    await page.goto(`${origin}/watch#/movie/${movie}`)
    await page.getByRole('button', { name: 'My list' }).click()
    await page.getByText('The Matrix is on your list.').waitFor()
    await Promise.all([
      page.waitForResponse((answer) => answer.url().includes('/ratings/')),
      page.getByRole('button', { name: 'I love this' }).click(),
    ])
    await page.reload()
    t.equal(await page.getByRole('button', { name: 'I love this' }).getAttribute('aria-pressed'), 'true')
    t.equal(await page.getByRole('button', { name: 'My list' }).getAttribute('aria-pressed'), 'true')
    t.same(complaints, [])
  })

  t.test('with the keyboard alone: search, arrows among cards, the player', async (t) => {
    const kim = await signUp(app)
    const { page, complaints } = await open(t, kim, { viewport: { width: 360, height: 740 } })
    await page.getByRole('searchbox').focus()
    await page.keyboard.type('matr')
    await page.getByText('1 title for “matr”').waitFor()
    t.ok(await page.evaluate('document.documentElement.scrollWidth <= 360'), 'nothing is wider than a phone')
    await page.keyboard.press('ArrowDown')
    t.match(await page.evaluate('document.activeElement.getAttribute("aria-label")'), /^The Matrix/)
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Play', exact: true }).focus()
    await page.keyboard.press('Enter')
    await playedFrom(page)
    const isPaused = async (): Promise<boolean> => await page.evaluate('document.querySelector("video").paused')
    await page.keyboard.press('Space')
    t.equal(await isPaused(), true)
    const before = await secondsOf(page)
    await page.keyboard.press('ArrowRight')
    t.equal(Math.round(await secondsOf(page) - before), 10)
    await page.keyboard.press('m')
    t.equal(await page.evaluate('document.querySelector("video").muted'), true)
    await page.keyboard.press('Escape')
    await page.locator('.title-page').waitFor()
    t.same(complaints, [])
  })

  t.test('packaged for HLS: languages change while it plays, 4K only on premium, and it goes on where it was closed', async (t) => {
    await containerOf(app).packaging.sweep()
    await containerOf(app).packaging.settle()
    const kim = await signUp(app)
    const first = await open(t, kim)
    await playTitle(first.page, origin, movie)
    t.match(await sourceOf(first.page), /^blob:/)
    t.same(await qualities(first.page), ['Auto', '4K · 2160p', '1080p', '480p'])
    const told = first.page.waitForResponse((answer) => answer.request().method() === 'PUT')
    await choose(first.page, 'Audio and subtitles', 'Spanish')
    await told
    // That may have been the heartbeat before.
    if (await rememberedBy(kim) !== 'es') {
      await first.page.waitForResponse((answer) => answer.request().method() === 'PUT')
    }
    t.equal(await rememberedBy(kim), 'es')
    const leftAt = await leaveAfter(first.page, 31)
    const second = await open(t, kim)
    await second.page.getByRole('link', { name: 'Continue', exact: true }).click()
    isNear(t, await playedFrom(second.page), leftAt, 'it goes on where it was closed')
    await openMenu(second.page, 'Audio and subtitles')
    t.equal(await second.page.getByRole('menuitemradio', { name: 'Spanish' }).getAttribute('aria-checked'), 'true')
    const standard = await open(t, await signUp(app, { plan: 'standard' }))
    await playTitle(standard.page, origin, movie)
    t.same(await qualities(standard.page), ['Auto', '1080p', '480p'])
    t.same([...first.complaints, ...second.complaints, ...standard.complaints], [])
  })

  /** The audio language that is remembered for the movie. */
  async function rememberedBy (person: Person): Promise<string | undefined> {
    return (await person.get(`/v1/profiles/${person.profileId}/languages/${movie}`)).body.audio?.language
  }
})

async function canPlayH264 (browser: Browser): Promise<boolean> {
  const page = await browser.newPage()
  const answer = await page.evaluate('document.createElement("video").canPlayType(\'video/mp4; codecs="avc1.64001f"\')')
  await page.close()
  return answer !== ''
}

/** Opens a title's page and presses its large button. */
async function playTitle (page: Page, origin: string, id: string): Promise<void> {
  await page.goto(`${origin}/watch#/movie/${id}`)
  await page.getByRole('link', { name: 'Play', exact: true }).click()
  await playedFrom(page)
}

/** Looks with every frame; Playwright's own waiting evaluates text, which the page's policy forbids. */
async function until (page: Page, condition: string): Promise<void> {
  await page.evaluate(
    `new Promise((resolve) => { const look = () => { if (${condition}) resolve(); else setTimeout(look, 20) }; look() })`,
  )
}

/** Seconds at which playing began last; waits until it does. */
async function playedFrom (page: Page): Promise<number> {
  await until(page, 'window.playedFrom.length > 0 && document.querySelector("video").readyState >= 3')
  return await page.evaluate('window.playedFrom.at(-1)')
}

async function forgetPlaying (page: Page): Promise<void> {
  await page.evaluate('window.playedFrom.length = 0')
}

async function secondsOf (page: Page): Promise<number> {
  return await page.evaluate('document.querySelector("video").currentTime')
}

async function sourceOf (page: Page): Promise<string> {
  return await page.evaluate('document.querySelector("video").currentSrc')
}

async function pause (page: Page): Promise<void> {
  await page.evaluate('document.querySelector("video").pause()')
}

/** Jumps to a second, plays on a little, and closes the page; answers where that was. */
async function leaveAfter (page: Page, second: number): Promise<number> {
  await page.evaluate(`document.querySelector("video").currentTime = ${second}`)
  await until(page, `document.querySelector("video").currentTime > ${second + 1}`)
  const stopped = page.context().waitForEvent('requestfinished', {
    predicate: (request) => request.url().endsWith('/stop'),
    timeout: 10_000,
  }).catch(() => null)
  await pause(page)
  const at = await secondsOf(page)
  await page.close({ runBeforeUnload: true })
  await stopped
  return at
}

function isNear (t: Test, seconds: number, wanted: number, message: string): void {
  t.ok(Math.abs(seconds - wanted) < 1, `${message}: ${seconds.toFixed(3)} s for ${wanted.toFixed(3)} s`)
}

async function openMenu (page: Page, menu: string): Promise<void> {
  // The controls hide while nobody moves.
  await page.mouse.move(300, 300)
  await page.mouse.move(320, 320)
  await page.getByRole('button', { name: menu }).click()
}

async function choose (page: Page, menu: string, choice: string): Promise<void> {
  await openMenu(page, menu)
  await page.getByRole('menuitemradio', { name: choice }).click()
}

async function qualities (page: Page): Promise<string[]> {
  await openMenu(page, 'Quality')
  const names = await page.getByRole('menuitemradio').allTextContents()
  await page.keyboard.press('Escape')
  return names
}
