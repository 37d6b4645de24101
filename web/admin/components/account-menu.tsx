// The menu of the account: the language, the watch app and the log-out, in a popover of the browser.
import { useNavigate } from '@tanstack/react-router'
import { ChevronDown } from 'lucide-react'
import type { ReactNode } from 'react'
import { useLocale, useTranslations } from 'use-intl'
import { useAccount } from '@shared/api/hooks.js'
import { logOut } from '@shared/api/session.js'
import { SelectField } from '@shared/design/field.js'
import { useFormats } from '@shared/i18n/format.js'
import { chooseLocale, LOCALES } from '@shared/i18n/locale.js'

export function AccountMenu (): ReactNode {
  const t = useTranslations('layout')
  const roles = useTranslations('roles')
  const common = useTranslations('common')
  const navigate = useNavigate()
  const locale = useLocale()
  const { language } = useFormats()
  const { email, role } = useAccount()
  const leave = async (): Promise<void> => {
    await logOut()
    await navigate({ to: '/log-in' })
  }
  return (
    <>
      <button
        type="button"
        className="account-switch"
        popoverTarget="account-menu"
        aria-label={`${email}: ${t('accountMenu')}`}
      >
        <span className="account-switch-name">{email}</span>
        <ChevronDown className="icon" aria-hidden />
      </button>
      <div id="account-menu" className="menu account-menu" popover="auto">
        <p className="account-menu-who">
          <strong>{email}</strong>
          <span className="quiet">{roles(role)}</span>
        </p>
        <SelectField
          label={common('language')}
          value={locale}
          options={LOCALES.map((value) => ({ value, label: language(value) }))}
          onChange={({ target }) => {
            const chosen = LOCALES.find((one) => one === target.value)
            if (chosen !== undefined) chooseLocale(chosen)
          }}
        />
        <div className="menu-separator" />
        <a href="/watch" className="menu-item">{t('watchApp')}</a>
        <button type="button" className="menu-item" onClick={() => void leave()}>{common('logOut')}</button>
      </div>
    </>
  )
}
