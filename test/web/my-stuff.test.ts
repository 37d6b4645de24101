// The lists of a profile: history, ratings, wishlist, hidden titles, import and export.
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { addMovie, addShow } from '../support/catalogue.js'
import { watch } from '../support/playback.js'
import { PASSWORD, signUp, signUpAdmin } from '../support/users.js'
import { logInToHome } from './browser.js'
import { scriptErrors, testWatchApp } from './watch-app.js'

const NETFLIX_FILE = `Title,Date
"Inception","1/31/24"
"Fawlty Towers: Season 1: The Builders","2/13/24"
"A Movie That Is Not Here","2/14/24"
`

testWatchApp('a profile manages its lists', async (t, { app, clock, origin, open }) => {
  const admin = await signUpAdmin(app)
  const matrix = await addMovie(app, admin, { title: 'The Matrix' })
  const show = await addShow(app, admin)
  const titles = [matrix, show.id]
  for (const title of ['Inception', 'Alien', 'Heat']) titles.push(await addMovie(app, admin, { title }, []))
  const user = await signUp(app)
  const profileUrl = `/v1/profiles/${user.profileId}`
  await watch(user, clock, matrix, 20_000)
  clock.advance(60_000)
  for (const episode of show.episodes.slice(0, 2)) {
    await watch(user, clock, episode, 30_000)
    clock.advance(60_000)
  }
  for (const id of titles) await user.put(`${profileUrl}/wishlist/${id}`)
  await user.put(`${profileUrl}/ratings/${matrix}`, { rating: 'love' })
  await user.put(`${profileUrl}/ratings/${show.id}`, { rating: 'down' })

  const { page, errors } = await open()
  await logInToHome(page, origin, user.email, PASSWORD)
  const goTo = async (path: string): Promise<void> => {
    await page.goto(`${origin}/watch${path}`)
  }
  const countPlays = async (): Promise<number> => (await user.get(`${profileUrl}/history`)).body.items.length
  const readOrder = async (): Promise<string[]> =>
    (await user.get(`${profileUrl}/wishlist?order=own`)).body.items.map(({ title }: { title: string }) => title)
  /** The page shows the order before it is saved. */
  const waitForOrder = async (expected: readonly string[]): Promise<void> => {
    for (let attempt = 0; attempt < 200 && String(await readOrder()) !== String(expected); attempt++) await sleep(50)
    t.strictSame(await readOrder(), expected)
  }
  /** A key that follows the first one within milliseconds comes before the page listens for it. */
  const pressUntil = async (key: string, text: string): Promise<void> => {
    const announced = page.getByText(text)
    for (let attempt = 0; attempt < 5 && await announced.count() === 0; attempt++) {
      await page.keyboard.press(key)
      await announced.waitFor({ state: 'attached', timeout: 5_000 }).catch(() => undefined)
    }
    await announced.waitFor({ state: 'attached' })
  }

  await t.test('history: a title, a play and everything are removed, and restored', async (t) => {
    await goTo('/history')
    await page.getByRole('link', { name: '2 plays' }).waitFor()
    await page.getByRole('button', { name: 'Remove The Matrix from the history' }).click()
    await page.getByText('Removed from the history: The Matrix').waitFor()
    t.equal(await countPlays(), 2)
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByRole('button', { name: 'Remove The Matrix from the history' }).waitFor()
    t.equal(await countPlays(), 3)
    await page.getByRole('link', { name: '2 plays' }).click()
    const plays = page.getByRole('button', { name: 'Remove this play of Fawlty Towers' })
    await plays.nth(1).waitFor()
    await plays.first().click()
    await plays.nth(1).waitFor({ state: 'detached' })
    t.equal(await countPlays(), 2)
    await page.getByRole('link', { name: 'Show all titles' }).click()
    await page.getByRole('button', { name: 'Clear history' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Clear history' }).click()
    await page.getByText('Nothing here').waitFor()
    t.equal(await countPlays(), 0)
    await page.getByRole('button', { name: 'Undo' }).last().click()
    await page.getByRole('button', { name: 'Remove The Matrix from the history' }).waitFor()
    t.equal(await countPlays(), 2)
  })

  await t.test('history: dates narrow the list', async () => {
    await page.getByLabel('To', { exact: true }).fill('2020-01-01')
    await page.getByText('No plays match these dates.').waitFor()
    await page.getByLabel('To', { exact: true }).fill('')
    await page.getByRole('button', { name: 'Remove The Matrix from the history' }).waitFor()
  })

  await t.test('ratings are filtered, changed and removed', async (t) => {
    await goTo('/ratings')
    await page.getByRole('group', { name: 'Rating of Fawlty Towers' }).waitFor()
    await page.getByRole('link', { name: 'Love', exact: true }).click()
    await page.getByRole('group', { name: 'Rating of Fawlty Towers' }).waitFor({ state: 'detached' })
    const ratings = page.getByRole('group', { name: 'Rating of The Matrix' })
    await ratings.getByRole('button', { name: 'Love' }).click()
    await page.getByText('Rating removed: The Matrix').waitFor()
    await ratings.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Undo' }).click()
    await ratings.getByRole('button', { name: 'Love', pressed: true }).waitFor()
    const { body } = await user.get(`${profileUrl}/ratings?rating=love`)
    t.equal(body.items.length, 1)
  })

  await t.test('the wishlist is ordered with the keyboard and with the mouse', async (t) => {
    await goTo('/wishlist')
    const handle = page.getByRole('button', { name: 'Move Heat', exact: true })
    await handle.waitFor()
    t.strictSame(await readOrder(), ['Heat', 'Alien', 'Inception', 'Fawlty Towers', 'The Matrix'])
    await handle.focus()
    await page.keyboard.press('Space')
    await page.getByText('Heat moves to position 1.').waitFor({ state: 'attached' })
    await pressUntil('ArrowRight', 'Heat moves to position 2.')
    await page.keyboard.press('Space')
    await page.getByText('Dropped Heat at position 2.').waitFor({ state: 'attached' })
    await waitForOrder(['Alien', 'Heat', 'Inception', 'Fawlty Towers', 'The Matrix'])
    await page.getByRole('button', { name: 'Move The Matrix', exact: true }).hover()
    await page.mouse.down()
    const target = await page.getByRole('button', { name: 'Move Alien', exact: true }).boundingBox()
    await page.mouse.move(target?.x ?? 0, target?.y ?? 0, { steps: 12 })
    await page.mouse.up()
    await waitForOrder(['The Matrix', 'Alien', 'Heat', 'Inception', 'Fawlty Towers'])
  })

  await t.test('a title leaves the wishlist, and returns to its position', async () => {
    await page.getByRole('button', { name: 'Remove Heat from my list' }).click()
    await page.getByRole('button', { name: 'Move Heat', exact: true }).waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByRole('button', { name: 'Move Heat', exact: true }).waitFor()
    await waitForOrder(['The Matrix', 'Alien', 'Heat', 'Inception', 'Fawlty Towers'])
  })

  await t.test('hidden and dropped titles come back', async (t) => {
    await user.put(`${profileUrl}/dropped/${show.id}`)
    await goTo('/hidden')
    await page.getByRole('button', { name: 'Bring back Fawlty Towers' }).click()
    await page.getByText('No hidden titles').waitFor()
    const { body } = await user.get(`${profileUrl}/continue-watching/hidden`)
    t.strictSame(body.items, [])
  })

  await t.test('a Netflix file is checked, then imported', async (t) => {
    await goTo('/import')
    const before = await countPlays()
    await page.getByLabel('Choose a file').setInputFiles({
      name: 'NetflixViewingHistory.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(NETFLIX_FILE),
    })
    await page.getByRole('heading', { name: 'NetflixViewingHistory.csv: 2 plays can be imported' }).waitFor()
    await page.getByRole('row', { name: /The Builders .*Fawlty Towers \(S1 E2\) .*Matched/ }).waitFor()
    await page.getByRole('row', { name: /A Movie That Is Not Here .*No match/ }).waitFor()
    t.equal(await countPlays(), before, 'nothing is imported by the check')
    await page.getByRole('button', { name: /^No match/ }).click()
    t.equal(await page.getByRole('row').count(), 2)
    await page.getByRole('button', { name: 'Import 2 plays' }).click()
    await page.getByRole('heading', { name: 'NetflixViewingHistory.csv: 2 plays imported' }).waitFor()
    t.equal(await countPlays(), before + 2)
    await page.getByRole('link', { name: 'Open the history' }).click()
    await page.getByRole('button', { name: 'Remove Inception from the history' }).waitFor()
  })

  await t.test('an export is imported again without a change', async (t) => {
    await goTo('/import')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'JSON file' }).click(),
    ])
    const buffer = await readFile(await download.path())
    t.equal(JSON.parse(buffer.toString()).plays.length, await countPlays())
    await page.getByLabel('Choose a file').setInputFiles({ name: 'history.json', mimeType: 'application/json', buffer })
    await page.getByRole('heading', { name: 'history.json: nothing to import' }).waitFor()
    await page.getByRole('button', { name: `Already there ${await countPlays()}` }).waitFor()
  })
  t.strictSame(scriptErrors(errors), [])
})
