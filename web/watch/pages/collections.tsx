// The collections: series of titles and editorial lists.
import { useSuspenseInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Library } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { usePageTitle } from '@shared/design/page-title.js'
import { Poster } from '@shared/design/poster.js'
import { PageState } from '@shared/design/states.js'
import { collectionsQuery } from '../api/discovery.js'
import { CardGrid } from '../components/card-row.js'
import { ShowMore } from '../components/show-more.js'
import { tabIndexAt } from '../components/title-card.js'
import '../styles/browse.css'

export function CollectionsPage (): ReactNode {
  const t = useTranslations('collections')
  const list = useSuspenseInfiniteQuery(collectionsQuery())
  const collections = list.data.pages.flatMap(({ items }) => items)
  usePageTitle(t('title'))
  if (collections.length === 0) return <PageState icon={Library} title={t('empty')} text={t('emptyText')} />
  return (
    <div className="browse">
      <div className="page-heading">
        <h1>{t('title')}</h1>
      </div>
      <CardGrid label={t('title')} isWide>
        {collections.map((collection, index) => (
          <li key={collection.id} className="card">
            <Link
              to="/collections/$collectionId"
              params={{ collectionId: collection.id }}
              className="card-link"
              tabIndex={tabIndexAt(index)}
            >
              <Poster title={{ ...collection, genres: [t(collection.kind)] }} shape="wide" />
              <span className="card-caption">
                <strong>{collection.title}</strong>
                <span>{t('titleCount', { count: collection.titleCount })}</span>
              </span>
            </Link>
          </li>
        ))}
      </CardGrid>
      <ShowMore list={list} />
    </div>
  )
}
