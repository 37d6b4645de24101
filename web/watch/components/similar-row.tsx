// Titles that are like a title.
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { similarQuery } from '../api/discovery.js'
import { CardRow } from './card-row.js'
import { SkeletonRow } from './skeletons.js'
import { TitleCard } from './title-card.js'

export function SimilarRow ({ titleId }: { readonly titleId: string }): ReactNode {
  const t = useTranslations('title')
  const { data, isPending } = useQuery(similarQuery(titleId))
  if (isPending) return <SkeletonRow />
  if (data === undefined || data.length === 0) return null
  return (
    <CardRow title={t('similar')}>
      {data.map((card, index) => <TitleCard key={card.id} card={card} index={index} />)}
    </CardRow>
  )
}
