// My list: the wishlist, newest first or in the order of the user.
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { buttonClass } from '@shared/design/button.js'
import { ErrorState } from '@shared/design/states.js'
import { wishlistQuery } from '../api/my-stuff.js'
import { MyStuffPage } from '../components/my-stuff/my-stuff-page.js'
import { WishlistGrid } from '../components/my-stuff/wishlist-grid.js'
import { ShowMore } from '../components/show-more.js'
import { SkeletonGrid } from '../components/skeletons.js'

export function WishlistPage (): ReactNode {
  const t = useTranslations('wishlist')
  const { order = 'own' } = useSearch({ from: '/profile/wishlist' })
  const list = useInfiniteQuery(wishlistQuery(order))
  const { data, error, isPending, refetch } = list
  const cards = data?.pages.flatMap(({ items }) => items) ?? []
  const controls = (
    <div className="tabs" role="group" aria-label={t('order')}>
      {(['own', 'newest'] as const).map((one) => (
        <Link
          key={one}
          to="/wishlist"
          search={one === 'own' ? {} : { order: one }}
          className="tab"
          activeProps={{}}
          aria-current={one === order ? 'true' : undefined}
        >
          {t(one)}
        </Link>
      ))}
    </div>
  )
  return (
    <MyStuffPage title={t('title')} controls={controls}>
      {error !== null && data === undefined ? <ErrorState error={error} retry={() => void refetch()} /> : null}
      {isPending ? <SkeletonGrid /> : null}
      {data !== undefined && cards.length === 0
        ? (
          <div className="empty-list">
            <Plus className="icon" aria-hidden />
            <strong>{t('empty')}</strong>
            <p className="quiet">{t('emptyText')}</p>
            <Link to="/" className={buttonClass('main')}>{t('findTitles')}</Link>
          </div>
        )
        : null}
      {cards.length > 0 ? <WishlistGrid cards={cards} isSortable={order === 'own'} /> : null}
      <ShowMore list={list} />
    </MyStuffPage>
  )
}
