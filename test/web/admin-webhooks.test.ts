// Webhooks in the admin app: create, test, see deliveries, replay, rotate, disable and delete.
import t from 'tap'
import { WebhookEndpoint } from '../../models/webhook-endpoint.js'
import { containerOf } from '../support/app.js'
import { LOCAL_WEBHOOKS, startReceiver, verify } from '../webhooks/receiver.js'
import { BROWSER_TEST, navigate, openAdmin, startAdminTest, waitFor } from './admin-app.js'

t.test('webhooks', BROWSER_TEST, async (t) => {
  const test = await startAdminTest(t, LOCAL_WEBHOOKS)
  const { app, admin } = test
  const receiver = await startReceiver(t)
  const page = await openAdmin(t, test)
  const confirm = async (name: string): Promise<void> => {
    await page.getByRole('button', { name, exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name, exact: true }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  }
  let secret = ''

  await t.test('are created, and the secret is shown once', async (t) => {
    await navigate(page, 'Webhooks')
    await page.getByText('There are no webhooks yet.').waitFor()
    await page.getByRole('button', { name: 'New webhook' }).click()
    const dialog = page.getByRole('dialog', { name: 'New webhook' })
    await dialog.getByLabel('URL').fill('https://169.254.169.254/latest')
    await dialog.getByLabel('Description').fill('Search index')
    await dialog.getByLabel('A title was published').check()
    await dialog.getByRole('button', { name: 'Create webhook' }).click()
    await dialog.getByText('must not lead to a private or reserved address').waitFor()
    await dialog.getByLabel('URL').fill(receiver.url)
    await dialog.getByRole('button', { name: 'Create webhook' }).click()
    const secretDialog = page.getByRole('dialog', { name: 'Secret' })
    secret = await secretDialog.getByLabel('Secret').inputValue()
    t.match(secret, /^whsec_/)
    await secretDialog.getByRole('button', { name: 'Done' }).click()
    await page.getByRole('heading', { level: 1, name: 'Search index' }).waitFor()
    t.notOk((await page.content()).includes(secret))
  })

  await t.test('are tested', async (t) => {
    await page.getByRole('button', { name: 'Send test' }).click()
    await page.getByText('The endpoint accepted the test.').waitFor()
    t.match(verify(secret, receiver.received[0]!), { type: 'webhook.test' })
    await page.getByRole('table', { name: 'Deliveries' }).getByText('webhook.test').first().waitFor()
  })

  await t.test('show failed deliveries, which are sent again', async (t) => {
    receiver.respond(410, {}, 'not any more')
    await admin.post('/v1/admin/movies', { title: 'Alien' })
    await containerOf(app).webhooks.sender.sendDue()
    await page.reload()
    await page.getByText('The endpoint responded with 410', { exact: false }).waitFor()
    const table = page.getByRole('table', { name: 'Deliveries' })
    await table.getByText('Failed').waitFor()
    await table.getByText('410', { exact: true }).waitFor()
    receiver.respond(204)
    await page.getByRole('button', { name: 'Enable' }).click()
    await table.getByRole('button', { name: /^Send title\.published/ }).click()
    await page.getByText('1 delivery is sent again.').waitFor()
    await containerOf(app).webhooks.sender.sendDue()
    t.equal(receiver.received.at(-1)?.event.type, 'title.published')
    await page.getByRole('button', { name: 'Send failed ones again' }).click()
    await page.getByText('Nothing to send again.').waitFor()
  })

  await t.test('are changed, rotated, disabled and deleted', async (t) => {
    await page.getByRole('button', { name: 'Change', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Change' })
    await dialog.getByLabel('An account was created').check()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'detached' })
    t.match(await WebhookEndpoint.findOne().lean(), { eventTypes: ['account.created', 'title.published'] })
    await page.getByRole('button', { name: 'Rotate secret' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate secret' }).click()
    const secretDialog = page.getByRole('dialog', { name: 'Secret', exact: true })
    await waitFor(async () => await secretDialog.getByLabel('Secret').inputValue() !== secret)
    await secretDialog.getByRole('button', { name: 'Done' }).click()
    await page.getByText('Previous secret valid until').waitFor()
    await confirm('Disable')
    await page.getByText('By an administrator', { exact: false }).waitFor()
    await confirm('Delete')
    await page.getByRole('heading', { level: 1, name: 'Webhooks' }).waitFor()
    await page.getByText('There are no webhooks yet.').waitFor()
    t.equal(await WebhookEndpoint.countDocuments(), 0)
  })
})
