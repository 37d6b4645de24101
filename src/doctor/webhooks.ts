// Webhooks that fail, that the service disabled, or whose secret cannot be decrypted.
import { findWebhookEndpoints, type StoredWebhookEndpoint } from '../../models/webhook-endpoint.js'
import type { Check, DoctorDeps } from './findings.js'

export const webhooks: Check = {
  name: 'webhooks',
  objects: 'webhooks',
  async *find (deps, countChecked) {
    for (const endpoint of await findWebhookEndpoints()) {
      countChecked()
      const problem = findProblem(deps, endpoint)
      if (problem !== null) yield { subject: `webhook ${endpoint._id.toString()}`, problem, fix: null }
    }
  },
}

function findProblem ({ keys }: DoctorDeps, endpoint: StoredWebhookEndpoint): string | null {
  const { secrets: [current], enabled, disabledReason, disabledAt, failingSince } = endpoint
  if (current === undefined || keys.find('webhook', current.kid) === null) {
    return 'its secret cannot be decrypted: add the signing key again, or rotate the secret'
  }
  if (!enabled && disabledReason !== 'administrator') {
    const reason = disabledReason === 'gone' ? 'it responded with 410' : 'all attempts failed for days'
    return `was disabled at ${disabledAt?.toISOString() ?? 'an unknown time'}: ${reason}`
  }
  return enabled && failingSince !== null ? `all attempts have failed since ${failingSince.toISOString()}` : null
}
