// Accounts in the admin app: search, plan, disabling, roles and the audit log.
import t from 'tap'
import { addMovie } from '../support/catalogue.js'
import { PASSWORD, signUp } from '../support/users.js'
import { BROWSER_TEST, navigate, openAdmin, startAdminTest, waitFor } from './admin-app.js'

t.test('accounts', BROWSER_TEST, async (t) => {
  const test = await startAdminTest(t)
  const { app, admin } = test
  await addMovie(app, admin)
  const page = await openAdmin(t, test)
  const kim = await signUp(app, { email: 'kim.novak@example.com' })
  await signUp(app, { email: 'james@example.com' })
  const read = async (): Promise<any> => (await admin.get(`/v1/admin/accounts/${kim.accountId}`)).body

  await t.test('are found by a part of the email', async (t) => {
    await navigate(page, 'Accounts')
    await page.getByRole('link', { name: 'james@example.com' }).waitFor()
    await page.getByLabel('Part of the email').fill('novak')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'james@example.com' }).waitFor({ state: 'detached' })
    await page.getByRole('link', { name: kim.email }).click()
    await page.getByRole('heading', { level: 1, name: kim.email }).waitFor()
    t.match(page.url(), kim.accountId)
  })

  await t.test('show what a profile sees', async (t) => {
    await page.getByRole('button', { name: /^See what it sees/ }).click()
    const dialog = page.getByRole('dialog', { name: /^Home page of/ })
    await dialog.getByText('The Matrix').first().waitFor({ state: 'attached' })
    t.ok(await dialog.getByRole('heading', { level: 3 }).count() > 0)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  })

  await t.test('change their plan', async (t) => {
    await page.getByLabel('Plan').selectOption('standard')
    await page.getByRole('button', { name: 'Change plan' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Change plan' }).click()
    await page.getByText(`The plan of ${kim.email} changed.`).waitFor()
    t.equal((await read()).plan, 'standard')
  })

  await t.test('lose one session', async (t) => {
    await app.inject({
      method: 'POST',
      url: '/v1/auth/login',
      payload: { email: kim.email, password: PASSWORD, device: 'Kitchen tablet' },
    })
    await page.reload()
    const sessions = page.getByRole('table', { name: 'Sessions' })
    await sessions.getByRole('button', { name: 'End session: Kitchen tablet' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'End session' }).click()
    await page.getByText('The session has ended.').waitFor()
    await sessions.getByText('Kitchen tablet').waitFor({ state: 'detached' })
    t.same((await read()).sessions.map(({ device }: { device: string | null }) => device), [null])
  })

  await t.test('are disabled and enabled, with an audit trail', async (t) => {
    await page.getByRole('button', { name: 'Disable account' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click()
    await page.getByText(`${kim.email} is disabled.`).waitFor()
    t.ok((await read()).disabledAt)
    t.same((await read()).sessions, [])
    await page.getByRole('table', { name: 'Audit trail' }).getByText('disable-account').waitFor()
    await page.getByRole('button', { name: 'Enable account' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Enable' }).click()
    await waitFor(async () => (await read()).disabledAt === null)
  })

  await t.test('get a role', async (t) => {
    await page.getByLabel('Role').selectOption('support')
    await page.getByRole('button', { name: 'Change role' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Change role' }).click()
    await waitFor(async () => (await read()).role === 'support')
    t.equal((await read()).role, 'support')
  })

  await t.test('the audit log filters by action', async (t) => {
    await navigate(page, 'Audit log')
    await page.getByLabel('Action, such as log-in').fill('disable-account')
    await page.getByRole('button', { name: 'Filter' }).click()
    const table = page.getByRole('table', { name: 'Audit log' })
    await table.getByText('disable-account').waitFor()
    await table.getByText('log-in').first().waitFor({ state: 'detached' })
    t.equal(await table.getByRole('row').count(), 2, 'the header and one entry')
  })
})
