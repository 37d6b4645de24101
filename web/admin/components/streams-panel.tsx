// The streams of this moment.
import { useQuery } from '@tanstack/react-query'
import { RefreshCw } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { formatPosition, useFormats } from '@shared/i18n/format.js'
import { streamsQuery, type AccountStream } from '../api/statistics.js'
import { DataTable, type DataColumn } from './data-table.js'
import { Panel } from './page.js'

export function StreamsPanel (): ReactNode {
  const t = useTranslations('dashboard')
  const { data: streams = [], refetch, isFetching } = useQuery(streamsQuery())
  const columns = useStreamColumns()
  return (
    <Panel
      title={`${t('streamsNow')} · ${t('streams', { count: streams.length })}`}
      actions={
        <Button look="quiet" isSmall icon={RefreshCw} aria-busy={isFetching} onClick={() => void refetch()}>
          {t('refresh')}
        </Button>
      }
    >
      <DataTable
        label={t('streamsNow')}
        items={streams}
        getId={({ stream }) => stream.id}
        columns={columns}
        emptyText={t('noStreams')}
      />
    </Panel>
  )
}

function useStreamColumns (): Array<DataColumn<AccountStream>> {
  const t = useTranslations('dashboard')
  const { time } = useFormats()
  return [
    {
      id: 'profile',
      header: t('profile'),
      cell: ({ email, stream }) => (
        <span className="stacked">
          <strong>{stream.profile.name}</strong>
          <small>{email}</small>
        </span>
      ),
    },
    {
      id: 'title',
      header: t('titleColumn'),
      cell: ({ stream: { title, season, episode, private: isPrivate } }) => (
        <span className="stacked">
          <span>{title.title}</span>
          {season === null || episode === null ? null : <small>{t('episode', { season, episode })}</small>}
          {isPrivate ? <small>{t('private')}</small> : null}
        </span>
      ),
    },
    {
      id: 'position',
      header: t('position'),
      isNumber: true,
      cell: ({ stream: { positionMs, durationMs } }) =>
        durationMs === null
          ? formatPosition(positionMs)
          : `${formatPosition(positionMs)} / ${formatPosition(durationMs)}`,
    },
    {
      id: 'state',
      header: t('state'),
      cell: ({ stream }) => (
        <span className={`tag ${stream.state === 'playing' ? 'tag-good' : ''}`}>{t(stream.state)}</span>
      ),
    },
    {
      id: 'device',
      header: t('device'),
      cell: ({ stream }) => (
        <span className="stacked">
          <span>{stream.device ?? '–'}</span>
          <small>{t('since', { time: time(stream.since) })}</small>
        </span>
      ),
    },
  ]
}
