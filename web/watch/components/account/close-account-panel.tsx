// Closing the account, with its consequences.
import { useMutation } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { useFormErrors } from '@shared/design/form-errors.js'
import { FormDialog } from '@shared/design/form-dialog.js'
import { showMessage } from '@shared/design/toasts.js'
import { closeAccount } from '../../api/account.js'
import { Panel } from '../panel.js'
import { CurrentPasswordField } from './current-password-field.js'

export function CloseAccountPanel (): ReactNode {
  const t = useTranslations('account')
  const [isOpen, setOpen] = useState(false)
  return (
    <Panel title={t('close')} text={t('closeText')} className="panel-danger">
      <div className="actions">
        <Button
          look="danger"
          onClick={() => {
            setOpen(true)
          }}
        >
          {t('close')}
        </Button>
      </div>
      {isOpen
        ? (
          <CloseAccountDialog
            onClose={() => {
              setOpen(false)
            }}
          />
        )
        : null}
    </Panel>
  )
}

function CloseAccountDialog ({ onClose }: { readonly onClose: () => void }): ReactNode {
  const t = useTranslations('account')
  const common = useTranslations('common')
  const [password, setPassword] = useState('')
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      await closeAccount(password)
    },
    onSuccess: () => {
      showMessage(t('closed'))
    },
  })
  const { errorAt, formError } = useFormErrors(error, ['password'])
  return (
    <FormDialog
      isOpen
      onClose={onClose}
      title={t('closeQuestion')}
      description={t('closeText')}
      submitLabel={t('close')}
      look="danger"
      isBusy={isPending}
      error={formError}
      onSubmit={mutate}
    >
      <ul className="consequences">
        <li>{t('closeSessions')}</li>
        <li>{t('closeData')}</li>
        <li>{t('closeReopen')}</li>
      </ul>
      <CurrentPasswordField
        label={common('password')}
        error={errorAt('password')}
        value={password}
        onChange={setPassword}
      />
    </FormDialog>
  )
}
