// The log-in page of the staff.
import { useMutation } from '@tanstack/react-query'
import { useRouter, useSearch } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { logIn } from '@shared/api/session.js'
import { useErrorText } from '@shared/design/error-text.js'
import { TextField } from '@shared/design/field.js'
import { FormPage } from '@shared/design/form-page.js'
import '../styles/log-in.css'

export function LogInPage (): ReactNode {
  const t = useTranslations('logIn')
  const common = useTranslations('common')
  const describeError = useErrorText()
  const router = useRouter()
  const { next } = useSearch({ from: '/log-in' })
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => await logIn(email, password),
    onSuccess: async () => {
      if (next === undefined) await router.navigate({ to: '/' })
      else await router.navigate({ href: next })
    },
  })
  return (
    <FormPage
      title={t('title')}
      text={t('text')}
      submitLabel={common('logIn')}
      isBusy={isPending}
      error={error === null ? null : describeError(error)}
      onSubmit={mutate}
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
