// The home page: a hero with the next item to watch or a recommended title, and rows of titles.
import { useSuspenseQuery } from '@tanstack/react-query'
import { Clapperboard } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { PageState } from '@shared/design/states.js'
import { usePageTitle } from '@shared/design/page-title.js'
import { homeQuery } from '../api/home.js'
import { CardRow } from '../components/card-row.js'
import { HomeHero } from '../components/home-hero.js'
import { useRowTitle } from '../components/row-title.js'
import { ContinueWatchingCard, TitleCard } from '../components/title-card.js'
import { useHideCard } from '../components/use-hide-card.js'

export function HomePage (): ReactNode {
  const t = useTranslations('home')
  usePageTitle(null)
  const { data: { rows } } = useSuspenseQuery(homeQuery())
  const hide = useHideCard()
  const nameRow = useRowTitle()
  if (rows.every(({ items }) => items.length === 0)) {
    return <PageState icon={Clapperboard} title={t('empty')} text={t('emptyText')} />
  }
  return (
    <div className="home">
      <HomeHero rows={rows} />
      {rows.filter(({ items }) => items.length > 0).map((row) =>
        row.kind === 'continue'
          ? (
            <CardRow
              key={row.id}
              title={nameRow(row)}
              isWide
              seeAll={{ to: '/rows/$rowId', params: { rowId: row.id } }}
            >
              {row.items.map((card, index) => (
                <ContinueWatchingCard
                  key={card.title.id}
                  card={card}
                  index={index}
                  onHide={() => {
                    hide(card)
                  }}
                />
              ))}
            </CardRow>
          )
          : (
            <CardRow key={row.id} title={nameRow(row)} seeAll={{ to: '/rows/$rowId', params: { rowId: row.id } }}>
              {row.items.map((card, index) => <TitleCard key={card.id} card={card} index={index} />)}
            </CardRow>
          )
      )}
    </div>
  )
}
