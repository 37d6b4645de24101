// Year, length, language and certification of a title.
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Schemas } from '@shared/api/client.js'
import { useFormats } from '@shared/i18n/format.js'
import { isShow, type Title } from '../api/titles.js'
import '../styles/facts.css'

/** Systems whose ratings are known without their name. */
const KNOWN_SYSTEMS = ['MPA', 'TV', 'age']

function describeCertification ({ system, rating }: Schemas['Certification']): string {
  return KNOWN_SYSTEMS.includes(system) ? rating : `${system} ${rating}`
}

export function TitleFacts ({ title }: { readonly title: Title }): ReactNode {
  const t = useTranslations('title')
  const { duration, language } = useFormats()
  const facts = [
    title.year === null ? null : String(title.year),
    isShow(title)
      ? t('seasonCount', { count: title.seasons.filter(({ number }) => number > 0).length })
      : title.runtimeMs === null
      ? null
      : duration(title.runtimeMs),
    title.originalLanguage === null ? null : language(title.originalLanguage),
  ].filter((fact) => fact !== null)
  return (
    <p className="facts">
      {facts.map((fact) => <span key={fact}>{fact}</span>)}
      {title.certification === null
        ? null
        : (
          <span className="badge">
            <span className="visually-hidden">{t('maturityRating')}:</span>
            {describeCertification(title.certification)}
          </span>
        )}
    </p>
  )
}
