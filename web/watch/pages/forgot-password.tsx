// Requests an email with a link to reset the password.
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { unwrap } from '@shared/api/problem.js'
import { publicClient } from '@shared/api/session.js'
import { buttonClass } from '@shared/design/button.js'
import { useErrorText } from '@shared/design/error-text.js'
import { TextField } from '@shared/design/field.js'
import { FormPage, NoticePage } from '@shared/design/form-page.js'

export function ForgotPasswordPage (): ReactNode {
  const t = useTranslations('emailLinks')
  const common = useTranslations('common')
  const describeError = useErrorText()
  const [email, setEmail] = useState('')
  const { mutate, isPending, isSuccess, error } = useMutation({
    mutationFn: async () => await unwrap(publicClient.POST('/v1/auth/password/forgot', { body: { email } })),
  })
  if (isSuccess) {
    return (
      <NoticePage title={t('emailSent')} text={t('emailSentText', { email })}>
        <Link to="/log-in" className={buttonClass('main', false, true)}>{common('logIn')}</Link>
      </NoticePage>
    )
  }
  return (
    <FormPage
      title={t('forgotPassword')}
      text={t('forgotPasswordText')}
      submitLabel={t('sendLink')}
      isBusy={isPending}
      error={error === null ? null : describeError(error)}
      onSubmit={mutate}
      footer={<Link to="/log-in">{common('back')}</Link>}
    >
      <TextField
        label={common('email')}
        type="email"
        name="email"
        autoComplete="username"
        required
        autoFocus
        value={email}
        onChange={({ target }) => {
          setEmail(target.value)
        }}
      />
    </FormPage>
  )
}
