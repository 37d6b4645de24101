// Creates an API token, then shows its text once.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Copy } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { Dialog } from '@shared/design/dialog.js'
import { useFormErrors } from '@shared/design/form-errors.js'
import { CheckField, SelectField, TextField } from '@shared/design/field.js'
import { FormDialog } from '@shared/design/form-dialog.js'
import { showMessage } from '@shared/design/toasts.js'
import { tokensKey } from '../api/keys.js'
import { API_SCOPES, createToken, type ApiScope, type ServiceAccount } from '../api/tokens.js'

const LIFETIMES_DAYS = [7, 30, 90, 365] as const
const DEFAULT_DAYS = '90'

interface NewTokenDialogProps {
  /** Possible owners beside the account. */
  readonly services: readonly ServiceAccount[]
  readonly onClose: () => void
}

export function NewTokenDialog ({ services, onClose }: NewTokenDialogProps): ReactNode {
  const t = useTranslations('tokens')
  const common = useTranslations('common')
  const queryClient = useQueryClient()
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<readonly ApiScope[]>([])
  const [days, setDays] = useState(DEFAULT_DAYS)
  const [serviceAccountId, setOwner] = useState('')
  const [hasNoScope, setNoScope] = useState(false)
  const { mutate, isPending, error, data: created } = useMutation({
    mutationFn: async () =>
      await createToken({
        name: name.trim(),
        scopes: [...scopes],
        expiresInDays: Number(days),
        ...serviceAccountId === '' ? {} : { serviceAccountId },
      }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: tokensKey() })
    },
  })
  const { errorAt, formError } = useFormErrors(error, ['name'])
  if (created !== undefined) {
    const owner = services.find(({ id }) => id === created.ownerId)?.name ?? t('you')
    return (
      <Dialog isOpen onClose={onClose} title={t('createdTitle')} description={t('createdText', { owner })}>
        <div className="form-dialog">
          <TextField
            label={t('token')}
            className="token-text"
            readOnly
            value={created.token}
            onFocus={({ target }) => {
              target.select()
            }}
          />
          <div className="dialog-actions">
            <Button icon={Copy} onClick={() => void copy(created.token)}>{t('copy')}</Button>
            <Button look="main" onClick={onClose}>{common('done')}</Button>
          </div>
        </div>
      </Dialog>
    )
  }

  /** The clipboard exists in secure contexts only. */
  async function copy (text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text)
      showMessage(t('copied'))
    } catch {
      showMessage(t('copyFailed'))
    }
  }
  return (
    <FormDialog
      isOpen
      onClose={onClose}
      title={t('new')}
      submitLabel={t('create')}
      isBusy={isPending}
      error={hasNoScope ? t('noScope') : formError}
      onSubmit={() => {
        setNoScope(scopes.length === 0)
        if (scopes.length > 0) mutate()
      }}
    >
      <TextField
        label={t('name')}
        hint={t('nameHint')}
        error={errorAt('name')}
        required
        maxLength={100}
        value={name}
        onChange={({ target }) => {
          setName(target.value)
        }}
      />
      {services.length === 0 ? null : (
        <SelectField
          label={t('owner')}
          value={serviceAccountId}
          options={[{ value: '', label: t('you') }, ...services.map(({ id, name }) => ({ value: id, label: name }))]}
          onChange={({ target }) => {
            setOwner(target.value)
          }}
        />
      )}
      <fieldset className="scope-choice">
        <legend>{t('scopes')}</legend>
        {API_SCOPES.map((scope) => (
          <CheckField
            key={scope}
            label={t(scope)}
            checked={scopes.includes(scope)}
            onChange={({ target: { checked } }) => {
              setScopes(checked ? [...scopes, scope] : scopes.filter((one) => one !== scope))
            }}
          />
        ))}
      </fieldset>
      <SelectField
        label={t('expiresIn')}
        value={days}
        options={LIFETIMES_DAYS.map((count) => ({ value: String(count), label: t('days', { count }) }))}
        onChange={({ target }) => {
          setDays(target.value)
        }}
      />
    </FormDialog>
  )
}
