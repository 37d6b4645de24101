// Import of a watch history from Netflix or this service, with a report before anything is imported; and the export.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button, buttonClass } from '@shared/design/button.js'
import { useErrorText } from '@shared/design/error-text.js'
import { SelectField } from '@shared/design/field.js'
import {
  importHistory,
  profilesInFile,
  type DateOrder,
  type ImportOptions,
  type ImportReport,
} from '../api/history-file.js'
import { reloadProfileData } from '../api/keys.js'
import { ExportPanel } from '../components/my-stuff/export-panel.js'
import { FileChoice } from '../components/my-stuff/file-choice.js'
import { ImportReportTable } from '../components/my-stuff/import-report-table.js'
import { MyStuffPage } from '../components/my-stuff/my-stuff-page.js'
import { Panel } from '../components/panel.js'

const DATE_ORDERS: readonly DateOrder[] = ['day-first', 'month-first', 'year-first']
const DETECT: ImportOptions = { dateOrder: null, netflixProfile: null }

export function ImportHistoryPage (): ReactNode {
  const t = useTranslations('importHistory')
  return (
    <MyStuffPage title={t('title')}>
      <ImportPanel />
      <ExportPanel />
    </MyStuffPage>
  )
}

function ImportPanel (): ReactNode {
  const t = useTranslations('importHistory')
  const describeError = useErrorText()
  const queryClient = useQueryClient()
  const [file, setFile] = useState<File | null>(null)
  const [options, setOptions] = useState(DETECT)
  const dryRun = useMutation({
    mutationFn: async (request: { readonly file: File, readonly options: ImportOptions }) =>
      await importHistory(request.file, true, request.options),
  })
  const run = useMutation({
    mutationFn: async (chosen: File) => await importHistory(chosen, false, options),
    onSuccess: async () => {
      await reloadProfileData(queryClient)
    },
  })
  const check = (chosen: File, next: ImportOptions): void => {
    setFile(chosen)
    setOptions(next)
    run.reset()
    dryRun.mutate({ file: chosen, options: next })
  }
  const report = run.data ?? dryRun.data
  const netflixProfiles = profilesInFile(dryRun.error)
  const error = run.error ?? (netflixProfiles.length === 0 ? dryRun.error : null)
  return (
    <Panel title={t('import')} text={t('importText')}>
      <FileChoice
        isBusy={dryRun.isPending}
        onChoose={(chosen) => {
          check(chosen, DETECT)
        }}
      />
      {file !== null && netflixProfiles.length > 0
        ? (
          <SelectField
            label={t('netflixProfile')}
            options={['', ...netflixProfiles].map((name) => ({ value: name, label: name }))}
            value=""
            onChange={({ target }) => {
              check(file, { ...options, netflixProfile: target.value })
            }}
          />
        )
        : null}
      <p className="form-problem" role="alert">{error === null ? null : describeError(error)}</p>
      {file !== null && report !== undefined && netflixProfiles.length === 0
        ? (
          <>
            <div role="status">
              <h3>
                {t(report.dryRun ? 'reportTitle' : 'importedTitle', { file: file.name, count: report.imported })}
              </h3>
            </div>
            {report.dryRun && report.dateOrder !== null
              ? (
                <DateOrderField
                  report={report}
                  onChange={(dateOrder) => {
                    check(file, { ...options, dateOrder })
                  }}
                />
              )
              : null}
            <ImportReportTable key={report.dryRun ? 'dry' : 'done'} report={report} />
            <div className="actions">
              {report.dryRun
                ? (
                  <Button
                    look="main"
                    isBusy={run.isPending}
                    disabled={report.imported === 0 || dryRun.isPending}
                    onClick={() => {
                      run.mutate(file)
                    }}
                  >
                    {t('importNow', { count: report.imported })}
                  </Button>
                )
                : <Link to="/history" className={buttonClass('main')}>{t('openHistory')}</Link>}
            </div>
          </>
        )
        : null}
    </Panel>
  )
}

interface DateOrderFieldProps {
  readonly report: ImportReport
  readonly onChange: (order: DateOrder) => void
}

function DateOrderField ({ report, onChange }: DateOrderFieldProps): ReactNode {
  const t = useTranslations('importHistory')
  return (
    <SelectField
      label={t('dateOrder')}
      {...report.isDateOrderGuessed ? { hint: t('dateOrderGuessed') } : {}}
      options={DATE_ORDERS.map((order) => ({ value: order, label: t(`dateOrders.${order}`) }))}
      value={report.dateOrder ?? ''}
      onChange={({ target }) => {
        onChange(target.value as DateOrder)
      }}
    />
  )
}
