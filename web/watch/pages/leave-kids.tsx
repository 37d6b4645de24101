// Leaving a kids profile asks for the PIN of a grown-up, if a profile of the account has one.
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Lock } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useAccount } from '@shared/api/hooks.js'
import { deselectProfile, selectProfile } from '@shared/api/session.js'
import { Button, buttonClass } from '@shared/design/button.js'
import { SelectField } from '@shared/design/field.js'
import { StartPage } from '@shared/design/form-page.js'
import { PinForm } from '../components/pin-form.js'
import '../styles/settings.css'

export function LeaveKidsPage (): ReactNode {
  const t = useTranslations('profiles')
  const common = useTranslations('common')
  const navigate = useNavigate()
  const { next } = useSearch({ from: '/account-page/leave-kids' })
  const guards = useAccount().profiles.filter(({ hasPin, kids, locked }) => hasPin && !kids && !locked)
  const [guardId, setGuardId] = useState<string | null>(null)
  const guard = guards.find(({ id }) => id === guardId) ?? guards[0]

  const leave = async (): Promise<void> => {
    deselectProfile()
    if (next === undefined) await navigate({ to: '/profiles' })
    else await navigate({ href: next })
  }
  const goBack = async (): Promise<void> => {
    await navigate({ to: '/' })
  }
  return (
    <StartPage title={t('leaveKids')}>
      <section className="form-card leave-kids">
        <Lock className="icon" aria-hidden />
        <h1>{t('leaveKids')}</h1>
        {guard === undefined
          ? (
            <>
              <p className="quiet">{t('leaveKidsText')}</p>
              <div className="dialog-actions">
                <Link to="/" className={buttonClass('quiet')}>{common('cancel')}</Link>
                <Button look="main" onClick={() => void leave()}>{t('leave')}</Button>
              </div>
            </>
          )
          : (
            <>
              <p className="quiet">{t('pinOf', { name: guard.name })}</p>
              {guards.length > 1
                ? (
                  <SelectField
                    label={t('grownUp')}
                    options={guards.map(({ id, name }) => ({ value: id, label: name }))}
                    value={guard.id}
                    onChange={({ target }) => {
                      setGuardId(target.value)
                    }}
                  />
                )
                : null}
              <PinForm
                key={guard.id}
                onCancel={() => void goBack()}
                onSubmit={async (pin) => {
                  await selectProfile(guard.id, pin)
                  await leave()
                }}
              />
            </>
          )}
      </section>
    </StartPage>
  )
}
