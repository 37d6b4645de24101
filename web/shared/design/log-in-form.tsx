// The log-in form of both apps.
import { useMutation } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { logIn } from '../api/session.js'
import { useErrorText } from './error-text.js'
import { TextField } from './field.js'
import { FormPage } from './form-page.js'

interface LogInFormProps {
  readonly title: string
  readonly text?: string
  readonly footer?: ReactNode
  /** Opens the next page. Without it, the router does. */
  readonly onLoggedIn?: () => Promise<void>
}

export function LogInForm ({ onLoggedIn, ...page }: LogInFormProps): ReactNode {
  const common = useTranslations('common')
  const describeError = useErrorText()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => await logIn(email, password),
    onSuccess: async () => {
      await onLoggedIn?.()
    },
  })
  return (
    <FormPage
      {...page}
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
