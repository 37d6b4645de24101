// What each role sees in the admin app, and the numbers of the dashboard after a play.
import t from 'tap'
import { Account } from '../../models/account.js'
import { publishMeasurement } from '../../src/measurements.js'
import { addMovie } from '../support/catalogue.js'
import { play, watch } from '../support/playback.js'
import { PASSWORD, signUp, type TestUser } from '../support/users.js'
import { BROWSER_TEST, navigate, openAdmin, openAdminPage, startAdminTest, type AdminTest } from './admin-app.js'

async function signUpStaff ({ app }: AdminTest, role: string): Promise<TestUser> {
  const user = await signUp(app)
  await Account.updateOne({ _id: user.accountId }, { $set: { role } })
  return user
}

t.test('roles and the dashboard', BROWSER_TEST, async (t) => {
  const test = await startAdminTest(t)
  const { app, admin, origin, clock } = test
  const movie = await addMovie(app, admin)

  await t.test('a member has no access and gets a link to the watch app', async (t) => {
    const kim = await signUp(app)
    const page = await openAdminPage(t, test)
    await page.goto(`${origin}/admin/accounts`)
    await page.getByLabel('Email').fill(kim.email)
    await page.getByLabel('Password').fill(PASSWORD)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'No access' }).waitFor()
    t.equal(await page.getByRole('link', { name: 'Open NormFlix' }).getAttribute('href'), '/watch')
    t.equal(await page.getByRole('navigation').count(), 0)
  })

  await t.test('support reads the catalogue and changes no title', async (t) => {
    const page = await openAdmin(t, test, await signUpStaff(test, 'support'))
    const links = page.getByRole('navigation', { name: 'Main navigation' }).getByRole('link')
    t.same((await links.allTextContents()).slice(1), ['Dashboard', 'Catalogue', 'Collections', 'Accounts'])
    await navigate(page, 'Catalogue')
    await page.getByRole('table', { name: 'Catalogue' }).waitFor()
    t.equal(await page.getByRole('checkbox').count(), 0, 'no selection')
    t.equal(await page.getByRole('link', { name: 'New movie' }).count(), 0)
    await page.getByRole('link', { name: 'The Matrix' }).click()
    t.equal(await page.getByLabel('Title', { exact: true }).isDisabled(), true)
    t.equal(await page.getByRole('button', { name: 'Delete title' }).count(), 0)
    for (const tab of ['People', 'Artwork', 'Markers']) {
      await page.getByRole('tab', { name: tab }).click()
      const panel = page.getByRole('tabpanel', { name: tab })
      await panel.waitFor()
      t.equal(await panel.getByRole('button').count(), 0, `${tab}: no button that does nothing`)
    }
    await admin.post('/v1/admin/collections', { title: 'Simulations', published: false, titleIds: [movie] })
    await navigate(page, 'Collections')
    t.equal(await page.getByRole('button', { name: 'Create' }).count(), 0)
    await page.getByRole('link', { name: 'Simulations' }).click()
    await page.getByRole('list', { name: 'Titles' }).getByText('The Matrix').waitFor()
    t.equal(await page.getByLabel('Name').isDisabled(), true)
    const member = await signUp(app)
    await page.goto(`${origin}/admin/accounts/${member.accountId}`)
    await page.getByRole('table', { name: 'Audit trail' }).getByText('sign-up').waitFor()
    await page.goto(`${origin}/admin/accounts/${admin.accountId}`)
    await page.getByRole('heading', { level: 1, name: admin.email }).waitFor()
    t.equal(await page.getByRole('table', { name: 'Audit trail' }).count(), 0)
    await page.goto(`${origin}/admin/media`)
    await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor()
  })

  await t.test('an editor sees the catalogue and media, but no accounts', async (t) => {
    const page = await openAdmin(t, test, await signUpStaff(test, 'editor'))
    const links = page.getByRole('navigation', { name: 'Main navigation' }).getByRole('link')
    t.same((await links.allTextContents()).slice(1), [
      'Dashboard',
      'Catalogue',
      'Collections',
      'Media',
      'Import and export',
      'API tokens',
    ])
  })

  await t.test('the dashboard counts plays and hours, and lists streams', async (t) => {
    const kim = await signUp(app)
    await watch(kim, clock, movie, 50_000)
    for (let i = 0; i < 2; i++) publishMeasurement('request-failed', { code: 'internal-error' })
    const page = await openAdmin(t, test)
    await page.locator('.total', { hasText: 'Plays' }).getByText('1', { exact: true }).waitFor()
    await page.locator('.recharts-bar-rectangle').first().waitFor({ state: 'attached' })
    const titles = page.getByRole('table', { name: 'Most played titles' })
    await titles.getByRole('row', { name: /The Matrix 1 0/ }).waitFor()
    await page.getByText('Nothing is playing.').waitFor()
    t.equal((await play(kim, movie)).status, 201)
    await page.getByRole('button', { name: 'Refresh' }).click()
    await page.getByRole('table', { name: 'Streams now' }).getByText(kim.email).waitFor()
    await page.getByText('Sign-ups by day').click()
    await page.getByRole('table', { name: 'Sign-ups by day' }).getByRole('row', { name: /Premium/ }).waitFor()
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download CSV: Most played titles' }).click()
    t.match((await download).suggestedFilename(), /^normflix-titles-.*\.csv$/)
    const storage = page.getByRole('table', { name: 'Storage' })
    await storage.getByRole('row', { name: /^Media files 1 / }).waitFor()
    await storage.getByRole('row', { name: /^HLS packages 0 0/ }).waitFor()
    const errors = page.getByRole('table', { name: 'Errors by hour' })
    await errors.getByRole('row').nth(1).getByRole('cell', { name: '2', exact: true }).waitFor()
    const errorsFile = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download CSV: Errors by hour' }).click()
    t.match((await errorsFile).suggestedFilename(), /^normflix-errors-.*\.csv$/)
    await page.getByLabel('Period').selectOption('7')
    await page.waitForURL(/from=/)
  })
})
