// hls.js, dash.js and Shaka Player in Chromium, on a page of another origin, with the renditions of a master: forced
// switches, languages and subtitles. Skipped without Chromium or ffmpeg.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { addMovie } from '../support/catalogue.js'
import { readManifest } from '../support/dash.js'
import { readPlaylist } from '../support/hls.js'
import { play } from '../support/playback.js'
import { signUp, type TestUser } from '../support/users.js'
import { encodeMasters, startEncodingApp, uploadMaster } from '../media/encoding/encoding-app.js'
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
/** A strip of a 1080p picture counts as 1080p by its width, and is encoded quickly. */
const HIGH = { width: 1_920, height: 96, limit: 1_080 }
/** Frequencies of the languages, Hz. */
const PITCH = { en: 440, es: 880 }

const chromium = findChromium()

const skip = chromium === null ? 'Chromium was not found; set CHROMIUM_PATH' : await skipWithoutFfmpeg()

t.test('foreign players', { skip, timeout: 290_000 }, async (t) => {
  const origin = await servePlayers(t)
  const cues = Array.from({ length: SECONDS - 1 }, (_, i) => {
    const time = (second: number): string => `00:00:${String(second).padStart(2, '0')},000`
    return `${i + 1}\n${time(i)} --> ${time(i + 1)}\nSecond ${i}\n`
  })
  const folder = t.testdir({ 'english.srt': cues.join('\n') })
  const tone = (hertz: number): string[] => ['-f', 'lavfi', '-i', `sine=frequency=${hertz}:duration=${SECONDS}`]
  await makeFile(folder, [
    ...['-f', 'lavfi', '-i', `testsrc=size=${HIGH.width}x${HIGH.height}:rate=${FRAMES_PER_SECOND}:duration=${SECONDS}`],
    ...[...tone(PITCH.en), ...tone(PITCH.es), '-i', 'english.srt', '-map', '0', '-map', '1', '-map', '2', '-map', '3'],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac', '-c:s', 'srt'],
    ...['-metadata:s:a:0', 'language=eng', '-metadata:s:a:1', 'language=spa', '-metadata:s:s:0', 'language=eng'],
    'master.mkv',
  ])
  const test = await startEncodingApp(t, { ENCODING_LADDER: '1080:30:800,480:32:200', CORS_ORIGINS: origin })
  const { app, admin } = test
  const movie = await addMovie(app, admin, { title: 'Alien', originalLanguage: 'en' }, [])
  await uploadMaster(test, movie, readFileSync(path.join(folder, 'master.mkv')))
  await encodeMasters(test)
  const { service, browser } = await openService(t, app, chromium ?? '')

  await t.test('a plan with 720p sees no 1080p in any manifest', async (t) => {
    const widths = async (person: TestUser): Promise<Record<string, number[]>> => {
      const { hlsUrl, dashUrl } = (await play(person, movie)).body
      const { manifest, text } = await readPlaylist(app, t, hlsUrl)
      const dash = await readManifest(app, t, dashUrl)
      const keyFrames = [...text.matchAll(/^#EXT-X-I-FRAME-STREAM-INF:.*RESOLUTION=(\d+)x/gm)]
      return {
        hls: manifest.playlists!.map(({ attributes }) => attributes['RESOLUTION']!.width).sort((a, b) => a - b),
        keyFrames: keyFrames.map(([, width]) => Number(width)).sort((a, b) => a - b),
        dash: dash.of('video').flatMap(({ Representation }) => Representation.map((one: any) => Number(one.width))),
      }
    }
    const all = await widths(await signUp(app))
    t.equal(all['dash']?.at(-1), HIGH.width)
    t.strictSame([all['hls'], all['keyFrames']], [all['dash'], all['dash']], 'all manifests agree')
    const low = all['dash']?.slice(0, 1)
    t.strictSame(await widths(await signUp(app, { plan: 'basic' })), { hls: low, keyFrames: low, dash: low })
  })

  for (
    const [name, field] of [
      ['hls.js', 'hlsUrl'],
      ['dash.js', 'dashUrl'],
      ['Shaka', 'dashUrl'],
      ['Shaka', 'hlsUrl'],
    ] as const
  ) {
    await t.test(`${name} plays ${field} and switches without a gap`, async (t) => {
      const { body } = await play(await signUp(app), movie)
      const { page, errors } = await openPlayer(t, browser, origin, name, `${service}${body[field]}`)
      const [low = 0, ...higher] = (await page.evaluate<number[]>('driver.listWidths()')).sort((a, b) => a - b)
      t.strictSame(higher, [HIGH.width])
      t.strictSame((await page.evaluate<string[]>('driver.listLanguages()')).sort(), ['en', 'es'])
      for (const width of [low, HIGH.width, low]) {
        await page.evaluate(`driver.selectWidth(${width})`)
        await waitUntil(page, `frames.length > 5 && frames.slice(-5).every((frame) => frame.width === ${width})`)
      }
      const frames = await page.evaluate<Frame[]>('frames')
      const switches = frames.filter(({ width }, i) => width !== frames[i - 1]?.width).map(({ width }) => width)
      t.strictSame(switches.slice(-3), [low, HIGH.width, low])
      expectNoGap(t, frames)
      t.equal(await page.evaluate('document.querySelector("video").buffered.length'), 1, 'one range is buffered')
      t.strictSame(await page.evaluate('failures'), [])
      t.strictSame(errors, [])

      await waitUntil(page, isPitch(PITCH.en))
      await page.evaluate('driver.selectAudio("es")')
      await waitUntil(page, isPitch(PITCH.es))
      await page.evaluate('driver.selectText("en")')
      await waitUntil(page, 'listCues().some((text) => /^Second \\d+$/.test(text))')
      const [text, time] = await page.evaluate<[string, number]>(
        '[listCues()[0], document.querySelector("video").currentTime]',
      )
      t.ok(Math.abs(Number(text.split(' ')[1]) + 0.5 - time) <= 1, `${text} at ${time} s`)
      if (field === 'dashUrl') {
        // A picture each 2 s, 15 in a row.
        const thumbnail = await page.evaluate<{ url: string }>('driver.findThumbnail(33)')
        t.match(thumbnail, { x: 160, y: 8, width: 160, height: 8 }, 'the second picture of the second row')
        t.equal(await page.evaluate(`fetch("${thumbnail.url}").then(({ status }) => status)`), 200)
      }
      t.strictSame(await page.evaluate('failures'), [])
      await page.evaluate('driver.close()')
      await page.context().close()
    })
  }
})

const isPitch = (hertz: number): string => `Math.abs(readPitch() - ${hertz}) < 20`
