// The log-in page. After the log-in, the router opens the profile selection, and the next page after it.
import { Link, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useSession } from '@shared/api/hooks.js'
import { LogInForm } from '@shared/design/log-in-form.js'

export function LogInPage (): ReactNode {
  const t = useTranslations('logIn')
  const common = useTranslations('common')
  const { end } = useSession()
  const { next } = useSearch({ from: '/log-in' })
  return (
    <LogInForm
      title={common('logIn')}
      {...end === 'expired' ? { text: t('sessionEnded') } : {}}
      footer={
        <>
          <Link to="/forgot-password">{t('forgotPassword')}</Link>
          <Link to="/sign-up" search={next === undefined ? {} : { next }}>{t('signUp')}</Link>
          <Link to="/tv" search={next === undefined ? {} : { next }}>{t('tv')}</Link>
        </>
      }
    />
  )
}
