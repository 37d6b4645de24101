// The storage use by kind of files.
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useFormats } from '@shared/i18n/format.js'
import { storageQuery, type Period, type StorageOfKind } from '../api/statistics.js'
import { CsvButton } from './csv-button.js'
import { DataTable, type DataColumn } from './data-table.js'
import { Panel } from './page.js'

/** @param period names the file that is downloaded */
export function StoragePanel ({ period }: { readonly period: Period }): ReactNode {
  const t = useTranslations('dashboard')
  const { bytes, number } = useFormats()
  const { data: kinds = [] } = useQuery(storageQuery())
  const total = kinds.reduce((sum, kind) => sum + kind.bytes, 0)
  const columns: Array<DataColumn<StorageOfKind>> = [
    {
      id: 'kind',
      header: t('storageKind'),
      cell: ({ kind, unmeasured }) => (
        <span className="stacked">
          <strong>{t(`storage-${kind}`)}</strong>
          {unmeasured === 0 ? null : <small>{t('unmeasured', { count: unmeasured })}</small>}
        </span>
      ),
    },
    { id: 'objects', header: t('objects'), isNumber: true, cell: ({ objects }) => number(objects) },
    { id: 'size', header: t('size'), isNumber: true, cell: (kind) => bytes(kind.bytes) },
    {
      id: 'share',
      header: '%',
      isNumber: true,
      cell: (kind) => number(total === 0 ? 0 : Math.round(kind.bytes / total * 100)),
    },
  ]
  return (
    <Panel
      title={`${t('storage')} · ${bytes(total)}`}
      actions={<CsvButton table="storage" period={period} name={t('storage')} />}
    >
      <DataTable
        label={t('storage')}
        items={[...kinds]}
        getId={({ kind }) => kind}
        columns={columns}
        emptyText="…"
      />
      <p className="quiet">{t('storageHint')}</p>
    </Panel>
  )
}
