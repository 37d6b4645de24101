// The choice of the language of the interface.
import { Languages } from 'lucide-react'
import type { ReactNode } from 'react'
import { useLocale, useTranslations } from 'use-intl'
import { chooseLocale, LOCALES } from '../i18n/locale.js'

/** The name of a language in that language. */
function nameLocale (locale: string): string {
  const name = new Intl.DisplayNames(locale, { type: 'language' }).of(locale) ?? locale
  return name.charAt(0).toLocaleUpperCase(locale) + name.slice(1)
}

export function LanguageChoice (): ReactNode {
  const t = useTranslations('common')
  const current = useLocale()
  return (
    <label className="language-choice">
      <Languages className="icon" aria-hidden />
      <span className="visually-hidden">{t('language')}</span>
      <select
        className="input"
        value={current}
        onChange={({ target }) => {
          const locale = LOCALES.find((one) => one === target.value)
          if (locale !== undefined) chooseLocale(locale)
        }}
      >
        {LOCALES.map((locale) => <option key={locale} value={locale} lang={locale}>{nameLocale(locale)}</option>)}
      </select>
    </label>
  )
}
