// The health of the service and its periodic jobs.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useAccount } from '@shared/api/hooks.js'
import { buttonClass } from '@shared/design/button.js'
import { useFormats } from '@shared/i18n/format.js'
import { canOpen } from '../access.js'
import { metricsQuery, readinessQuery, type JobState, type ServiceMetrics } from '../api/health.js'
import { jobCountsQuery } from '../api/media.js'
import { DataTable, type DataColumn } from './data-table.js'
import { Panel } from './page.js'

export function HealthPanel (): ReactNode {
  const t = useTranslations('dashboard')
  const { data: readiness, isError } = useQuery(readinessQuery())
  const { data: metrics } = useQuery(metricsQuery())
  const isReady = readiness?.status === 'ok'
  return (
    <Panel
      title={t('health')}
      actions={readiness === undefined && !isError
        ? null
        : <span className={`tag ${isReady ? 'tag-good' : 'tag-bad'}`}>{t(isReady ? 'ready' : 'notReady')}</span>}
    >
      <dl className="facts-list">
        {readiness === undefined ? null : <Fact name={t('mail')} value={t(`mail-${readiness.mail}`)} />}
        {metrics === undefined || metrics === null ? null : <MetricFacts metrics={metrics} />}
      </dl>
      <JobCounts />
      {metrics === null ? <p className="quiet">{t('metricsUnavailable')}</p> : null}
      {metrics === undefined || metrics === null ? null : <JobList jobs={metrics.jobs} />}
    </Panel>
  )
}

function Fact ({ name, value }: { readonly name: string, readonly value: string }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}

function MetricFacts ({ metrics }: { readonly metrics: ServiceMetrics }): ReactNode {
  const t = useTranslations('dashboard')
  const { number, bytes, dateTime } = useFormats()
  return (
    <>
      <Fact name={t('catalogueSize')} value={number(metrics.titles)} />
      <Fact name={t('packagingRunning')} value={number(metrics.packagingRunning)} />
      <Fact name={t('packagingQueued')} value={number(metrics.packagingWaiting)} />
      <Fact name={t('uploadsRunning')} value={number(metrics.uploadsRunning)} />
      <Fact name={t('errors')} value={number(metrics.failedRequests)} />
      <Fact name={t('memory')} value={bytes(metrics.memoryBytes)} />
      <Fact name={t('uptime')} value={dateTime(new Date(metrics.startedAt).toISOString())} />
    </>
  )
}

/** Work that waits or failed, for example packaging. */
function JobCounts (): ReactNode {
  const t = useTranslations('media')
  const { number } = useFormats()
  const { data: counts = [] } = useQuery(jobCountsQuery())
  const canOpenQueues = canOpen(useAccount().role, 'media')
  return (
    <>
      <dl className="facts-list job-counts">
        {counts.map(({ job, state, count }) => (
          <Fact key={`${job} ${state}`} name={`${t(`job-${job}`)} · ${t(`job-${state}`)}`} value={number(count)} />
        ))}
      </dl>
      {canOpenQueues
        ? (
          <div className="actions job-counts">
            <Link to="/media/encoding" className={buttonClass('quiet')}>{t('encodingQueue')}</Link>
            <Link to="/media/detections" className={buttonClass('quiet')}>{t('detections')}</Link>
          </div>
        )
        : null}
    </>
  )
}

function JobList ({ jobs }: { readonly jobs: readonly JobState[] }): ReactNode {
  const t = useTranslations('dashboard')
  const { number, dateTime } = useFormats()
  const columns: Array<DataColumn<JobState>> = [
    { id: 'job', header: t('job'), cell: ({ name }) => name },
    {
      id: 'lastSuccess',
      header: t('lastSuccess'),
      cell: ({ lastSuccessAt }) =>
        lastSuccessAt === null ? t('never') : dateTime(new Date(lastSuccessAt).toISOString()),
    },
    { id: 'runs', header: t('runs'), isNumber: true, cell: ({ runs }) => number(runs) },
    { id: 'failures', header: t('failures'), isNumber: true, cell: ({ failures }) => number(failures) },
  ]
  return (
    <details className="disclosure">
      <summary>{t('jobs')}</summary>
      <DataTable
        label={t('jobs')}
        items={[...jobs]}
        getId={({ name }) => name}
        columns={columns}
        emptyText={t('never')}
      />
    </details>
  )
}
