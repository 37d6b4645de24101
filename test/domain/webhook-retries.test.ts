// Waits between attempts.
import t from 'tap'
import { nextWebhookWaitMs, parseRetryAfter, WEBHOOK_RETRY_WAITS_MS } from '../../src/domain/webhook-retries.js'

const HOUR_MS = 3_600_000

t.test('waits grow to six hours and end after three days', async (t) => {
  const total = WEBHOOK_RETRY_WAITS_MS.reduce((sum, waitMs) => sum + waitMs, 0)
  t.ok(total > 2.5 * 24 * HOUR_MS && total < 3 * 24 * HOUR_MS, `${total / HOUR_MS} h`)
  t.strictSame(WEBHOOK_RETRY_WAITS_MS.slice(0, 6), [5_000, 30_000, 120_000, 600_000, HOUR_MS, 6 * HOUR_MS])
  t.equal(nextWebhookWaitMs(1, null, 0.5), 5_000)
  t.equal(nextWebhookWaitMs(1, null, 0), 4_500)
  t.equal(nextWebhookWaitMs(1, null, 1), 5_500)
  t.equal(nextWebhookWaitMs(WEBHOOK_RETRY_WAITS_MS.length + 1, null, 0.5), null)
})

t.test('Retry-After postpones, for a day at most', async (t) => {
  const now = new Date('2026-03-01T20:00:00Z')
  t.equal(parseRetryAfter('120', now), 120_000)
  t.equal(parseRetryAfter('Sun, 01 Mar 2026 20:01:00 GMT', now), 60_000)
  t.equal(parseRetryAfter('Sun, 01 Mar 2026 19:00:00 GMT', now), 0)
  for (const header of [null, 'soon', '-1', '1.5e99']) t.equal(parseRetryAfter(header, now), null, String(header))
  t.equal(nextWebhookWaitMs(1, 60_000, 0.5), 60_000)
  t.equal(nextWebhookWaitMs(3, 1_000, 0.5), 120_000, 'never earlier than planned')
  t.equal(nextWebhookWaitMs(1, 400 * HOUR_MS, 0.5), 24 * HOUR_MS)
})
