// One webhook: its state, what administrators can do with it, and its deliveries.
import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { ArrowLeft } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button, buttonClass } from '@shared/design/button.js'
import { ConfirmDialog } from '@shared/design/confirm-dialog.js'
import { useErrorText } from '@shared/design/error-text.js'
import { showMessage } from '@shared/design/toasts.js'
import { useFormats } from '@shared/i18n/format.js'
import { webhooksKey } from '../api/keys.js'
import {
  changeWebhook,
  deleteWebhook,
  rotateSecret,
  testWebhook,
  webhookQuery,
  type Webhook,
} from '../api/webhooks.js'
import { PageHead, Panel } from '../components/page.js'
import { WebhookDeliveries } from '../components/webhook-deliveries.js'
import { SecretDialog, WebhookDialog } from '../components/webhook-form.js'
import { WebhookState } from '../components/webhook-state.js'
import '../styles/editor.css'
import '../styles/webhooks.css'

const REFRESH_MS = 15_000
type Question = 'disable' | 'rotate' | 'delete'

export function WebhookPage (): ReactNode {
  const t = useTranslations('webhooks')
  const { webhookId } = useParams({ from: '/staff/webhooks/$webhookId' })
  const { data: webhook } = useSuspenseQuery({ ...webhookQuery(webhookId), refetchInterval: REFRESH_MS })
  return (
    <>
      <PageHead title={webhook.description ?? webhook.url}>
        <Link to="/webhooks" className={buttonClass('quiet', true)}>
          <ArrowLeft className="icon" aria-hidden />
          {t('all')}
        </Link>
      </PageHead>
      <div className="sections">
        <Overview webhook={webhook} />
        <Actions webhook={webhook} />
        <WebhookDeliveries webhook={webhook} />
      </div>
    </>
  )
}

interface PartProps {
  readonly webhook: Webhook
}

function Overview ({ webhook }: PartProps): ReactNode {
  const t = useTranslations('webhooks')
  const { dateTime } = useFormats()
  const { url, eventTypes, createdAt, previousSecretUntil } = webhook
  const facts: ReadonlyArray<readonly [string, ReactNode]> = [
    [t('url'), <code key="url">{url}</code>],
    [t('state'), <WebhookState key="state" webhook={webhook} />],
    [t('events'), eventTypes.join(', ')],
    [t('created'), dateTime(createdAt)],
    ...previousSecretUntil === null ? [] : [[t('previousSecretUntil'), dateTime(previousSecretUntil)] as const],
  ]
  return (
    <Panel title={t('overview')}>
      <dl className="facts-list">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  )
}

function Actions ({ webhook }: PartProps): ReactNode {
  const t = useTranslations('webhooks')
  const describeError = useErrorText()
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const [isEditing, setEditing] = useState(false)
  const [question, setQuestion] = useState<Question | null>(null)
  const [secret, setSecret] = useState<string | null>(null)
  const { id, enabled } = webhook
  const refresh = async (): Promise<void> => {
    await queryClient.invalidateQueries({ queryKey: webhooksKey() })
  }
  const change = useMutation({
    mutationFn: async (fields: Parameters<typeof changeWebhook>[1]) => await changeWebhook(id, fields),
    onSuccess: async () => {
      setEditing(false)
      await refresh()
    },
  })
  const test = useMutation({
    mutationFn: async () => await testWebhook(id),
    onSuccess: async ({ status, lastAttempt }) => {
      const reason = lastAttempt?.statusCode ?? lastAttempt?.error ?? '–'
      showMessage(status === 'succeeded' ? t('testSucceeded') : t('testFailed', { reason: String(reason) }))
      await refresh()
    },
    onError: (error) => {
      showMessage(describeError(error))
    },
  })
  const runs: Readonly<Record<Question, () => Promise<void>>> = {
    disable: async () => {
      await changeWebhook(id, { enabled: false })
      await refresh()
    },
    rotate: async () => {
      setSecret((await rotateSecret(id)).secret)
      await refresh()
    },
    delete: async () => {
      await deleteWebhook(id)
      await navigate({ to: '/webhooks' })
      await queryClient.invalidateQueries({ queryKey: webhooksKey('list') })
    },
  }
  return (
    <Panel title={t('actions')} className="section">
      <div className="actions">
        <Button
          look="main"
          isBusy={test.isPending}
          onClick={() => {
            test.mutate()
          }}
        >
          {t('sendTest')}
        </Button>
        <Button
          onClick={() => {
            change.reset()
            setEditing(true)
          }}
        >
          {t('change')}
        </Button>
        <Button
          onClick={() => {
            setQuestion('rotate')
          }}
        >
          {t('rotate')}
        </Button>
        {enabled
          ? (
            <Button
              onClick={() => {
                setQuestion('disable')
              }}
            >
              {t('disable')}
            </Button>
          )
          : (
            <Button
              isBusy={change.isPending}
              onClick={() => {
                change.mutate({ enabled: true })
              }}
            >
              {t('enable')}
            </Button>
          )}
        <Button
          look="danger"
          onClick={() => {
            setQuestion('delete')
          }}
        >
          {t('delete')}
        </Button>
      </div>
      {isEditing
        ? (
          <WebhookDialog
            webhook={webhook}
            isBusy={change.isPending}
            error={change.error}
            onClose={() => {
              setEditing(false)
            }}
            onSubmit={change.mutate}
          />
        )
        : null}
      {question === null ? null : (
        <ConfirmDialog
          isOpen
          onClose={() => {
            setQuestion(null)
          }}
          title={t(`ask-${question}`)}
          text={t(`ask-${question}-text`)}
          confirmLabel={t(question)}
          onConfirm={runs[question]}
        />
      )}
      {secret === null ? null : (
        <SecretDialog
          secret={secret}
          onClose={() => {
            setSecret(null)
          }}
        />
      )}
    </Panel>
  )
}
