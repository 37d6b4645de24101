// Responses of the operations about accounts, tokens, statistics and webhooks.
import { containerOf } from '../support/app.js'
import type { RecordedDemo } from './record-examples.js'

const STATISTICS = [
  'countPlaysByDay',
  'listMostPlayedTitles',
  'countAccountsByPlan',
  'countSignUpsByDay',
  'countStorage',
  'countErrorsByHour',
]

export async function recordAdministration (demo: RecordedDemo): Promise<void> {
  await recordAccounts(demo)
  await recordTokens(demo)
  await recordWebhooks(demo)
  for (const id of STATISTICS) await demo.record(id)
  await containerOf(demo.app).audit.onIdle()
  await demo.record('listAudit')
}

async function recordAccounts ({ app, record, send }: RecordedDemo): Promise<void> {
  await record('listAccounts')
  const { body } = await send('listAccounts', { query: '?q=demo@' })
  const demo = { params: { accountId: body.items[0].id as string } }
  await record('getAccountDetail', demo)
  await record('viewProfile', demo)
  const { body: others } = await send('listAccounts', { query: '?q=kim' })
  const other = { params: { accountId: others.items[0].id as string } }
  await record('sendAccountEmail', other)
  for (const id of ['changeAccountPlan', 'changeAccountRole', 'disableAccount', 'enableAccount']) {
    await record(id, other)
  }
  await containerOf(app).audit.onIdle()
  await record('listAccountAudit', other)
}

async function recordTokens ({ record }: RecordedDemo): Promise<void> {
  await record('createServiceAccount')
  await record('listServiceAccounts')
  await record('createApiToken')
  await record('listApiTokens')
}

async function recordWebhooks ({ app, record, send, webhookUrl: url }: RecordedDemo): Promise<void> {
  const body = { url, description: 'Billing', eventTypes: ['account.created', 'plan.changed'] }
  const { id: webhookId } = await record('createWebhook', { body })
  const params = { webhookId }
  await send('signUp', {
    body: { email: 'robin@example.com', password: 'three blind mice ran', plan: 'basic', profileName: 'Robin' },
  })
  await containerOf(app).webhooks.sender.sendDue()
  const { items: [{ id: deliveryId }] } = await record('listWebhookDeliveries', { params })
  await record('testWebhook', { params })
  await record('replayWebhookDelivery', { params: { webhookId, deliveryId } })
  await record('replayFailedWebhookDeliveries', { params })
  await record('changeWebhook', { params })
  await record('getWebhook', { params })
  await record('listWebhooks')
  await record('rotateWebhookSecret', { params })
}
