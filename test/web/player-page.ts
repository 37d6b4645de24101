// Drives the player of the watch app.
import type { FastifyInstance } from 'fastify'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContextOptions, Page, Response } from 'playwright-core'
import type { Test } from 'tap'
import { PASSWORD, type TestUser } from '../support/users.js'
import { launchBrowser, logInToHome, openPage, type RecordedPage } from './browser.js'

const STOP_TIMEOUT_MS = 2_000
/** A busy machine decodes slowly. */
const PAGE_TIMEOUT_MS = 45_000

export interface PlayerTest {
  readonly origin: string
  readonly browser: Browser
  /** Opens the home page of a user in a browser context of its own. */
  readonly openHome: (t: Test, user: TestUser, options?: BrowserContextOptions) => Promise<RecordedPage>
}

/** Listens on a free port, and starts a browser. */
export async function startPlayerTest (t: Test, app: FastifyInstance, chromium: string): Promise<PlayerTest> {
  await app.listen({ host: '127.0.0.1', port: 0 })
  const origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  const browser = await launchBrowser(chromium)
  t.teardown(async () => {
    await browser.close()
  })
  return {
    origin,
    browser,
    openHome: async (t, user, options = {}) => {
      const recorded = await openPage(browser, options)
      recorded.page.setDefaultTimeout(PAGE_TIMEOUT_MS)
      await logInToHome(recorded.page, origin, user.email, PASSWORD)
      t.teardown(async () => {
        await recorded.page.context().close()
      })
      return recorded
    },
  }
}

/** Polls a condition in the page. Playwright's `waitForFunction` evaluates text, which the page's policy forbids. */
export async function waitUntil (page: Page, condition: string): Promise<void> {
  const isMet = await page.evaluate<boolean>(
    `new Promise((resolve) => {
      const until = performance.now() + ${PAGE_TIMEOUT_MS}
      const check = () => {
        if (${condition}) resolve(true)
        else if (performance.now() > until) resolve(false)
        else setTimeout(check, 20)
      }
      check()
    })`,
  )
  if (!isMet) throw new Error(`after ${PAGE_TIMEOUT_MS} ms still not: ${condition}; ${await describeVideo(page)}`)
}

/** The state of the video and the text of the page, for messages of failed tests. */
async function describeVideo (page: Page): Promise<string> {
  return await page.evaluate(`(() => {
    const video = document.querySelector('video')
    const { currentTime, paused, readyState, networkState, error, currentSrc } = video ?? {}
    const state = { currentTime, paused, readyState, networkState, error: error?.message, currentSrc }
    const big = document.querySelector('.big-play')?.className
    return JSON.stringify({ ...state, big, playedFrom: window.playedFrom, text: document.body.innerText.slice(0, 400) })
  })()`)
}

export async function isH264Supported (browser: Browser): Promise<boolean> {
  const page = await browser.newPage()
  const support = await page.evaluate(
    'document.createElement("video").canPlayType(\'video/mp4; codecs="avc1.64001f"\')',
  )
  await page.close()
  return support !== ''
}

/** Opens the player, and presses its large play button if the browser wants a click before it plays. */
export async function playItem (page: Page, origin: string, itemId: string, titleId = itemId): Promise<void> {
  await openPlayer(page, origin, itemId, titleId)
  await startPlayback(page)
}

export async function openPlayer (page: Page, origin: string, itemId: string, titleId = itemId): Promise<void> {
  await page.goto(`${origin}/watch/play/${itemId}?title=${titleId}`)
}

export async function startPlayback (page: Page): Promise<void> {
  await waitUntil(page, 'window.playedFrom.length > 0 || document.querySelector(".big-play:not(.is-touch)") !== null')
  if (await page.evaluate('window.playedFrom.length === 0')) await page.locator('.big-play:not(.is-touch)').click()
  await waitForPlayback(page)
}

/** Waits until the video plays. @returns the position at which playback started last, s */
export async function waitForPlayback (page: Page): Promise<number> {
  await waitUntil(page, 'window.playedFrom.length > 0 && document.querySelector("video")?.readyState >= 3')
  return await page.evaluate('window.playedFrom.at(-1)')
}

/** Clears the recorded starts of playback, so that `waitForPlayback` waits for the next one. */
export async function clearPlaybackStarts (page: Page): Promise<void> {
  await page.evaluate('window.playedFrom.length = 0')
}

/** The position of the video, s. */
export async function readPosition (page: Page): Promise<number> {
  return await page.evaluate('document.querySelector("video").currentTime')
}

export async function readVideoUrl (page: Page): Promise<string> {
  return await page.evaluate('document.querySelector("video").currentSrc')
}

export async function isPaused (page: Page): Promise<boolean> {
  return await page.evaluate('document.querySelector("video").paused')
}

export async function pauseVideo (page: Page): Promise<void> {
  await page.evaluate('document.querySelector("video").pause()')
}

/** Seeks to a position and waits until half a second more is played. @param position s */
export async function seekTo (page: Page, position: number): Promise<void> {
  await page.evaluate(`document.querySelector("video").currentTime = ${position}`)
  await waitUntil(page, `document.querySelector("video").currentTime > ${position + 0.5}`)
}

/** Waits until the video has played on, for example long enough to count as started. */
export async function playFor (page: Page, seconds: number): Promise<void> {
  await waitUntil(page, `document.querySelector("video").currentTime > ${await readPosition(page) + seconds}`)
}

/** Pauses the video and closes the page. @returns the position at that time, s */
export async function closePage (page: Page): Promise<number> {
  const stopped = page.context().waitForEvent('requestfinished', {
    predicate: (request) => request.url().endsWith('/stop'),
    timeout: STOP_TIMEOUT_MS,
  }).catch(() => null)
  await pauseVideo(page)
  const position = await readPosition(page)
  await page.close({ runBeforeUnload: true })
  await stopped
  return position
}

/** Waits for a response of the API by the end of its path. */
export async function waitForApi (page: Page, method: string, pathEnd: string): Promise<Response> {
  return await page.waitForResponse((response) =>
    response.request().method() === method && new URL(response.url()).pathname.endsWith(pathEnd)
  )
}

export async function openMenu (page: Page, menu: string): Promise<void> {
  // The controls are hidden until the pointer moves.
  await page.mouse.move(300, 300)
  await page.mouse.move(320, 320)
  await page.getByRole('button', { name: menu }).click()
}

export async function selectMenuItem (page: Page, menu: string, item: string): Promise<void> {
  await openMenu(page, menu)
  await page.getByRole('menuitemradio', { name: item }).click()
}

/** Returns the choices of the quality menu. */
export async function listQualities (page: Page): Promise<string[]> {
  await openMenu(page, 'Quality and speed')
  const names = await page.getByRole('group', { name: 'Quality' }).getByRole('menuitemradio').allTextContents()
  await page.keyboard.press('Escape')
  await page.getByRole('menu').waitFor({ state: 'detached' })
  return names
}
