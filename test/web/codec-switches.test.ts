// dash.js and Shaka Player switch between renditions of two codecs, which are in adaptation sets of their own. Skipped
// without Chromium or ffmpeg.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { addMovie } from '../support/catalogue.js'
import { readManifest } from '../support/dash.js'
import { play } from '../support/playback.js'
import { call } from '../support/requests.js'
import { signUp } from '../support/users.js'
import { encodeMasters, startEncodingApp } from '../media/encoding/encoding-app.js'
import { makeFile, skipWithoutFfmpeg } from '../media/encoding/programs.js'
import { findChromium } from './browser.js'
import {
  expectNoGap,
  FRAMES_PER_SECOND,
  openPlayer,
  openService,
  servePlayers,
  type Frame,
} from './foreign-player-page.js'
import { waitUntil } from './player-page.js'

const SECONDS = 40
const WIDTHS = { h264: 854, vp9: 1_920 }

const chromium = findChromium()
const skip = chromium === null ? 'Chromium was not found; set CHROMIUM_PATH' : await skipWithoutFfmpeg()

t.test('switches between codecs', { skip, timeout: 200_000 }, async (t) => {
  const folder = t.testdir({})
  const keyFrames = ['-g', String(2 * FRAMES_PER_SECOND), '-keyint_min', String(2 * FRAMES_PER_SECOND)]
  const makeRendition = async (name: string, size: string, options: readonly string[]): Promise<void> => {
    const picture = `testsrc=size=${size}:rate=${FRAMES_PER_SECOND}:duration=${SECONDS}`
    const inputs = ['-f', 'lavfi', '-i', picture, '-f', 'lavfi', '-i', `sine=duration=${SECONDS}`]
    await makeFile(folder, [...inputs, ...options, ...keyFrames, '-pix_fmt', 'yuv420p', '-c:a', 'aac', name])
  }
  await makeRendition('h264.mp4', `${WIDTHS.h264}x48`, ['-c:v', 'libx264', '-preset', 'ultrafast'])
  const vp9 = ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '300k']
  await makeRendition('vp9.mp4', `${WIDTHS.vp9}x96`, vp9)

  const origin = await servePlayers(t)
  const test = await startEncodingApp(t, { CORS_ORIGINS: origin })
  const { app, admin } = test
  const movie = await addMovie(app, admin, { title: 'Alien' }, [])
  for (const name of ['h264.mp4', 'vp9.mp4']) {
    const body = readFileSync(path.join(folder, name))
    const headers = { 'content-type': 'video/mp4' }
    const url = `/v1/admin/movies/${movie}/media`
    t.equal((await call(app, 'POST', url, { token: admin.token, body, headers })).status, 201)
  }
  await encodeMasters(test)
  const { service, browser } = await openService(t, app, chromium ?? '')

  await t.test('each codec has an adaptation set, which names the other one', async (t) => {
    const { dashUrl } = (await play(await signUp(app), movie)).body
    const sets = (await readManifest(app, t, dashUrl)).of('video')
    t.equal(sets.length, 2)
    const scheme = 'urn:mpeg:dash:adaptation-set-switching:2016'
    for (const set of sets) {
      const properties = [set.SupplementalProperty].flat() as Array<{ schemeIdUri: string, value: unknown }>
      const other = sets.find(({ id }) => id !== set.id)
      t.equal(String(properties.find(({ schemeIdUri }) => schemeIdUri === scheme)?.value), String(other?.id))
    }
  })

  for (const name of ['dash.js', 'Shaka'] as const) {
    await t.test(`${name} presents each frame`, async (t) => {
      const { body } = await play(await signUp(app), movie)
      const { page, errors } = await openPlayer(t, browser, origin, name, `${service}${body.dashUrl}`)
      const showsWidth = (width: number): string =>
        `frames.length > 5 && frames.slice(-5).every((frame) => frame.width === ${width})`
      await waitUntil(page, 'frames.length > 5')
      for (const width of [WIDTHS.h264, WIDTHS.vp9, WIDTHS.h264]) {
        await page.evaluate(`driver.selectWidth(${width}, false)`)
        await waitUntil(page, showsWidth(width))
      }
      const frames = await page.evaluate<Frame[]>('frames')
      const switches = frames.filter(({ width }, i) => width !== frames[i - 1]?.width).map(({ width }) => width)
      t.strictSame(switches.slice(-3), [WIDTHS.h264, WIDTHS.vp9, WIDTHS.h264])
      expectNoGap(t, frames)
      t.strictSame(await page.evaluate('failures'), [])
      t.strictSame(errors, [])
      await page.evaluate('driver.close()')
      await page.context().close()
    })
  }
})
