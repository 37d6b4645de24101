// Drives the player of the watch page.
import type { Browser, Page } from 'playwright-core'

const STOP_TIMEOUT_MS = 10_000

/** Polls a condition in the page. Playwright's `waitForFunction` evaluates text, which the page's policy forbids. */
export async function waitUntil (page: Page, condition: string): Promise<void> {
  await page.evaluate(
    `new Promise((resolve) => {
      const check = () => { if (${condition}) resolve(); else setTimeout(check, 20) }
      check()
    })`,
  )
}

export async function isH264Supported (browser: Browser): Promise<boolean> {
  const page = await browser.newPage()
  const support = await page.evaluate(
    'document.createElement("video").canPlayType(\'video/mp4; codecs="avc1.64001f"\')',
  )
  await page.close()
  return support !== ''
}

/** Opens the page of a movie and presses its play button. */
export async function playMovie (page: Page, origin: string, id: string): Promise<void> {
  await page.goto(`${origin}/watch#/movie/${id}`)
  await page.getByRole('link', { name: 'Play', exact: true }).click()
  await waitForPlayback(page)
}

/** Waits until the video plays. @returns the position at which playback started last, s */
export async function waitForPlayback (page: Page): Promise<number> {
  await waitUntil(page, 'window.playedFrom.length > 0 && document.querySelector("video").readyState >= 3')
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

export async function pauseVideo (page: Page): Promise<void> {
  await page.evaluate('document.querySelector("video").pause()')
}

/** Seeks to a position and waits until one more second is played. @param position s */
export async function seekTo (page: Page, position: number): Promise<void> {
  await page.evaluate(`document.querySelector("video").currentTime = ${position}`)
  await waitUntil(page, `document.querySelector("video").currentTime > ${position + 1}`)
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

/** Returns the items of the quality menu. */
export async function listQualities (page: Page): Promise<string[]> {
  await openMenu(page, 'Quality')
  const names = await page.getByRole('menuitemradio').allTextContents()
  await page.keyboard.press('Escape')
  return names
}
