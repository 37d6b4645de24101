// The log-in page.
import { useMutation } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useSession } from '@shared/api/hooks.js'
import { logIn } from '@shared/api/session.js'
import { useErrorText } from '@shared/design/error-text.js'
import { TextField } from '@shared/design/field.js'
import { FormPage } from '@shared/design/form-page.js'

export function LogInPage (): ReactNode {
  const t = useTranslations('logIn')
  const common = useTranslations('common')
  const describeError = useErrorText()
  const { end } = useSession()
  const { next } = useSearch({ from: '/log-in' })
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const { mutate, isPending, error } = useMutation({
    // The router then opens the profile selection, and the next page after it.
    mutationFn: async () => await logIn(email, password),
  })
  return (
    <FormPage
      title={common('logIn')}
      {...end === 'expired' ? { text: t('sessionEnded') } : {}}
      submitLabel={common('logIn')}
      isBusy={isPending}
      error={error === null ? null : describeError(error)}
      onSubmit={mutate}
      footer={
        <>
          <Link to="/forgot-password">{t('forgotPassword')}</Link>
          <Link to="/sign-up" search={next === undefined ? {} : { next }}>{t('signUp')}</Link>
        </>
      }
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
      <TextField
        label={common('password')}
        type="password"
        name="password"
        autoComplete="current-password"
        required
        value={password}
        onChange={({ target }) => {
          setPassword(target.value)
        }}
      />
    </FormPage>
  )
}
