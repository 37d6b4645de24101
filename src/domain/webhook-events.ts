// The events that webhooks report. Payloads contain IDs, the plan and facts about titles, never an email or a name.
import type { PlanId } from './plans.js'
import type { Role } from './vocabulary.js'

/** Types that an endpoint can subscribe to. */
export const WEBHOOK_EVENT_TYPES = [
  'account.created',
  'plan.changed',
  'title.published',
  'media.ready',
  'media.failed',
  'play.finished',
  'stream.refused',
] as const
export type WebhookEventType = (typeof WEBHOOK_EVENT_TYPES)[number]

/** Sent by request of an administrator only, to any endpoint. */
export const WEBHOOK_TEST_TYPE = 'webhook.test'
export type SentWebhookType = WebhookEventType | typeof WEBHOOK_TEST_TYPE

/** Why a stream was not started: the problem code of the response. */
export const STREAM_REFUSAL_REASONS = [
  'plan-stream-limit',
  'plan-resolution',
  'no-media',
  'client-unsupported',
  'not-aired',
  'profile-locked',
] as const
export type StreamRefusalReason = (typeof STREAM_REFUSAL_REASONS)[number]

interface MediaEventData {
  readonly titleId: string
  readonly itemId: string
  readonly mediaFileId: string
}

/** The `data` of each type. IDs are 24 hexadecimal digits. */
export interface WebhookEventData {
  'account.created': { readonly accountId: string, readonly plan: PlanId, readonly role: Role }
  'plan.changed': { readonly accountId: string, readonly plan: PlanId, readonly previousPlan: PlanId }
  'title.published': {
    readonly titleId: string,
    readonly kind: 'movie' | 'show',
    readonly title: string,
    readonly year: number | null,
    /** RFC 3339; null without a limit. */
    readonly availableFrom: string | null,
    readonly availableUntil: string | null,
  }
  'media.ready': MediaEventData
  'media.failed': MediaEventData & { readonly code: string, readonly text: string }
  'play.finished': {
    readonly accountId: string,
    readonly profileId: string,
    readonly titleId: string,
    readonly itemId: string,
    readonly playId: string,
    /** RFC 3339. */
    readonly finishedAt: string,
  }
  'stream.refused': {
    readonly accountId: string,
    readonly profileId: string,
    readonly titleId: string,
    readonly itemId: string,
    readonly reason: StreamRefusalReason,
  }
}

/** An event before it is stored. */
export interface NewWebhookEvent<Type extends WebhookEventType> {
  readonly data: WebhookEventData[Type]
  /** Texts that identify the event: of several writes with the same key, the first is stored. Null: each is stored. */
  readonly key: readonly string[] | null
}
