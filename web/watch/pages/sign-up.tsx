// Sign-up with the choice of a plan.
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { signUp } from '@shared/api/session.js'
import { useErrorText } from '@shared/design/error-text.js'
import { TextField } from '@shared/design/field.js'
import { FormPage } from '@shared/design/form-page.js'
import { plansQuery, type PlanName } from '../api/plans.js'
import { PlanChoice } from '../components/plan-choice.js'

const MIN_PASSWORD_LENGTH = 8

export function SignUpPage (): ReactNode {
  const t = useTranslations('signUp')
  const common = useTranslations('common')
  const describeError = useErrorText()
  const navigate = useNavigate()
  const { data: plans = [] } = useQuery(plansQuery())
  const [choice, setChoice] = useState<PlanName | null>(null)
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [profileName, setProfileName] = useState('')
  const plan = choice ?? plans[0]?.id
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => await signUp({ email, password, profileName, ...plan === undefined ? {} : { plan } }),
    onSuccess: async () => {
      await navigate({ to: '/profiles' })
    },
  })
  return (
    <FormPage
      title={t('title')}
      text={t('text')}
      submitLabel={common('signUp')}
      isBusy={isPending}
      error={error === null ? null : describeError(error)}
      onSubmit={mutate}
      footer={<Link to="/log-in">{t('logIn')}</Link>}
    >
      <PlanChoice plans={plans} value={plan ?? null} onChange={setChoice} />
      <TextField
        label={common('email')}
        type="email"
        name="email"
        autoComplete="username"
        required
        value={email}
        onChange={({ target }) => {
          setEmail(target.value)
        }}
      />
      <TextField
        label={common('password')}
        hint={t('passwordHint')}
        type="password"
        name="password"
        autoComplete="new-password"
        required
        minLength={MIN_PASSWORD_LENGTH}
        value={password}
        onChange={({ target }) => {
          setPassword(target.value)
        }}
      />
      <TextField
        label={t('profileName')}
        name="profileName"
        autoComplete="given-name"
        required
        maxLength={30}
        value={profileName}
        onChange={({ target }) => {
          setProfileName(target.value)
        }}
      />
    </FormPage>
  )
}
