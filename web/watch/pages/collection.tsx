// A collection with its titles, in their order.
import { useSuspenseInfiniteQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { usePageTitle } from '@shared/design/page-title.js'
import { Backdrop } from '@shared/design/backdrop.js'
import { posterLook } from '@shared/design/poster-look.js'
import { collectionQuery } from '../api/discovery.js'
import { CardGrid } from '../components/card-row.js'
import { ShowMore } from '../components/show-more.js'
import { TitleCard } from '../components/title-card.js'
import '../styles/browse.css'

export function CollectionPage (): ReactNode {
  const t = useTranslations('collections')
  const { collectionId } = useParams({ from: '/profile/collections/$collectionId' })
  const list = useSuspenseInfiniteQuery(collectionQuery(collectionId))
  const { pages } = list.data
  const collection = pages[0]
  usePageTitle(collection?.title ?? t('title'))
  if (collection === undefined) return null
  const { className, style } = posterLook(collectionId)
  return (
    <div className="browse">
      <div className={`hero hero-collection ${className}`} style={style}>
        <Backdrop url={collection.posterUrl} placeholder={collection.posterPlaceholder} />
        <div className="hero-text">
          <p className="kicker">{t(collection.kind)}</p>
          <h1>{collection.title}</h1>
          <p className="hero-facts">{t('titleCount', { count: collection.titleCount })}</p>
          {collection.synopsis === null ? null : <p className="synopsis">{collection.synopsis}</p>}
        </div>
      </div>
      <CardGrid label={collection.title}>
        {pages.flatMap(({ items }) => items).map((card, index) => (
          <TitleCard
            key={card.id}
            card={card}
            index={index}
          />
        ))}
      </CardGrid>
      <ShowMore list={list} />
    </div>
  )
}
