// Uploads of many files, and the media files of the catalogue with their states.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { buttonClass } from '@shared/design/button.js'
import { SelectField } from '@shared/design/field.js'
import { useFormats } from '@shared/i18n/format.js'
import { jobCountsQuery, mediaListQuery, type MediaFileState, type MediaItem } from '../api/media.js'
import type { DataColumn } from '../components/data-table.js'
import { MediaState } from '../components/media-state.js'
import { PageHead, Panel } from '../components/page.js'
import { UnfinishedUploads } from '../components/unfinished-uploads.js'
import { UploadMapping } from '../components/upload-mapping.js'
import { UploadQueue } from '../components/upload-queue.js'
import { PagedTable } from '../components/paged-table.js'
import '../styles/editor.css'
import '../styles/media.css'

const STATES: readonly MediaFileState[] = ['processing', 'failed', 'ready']

export function MediaPage (): ReactNode {
  const t = useTranslations('media')
  return (
    <>
      <PageHead title={t('title')}>
        <Link to="/media/encoding" className={buttonClass('quiet')}>{t('encodingQueue')}</Link>
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
      <div className="filters">
        <SelectField
          label={t('state')}
          value={state ?? ''}
          options={[
            { value: '', label: t('anyState') },
            ...STATES.map((value) => ({ value, label: t(`is-${value}`) })),
          ]}
          onChange={({ target }) => {
            const chosen = STATES.find((one) => one === target.value)
            void navigate({ to: '/media', search: chosen === undefined ? {} : { state: chosen }, replace: true })
          }}
        />
      </div>
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
    { id: 'title', header: t('item'), cell: (item) => <ItemLink item={item} /> },
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
    { id: 'newest', header: t('newest'), cell: ({ newestAt }) => newestAt === null ? '–' : dateTime(newestAt) },
  ]
}

/** Opens the media files of the movie or episode. */
function ItemLink ({ item: { itemId, titleId, title, season, episode } }: { readonly item: MediaItem }): ReactNode {
  const t = useTranslations('media')
  const name = title ?? t('deletedTitle')
  const search = { tab: 'media' }
  return season === null || episode === null
    ? (
      <Link to="/catalogue/movies/$movieId" params={{ movieId: itemId }} search={search} className="table-link">
        {name}
      </Link>
    )
    : (
      <Link
        to="/catalogue/shows/$showId/seasons/$season/episodes/$episode"
        params={{ showId: titleId, season: String(season), episode: String(episode) }}
        search={search}
        className="table-link"
      >
        {name} S{season} E{episode}
      </Link>
    )
}
