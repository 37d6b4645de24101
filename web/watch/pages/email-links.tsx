// The pages that links in emails open: confirm the email and reset the password.
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { unwrap } from '@shared/api/problem.js'
import { publicClient, reloadAccount, resumeSession } from '@shared/api/session.js'
import { buttonClass } from '@shared/design/button.js'
import { useErrorText } from '@shared/design/error-text.js'
import { useFormErrors } from '@shared/design/form-errors.js'
import { FormPage, NoticePage, StartPage } from '@shared/design/form-page.js'
import { Spinner } from '@shared/design/states.js'
import { PasswordField } from '../components/password-field.js'
import '../styles/settings.css'

export function ConfirmEmailPage (): ReactNode {
  const t = useTranslations('emailLinks')
  const describeError = useErrorText()
  const { token } = useSearch({ from: '/confirm-email' })
  const { isPending, error } = useQuery({
    queryKey: ['confirm-email', token],
    queryFn: async () => {
      await unwrap(publicClient.POST('/v1/auth/email/verify', { body: { token } }))
      // The other tabs of this browser show it, too.
      if ((await resumeSession()).status === 'logged-in') await reloadAccount()
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
  const { token } = useSearch({ from: '/reset-password' })
  const [password, setPassword] = useState('')
  const { mutate, isPending, isSuccess, error } = useMutation({
    mutationFn: async () => await unwrap(publicClient.POST('/v1/auth/password/reset', { body: { token, password } })),
  })
  const { errorAt, formError } = useFormErrors(error, ['password'])
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
      error={formError}
      onSubmit={mutate}
    >
      <PasswordField
        label={t('newPassword')}
        error={errorAt('password')}
        value={password}
        onChange={setPassword}
        isFocused
      />
    </FormPage>
  )
}

function OpenAppLink (): ReactNode {
  const t = useTranslations('emailLinks')
  return <Link to="/" className={buttonClass('main', false, true)}>{t('open')}</Link>
}
