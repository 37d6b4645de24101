// Deliveries of a webhook, with replay.
import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { useErrorText } from '@shared/design/error-text.js'
import { SelectField, TextField } from '@shared/design/field.js'
import { ErrorState, Spinner } from '@shared/design/states.js'
import { showMessage } from '@shared/design/toasts.js'
import { useFormats } from '@shared/i18n/format.js'
import { webhooksKey } from '../api/keys.js'
import {
  deliveriesQuery,
  DELIVERY_STATUSES,
  replayDelivery,
  replayFailed,
  type DeliveryStatus,
  type Webhook,
  type WebhookDelivery,
} from '../api/webhooks.js'
import { DataTable, type DataColumn } from './data-table.js'
import { Panel } from './page.js'
import { DeliveryState } from './webhook-state.js'

const REFRESH_MS = 10_000
const DAY_MS = 86_400_000

interface PartProps {
  readonly webhook: Webhook
}

export function WebhookDeliveries ({ webhook }: PartProps): ReactNode {
  const t = useTranslations('webhooks')
  const common = useTranslations('common')
  const [status, setStatus] = useState<DeliveryStatus | null>(null)
  const { data, isPending, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    ...deliveriesQuery(webhook.id, status),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  })
  const columns = useColumns(webhook)
  return (
    <Panel title={t('deliveries')} className="section">
      <div className="inline-form">
        <SelectField
          label={t('status')}
          value={status ?? ''}
          options={[
            { value: '', label: t('anyStatus') },
            ...DELIVERY_STATUSES.map((one) => ({
              value: one,
              label: t(one),
            })),
          ]}
          onChange={({ target }) => {
            setStatus(DELIVERY_STATUSES.find((one) => one === target.value) ?? null)
          }}
        />
      </div>
      {webhook.enabled ? <ReplayForm webhook={webhook} /> : null}
      {error === null ? null : <ErrorState error={error} retry={() => void refetch()} />}
      {isPending ? <Spinner /> : null}
      {data === undefined ? null : (
        <DataTable
          label={t('deliveries')}
          items={data.pages.flatMap(({ items }) => items)}
          getId={({ id }) => id}
          columns={columns}
          emptyText={t('noDeliveries')}
        />
      )}
      {hasNextPage
        ? <Button isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>{common('showMore')}</Button>
        : null}
    </Panel>
  )
}

function useColumns ({ enabled }: Webhook): Array<DataColumn<WebhookDelivery>> {
  const t = useTranslations('webhooks')
  const { dateTime, number } = useFormats()
  return [
    { id: 'at', header: t('at'), isOneLine: true, cell: ({ createdAt }) => dateTime(createdAt) },
    {
      id: 'event',
      header: t('event'),
      cell: ({ type, payload }) => (
        <details className="payload">
          <summary>{type}</summary>
          <code>{payload}</code>
        </details>
      ),
    },
    { id: 'status', header: t('status'), cell: (delivery) => <DeliveryState delivery={delivery} /> },
    {
      id: 'response',
      header: t('response'),
      cell: ({ lastAttempt }) => {
        if (lastAttempt === null) return '–'
        const { statusCode, error, durationMs, responseText } = lastAttempt
        return (
          <span className="stacked">
            <span>{statusCode ?? t(`error-${error ?? 'connection'}`)}</span>
            <small>{t('duration', { ms: number(durationMs) })}</small>
            {responseText === null || responseText === '' ? null : (
              <details className="payload">
                <summary>{t('body')}</summary>
                <code>{responseText}</code>
              </details>
            )}
          </span>
        )
      },
    },
    {
      id: 'replay',
      header: t('replay'),
      cell: (delivery) => enabled ? <ReplayButton delivery={delivery} /> : '–',
    },
  ]
}

function useReplay (run: () => Promise<string>) {
  const describeError = useErrorText()
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: run,
    onSuccess: async (text) => {
      showMessage(text)
      await queryClient.invalidateQueries({ queryKey: webhooksKey() })
    },
    onError: (error) => {
      showMessage(describeError(error))
    },
  })
}

function ReplayButton ({ delivery: { id, type, createdAt } }: { readonly delivery: WebhookDelivery }): ReactNode {
  const t = useTranslations('webhooks')
  const { dateTime } = useFormats()
  const { webhookId } = useParams({ from: '/staff/webhooks/$webhookId' })
  const { mutate, isPending } = useReplay(async () => {
    await replayDelivery(webhookId, id)
    return t('replayed', { count: 1 })
  })
  return (
    <Button
      look="quiet"
      isSmall
      isBusy={isPending}
      aria-label={t('replayOf', { type, time: dateTime(createdAt) })}
      onClick={() => {
        mutate()
      }}
    >
      {t('replay')}
    </Button>
  )
}

/** The date of a day before now, as a date field takes it. */
function yesterday (): string {
  return new Date(Date.now() - DAY_MS).toISOString().slice(0, 10)
}

function ReplayForm ({ webhook }: PartProps): ReactNode {
  const t = useTranslations('webhooks')
  const [since, setSince] = useState(yesterday)
  const { mutate, isPending } = useReplay(async () =>
    t('replayed', { count: await replayFailed(webhook.id, `${since}T00:00:00Z`) })
  )
  return (
    <div className="inline-form">
      <TextField
        label={t('failedSince')}
        type="date"
        value={since}
        onChange={({ target }) => {
          setSince(target.value)
        }}
      />
      <Button
        isBusy={isPending}
        disabled={since === ''}
        onClick={() => {
          mutate()
        }}
      >
        {t('replayFailed')}
      </Button>
    </div>
  )
}
