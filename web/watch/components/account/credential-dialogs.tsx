// The dialogs that change the email and the password.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useFormErrors } from '@shared/design/form-errors.js'
import { TextField } from '@shared/design/field.js'
import { FormDialog } from '@shared/design/form-dialog.js'
import { showMessage } from '@shared/design/toasts.js'
import { changeEmail, changePassword } from '../../api/account.js'
import { PasswordField } from '../password-field.js'
import { CurrentPasswordField } from './current-password-field.js'

export function ChangeEmailDialog ({ onClose }: { readonly onClose: () => void }): ReactNode {
  const t = useTranslations('account')
  const common = useTranslations('common')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      await changeEmail(email, password)
    },
    onSuccess: () => {
      showMessage(t('emailChangeSent', { email }))
      onClose()
    },
  })
  const { errorAt, formError } = useFormErrors(error, ['email', 'password'])
  return (
    <FormDialog
      isOpen
      onClose={onClose}
      title={t('changeEmail')}
      description={t('changeEmailText')}
      submitLabel={t('sendLink')}
      isBusy={isPending}
      error={formError}
      onSubmit={mutate}
    >
      <TextField
        label={t('newEmail')}
        type="email"
        autoComplete="email"
        required
        error={errorAt('email')}
        value={email}
        onChange={({ target }) => {
          setEmail(target.value)
        }}
      />
      <CurrentPasswordField
        label={common('password')}
        error={errorAt('password')}
        value={password}
        onChange={setPassword}
      />
    </FormDialog>
  )
}

export function ChangePasswordDialog ({ onClose }: { readonly onClose: () => void }): ReactNode {
  const t = useTranslations('account')
  const queryClient = useQueryClient()
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      await changePassword(current, next)
    },
    onSuccess: async () => {
      showMessage(t('passwordChanged'))
      onClose()
      await queryClient.invalidateQueries({ queryKey: ['account'] })
    },
  })
  const { errorAt, formError } = useFormErrors(error, ['currentPassword', 'newPassword'])
  return (
    <FormDialog
      isOpen
      onClose={onClose}
      title={t('changePassword')}
      description={t('changePasswordText')}
      submitLabel={t('changePassword')}
      isBusy={isPending}
      error={formError}
      onSubmit={mutate}
    >
      <CurrentPasswordField
        label={t('currentPassword')}
        error={errorAt('currentPassword')}
        value={current}
        onChange={setCurrent}
      />
      <PasswordField label={t('newPassword')} error={errorAt('newPassword')} value={next} onChange={setNext} />
    </FormDialog>
  )
}
