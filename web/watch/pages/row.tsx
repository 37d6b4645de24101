// All titles of a row of the home page.
import { useSuspenseInfiniteQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { Clapperboard } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { usePageTitle } from '@shared/design/page-title.js'
import { PageState } from '@shared/design/states.js'
import { rowQuery } from '../api/discovery.js'
import { CardGrid } from '../components/card-row.js'
import { useRowTitle } from '../components/row-title.js'
import { ShowMore } from '../components/show-more.js'
import { ContinueWatchingCard, TitleCard } from '../components/title-card.js'
import { useHideCard } from '../components/use-hide-card.js'
import '../styles/browse.css'

export function RowPage (): ReactNode {
  const t = useTranslations('home')
  const nameRow = useRowTitle()
  const { rowId } = useParams({ from: '/profile/rows/$rowId' })
  const list = useSuspenseInfiniteQuery(rowQuery(rowId))
  const hide = useHideCard()
  const { pages } = list.data
  const heading = pages[0] === undefined ? '' : nameRow(pages[0])
  usePageTitle(heading)
  if (pages.every(({ items }) => items.length === 0)) {
    return <PageState icon={Clapperboard} title={heading} text={t('emptyRow')} />
  }
  const continueCards = pages.flatMap((page) => page.kind === 'continue' ? page.items : [])
  const cards = pages.flatMap((page) => page.kind === 'titles' ? page.items : [])
  return (
    <div className="browse">
      <div className="page-heading">
        <h1>{heading}</h1>
      </div>
      <CardGrid label={heading} isWide={continueCards.length > 0}>
        {continueCards.map((card, index) => (
          <ContinueWatchingCard
            key={card.title.id}
            card={card}
            index={index}
            onHide={() => {
              hide(card)
            }}
          />
        ))}
        {cards.map((card, index) => <TitleCard key={card.id} card={card} index={index} />)}
      </CardGrid>
      <ShowMore list={list} />
    </div>
  )
}
