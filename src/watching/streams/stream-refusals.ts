// Reports streams that were not started to webhooks. Without a subscriber, it does nothing.
import { STREAM_REFUSAL_REASONS, type StreamRefusalReason } from '../../domain/webhook-events.js'
import { DomainError } from '../../errors.js'
import type { ProfileRef, WatchingDeps } from '../deps.js'

/** A player that keeps trying causes one event in this time. */
const INTERVAL_MS = 60_000

interface RefusedRequest {
  readonly title: { readonly id: string }
  readonly item: { readonly id: string }
}

const isReason = (code: string): code is StreamRefusalReason =>
  (STREAM_REFUSAL_REASONS as readonly string[]).includes(code)

/** Stores the event of a rejected start. A failure is logged: the response states the rejection. */
export async function reportRefusal (
  { events, now, warn }: WatchingDeps,
  { account, profile }: ProfileRef,
  { title, item }: RefusedRequest,
  error: unknown,
): Promise<void> {
  if (!(error instanceof DomainError) || !isReason(error.code)) return
  const reason = error.code
  const interval = Math.floor(now().getTime() / INTERVAL_MS)
  try {
    await events.record('stream.refused', () => ({
      data: { accountId: account, profileId: profile, titleId: title.id, itemId: item.id, reason },
      key: [profile, item.id, reason, String(interval)],
    }))
  } catch (failure) {
    warn(failure, 'cannot store the event of a rejected stream')
  }
}
