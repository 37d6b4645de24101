// The pages of movies and shows in the watch app. Skipped if Chromium is not installed.
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { startApp } from '../support/app.js'
import { addMovie, addShow } from '../support/catalogue.js'
import { PASSWORD, signUp, signUpAdmin } from '../support/users.js'
import { findChromium, launchBrowser, logInToHome, openPage } from './browser.js'

const chromium = findChromium()
const PAGE_TIMEOUT_MS = 30_000
const CAST = [{ name: 'Keanu Reeves', role: 'Neo' }, { name: 'Carrie-Anne Moss', role: 'Trinity' }]

t.test('title pages', {
  skip: chromium === null ? 'Chromium was not found; set CHROMIUM_PATH' : false,
  timeout: 170_000,
}, async (t) => {
  const { app } = await startApp(t)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  const browser = await launchBrowser(chromium ?? '')
  t.teardown(async () => {
    await browser.close()
  })
  const admin = await signUpAdmin(app)
  const people = { cast: CAST, crew: [{ name: 'Lana Wachowski', role: 'Director' }] }
  const matrix = await addMovie(app, admin, {
    title: 'The Matrix',
    synopsis: 'A programmer learns what the world is.',
    originalLanguage: 'en',
    trailerUrl: 'https://video.example.com/trailers/matrix',
    ...people,
  }, ['480p-en', '1080p-es'])
  await addMovie(app, admin, { title: 'The Matrix Reloaded', releaseDate: '2003-05-15', ...people }, [])
  const show = await addShow(app, admin)

  const user = await signUp(app)
  const { body: selected } = await user.post(`/v1/profiles/${user.profileId}/select`, {})
  const viewer = user.with(selected.accessToken)
  const { page, errors } = await openPage(browser)
  page.setDefaultTimeout(PAGE_TIMEOUT_MS)
  await logInToHome(page, origin, user.email, PASSWORD)

  /** Errors in the console of the page fail the test. */
  async function testPage (name: string, run: (t: Test) => Promise<void>): Promise<void> {
    await t.test(name, async (t) => {
      await run(t)
      t.strictSame(errors.splice(0), [], 'the console has no errors')
    })
  }

  await testPage('a movie shows its facts, files and people, and similar titles', async (t) => {
    await page.goto(`${origin}/watch/movie/${matrix}`)
    await page.getByRole('heading', { level: 1, name: 'The Matrix' }).waitFor()
    await page.getByText('A programmer learns what the world is.').waitFor()
    await page.getByRole('link', { name: 'Play', exact: true }).waitFor()
    t.match(await page.locator('.credits').textContent(), /Up to 1080p · English, Spanish/, 'what can be played')
    t.match(await page.locator('.facts').textContent(), /1999.*English.*R/, 'the facts')
    t.equal(
      await page.getByRole('link', { name: 'Trailer on video.example.com' }).getAttribute('href'),
      'https://video.example.com/trailers/matrix',
    )
    await page.getByText('Technical details').click()
    t.match(await page.locator('.technical').textContent(), /1080p · H\.264/, 'technical details')
    const similar = page.getByRole('region', { name: 'More like this' })
    await similar.getByRole('link', { name: /^The Matrix Reloaded/ }).click()
    await page.getByRole('heading', { level: 1, name: 'The Matrix Reloaded' }).waitFor()
    await page.getByText('Not available yet').waitFor()
    t.equal(await page.getByRole('link', { name: /^Play/ }).count(), 0, 'a movie without files has no play button')
    await page.getByRole('region', { name: 'Cast' }).getByRole('link', { name: /Keanu Reeves/ }).click()
    await page.getByRole('heading', { level: 1, name: 'Keanu Reeves' }).waitFor()
    t.match(await page.getByRole('link', { name: /^The Matrix(?! R)/ }).textContent(), /1999 · Neo/, 'the role')
    await page.goto(`${origin}/watch/movie/${matrix}`)
    await page.getByRole('link', { name: 'Lana Wachowski' }).click()
    await page.getByRole('heading', { level: 1, name: 'Lana Wachowski' }).waitFor()
  })

  await testPage('the wishlist and rating buttons change at once', async (t) => {
    await page.goto(`${origin}/watch/movie/${matrix}`)
    const wishlist = page.getByRole('button', { name: 'My list' })
    await wishlist.click()
    await page.getByText('Added The Matrix to your list.').waitFor()
    t.equal(await wishlist.getAttribute('aria-pressed'), 'true')
    await page.getByRole('button', { name: 'I love this' }).click()
    await page.locator('button[aria-label="I love this"][aria-pressed="true"]').waitFor()
    await page.getByRole('button', { name: 'Not for me' }).click()
    await page.locator('button[aria-label="I love this"][aria-pressed="false"]').waitFor()
    await t.resolves(
      waitFor(async () => {
        const { body } = await viewer.get(`/v1/movies/${matrix}`)
        return body.rating === 'down' && body.inWishlist === true
      }),
      'the service has both',
    )
    await page.getByRole('button', { name: 'Not for me' }).click()
    await t.resolves(waitFor(async () => (await viewer.get(`/v1/movies/${matrix}`)).body.rating === null), 'removed')

    await page.route('**/v1/profiles/*/wishlist/*', async (route) => {
      await route.fulfill({ status: 503, json: { code: 'unavailable', detail: 'Try again later.', status: 503 } })
    })
    await wishlist.click()
    await page.getByText('Try again later.').waitFor()
    t.equal(await wishlist.getAttribute('aria-pressed'), 'true', 'a failure restores the button')
    t.match(errors.splice(0), [/503/], 'the browser logs the failed request')
  })

  await testPage('a card shows a preview to the mouse and the keyboard', async (t) => {
    await page.goto(`${origin}/watch/browse/movies?sort=title`)
    const card = page.getByRole('link', { name: /^The Matrix(?! R)/ })
    await card.hover()
    const preview = page.getByRole('group', { name: 'About The Matrix', exact: true })
    await preview.getByRole('link', { name: 'Play' }).waitFor()
    t.match(await preview.textContent(), /1999.*A programmer learns/s, 'facts and synopsis')
    await page.mouse.move(2, 2)
    await preview.waitFor({ state: 'detached' })
    await page.keyboard.press('Tab')
    await card.focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowLeft')
    await preview.waitFor()
    await page.keyboard.press('Tab')
    t.equal(await preview.locator(':focus').count(), 1, 'Tab moves into the preview')
    await page.keyboard.press('Escape')
    await preview.waitFor({ state: 'detached' })
    t.equal(await card.and(page.locator(':focus')).count(), 1, 'Escape returns to the card')
  })

  await testPage('a show has its season in the URL and marks episodes, with undo', async (t) => {
    const finished = async (): Promise<number[]> =>
      (await viewer.get(`/v1/shows/${show.id}`)).body.seasons.map((season: any) => season.finishedCount)
    await page.goto(`${origin}/watch/show/${show.id}`)
    await page.getByRole('link', { name: 'Play S1 E1' }).waitFor()
    await page.getByRole('navigation', { name: 'Seasons' }).getByRole('link', { name: 'Season 2' }).click()
    await page.getByText('2. The Psychiatrist').waitFor()
    t.equal(new URL(page.url()).searchParams.get('season'), '2', 'the URL contains the season')
    await page.reload()
    await page.getByText('2. The Psychiatrist').waitFor()

    await page.getByRole('button', { name: 'More actions for S2 E1 Communication Problems' }).click()
    await page.getByRole('menuitem', { name: 'Watched up to here' }).click()
    await page.getByText('Marked as watched: everything up to S2 E1').waitFor()
    t.strictSame(await finished(), [0, 2, 1], 'the earlier season and the episode are watched')
    await page.getByRole('link', { name: 'Play S2 E2' }).waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByRole('link', { name: 'Play S2 E2' }).waitFor({ state: 'detached' })
    // Marks are removed one after the other, and the page follows each.
    for (let i = 0; i < 50 && (await finished()).some((count) => count > 0); i++) await page.waitForTimeout(100)
    t.strictSame(await finished(), [0, 0, 0], 'undo removes all marks')

    await page.getByRole('button', { name: 'Mark as watched: S2 E2 The Psychiatrist' }).click()
    await page.getByRole('button', { name: 'Mark as not watched: S2 E2 The Psychiatrist' }).waitFor()
    t.strictSame(await finished(), [0, 0, 1], 'one episode')
    await page.getByRole('button', { name: 'More actions for this season' }).click()
    await page.getByRole('menuitem', { name: 'Mark all seasons as watched' }).click()
    await page.getByRole('button', { name: 'Watch again' }).waitFor()
    t.strictSame((await finished()).slice(1), [2, 2], 'the whole show')
    await page.getByRole('button', { name: 'More actions for S2 E2 The Psychiatrist' }).click()
    await page.getByRole('menuitem', { name: 'Not watched from here' }).click()
    await page.getByText('Marked as not watched: everything from S2 E2').waitFor()
    t.strictSame((await finished()).slice(1), [2, 1], 'not watched from there')
  })
})

/** Polls a condition of the service. */
async function waitFor (condition: () => Promise<boolean>, timeoutMs = 10_000): Promise<void> {
  const end = Date.now() + timeoutMs
  while (!await condition()) {
    if (Date.now() > end) throw new Error('the condition did not become true')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
