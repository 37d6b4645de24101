// Fields of a webhook, for a new one and for changes, and the dialog that shows a secret once.
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { Dialog } from '@shared/design/dialog.js'
import { CheckField, TextField } from '@shared/design/field.js'
import { FormDialog } from '@shared/design/form-dialog.js'
import { useFormErrors } from '@shared/design/form-errors.js'
import { EVENT_TYPES, type Webhook, type WebhookEventType } from '../api/webhooks.js'

export interface WebhookFields {
  readonly url: string
  readonly description: string | null
  readonly eventTypes: WebhookEventType[]
}

interface WebhookDialogProps {
  /** Null for a new one. */
  readonly webhook: Webhook | null
  readonly isBusy: boolean
  readonly error: unknown
  readonly onClose: () => void
  readonly onSubmit: (fields: WebhookFields) => void
}

export function WebhookDialog ({ webhook, isBusy, error, onClose, onSubmit }: WebhookDialogProps): ReactNode {
  const t = useTranslations('webhooks')
  const common = useTranslations('common')
  const [url, setUrl] = useState(webhook?.url ?? '')
  const [description, setDescription] = useState(webhook?.description ?? '')
  const [types, setTypes] = useState<readonly WebhookEventType[]>(webhook?.eventTypes ?? [])
  const { errorAt, formError } = useFormErrors(error, ['url', 'description', 'eventTypes'])
  const toggle = (type: WebhookEventType, isSelected: boolean): void => {
    setTypes(EVENT_TYPES.filter((one) => one === type ? isSelected : types.includes(one)))
  }
  return (
    <FormDialog
      isOpen
      onClose={onClose}
      title={t(webhook === null ? 'new' : 'change')}
      submitLabel={webhook === null ? t('create') : common('save')}
      isBusy={isBusy}
      error={formError ?? errorAt('eventTypes')}
      onSubmit={() => {
        onSubmit({ url, description: description.trim() === '' ? null : description.trim(), eventTypes: [...types] })
      }}
    >
      <TextField
        label={t('url')}
        hint={t('urlHint')}
        error={errorAt('url')}
        type="url"
        required
        maxLength={2_048}
        value={url}
        onChange={({ target }) => {
          setUrl(target.value)
        }}
      />
      <TextField
        label={t('description')}
        error={errorAt('description')}
        maxLength={200}
        value={description}
        onChange={({ target }) => {
          setDescription(target.value)
        }}
      />
      <fieldset className="choices">
        <legend>{t('events')}</legend>
        {EVENT_TYPES.map((type) => (
          <CheckField
            key={type}
            label={t(`event-${toMessage(type)}`)}
            hint={type}
            checked={types.includes(type)}
            onChange={({ target }) => {
              toggle(type, target.checked)
            }}
          />
        ))}
      </fieldset>
    </FormDialog>
  )
}

type Dashed<Text extends string> = Text extends `${infer Start}.${infer End}` ? `${Start}-${End}` : Text

/** Dots separate levels in the names of messages. */
export function toMessage<Type extends string> (type: Type): Dashed<Type> {
  return type.replace('.', '-') as Dashed<Type>
}

interface SecretDialogProps {
  readonly secret: string
  readonly onClose: () => void
}

export function SecretDialog ({ secret, onClose }: SecretDialogProps): ReactNode {
  const t = useTranslations('webhooks')
  const common = useTranslations('common')
  const [isCopied, setCopied] = useState(false)
  return (
    <Dialog isOpen onClose={onClose} title={t('secret')} description={t('secretText')}>
      <TextField
        label={t('secret')}
        readOnly
        value={secret}
        onFocus={({ target }) => {
          target.select()
        }}
      />
      <p role="status">{isCopied ? t('copied') : null}</p>
      <div className="dialog-actions">
        <Button
          look="quiet"
          onClick={() => {
            void navigator.clipboard.writeText(secret).then(() => {
              setCopied(true)
            })
          }}
        >
          {t('copy')}
        </Button>
        <Button look="main" onClick={onClose}>{common('done')}</Button>
      </div>
    </Dialog>
  )
}
