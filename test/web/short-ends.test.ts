// Titles whose audio has less than one frame of AAC after its last full segment end in each player. Skipped without
// Chromium or ffmpeg.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { addMovie } from '../support/catalogue.js'
import { readPlaylist, resolve } from '../support/hls.js'
import { play } from '../support/playback.js'
import { signUp } from '../support/users.js'
import { encodeMasters, startEncodingApp, uploadMaster } from '../media/encoding/encoding-app.js'
import { makeFile, skipWithoutFfmpeg } from '../media/encoding/programs.js'
import { findChromium } from './browser.js'
import { openPlayer, openService, servePlayers } from './foreign-player-page.js'
import { waitUntil } from './player-page.js'

const chromium = findChromium()
const skip = chromium === null ? 'Chromium was not found; set CHROMIUM_PATH' : await skipWithoutFfmpeg()

t.test('a title with a very short end', { skip, timeout: 200_000 }, async (t) => {
  const origin = await servePlayers(t)
  const folder = t.testdir({})
  await makeFile(folder, [
    ...['-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=25:duration=10', '-itsoffset', '4', '-f', 'lavfi'],
    ...['-i', 'sine=duration=6', '-map', '0', '-map', '1', '-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac'],
    'master.mkv',
  ])
  const test = await startEncodingApp(t, { ENCODING_LADDER: '180:30:200', CORS_ORIGINS: origin })
  const { app, admin } = test
  const movie = await addMovie(app, admin, { title: 'Alien' }, [])
  await uploadMaster(test, movie, readFileSync(path.join(folder, 'master.mkv')))
  await encodeMasters(test)
  const { service, browser } = await openService(t, app, chromium ?? '')

  const { body } = await play(await signUp(app), movie)
  const { manifest } = await readPlaylist(app, t, body.hlsUrl)
  const [group] = Object.values(manifest.mediaGroups!['AUDIO']!)
  const [audio] = Object.values(group!)
  const { manifest: playlist } = await readPlaylist(app, t, resolve(audio!.uri!, body.hlsUrl))
  const durations = playlist.segments!.map(({ duration }) => duration)
  t.ok(Math.min(...durations) >= 0.25, durations.join(', '))
  t.ok(durations.reduce((sum, seconds) => sum + seconds, 0) > 9.99, durations.join(', '))

  for (const [name, field] of [['hls.js', 'hlsUrl'], ['dash.js', 'dashUrl'], ['Shaka', 'hlsUrl']] as const) {
    await t.test(`${name} reaches its end`, async (t) => {
      const { page } = await openPlayer(t, browser, origin, name, `${service}${body[field]}`)
      await waitUntil(page, 'document.querySelector("video").ended')
      t.strictSame(await page.evaluate('failures'), [])
      await page.context().close()
    })
  }
})
