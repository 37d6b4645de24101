// Uploads of many files, and the media files of the catalogue with their states.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { buttonClass } from '@shared/design/button.js'
import { useFormats } from '@shared/i18n/format.js'
import { jobCountsQuery, mediaListQuery, type MediaFileState, type MediaItem } from '../api/media.js'
import type { DataColumn } from '../components/data-table.js'
import { MediaState } from '../components/media-state.js'
import { PageHead, Panel } from '../components/page.js'
import { UnfinishedUploads } from '../components/unfinished-uploads.js'
import { UploadMapping } from '../components/upload-mapping.js'
import { UploadQueue } from '../components/upload-queue.js'
import { ItemLink } from '../components/item-link.js'
import { PagedTable } from '../components/paged-table.js'
import { Filters, StateFilter } from '../components/state-filter.js'
import '../styles/editor.css'
import '../styles/media.css'

const STATES: readonly MediaFileState[] = ['processing', 'failed', 'ready']

export function MediaPage (): ReactNode {
  const t = useTranslations('media')
  return (
    <>
      <PageHead title={t('title')}>
        <Link to="/media/encoding" className={buttonClass('quiet')}>{t('encodingQueue')}</Link>
        <Link to="/media/detections" className={buttonClass('quiet')}>{t('detections')}</Link>
      </PageHead>
      <div className="sections sections-wide">
        <UploadMapping />
        <UploadQueue />
        <UnfinishedUploads />
        <JobsPanel />
        <FilesPanel />
      </div>
    </>
  )
}

function JobsPanel (): ReactNode {
  const t = useTranslations('media')
  const { number } = useFormats()
  const { data: counts } = useQuery(jobCountsQuery())
  if (counts === undefined) return null
  return (
    <Panel title={t('jobs')}>
      <dl className="facts-list">
        {counts.map(({ job, state, count }) => (
          <div key={`${job} ${state}`}>
            <dt>{t(`job-${job}`)} · {t(`job-${state}`)}</dt>
            <dd>{number(count)}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  )
}

function FilesPanel (): ReactNode {
  const t = useTranslations('media')
  const navigate = useNavigate()
  const { state } = useSearch({ from: '/staff/media' })
  const list = useInfiniteQuery(mediaListQuery(state))
  const columns = useMediaColumns()
  return (
    <Panel title={t('allFiles')} className="section">
      <Filters>
        <StateFilter
          label={t('state')}
          states={STATES}
          value={state}
          anyLabel={t('anyState')}
          labelOf={(one) => t(`is-${one}`)}
          onChange={(chosen) => {
            void navigate({ to: '/media', search: chosen === undefined ? {} : { state: chosen }, replace: true })
          }}
        />
      </Filters>
      <PagedTable
        list={list}
        label={t('allFiles')}
        items={list.data?.pages.flatMap(({ items }) => items)}
        getId={({ itemId }) => itemId}
        columns={columns}
        emptyText={t('noMatch')}
      />
    </Panel>
  )
}

function useMediaColumns (): Array<DataColumn<MediaItem>> {
  const t = useTranslations('media')
  const { dateTime, bytes } = useFormats()
  return [
    { id: 'title', header: t('item'), cell: (item) => <MediaItemLink item={item} /> },
    {
      id: 'files',
      header: t('files'),
      cell: ({ files }) => (
        <span className="episode-media">{files.map((file) => <MediaState key={file.id} file={file} />)}</span>
      ),
    },
    {
      id: 'size',
      header: t('size'),
      isNumber: true,
      cell: ({ files }) => bytes(files.reduce((all, { sizeBytes }) => all + sizeBytes, 0)),
    },
    {
      id: 'newest',
      header: t('newest'),
      isOneLine: true,
      cell: ({ newestAt }) => newestAt === null ? '–' : dateTime(newestAt),
    },
  ]
}

/** Names the movie or episode, and opens its media files. */
function MediaItemLink ({ item }: { readonly item: MediaItem }): ReactNode {
  const t = useTranslations('media')
  const { title, season, episode } = item
  const numbers = season === null || episode === null ? '' : ` S${season} E${episode}`
  return <ItemLink item={item}>{title ?? t('deletedTitle')}{numbers}</ItemLink>
}
