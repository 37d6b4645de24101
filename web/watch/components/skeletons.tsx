// Placeholders while cards load.
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'

const CARD_COUNT = 8

const SkeletonCards = (): ReactNode =>
  Array.from({ length: CARD_COUNT }, (_, index) => (
    <div key={index} className="card">
      <div className="poster poster-portrait skeleton" />
    </div>
  ))

export function SkeletonRow (): ReactNode {
  const t = useTranslations('states')
  return (
    <div className="row" role="status" aria-label={t('loading')}>
      <div className="row-title skeleton skeleton-line" />
      <div className="row-track">
        <SkeletonCards />
      </div>
    </div>
  )
}

export function SkeletonGrid (): ReactNode {
  const t = useTranslations('states')
  return (
    <div className="row" role="status" aria-label={t('loading')}>
      <div className="grid">
        <SkeletonCards />
      </div>
    </div>
  )
}
