// The columns of a CSV file before its import: the field of each column, and the first rows as they will be read.
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { useErrorText } from '@shared/design/error-text.js'
import {
  csvPreviewQuery,
  findMissingFields,
  IGNORED_FIELD,
  type ColumnChoices,
  type CsvPreview,
  type ImportSource,
} from '../api/transfer.js'
import { DataTable, type DataColumn } from './data-table.js'
import '../styles/import.css'

interface ImportColumnsProps {
  readonly source: ImportSource
  readonly choices: ColumnChoices
  readonly onChange: (choices: ColumnChoices) => void
}
type Column = CsvPreview['columns'][number] & { readonly id: string }
type Row = CsvPreview['rows'][number]

export function ImportColumns ({ source, choices, onChange }: ImportColumnsProps): ReactNode {
  const t = useTranslations('transfer')
  const describeError = useErrorText()
  const nameField = useFieldNames()
  const { data: preview, error } = useQuery(csvPreviewQuery(source, choices))
  if (preview === undefined) {
    return error === null
      ? <p className="quiet" role="status">{t('readingFile')}</p>
      : (
        <div>
          <p className="field-error" role="alert">{describeError(error)}</p>
          {Object.keys(choices).length === 0 ? null : (
            <Button
              isSmall
              onClick={() => {
                onChange({})
              }}
            >
              {t('resetMapping')}
            </Button>
          )}
        </div>
      )
  }
  const missing = findMissingFields(preview)
  return (
    <div className="import-columns">
      <p className="quiet">{t('recognised', { format: t('csvFormat', { encoding: preview.encoding }) })}</p>
      <p>{t('columnsHint')}</p>
      <ColumnTable
        preview={preview}
        onChange={(name, field) => {
          onChange({ ...choices, [name]: field })
        }}
      />
      <p className="form-problem" role="alert">
        {missing.length === 0 ? null : t('missingField', { fields: missing.map(nameField).join(', ') })}
      </p>
      <RowTable preview={preview} />
    </div>
  )
}

interface ColumnTableProps {
  readonly preview: CsvPreview
  readonly onChange: (name: string, field: string) => void
}

function ColumnTable ({ preview, onChange }: ColumnTableProps): ReactNode {
  const t = useTranslations('transfer')
  const nameField = useFieldNames()
  const used = new Set(preview.columns.map(({ field }) => field))
  const items = preview.columns.map((column, index): Column => ({ ...column, id: String(index + 1) }))
  const columns: Array<DataColumn<Column>> = [
    { id: 'name', header: t('column'), cell: ({ name, id }) => name === '' ? t('noName', { number: id }) : name },
    {
      id: 'field',
      header: t('field'),
      cell: ({ name, field, needsMapping }) =>
        name === '' ? t('ignored') : (
          <span className="import-field">
            <select
              className="input"
              aria-label={t('fieldOf', { name })}
              value={field ?? IGNORED_FIELD}
              onChange={({ target }) => {
                onChange(name, target.value)
              }}
            >
              <option value={IGNORED_FIELD}>{t('ignored')}</option>
              {preview.fields.map((option) => (
                <option
                  key={option.name}
                  value={option.name}
                  disabled={option.name !== field && used.has(option.name)}
                >
                  {nameField(option.name)}
                </option>
              ))}
            </select>
            {needsMapping ? <span className="tag tag-warm">{t('notRecognised')}</span> : null}
          </span>
        ),
    },
    {
      id: 'samples',
      header: t('samples'),
      cell: ({ samples }) => <span className="import-samples">{samples.length === 0 ? '–' : samples.join(' · ')}</span>,
    },
  ]
  return (
    <DataTable
      label={t('columns')}
      items={items}
      getId={({ id }) => id}
      columns={columns}
      emptyText={t('noLines')}
    />
  )
}

function RowTable ({ preview }: { readonly preview: CsvPreview }): ReactNode {
  const t = useTranslations('transfer')
  const nameField = useFieldNames()
  const hasErrors = preview.rows.some(({ errors }) => errors.length > 0)
  const columns: Array<DataColumn<Row>> = [
    { id: 'line', header: t('line'), isNumber: true, cell: ({ line }) => line },
    ...preview.columns.flatMap(({ field }, index) =>
      field === null ? [] : [{
        id: String(index),
        header: nameField(field),
        cell: ({ values }: Row) => <span className="import-value">{values[index] ?? '–'}</span>,
      }]
    ),
    ...hasErrors
      ? [{
        id: 'problems',
        header: t('rowProblems'),
        cell: ({ errors }: Row) => <RowErrors errors={errors} />,
      }]
      : [],
  ]
  return (
    <>
      <h3 className="import-heading">{t('firstRows')}</h3>
      <DataTable
        label={t('firstRows')}
        items={preview.rows}
        getId={({ line }) => String(line)}
        columns={columns}
        emptyText={t('noLines')}
      />
    </>
  )
}

function RowErrors ({ errors }: Pick<Row, 'errors'>): ReactNode {
  const t = useTranslations('transfer')
  const nameField = useFieldNames()
  return errors.map(({ pointer, message }) => (
    <span key={pointer + message} className="field-error import-value">
      {pointer === ''
        ? message
        : t('rowError', { field: nameField(pointer.split('/').at(-1) ?? ''), message })}
    </span>
  ))
}

/** Returns a function that names a field in the language of the interface. */
function useFieldNames (): (field: string) => string {
  const t = useTranslations('transfer')
  const editor = useTranslations('editor')
  return (field) => {
    if (t.has(`field-${field}` as never)) return t(`field-${field}` as never)
    return editor.has(field as never) ? editor(field as never) : field
  }
}
