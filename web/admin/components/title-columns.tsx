// Columns of tables of titles.
import { Link } from '@tanstack/react-router'
import { useMemo, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Poster } from '@shared/design/poster.js'
import { useFormats } from '@shared/i18n/format.js'
import type { AdminTitle } from '../api/titles.js'
import type { DataColumn } from './data-table.js'

export function useTitleColumns (): Array<DataColumn<AdminTitle>> {
  const t = useTranslations('catalogue')
  const { date } = useFormats()
  return useMemo(() => [
    { id: 'title', header: t('titleColumn'), cell: (title) => <TitleName title={title} /> },
    { id: 'kind', header: t('type'), cell: ({ kind }) => t(kind) },
    { id: 'year', header: t('year'), isNumber: true, cell: ({ year }) => year ?? '–' },
    { id: 'status', header: t('status'), cell: (title) => <TitleStatus title={title} /> },
    {
      id: 'playable',
      header: t('playable'),
      isNumber: true,
      cell: ({ playableItemCount: playable, itemCount: items }) => t('playableOf', { playable, items }),
    },
    { id: 'added', header: t('added'), isOneLine: true, cell: ({ addedAt }) => date(addedAt) },
  ], [t, date])
}

function TitleName ({ title }: { readonly title: AdminTitle }): ReactNode {
  const content = (
    <>
      <span className="table-poster">
        <Poster title={title} shape="portrait" />
      </span>
      {title.title}
    </>
  )
  return title.kind === 'movie'
    ? <Link to="/catalogue/movies/$movieId" params={{ movieId: title.id }} className="table-link">{content}</Link>
    : <Link to="/catalogue/shows/$showId" params={{ showId: title.id }} className="table-link">{content}</Link>
}

type Status =
  | { readonly name: 'draft' | 'expired' | 'published' }
  | { readonly name: 'scheduled', readonly from: string }

function findStatus ({ published, availableFrom, availableUntil }: AdminTitle, now: number): Status {
  if (!published) return { name: 'draft' }
  if (availableUntil !== null && Date.parse(availableUntil) <= now) return { name: 'expired' }
  if (availableFrom !== null && Date.parse(availableFrom) > now) return { name: 'scheduled', from: availableFrom }
  return { name: 'published' }
}

const STATUS_CLASSES = { draft: 'tag-warm', scheduled: 'tag-warm', expired: 'tag-bad', published: 'tag-good' } as const

export function TitleStatus ({ title }: { readonly title: AdminTitle }): ReactNode {
  const t = useTranslations('catalogue')
  const { date } = useFormats()
  const status = findStatus(title, new Date().getTime())
  return (
    <span className={`tag ${STATUS_CLASSES[status.name]}`}>
      {status.name === 'scheduled' ? t('scheduled', { date: date(status.from) }) : t(status.name)}
    </span>
  )
}
