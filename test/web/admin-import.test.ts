// The import page of the admin app: a CSV file with other column names is mapped to fields, checked and imported.
import iconv from 'iconv-lite'
import t from 'tap'
import { BROWSER_TEST, dropFiles, navigate, openAdmin, startAdminTest, waitFor } from './admin-app.js'
import { findViolations } from './axe.js'

const FILE = 'Film;Jahr;Country rating;Notes;genres\n' +
  'Zürich;1927;FSK 6;restored;Drama|Comedy\n' +
  'M;soon;FSK 12;;Crime\n'

t.test('a file with other column names', BROWSER_TEST, async (t) => {
  const test = await startAdminTest(t)
  const page = await openAdmin(t, test)
  await navigate(page, 'Import and export')
  const zone = page.locator('.drop-zone')
  const columns = page.getByRole('table', { name: 'Columns' })
  const rows = page.getByRole('table', { name: 'First rows as they will be read' })
  const check = page.getByRole('button', { name: 'Check without importing' })

  await t.test('shows which columns are recognised', async (t) => {
    const bytes = iconv.encode(FILE, 'windows-1252')
    await dropFiles(zone, [{ name: 'filme.csv', type: 'text/csv', bytes }])
    await page.getByText('Format: CSV, windows-1252.').waitFor()
    await columns.getByRole('row', { name: /Country rating .*Not recognised FSK 6 · FSK 12/ }).waitFor()
    t.equal(await columns.getByRole('combobox', { name: 'Field of genres' }).inputValue(), 'genres')
    t.equal(await columns.getByText('Not recognised').count(), 4)
    await page.getByText('Select the column for this field: Title.').waitFor()
    t.ok(await check.isDisabled(), 'without a title nothing can be imported')
  })

  await t.test('maps columns to fields, and shows the rows as they will be read', async (t) => {
    for (const [column, field] of [['Film', 'Title'], ['Jahr', 'Year'], ['Country rating', 'Certification']] as const) {
      await columns.getByRole('combobox', { name: `Field of ${column}` }).selectOption({ label: field })
    }
    await rows.getByRole('row', { name: /2 Zürich 1927 FSK 6 Drama, Comedy/ }).waitFor()
    await rows.getByRole('row', { name: /3 M – FSK 12 Crime Year: is not a number/ }).waitFor()
    const notes = columns.getByRole('combobox', { name: 'Field of Notes' })
    t.equal(await notes.inputValue(), 'ignore')
    t.ok(await notes.locator('option[value=title]').isDisabled(), 'a field is filled by one column')
    t.strictSame(await findViolations(page), [])
  })

  await t.test('fits a narrow screen', async (t) => {
    await page.setViewportSize({ width: 320, height: 800 })
    t.equal(await page.evaluate('document.documentElement.scrollWidth'), 320)
    await page.setViewportSize({ width: 1280, height: 800 })
  })

  await t.test('is checked and imported with the mapping', async (t) => {
    await check.click()
    await page.getByText('Nothing was written.').waitFor()
    await page.getByRole('table', { name: 'Rejected lines' }).getByText('/year').waitFor()
    await page.getByRole('button', { name: 'Import now' }).click()
    await page.getByText('The import is complete.').waitFor()
    await waitFor(async () => (await test.admin.get('/v1/admin/titles?q=z%C3%BCrich')).body.items.length === 1)
    const { body: { items: [{ id }] } } = await test.admin.get('/v1/admin/titles?q=z%C3%BCrich')
    t.match((await test.admin.get(`/v1/movies/${id}`)).body, {
      title: 'Zürich',
      year: 1927,
      genres: ['Drama', 'Comedy'],
    })
  })

  await t.test('can be mapped again after a mapping that does not fit', async (t) => {
    const text = 'title,minutes,runtimeMs\nM,117,\n'
    await page.getByRole('button', { name: 'Choose another file' }).click()
    await dropFiles(zone, [{ name: 'm.csv', type: 'text/csv', bytes: Buffer.from(text) }])
    await columns.getByRole('combobox', { name: 'Field of minutes' }).selectOption('runtimeMinutes')
    await page.getByText('Two columns fill the same field.').waitFor()
    t.ok(await check.isDisabled())
    await page.getByRole('button', { name: 'Reset the fields' }).click()
    await rows.getByRole('row', { name: /2 M –/ }).waitFor()
    t.ok(await check.isEnabled())
  })

  await t.test('describes rejected fields in the language of the interface', async () => {
    const errors = [{ pointer: '/map', code: 'too-many', message: 'must NOT have more than 200 items', limit: 200 }]
    const problem = { type: 'about:blank', title: 'Invalid request', status: 400, detail: 'Invalid.', errors }
    await page.route(/\/v1\/admin\/import\?/, async (route) => {
      await route.fulfill({
        status: 400,
        contentType: 'application/problem+json',
        body: JSON.stringify({ ...problem, code: 'validation-failed', requestId: 'none' }),
      })
    })
    await check.click()
    await page.getByText('At most 200 entries.').waitFor()
  })
})
