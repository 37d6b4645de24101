// Opens players of others in Chromium, on a page of another origin, and checks the frames that they present.
import type { FastifyInstance } from 'fastify'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import type { Test } from 'tap'
import { launchBrowser, openPage } from './browser.js'
import { PLAYER_PAGE } from './player-script.js'

export const FRAMES_PER_SECOND = 10

/** Serves the page and the players. @returns its origin */
export async function servePlayers (t: Test): Promise<string> {
  const require = createRequire(import.meta.url)
  const files: Readonly<Record<string, string>> = {
    '/hls.js': require.resolve('hls.js/dist/hls.min.js'),
    '/dash.js': require.resolve('dashjs'),
    '/shaka.js': require.resolve('shaka-player/dist/shaka-player.compiled.js'),
  }
  const server = createServer(({ url = '' }, response) => {
    const file = files[url]
    const isPage = url === '/'
    response.writeHead(isPage || file !== undefined ? 200 : 404, {
      'content-type': isPage ? 'text/html; charset=utf-8' : 'text/javascript; charset=utf-8',
    })
    response.end(isPage ? PLAYER_PAGE : file === undefined ? '' : readFileSync(file))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return `http://localhost:${(server.address() as AddressInfo).port}`
}

/** Starts the service on a port, and a browser. */
export async function openService (
  t: Test,
  app: FastifyInstance,
  chromium: string,
): Promise<{ readonly service: string, readonly browser: Browser }> {
  await app.listen({ host: '127.0.0.1', port: 0 })
  const browser = await launchBrowser(chromium)
  t.teardown(async () => {
    await browser.close()
  })
  return { service: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`, browser }
}

export interface Frame {
  readonly mediaTime: number
  readonly presentedFrames: number
  readonly droppedVideoFrames: number
  readonly width: number
}

export async function openPlayer (
  t: Test,
  browser: Browser,
  origin: string,
  name: string,
  url: string,
): Promise<{ page: Page, errors: string[] }> {
  const { page, errors } = await openPage(browser)
  t.teardown(async () => {
    await page.context().close()
  })
  await page.goto(origin)
  // Browsers play audio after a click only.
  await page.getByRole('button', { name: 'Start' }).click()
  await page.evaluate(`openPlayer(${JSON.stringify(name)}, ${JSON.stringify(url)})`)
  return { page, errors }
}

/**
 * Callbacks may come late, and a busy machine drops frames, but between two callbacks at most one frame was neither
 * presented nor dropped.
 */
export function expectNoGap (t: Test, frames: readonly Frame[]): void {
  for (const [i, frame] of frames.entries()) {
    const before = frames[i - 1]
    if (before === undefined) continue
    const frameCount = Math.round((frame.mediaTime - before.mediaTime) * FRAMES_PER_SECOND)
    const presented = frame.presentedFrames - before.presentedFrames
    const dropped = frame.droppedVideoFrames - before.droppedVideoFrames
    if (frameCount >= 0 && frameCount <= presented + dropped + 1) continue
    t.fail(`from ${before.mediaTime} s to ${frame.mediaTime} s ${presented} frames were presented, ${dropped} dropped`)
  }
  t.ok(frames.length > 0)
}
