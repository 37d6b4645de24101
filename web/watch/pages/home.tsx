// The home page: a hero with the next item to watch or a recommended title, and rows of titles.
import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { Clapperboard } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { ContinueCard } from '@shared/api/client.js'
import { useErrorText } from '@shared/design/error-text.js'
import { PageState } from '@shared/design/states.js'
import { showMessage } from '@shared/design/toasts.js'
import { usePageTitle } from '@shared/design/page-title.js'
import { homeQuery } from '../api/home.js'
import { hideFromContinueWatching, undoAction } from '../api/titles.js'
import { CardRow } from '../components/card-row.js'
import { HomeHero } from '../components/home-hero.js'
import { ContinueWatchingCard, TitleCard } from '../components/title-card.js'

export function HomePage (): ReactNode {
  const t = useTranslations('home')
  usePageTitle(null)
  const { data: { rows } } = useSuspenseQuery(homeQuery())
  const hide = useHide()
  if (rows.every(({ items }) => items.length === 0)) {
    return <PageState icon={Clapperboard} title={t('empty')} text={t('emptyText')} />
  }
  return (
    <div className="home">
      <HomeHero rows={rows} />
      {rows.filter(({ items }) => items.length > 0).map((row) =>
        row.kind === 'continue'
          ? (
            <CardRow key={row.id} title={row.title} isWide>
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
            <CardRow key={row.id} title={row.title} seeAll={{ to: '/rows/$rowId', params: { rowId: row.id } }}>
              {row.items.map((card, index) => <TitleCard key={card.id} card={card} index={index} />)}
            </CardRow>
          )
      )}
    </div>
  )
}

/** Returns a function that hides a card from continue watching, and offers to undo it. */
function useHide (): (card: ContinueCard) => void {
  const t = useTranslations('home')
  const common = useTranslations('common')
  const queryClient = useQueryClient()
  const describeError = useErrorText()
  const reload = async (): Promise<void> => {
    await queryClient.invalidateQueries({ queryKey: ['watching'] })
  }
  const onError = (error: unknown): void => {
    showMessage(describeError(error))
  }
  const undo = useMutation({ mutationFn: undoAction, onSuccess: reload, onError })
  const hide = useMutation({
    mutationFn: async ({ title }: ContinueCard) => await hideFromContinueWatching(title.id),
    onSuccess: async ({ undo: undoId }, { title }) => {
      showMessage(t('hidden', { title: title.title }), {
        label: common('undo'),
        run: () => {
          undo.mutate(undoId)
        },
      })
      await reload()
    },
    onError,
  })
  return hide.mutate
}
