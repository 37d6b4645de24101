// The pages that links in emails open: confirm the email and reset the password.
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { unwrap } from '@shared/api/problem.js'
import { publicClient } from '@shared/api/session.js'
import { buttonClass } from '@shared/design/button.js'
import { useErrorText } from '@shared/design/error-text.js'
import { TextField } from '@shared/design/field.js'
import { FormPage, NoticePage, StartPage } from '@shared/design/form-page.js'
import { Spinner } from '@shared/design/states.js'

const MIN_PASSWORD_LENGTH = 8

export function ConfirmEmailPage (): ReactNode {
  const t = useTranslations('emailLinks')
  const describeError = useErrorText()
  const { token } = useSearch({ from: '/confirm-email' })
  const { isPending, error } = useQuery({
    queryKey: ['confirm-email', token],
    queryFn: async () => {
      await unwrap(publicClient.POST('/v1/auth/email/verify', { body: { token } }))
      return true
    },
    // A link works once.
    staleTime: Infinity,
  })
  if (isPending) {
    return (
      <StartPage title={t('confirmEmail')}>
        <Spinner />
      </StartPage>
    )
  }
  return error === null
    ? (
      <NoticePage title={t('confirmed')} text={t('confirmedText')}>
        <OpenAppLink />
      </NoticePage>
    )
    : (
      <NoticePage title={t('failed')} text={describeError(error)}>
        <OpenAppLink />
      </NoticePage>
    )
}

export function ResetPasswordPage (): ReactNode {
  const t = useTranslations('emailLinks')
  const common = useTranslations('common')
  const describeError = useErrorText()
  const { token } = useSearch({ from: '/reset-password' })
  const [password, setPassword] = useState('')
  const { mutate, isPending, isSuccess, error } = useMutation({
    mutationFn: async () => await unwrap(publicClient.POST('/v1/auth/password/reset', { body: { token, password } })),
  })
  if (isSuccess) {
    return (
      <NoticePage title={t('passwordChanged')} text={t('passwordChangedText')}>
        <OpenAppLink />
      </NoticePage>
    )
  }
  return (
    <FormPage
      title={t('resetPassword')}
      text={t('resetPasswordText')}
      submitLabel={common('save')}
      isBusy={isPending}
      error={error === null ? null : describeError(error)}
      onSubmit={mutate}
    >
      <TextField
        label={t('newPassword')}
        type="password"
        name="password"
        autoComplete="new-password"
        required
        autoFocus
        minLength={MIN_PASSWORD_LENGTH}
        value={password}
        onChange={({ target }) => {
          setPassword(target.value)
        }}
      />
    </FormPage>
  )
}

function OpenAppLink (): ReactNode {
  const t = useTranslations('emailLinks')
  return <Link to="/" className={buttonClass('main', false, true)}>{t('open')}</Link>
}
