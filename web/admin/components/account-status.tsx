// Whether an account is enabled, disabled or closed.
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useFormats } from '@shared/i18n/format.js'
import type { AccountSummary } from '../api/accounts.js'

export function AccountStatus ({ account }: { readonly account: AccountSummary }): ReactNode {
  const t = useTranslations('accounts')
  const { date } = useFormats()
  const { disabledAt, eraseAt, emailVerified } = account
  if (disabledAt !== null) return <span className="tag tag-bad">{t('disabled')}</span>
  if (eraseAt !== null) return <span className="tag tag-warm">{t('closed', { date: date(eraseAt) })}</span>
  return emailVerified
    ? <span className="tag tag-good">{t('enabled')}</span>
    : <span className="tag">{t('unverified')}</span>
}
