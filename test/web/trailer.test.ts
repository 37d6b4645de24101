// Trailers on title pages: a dialog plays files of the service, and pages that it cannot play become links.
import { addMovie } from '../support/catalogue.js'
import { call } from '../support/requests.js'
import { PASSWORD, signUp, signUpAdmin } from '../support/users.js'
import { logInToHome } from './browser.js'
import { waitUntil } from './player-page.js'
import { scriptErrors, testWatchApp } from './watch-app.js'

testWatchApp('a title page plays the trailer', async (t, { app, origin, open }) => {
  const admin = await signUpAdmin(app)
  const movie = await addMovie(app, admin, { title: 'Alien', trailerUrl: '/demo/trailer.mp4' }, [])
  const other = await addMovie(app, admin, { title: 'Solaris', trailerUrl: '/guides' }, [])
  const user = await signUp(app)
  const { page, errors } = await open()
  await logInToHome(page, origin, user.email, PASSWORD)

  await t.test('of the service, in a dialog', async (t) => {
    await page.goto(`${origin}/watch/movie/${movie}`)
    await page.getByRole('button', { name: 'Trailer' }).click()
    const dialog = page.getByRole('dialog', { name: 'Trailer: Alien' })
    await dialog.waitFor()
    await waitUntil(page, 'document.querySelector("video.trailer")?.currentTime > 0.2')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    t.equal(await page.locator('video').count(), 0, 'it has stopped')
    t.equal(await page.evaluate('document.activeElement.textContent'), 'Trailer', 'the button has the focus again')
  })

  await t.test('a page that no player can play becomes a link', async (t) => {
    await page.goto(`${origin}/watch/movie/${other}`)
    await page.getByRole('button', { name: 'Trailer' }).click()
    const link = page.getByRole('dialog').getByRole('link', { name: 'Open the trailer' })
    t.equal(await link.getAttribute('href'), '/guides')
    t.equal(await link.getAttribute('target'), '_blank')
  })
  t.strictSame(scriptErrors(errors), [])
}, async () => ({ SEED: 'demo' }))

testWatchApp('only the demo has the file of its trailer', async (t, { app }) => {
  t.equal((await call(app, 'GET', '/demo/trailer.mp4')).status, 404)
  const admin = await signUpAdmin(app)
  for (
    const trailerUrl of ['//evil.example.com/a.mp4', '/\\evil.example.com/a.mp4', 'javascript:alert(1)', 'trailer.mp4']
  ) {
    const { status } = await admin.post('/v1/admin/movies', { title: 'Alien', trailerUrl })
    t.equal(status, 400, `${trailerUrl} is no URL of a trailer`)
  }
})
