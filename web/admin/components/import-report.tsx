// The report of an import: what was created and changed, and why lines were rejected.
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useFormats } from '@shared/i18n/format.js'
import type { ImportReport } from '../api/transfer.js'
import { DataTable, type DataColumn } from './data-table.js'
import { Panel } from './page.js'

type RejectedLine = ImportReport['refused'][number]
type LineWarning = ImportReport['warnings'][number]
const COUNTS = ['total', 'created', 'updated', 'unchanged', 'refusedCount'] as const

export function ImportReportView ({ report }: { readonly report: ImportReport }): ReactNode {
  const t = useTranslations('transfer')
  const { number } = useFormats()
  const { dryRun, refused, warnings, truncated } = report
  const refusedColumns: Array<DataColumn<RejectedLine>> = [
    { id: 'line', header: t('line'), isNumber: true, cell: ({ line }) => line },
    {
      id: 'errors',
      header: t('reasons'),
      cell: ({ errors }) => (
        <ul>
          {errors.map(({ pointer, message, value }) => (
            <li key={`${pointer} ${message}`}>
              <code>{pointer}</code> {message}
              {value === undefined ? null : (
                <>
                  (<code>{value}</code>)
                </>
              )}
            </li>
          ))}
        </ul>
      ),
    },
  ]
  const warningColumns: Array<DataColumn<LineWarning>> = [
    { id: 'line', header: t('line'), isNumber: true, cell: ({ line }) => line },
    {
      id: 'warnings',
      header: t('warnings'),
      cell: ({ warnings: list }) => (
        <ul>
          {list.map(({ pointer, message }) => (
            <li key={pointer + message}>
              <code>{pointer}</code> {message}
            </li>
          ))}
        </ul>
      ),
    },
  ]
  return (
    <Panel title={t(dryRun ? 'checkReport' : 'importReport')} className="section">
      <p role="status">{t(dryRun ? 'nothingWritten' : 'written')}</p>
      <dl className="facts-list">
        {COUNTS.map((name) => (
          <div key={name}>
            <dt>{t(name)}</dt>
            <dd>{number(report[name])}</dd>
          </div>
        ))}
      </dl>
      {refused.length === 0 ? null : (
        <DataTable
          label={t('refused')}
          items={refused}
          getId={({ line }) => String(line)}
          columns={refusedColumns}
          emptyText={t('noLines')}
        />
      )}
      {truncated ? <p className="quiet">{t('truncated')}</p> : null}
      {warnings.length === 0 ? null : (
        <DataTable
          label={t('warnings')}
          items={warnings}
          getId={({ line }) => String(line)}
          columns={warningColumns}
          emptyText={t('noLines')}
        />
      )}
    </Panel>
  )
}
