// API tokens and service accounts in the admin app: create, copy, use, revoke; and what an editor sees.
import t from 'tap'
import { signUpStaff } from '../support/api-tokens.js'
import { call } from '../support/requests.js'
import { BROWSER_TEST, navigate, openAdmin, startAdminTest } from './admin-app.js'
import { findViolations } from './axe.js'

t.test('API tokens', BROWSER_TEST, async (t) => {
  const test = await startAdminTest(t)
  const page = await openAdmin(t, test)
  const dialog = page.getByRole('dialog')
  const statusOf = async (token: string): Promise<number> =>
    (await call(test.app, 'GET', '/v1/admin/titles', { token })).status

  await t.test('a service account is created', async () => {
    await navigate(page, 'API tokens')
    await page.getByText('There are no tokens.').waitFor()
    await page.getByRole('button', { name: 'New service account' }).click()
    await dialog.getByLabel('Name').fill('importer')
    await dialog.getByRole('button', { name: 'Create service account' }).click()
    await page.getByRole('table', { name: 'Service accounts' }).getByText('importer').waitFor()
  })

  let token = ''
  await t.test('a token needs a scope, is shown once, and works', async (t) => {
    await page.getByRole('button', { name: 'New token' }).click()
    await dialog.getByLabel('Name').fill('Nightly export')
    await dialog.getByRole('button', { name: 'Create token' }).click()
    await dialog.getByText('Choose at least one scope.').waitFor()
    await dialog.getByLabel('Owner').selectOption('importer')
    await dialog.getByLabel('Read the catalogue').check()
    t.strictSame(await findViolations(page), [])
    await dialog.getByRole('button', { name: 'Create token' }).click()
    await page.getByRole('dialog', { name: 'Copy the token now' }).waitFor()
    token = await dialog.getByLabel('Token').inputValue()
    t.match(token, /^nfx_[0-9a-f]{96}$/)
    t.equal(await statusOf(token), 200)
    await dialog.getByRole('button', { name: 'Done' }).click()
    await dialog.waitFor({ state: 'detached' })
    const row = page.getByRole('table', { name: 'API tokens' }).getByRole('row', { name: /Nightly export/ })
    for (const text of ['importer', 'catalogue:read']) await row.getByText(text, { exact: true }).waitFor()
    t.notMatch(await page.content(), token)
    t.strictSame(await findViolations(page), [])
  })

  await t.test('a revoked token stops working', async (t) => {
    await page.getByRole('button', { name: 'Revoke Nightly export' }).click()
    await dialog.getByRole('button', { name: 'Revoke', exact: true }).click()
    await page.getByText('There are no tokens.').waitFor()
    t.equal(await statusOf(token), 401)
  })

  await t.test('a service account is deleted', async () => {
    await page.getByRole('button', { name: 'Delete importer' }).click()
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click()
    await page.getByText('There are no service accounts.').waitFor()
  })

  await t.test('editors have tokens of their own, and no service accounts', async (t) => {
    const editor = await signUpStaff(test.app, 'editor')
    const own = await openAdmin(t, test, editor)
    await navigate(own, 'API tokens')
    await own.getByText('There are no tokens.').waitFor()
    t.equal(await own.getByRole('heading', { name: 'Service accounts' }).count(), 0)
    await own.getByRole('button', { name: 'New token' }).click()
    t.equal(await own.getByRole('dialog').getByLabel('Owner').count(), 0)
  })
})
