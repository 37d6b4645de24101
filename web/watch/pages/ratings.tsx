// The titles that the profile rated.
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { Heart, ThumbsDown, ThumbsUp, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Rating } from '@shared/api/client.js'
import { IconButton } from '@shared/design/button.js'
import { ErrorState, Spinner } from '@shared/design/states.js'
import { showMessage } from '@shared/design/toasts.js'
import { useFormats } from '@shared/i18n/format.js'
import { ratingsQuery, type RatedTitle } from '../api/my-stuff.js'
import { rateTitle } from '../api/titles.js'
import { EmptyList, MyStuffPage } from '../components/my-stuff/my-stuff-page.js'
import { TitleRow } from '../components/my-stuff/title-row.js'
import { ShowMore } from '../components/show-more.js'
import { useAction } from '../components/use-action.js'

const RATINGS: ReadonlyArray<readonly [rating: Rating, icon: LucideIcon]> = [
  ['down', ThumbsDown],
  ['up', ThumbsUp],
  ['love', Heart],
]
const FILTERS: ReadonlyArray<Rating | null> = [null, 'love', 'up', 'down']

export function RatingsPage (): ReactNode {
  const t = useTranslations('ratings')
  const { rating = null } = useSearch({ from: '/profile/ratings' })
  const list = useInfiniteQuery(ratingsQuery(rating))
  const { data, error, isPending, refetch } = list
  const titles = data?.pages.flatMap(({ items }) => items) ?? []
  const controls = (
    <div className="tabs" role="group" aria-label={t('filter')}>
      {FILTERS.map((filter) => (
        <Link
          key={filter ?? 'all'}
          to="/ratings"
          search={filter === null ? {} : { rating: filter }}
          className="tab"
          activeProps={{}}
          aria-current={filter === rating ? 'true' : undefined}
        >
          {t(filter ?? 'all')}
        </Link>
      ))}
    </div>
  )
  return (
    <MyStuffPage title={t('title')} controls={controls}>
      {error !== null && data === undefined ? <ErrorState error={error} retry={() => void refetch()} /> : null}
      {isPending ? <Spinner /> : null}
      {data !== undefined && titles.length === 0 ? <EmptyList title={t('empty')} text={t('emptyText')} /> : null}
      <ul>
        {titles.map((rated) => <RatedRow key={rated.title.id} rated={rated} />)}
      </ul>
      <ShowMore list={list} />
    </MyStuffPage>
  )
}

function RatedRow ({ rated }: { readonly rated: RatedTitle }): ReactNode {
  const t = useTranslations('ratings')
  const common = useTranslations('common')
  const { dateTime } = useFormats()
  const { title, rating: current, ratedAt } = rated
  const queryClient = useQueryClient()
  const reload = async (): Promise<void> => {
    await queryClient.invalidateQueries({ queryKey: ['titles'] })
  }
  const restore = useAction(async () => {
    await rateTitle(title.id, current)
  }, reload)
  const change = useAction(async (rating: Rating | null) => {
    await rateTitle(title.id, rating)
  }, async (_, rating) => {
    if (rating === null) {
      showMessage(t('removed', { title: title.title }), {
        label: common('undo'),
        run: () => {
          restore.mutate()
        },
      })
    }
    await reload()
  })
  return (
    <TitleRow title={title} kind={title.kind} text={t('ratedAt', { time: dateTime(ratedAt) })}>
      <div className="ratings" role="group" aria-label={t('ratingOf', { title: title.title })}>
        {RATINGS.map(([rating, icon]) => (
          <IconButton
            key={rating}
            icon={icon}
            label={t(rating)}
            isPressed={rating === current}
            disabled={change.isPending}
            onClick={() => {
              change.mutate(rating === current ? null : rating)
            }}
          />
        ))}
      </div>
    </TitleRow>
  )
}
