// The first lines of a file before its import: how its format and its fields are understood.
import { useMemo, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { readImport, type ColumnChoices, type ImportSource, type PreviewLine } from '../api/transfer.js'
import { DataTable, type DataColumn } from './data-table.js'
import { ImportColumns } from './import-columns.js'

interface ImportPreviewProps {
  readonly source: ImportSource
  readonly choices: ColumnChoices
  readonly onChange: (choices: ColumnChoices) => void
}

export function ImportPreview ({ source, ...mapping }: ImportPreviewProps): ReactNode {
  const t = useTranslations('transfer')
  const file = useMemo(() => {
    try {
      return readImport(source)
    } catch {
      return null
    }
  }, [source])
  if (file === null) return <p className="field-error">{t('invalidJson')}</p>
  if (file.format === 'csv') return <ImportColumns source={source} {...mapping} />
  const columns: Array<DataColumn<PreviewLine>> = [
    { id: 'line', header: t('line'), isNumber: true, cell: ({ line }) => line },
    { id: 'kind', header: t('kind'), cell: ({ kind }) => kind === '' ? '–' : kind },
    { id: 'title', header: t('titleColumn'), cell: ({ title }) => title === '' ? '–' : title },
    { id: 'year', header: t('year'), isNumber: true, cell: ({ year }) => year === '' ? '–' : year },
  ]
  return (
    <>
      <p className="quiet">
        {t('recognised', { format: file.format.toUpperCase() })}
        {file.lineCount === null ? null : ` ${t('lines', { count: file.lineCount })}`}
      </p>
      <DataTable
        label={t('preview')}
        items={[...file.preview]}
        getId={({ line }) => String(line)}
        columns={columns}
        emptyText={t('noLines')}
      />
    </>
  )
}
