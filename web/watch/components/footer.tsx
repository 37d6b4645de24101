// The footer: links, and the language of the interface.
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { LanguageChoice } from '@shared/design/language-choice.js'

interface FooterProps {
  readonly hasProfile: boolean
  readonly isKids: boolean
}

export function Footer ({ hasProfile, isKids }: FooterProps): ReactNode {
  const t = useTranslations('layout')
  return (
    <footer className="footer">
      <nav className="footer-links" aria-label={t('footer')}>
        {hasProfile
          ? (
            <>
              <Link to="/browse/$kind" params={{ kind: 'all' }}>{t('all')}</Link>
              <Link to="/genres">{t('genres')}</Link>
              <Link to="/collections">{t('collections')}</Link>
            </>
          )
          : null}
        {isKids ? null : <Link to="/account">{t('account')}</Link>}
      </nav>
      <LanguageChoice />
    </footer>
  )
}
