// Whether a webhook works, and how a delivery ended.
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useFormats } from '@shared/i18n/format.js'
import type { Webhook, WebhookDelivery } from '../api/webhooks.js'

export function WebhookState ({ webhook }: { readonly webhook: Webhook }): ReactNode {
  const t = useTranslations('webhooks')
  const { dateTime } = useFormats()
  const { enabled, disabledReason, disabledAt, failingSince } = webhook
  if (!enabled) {
    const reason = disabledReason ?? 'administrator'
    return (
      <span className="stacked">
        <span>
          <span className={`tag ${reason === 'administrator' ? '' : 'tag-bad'}`}>{t('disabled')}</span>
        </span>
        <small>{t(`disabled-${reason}`, { time: disabledAt === null ? '–' : dateTime(disabledAt) })}</small>
      </span>
    )
  }
  if (failingSince === null) return <span className="tag tag-good">{t('enabled')}</span>
  return (
    <span className="stacked">
      <span>
        <span className="tag tag-warm">{t('failing')}</span>
      </span>
      <small>{t('failingSince', { time: dateTime(failingSince) })}</small>
    </span>
  )
}

const STATUS_CLASSES = { pending: 'tag-warm', succeeded: 'tag-good', failed: 'tag-bad' } as const

export function DeliveryState ({ delivery }: { readonly delivery: WebhookDelivery }): ReactNode {
  const t = useTranslations('webhooks')
  const { dateTime } = useFormats()
  const { status, attempts, nextAttemptAt } = delivery
  return (
    <span className="stacked">
      <span>
        <span className={`tag ${STATUS_CLASSES[status]}`}>{t(status)}</span>
      </span>
      <small>{t('attempts', { count: attempts })}</small>
      {nextAttemptAt === null ? null : <small>{t('nextAttempt', { time: dateTime(nextAttemptAt) })}</small>}
    </span>
  )
}
