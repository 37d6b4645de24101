// The detections of intros and credits: progress, results, failures with their reason, and repetition.
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { buttonClass } from '@shared/design/button.js'
import { detectionsQuery } from '../api/detections.js'
import { useDetectionColumns } from '../components/detection-columns.js'
import { PageHead } from '../components/page.js'
import { PagedTable } from '../components/paged-table.js'
import { Filters, StateFilter } from '../components/state-filter.js'
import { DETECTION_STATES } from '../searches.js'
import '../styles/editor.css'
import '../styles/media.css'
import '../styles/webhooks.css'

export function DetectionsPage (): ReactNode {
  const t = useTranslations('detections')
  return (
    <>
      <PageHead title={t('title')}>
        <Link to="/media" className={buttonClass('quiet')}>{t('back')}</Link>
      </PageHead>
      <div className="sections sections-wide">
        <p className="quiet">{t('intro')}</p>
        <DetectionList />
      </div>
    </>
  )
}

function DetectionList (): ReactNode {
  const t = useTranslations('detections')
  const jobs = useTranslations('jobs')
  const navigate = useNavigate()
  const { state } = useSearch({ from: '/staff/media/detections' })
  const list = useInfiniteQuery({
    ...detectionsQuery(state),
    placeholderData: keepPreviousData,
  })
  const columns = useDetectionColumns()
  return (
    <>
      <Filters>
        <StateFilter
          label={jobs('state')}
          states={DETECTION_STATES}
          value={state}
          anyLabel={jobs('anyState')}
          labelOf={(one) => t(`is-${one}`)}
          onChange={(chosen) => {
            const search = chosen === undefined ? {} : { state: chosen }
            void navigate({ to: '/media/detections', search, replace: true })
          }}
        />
      </Filters>
      <PagedTable
        list={list}
        label={t('title')}
        items={list.data?.pages.flatMap(({ items }) => items)}
        getId={({ id }) => id}
        columns={columns}
        emptyText={t('empty')}
      />
    </>
  )
}
