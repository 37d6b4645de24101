// A client that loses a response repeats the request. Every writing operation of the API is applied once.
import t from 'tap'
import { startLostResponses } from './lost-response-world.js'
import {
  retryAccountAdministration,
  retryAccountWrites,
  retryDeviceLogIn,
  retryProfileWrites,
  retryTokenWrites,
} from './retried-account-writes.js'
import { retryCatalogueWrites, retryMediaWrites } from './retried-catalogue-writes.js'
import { retryWebhookWrites } from './retried-webhook-writes.js'
import { retryPreferenceWrites, retryWatchingWrites } from './retried-watching-writes.js'

t.test('a retried write is applied once', { timeout: 250_000 }, async (t) => {
  const responses = await startLostResponses(t)
  const parts = [
    ['of accounts', retryAccountWrites],
    ['of the log-in of devices', retryDeviceLogIn],
    ['of accounts by an administrator', retryAccountAdministration],
    ['of API tokens', retryTokenWrites],
    ['of profiles', retryProfileWrites],
    ['of playback and history', retryWatchingWrites],
    ['of wishlist, ratings and languages', retryPreferenceWrites],
    ['of the catalogue', retryCatalogueWrites],
    ['of media files', retryMediaWrites],
    ['of webhooks', retryWebhookWrites],
  ] as const
  for (const [name, retryWrites] of parts) {
    t.test(name, async (t) => {
      await retryWrites(responses.forTest(t))
    })
  }

  t.test('the tests above cover every operation that writes', async (t) => {
    t.strictSame(responses.findUntestedOperations(), [])
    t.comment(`${responses.countTestedOperations()} operations, each applied once`)
  })
})
