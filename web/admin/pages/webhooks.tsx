// All webhooks, and a new one.
import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { createWebhook, webhookListQuery, type Webhook } from '../api/webhooks.js'
import { webhooksKey } from '../api/keys.js'
import { DataTable, type DataColumn } from '../components/data-table.js'
import { PageHead } from '../components/page.js'
import { SecretDialog, WebhookDialog } from '../components/webhook-form.js'
import { WebhookState } from '../components/webhook-state.js'
import '../styles/editor.css'
import '../styles/webhooks.css'

const REFRESH_MS = 15_000

export function WebhooksPage (): ReactNode {
  const t = useTranslations('webhooks')
  const { data: { items, maxWebhooks } } = useSuspenseQuery({ ...webhookListQuery(), refetchInterval: REFRESH_MS })
  const columns = useColumns()
  return (
    <>
      <PageHead title={t('title')}>
        <NewWebhook isFull={items.length >= maxWebhooks} />
      </PageHead>
      <div className="sections">
        <p className="quiet">{t('intro', { count: items.length, max: maxWebhooks })}</p>
        <DataTable label={t('title')} items={items} getId={({ id }) => id} columns={columns} emptyText={t('empty')} />
      </div>
    </>
  )
}

function useColumns (): Array<DataColumn<Webhook>> {
  const t = useTranslations('webhooks')
  return [
    {
      id: 'url',
      header: t('url'),
      cell: ({ id, url, description }) => (
        <span className="stacked">
          <Link to="/webhooks/$webhookId" params={{ webhookId: id }} className="table-link">{description ?? url}</Link>
          {description === null ? null : <small>{url}</small>}
        </span>
      ),
    },
    { id: 'state', header: t('state'), cell: (webhook) => <WebhookState webhook={webhook} /> },
    { id: 'events', header: t('events'), cell: ({ eventTypes }) => eventTypes.join(', ') },
  ]
}

function NewWebhook ({ isFull }: { readonly isFull: boolean }): ReactNode {
  const t = useTranslations('webhooks')
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const [isOpen, setOpen] = useState(false)
  const { mutate, data: created, isPending, error, reset } = useMutation({
    mutationFn: createWebhook,
    onSuccess: async () => {
      setOpen(false)
      await queryClient.invalidateQueries({ queryKey: webhooksKey() })
    },
  })
  return (
    <>
      <Button
        look="main"
        icon={Plus}
        disabled={isFull}
        onClick={() => {
          reset()
          setOpen(true)
        }}
      >
        {t('new')}
      </Button>
      {isOpen
        ? (
          <WebhookDialog
            webhook={null}
            isBusy={isPending}
            error={error}
            onClose={() => {
              setOpen(false)
            }}
            onSubmit={mutate}
          />
        )
        : null}
      {created === undefined ? null : (
        <SecretDialog
          secret={created.secret}
          onClose={() => {
            reset()
            void navigate({ to: '/webhooks/$webhookId', params: { webhookId: created.id } })
          }}
        />
      )}
    </>
  )
}
