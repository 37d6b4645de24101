// The errors of a period by hour.
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useFormats } from '@shared/i18n/format.js'
import { errorsQuery, type ErrorsOfHour, type Period } from '../api/statistics.js'
import { CsvButton } from './csv-button.js'
import { DataTable, type DataColumn } from './data-table.js'
import { Panel } from './page.js'

const ErrorsChart = lazy(async () => ({ default: (await import('./errors-chart.js')).ErrorsChart }))

export function ErrorsPanel ({ period }: { readonly period: Period }): ReactNode {
  const t = useTranslations('dashboard')
  const { number, dateTime } = useFormats()
  const { data: hours } = useQuery(errorsQuery(period))
  const columns: Array<DataColumn<ErrorsOfHour>> = [
    { id: 'hour', header: t('hour'), isOneLine: true, cell: ({ hour }) => dateTime(hour) },
    { id: 'requests', header: t('failedRequests'), isNumber: true, cell: ({ requests }) => number(requests) },
    { id: 'jobRuns', header: t('failedJobRuns'), isNumber: true, cell: ({ jobRuns }) => number(jobRuns) },
    { id: 'packagings', header: t('failedPackagings'), isNumber: true, cell: ({ packagings }) => number(packagings) },
    { id: 'uploads', header: t('failedUploads'), isNumber: true, cell: ({ uploads }) => number(uploads) },
  ]
  const hasErrors = hours !== undefined && hours.length > 0
  return (
    <Panel
      title={t('errorsByHour')}
      actions={<CsvButton table="errors" period={period} name={t('errorsByHour')} />}
    >
      {hasErrors
        ? (
          <Suspense fallback={<div className="chart skeleton" />}>
            <ErrorsChart hours={hours} lastDay={period.to} />
            <p className="quiet">{t('errorsHint')}</p>
          </Suspense>
        )
        : null}
      <DataTable
        label={t('errorsByHour')}
        items={[...hours ?? []].reverse()}
        getId={({ hour }) => hour}
        columns={columns}
        emptyText={hours === undefined ? '…' : t('noErrors')}
      />
    </Panel>
  )
}
