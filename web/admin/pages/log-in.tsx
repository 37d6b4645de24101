// The log-in page of the staff.
import { useRouter, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { LogInForm } from '@shared/design/log-in-form.js'
import '../styles/log-in.css'

export function LogInPage (): ReactNode {
  const t = useTranslations('logIn')
  const router = useRouter()
  const { next } = useSearch({ from: '/log-in' })
  const openNext = async (): Promise<void> => {
    if (next === undefined) await router.navigate({ to: '/' })
    else await router.navigate({ href: next })
  }
  return <LogInForm title={t('title')} text={t('text')} onLoggedIn={openNext} />
}
