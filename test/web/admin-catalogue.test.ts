// Titles in the admin app: drafts, bulk publishing, edits with conflicts, seasons, deletions, imports, collections.
import t from 'tap'
import { addMovie } from '../support/catalogue.js'
import { BROWSER_TEST, navigate, openAdmin, startAdminTest, waitFor } from './admin-app.js'

const IMPORT = `{"kind":"movie","title":"Nosferatu","year":1922}
{"kind":"movie","title":"Metropolis","year":"1927"}
{"kind":"movie","title":"M","year":1931}`

t.test('the catalogue', BROWSER_TEST, async (t) => {
  const test = await startAdminTest(t)
  const { app, admin } = test
  const page = await openAdmin(t, test)

  await t.test('drafts are found and published together', async (t) => {
    for (const title of ['Alien', 'Aliens']) await addMovie(app, admin, { title, published: false }, [])
    await addMovie(app, admin, { title: 'Heat' }, [])
    await navigate(page, 'Catalogue')
    await page.getByLabel('Status').selectOption('false')
    const table = page.getByRole('table', { name: 'Catalogue' })
    await table.getByRole('link', { name: 'Alien', exact: true }).waitFor()
    await table.getByRole('link', { name: 'Heat' }).waitFor({ state: 'detached' })
    await page.getByRole('checkbox', { name: 'Select all shown titles' }).check()
    await page.getByText('2 titles selected').waitFor()
    await page.getByRole('button', { name: 'Publish', exact: true }).click()
    await page.getByText('2 titles changed.').waitFor()
    await page.getByText('No titles match.').waitFor()
    const { body } = await admin.get('/v1/admin/titles?published=false')
    t.same(body.items, [])
  })

  await t.test('an edit saves only the changes, and shows a conflict', async (t) => {
    const id = await addMovie(app, admin, { title: 'The Thing', synopsis: 'Snow.' }, [])
    await page.getByLabel('Status').selectOption('')
    await page.getByLabel('Search titles').fill('thing')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'The Thing' }).click()
    await page.getByLabel('Year').fill('1982')
    await page.getByText('Changed: Year').waitFor()
    const saved = page.waitForRequest((request) => request.method() === 'PATCH')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    t.match((await saved).headers()['if-match'], /^"v/)
    await page.getByText('Saved.').waitFor()
    // Another editor changes the synopsis.
    await admin.patch(`/v1/admin/movies/${id}`, { synopsis: 'A station in the ice.' })
    await page.getByLabel('Original title').fill('The Thing from Another World')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Another person has changed this title.').waitFor()
    await page.getByText('Changed by them: Synopsis.').waitFor()
    t.equal(await page.getByLabel('Synopsis').inputValue(), 'A station in the ice.')
    t.equal(await page.getByLabel('Original title').inputValue(), 'The Thing from Another World')
    await page.getByRole('button', { name: 'Save my changes' }).click()
    await waitFor(async () => (await admin.get(`/v1/movies/${id}`)).body.originalTitle !== null)
    await page.getByText('Changed: Original title').waitFor({ state: 'detached' })
    t.match((await admin.get(`/v1/movies/${id}`)).body, {
      synopsis: 'A station in the ice.',
      originalTitle: 'The Thing from Another World',
      year: 1982,
    })
  })

  await t.test('unsaved changes are not lost by a link', async (t) => {
    await page.getByLabel('Year').fill('1999')
    await page.getByRole('link', { name: 'Collections' }).click()
    const dialog = page.getByRole('dialog', { name: 'Discard your changes?' })
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    t.equal(await page.getByLabel('Year').inputValue(), '1999')
    await page.getByRole('link', { name: 'Collections' }).click()
    await dialog.getByRole('button', { name: 'Discard' }).click()
    await page.getByRole('heading', { level: 1, name: 'Collections' }).waitFor()
  })

  await t.test('people, translations and external IDs are saved together', async (t) => {
    const id = await addMovie(app, admin, { title: 'Ran' }, [])
    await navigate(page, 'Catalogue')
    await page.getByRole('link', { name: 'Ran', exact: true }).click()
    await page.getByLabel('IMDb').fill('tt0089881')
    await page.getByRole('tab', { name: 'People' }).click()
    await page.getByRole('button', { name: 'Add person' }).first().click()
    await page.getByLabel('Name').fill('Tatsuya Nakadai')
    await page.getByLabel('Character').fill('Hidetora')
    await page.getByRole('tab', { name: 'Translations' }).click()
    await page.getByRole('main').getByLabel('Language', { exact: true }).fill('de')
    await page.getByRole('button', { name: 'Add translation' }).click()
    await page.getByRole('group', { name: 'German (de)' }).getByLabel('Title').fill('Ran (Chaos)')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Saved.').last().waitFor()
    await waitFor(async () => (await admin.get(`/v1/movies/${id}`)).body.credits.cast.length === 1)
    t.match((await admin.get(`/v1/movies/${id}`)).body, {
      credits: { cast: [{ name: 'Tatsuya Nakadai', role: 'Hidetora' }] },
      translations: { de: { title: 'Ran (Chaos)' } },
      externalIds: { imdb: 'tt0089881' },
    })
  })

  await t.test('a new show gets seasons and episodes in place', async (t) => {
    await navigate(page, 'Catalogue')
    await page.getByRole('link', { name: 'New show' }).click()
    await page.getByRole('heading', { level: 1, name: 'New show' }).waitFor()
    await page.getByLabel('Title').fill('Heimat')
    await page.getByLabel('Year').fill('1984')
    await page.getByRole('button', { name: 'Create draft' }).click()
    await page.getByText('No seasons yet.').waitFor()
    const id = new URL(page.url()).pathname.split('/').at(-1)
    await page.getByRole('button', { name: 'Add season' }).click()
    const season = page.getByRole('group', { name: 'Season 1', exact: true })
    await season.getByLabel('Episode titles').fill('Fernweh\nDie Mitte der Welt\nWeihnacht wie noch nie')
    await season.getByRole('button', { name: 'Add 3 episodes' }).click()
    await season.getByRole('link', { name: /Weihnacht/ }).waitFor()
    await season.getByRole('button', { name: 'Move Weihnacht wie noch nie up' }).click()
    const names = async (): Promise<string[]> =>
      (await admin.get(`/v1/shows/${id}/seasons/1`)).body.episodes.map(({ title }: { title: string }) => title)
    await waitFor(async () => (await names())[1] === 'Weihnacht wie noch nie')
    await season.getByRole('button', { name: 'Delete Fernweh' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Plays in histories').waitFor()
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await season.getByRole('link', { name: /Fernweh/ }).waitFor({ state: 'detached' })
    await waitFor(async () => (await names()).length === 2)
    t.same(await names(), ['Weihnacht wie noch nie', 'Die Mitte der Welt'])
    await season.getByRole('link', { name: /Mitte der Welt/ }).click()
    await page.getByLabel('Air date').fill('1984-09-23')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await waitFor(async () => (await admin.get(`/v1/shows/${id}/seasons/1`)).body.episodes[1].airDate === '1984-09-23')
  })

  await t.test('an import is checked before it runs', async (t) => {
    await navigate(page, 'Import and export')
    await page.getByLabel('Or paste lines').fill(IMPORT)
    await page.getByRole('table', { name: 'First lines' }).getByRole('cell', { name: 'Nosferatu' }).waitFor()
    await page.getByRole('button', { name: 'Check without importing' }).click()
    await page.getByText('Nothing was written.').waitFor()
    await page.getByRole('table', { name: 'Rejected lines' }).getByText('/year').waitFor()
    t.equal((await admin.get('/v1/admin/titles?q=Nosferatu')).body.items.length, 0)
    await page.getByRole('button', { name: 'Import now' }).click()
    await page.getByText('The import is complete.').waitFor()
    t.equal((await admin.get('/v1/admin/titles?q=Nosferatu')).body.items.length, 1)
  })

  await t.test('a collection has titles in order', async (t) => {
    await navigate(page, 'Collections')
    await page.getByLabel('Name').fill('Weimar cinema')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { level: 1, name: 'Weimar cinema' }).waitFor()
    const id = new URL(page.url()).pathname.split('/').at(-1)
    for (const name of ['Nosferatu', 'Alien']) {
      await page.getByLabel('Add a title').first().fill(name)
      await page.getByRole('button', { name: new RegExp(`^${name}\\b`) }).first().click()
    }
    await page.getByRole('button', { name: /^Move Nosferatu.* down$/ }).click()
    await page.getByLabel('Published').check()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await waitFor(async () => (await admin.get(`/v1/admin/collections/${id}`)).body.published === true)
    const { body: { titleIds } } = await admin.get(`/v1/admin/collections/${id}`)
    const titles = await Promise.all(titleIds.map(async (one: string) => (await admin.get(`/v1/movies/${one}`)).body))
    t.match(titles, [{ title: /^Alien/ }, { title: 'Nosferatu' }])
  })

  await t.test('empty and unpublished collections are listed, with their drafts', async (t) => {
    const draft = await addMovie(app, admin, { title: 'Metropolis', published: false }, [])
    await admin.post('/v1/admin/collections', { title: 'Empty list', published: false })
    await admin.post('/v1/admin/collections', { title: 'Soon', titleIds: [draft] })
    await page.goto(`${test.origin}/admin/collections`)
    const table = page.getByRole('table', { name: 'Collections' })
    await table.getByRole('row', { name: /^Empty list Editorial list Draft 0/ }).waitFor()
    await table.getByRole('row', { name: /^Soon Editorial list Published 1 ?1 draft/ }).waitFor()
    await page.getByLabel('Search collections').fill('soon')
    await page.keyboard.press('Enter')
    await table.getByRole('link', { name: 'Empty list' }).waitFor({ state: 'detached' })
    await table.getByRole('link', { name: 'Soon' }).click()
    const item = page.getByRole('list', { name: 'Titles' }).getByRole('listitem')
    await item.getByText('Metropolis', { exact: false }).waitFor()
    t.equal(await item.getByText('Draft').count(), 1)
  })

  await t.test('a title is deleted after a preview', async (t) => {
    const id = await addMovie(app, admin, { title: 'Solaris' }, [])
    await navigate(page, 'Catalogue')
    await page.getByRole('link', { name: 'Solaris' }).click()
    await page.getByRole('button', { name: 'Delete title' }).click()
    const dialog = page.getByRole('dialog', { name: 'Delete Solaris?' })
    await dialog.getByText('Wishlists').waitFor()
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('heading', { level: 1, name: 'Catalogue' }).waitFor()
    t.equal((await admin.get(`/v1/movies/${id}`)).status, 404)
  })
})
