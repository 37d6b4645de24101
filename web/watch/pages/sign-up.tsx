// Sign-up with the choice of a plan.
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { signUp } from '@shared/api/session.js'
import { useFormErrors } from '@shared/design/form-errors.js'
import { TextField } from '@shared/design/field.js'
import { FormPage } from '@shared/design/form-page.js'
import { plansQuery, type PlanName } from '../api/plans.js'
import { PasswordField } from '../components/password-field.js'
import { PlanChoice } from '../components/plan-choice.js'
import '../styles/settings.css'

const MAX_NAME_LENGTH = 50

export function SignUpPage (): ReactNode {
  const t = useTranslations('signUp')
  const common = useTranslations('common')
  const search = useSearch({ from: '/sign-up' })
  const { data: plans = [] } = useQuery(plansQuery())
  const [choice, setChoice] = useState<PlanName | null>(null)
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [profileName, setProfileName] = useState('')
  const plan = choice ?? plans[0]?.id
  const { mutate, isPending, error } = useMutation({
    // The router then opens the profile selection.
    mutationFn: async () => await signUp({ email, password, profileName, ...plan === undefined ? {} : { plan } }),
  })
  const { errorAt, formError } = useFormErrors(error, ['email', 'password', 'profileName'])
  return (
    <FormPage
      title={t('title')}
      isWide
      text={t('text')}
      submitLabel={common('signUp')}
      isBusy={isPending}
      error={formError}
      onSubmit={mutate}
      footer={<Link to="/log-in" search={search}>{t('logIn')}</Link>}
    >
      <PlanChoice plans={plans} value={plan ?? null} onChange={setChoice} />
      <TextField
        label={common('email')}
        type="email"
        name="email"
        autoComplete="username"
        required
        error={errorAt('email')}
        value={email}
        onChange={({ target }) => {
          setEmail(target.value)
        }}
      />
      <PasswordField label={common('password')} error={errorAt('password')} value={password} onChange={setPassword} />
      <TextField
        label={t('profileName')}
        name="profileName"
        autoComplete="given-name"
        required
        maxLength={MAX_NAME_LENGTH}
        error={errorAt('profileName')}
        value={profileName}
        onChange={({ target }) => {
          setProfileName(target.value)
        }}
      />
    </FormPage>
  )
}
