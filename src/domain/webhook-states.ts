// Limits and states of webhooks.

export const MAX_WEBHOOK_ENDPOINTS = 20

/** `administrator`: by request; `gone`: it responded with 410; `failing`: all attempts failed for days. */
export const WEBHOOK_DISABLED_REASONS = ['administrator', 'gone', 'failing'] as const
export type WebhookDisabledReason = (typeof WEBHOOK_DISABLED_REASONS)[number]

export const WEBHOOK_DELIVERY_STATUSES = ['pending', 'succeeded', 'failed'] as const
export type WebhookDeliveryStatus = (typeof WEBHOOK_DELIVERY_STATUSES)[number]

/**
 * Why an attempt failed. `status`: another status than 2xx and 3xx. `redirect`: 3xx, which is not followed.
 * `blocked-address`: an address that the configuration excludes.
 */
export const WEBHOOK_ATTEMPT_ERRORS = [
  'status',
  'redirect',
  'timeout',
  'blocked-address',
  'unknown-host',
  'tls',
  'connection',
] as const
export type WebhookAttemptError = (typeof WEBHOOK_ATTEMPT_ERRORS)[number]
