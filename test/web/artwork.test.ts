// Artwork in the watch app: sizes for the screen, and placeholders while it loads.
import sharp from 'sharp'
import { addMovie } from '../support/catalogue.js'
import { call } from '../support/requests.js'
import { PASSWORD, signUp, signUpAdmin } from '../support/users.js'
import { holdRequests, logInToHome } from './browser.js'
import { waitUntil } from './player-page.js'
import { scriptErrors, testWatchApp } from './watch-app.js'

const POSTER = '.hero-with-poster .poster img'
const BACKDROP = 'img.backdrop'

testWatchApp('artwork has sizes and placeholders', async (t, { app, origin, open }) => {
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin, { title: 'Alien' }, [])
  const foreign = await addMovie(app, admin, { title: 'Solaris', posterUrl: 'https://img.example.com/p/1.jpg' }, [])
  for (const [kind, width, height] of [['poster', 1_000, 1_500], ['backdrop', 1_920, 1_080]] as const) {
    const body = await sharp({ create: { width, height, channels: 3, background: '#a03020' } }).png().toBuffer()
    const headers = { 'content-type': 'image/png' }
    const { status } = await call(app, 'POST', `/v1/admin/titles/${movie}/${kind}`, {
      token: admin.token,
      body,
      headers,
    })
    t.equal(status, 201)
  }
  const user = await signUp(app)
  const { page, errors } = await open()
  await page.route('https://img.example.com/**', async (route) => {
    await route.abort()
  })
  await logInToHome(page, origin, user.email, PASSWORD)
  const release = await holdRequests(page, '**/v1/images/**')
  await page.goto(`${origin}/watch/movie/${movie}`)
  const readImage = async (selector: string, property: string): Promise<string> => {
    await page.locator(selector).waitFor({ state: 'attached' })
    return await page.evaluate(`(() => { const image = document.querySelector('${selector}'); return ${property} })()`)
  }
  for (const selector of [POSTER, BACKDROP]) {
    await page.locator(selector).waitFor({ state: 'attached' })
    await waitUntil(
      page,
      `getComputedStyle(document.querySelector('${selector}')).backgroundImage.startsWith('url("data:image/png')`,
    )
    t.match(await readImage(selector, 'image.srcset'), /\?width=160 160w, .*\?width=1920 1920w$/)
  }
  release()
  await waitUntil(page, '[...document.querySelectorAll(".hero img")].every(({ naturalWidth }) => naturalWidth > 0)')
  t.match(await readImage(POSTER, 'image.currentSrc'), /\?width=320$/, 'the poster has the width of its place')
  t.match(await readImage(BACKDROP, 'image.currentSrc'), /\?width=1280$/, 'the backdrop that of the window')

  await page.goto(`${origin}/watch/movie/${foreign}`)
  await page.getByRole('heading', { level: 1, name: 'Solaris' }).waitFor()
  await page.locator(POSTER).waitFor({ state: 'detached' })
  t.strictSame(scriptErrors(errors), [])
})
