// The queue of masters: progress, failures with the log of ffmpeg, cancellation and repetition.
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { buttonClass } from '@shared/design/button.js'
import { encoderQuery, encodingJobsQuery } from '../api/encoding.js'
import { useEncodingColumns } from '../components/encoding-columns.js'
import { PageHead } from '../components/page.js'
import { PagedTable } from '../components/paged-table.js'
import { Filters, StateFilter } from '../components/state-filter.js'
import { ENCODING_STATES, STEP_STATES, validateEncodingSearch, type EncodingSearch } from '../searches.js'
import '../styles/editor.css'
import '../styles/media.css'
import '../styles/webhooks.css'

export function EncodingPage (): ReactNode {
  const t = useTranslations('encoding')
  return (
    <>
      <PageHead title={t('title')}>
        <Link to="/media" className={buttonClass('quiet')}>{t('back')}</Link>
      </PageHead>
      <div className="sections sections-wide">
        <p className="quiet">{t('intro')}</p>
        <EncoderNotice />
        <JobList />
      </div>
    </>
  )
}

function EncoderNotice (): ReactNode {
  const t = useTranslations('encoding')
  const { data } = useQuery(encoderQuery())
  if (data === undefined || data.isAvailable) return null
  return (
    <p role="status">
      <strong>{t('unavailable')}.</strong> {data.reason}
    </p>
  )
}

function JobList (): ReactNode {
  const t = useTranslations('encoding')
  const jobs = useTranslations('jobs')
  const navigate = useNavigate()
  const filter = useSearch({ from: '/staff/media/encoding' })
  const change = (changes: { [Name in keyof EncodingSearch]: EncodingSearch[Name] | undefined }): void => {
    const search = validateEncodingSearch({ ...filter, ...changes })
    void navigate({ to: '/media/encoding', search, replace: true })
  }
  const list = useInfiniteQuery({
    ...encodingJobsQuery(filter),
    placeholderData: keepPreviousData,
  })
  const columns = useEncodingColumns()
  return (
    <>
      <Filters>
        <StateFilter
          label={jobs('state')}
          states={ENCODING_STATES}
          value={filter.state}
          anyLabel={jobs('anyState')}
          labelOf={(one) => t(`is-${one}`)}
          onChange={(state) => {
            change({ state })
          }}
        />
        <StateFilter
          label={t('steps')}
          states={STEP_STATES}
          value={filter.stepState}
          anyLabel={jobs('anyState')}
          labelOf={(one) => t(`is-${one}`)}
          onChange={(stepState) => {
            change({ stepState })
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
