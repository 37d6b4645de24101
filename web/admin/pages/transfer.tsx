// Import of a file with a preview and a report, and the export of the catalogue.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { useErrorText } from '@shared/design/error-text.js'
import { SelectField, TextArea } from '@shared/design/field.js'
import { showMessage } from '@shared/design/toasts.js'
import {
  completeChoices,
  csvPreviewQuery,
  exportCatalogue,
  findMissingFields,
  importFile,
  readImport,
  type ColumnChoices,
  type ImportMode,
  type ImportSource,
} from '../api/transfer.js'
import { saveFile } from '../components/download.js'
import { DropZone } from '../components/drop-zone.js'
import { ImportPreview } from '../components/import-preview.js'
import { ImportReportView } from '../components/import-report.js'
import { PageHead, Panel } from '../components/page.js'
import '../styles/editor.css'

const NO_SOURCE: ImportSource = { id: '', name: null, bytes: new Blob(), text: '' }
const MODES: readonly ImportMode[] = ['merge', 'replace']

export function TransferPage (): ReactNode {
  const t = useTranslations('transfer')
  return (
    <>
      <PageHead title={t('title')}>
        <ExportButton />
      </PageHead>
      <ImportForm />
    </>
  )
}

function ImportForm (): ReactNode {
  const t = useTranslations('transfer')
  const describeError = useErrorText()
  const queryClient = useQueryClient()
  const [source, setSource] = useState(NO_SOURCE)
  const [choices, setChoices] = useState<ColumnChoices>({})
  const { text, name: fileName } = source
  const isEmpty = text.trim() === ''
  const isCsv = !isEmpty && !/^\s*[{[]/.test(text)
  const { data: preview, isError: isUnreadable } = useQuery({ ...csvPreviewQuery(source, choices), enabled: isCsv })
  const isMapped = !isCsv || (!isUnreadable && preview !== undefined && findMissingFields(preview).length === 0)
  const [mode, setMode] = useState<ImportMode>('merge')
  const [progress, setProgress] = useState(0)
  const { mutate, data: report, isPending, error, reset } = useMutation({
    mutationFn: async (isDryRun: boolean) => {
      setProgress(0)
      return await importFile(readImport(source), {
        isDryRun,
        mode,
        choices: isCsv && preview !== undefined ? completeChoices(preview, choices) : {},
        onProgress: setProgress,
      })
    },
    onSuccess: async ({ dryRun }) => {
      if (!dryRun) await queryClient.invalidateQueries()
    },
  })
  const change = (content: string, name: string | null, bytes = new Blob([content])): void => {
    reset()
    setSource({ id: crypto.randomUUID(), name, bytes, text: content })
    setChoices({})
  }
  return (
    <div className="sections">
      <Panel title={t('import')} className="section">
        <DropZone
          label={fileName ?? t('drop')}
          hint={t('formats')}
          accept=".ndjson,.jsonl,.json,.csv,text/csv,application/json"
          onFiles={([file]) => {
            if (file !== undefined) void file.text().then((content) => change(content, file.name, file))
          }}
        />
        {fileName === null
          ? (
            <TextArea
              label={t('paste')}
              rows={6}
              spellCheck={false}
              value={text}
              onChange={({ target }) => {
                change(target.value, null)
              }}
            />
          )
          : null}
        <SelectField
          label={t('mode')}
          hint={t(`mode-${mode}-hint`)}
          value={mode}
          options={MODES.map((value) => ({ value, label: t(`mode-${value}`) }))}
          onChange={({ target }) => {
            reset()
            setMode(MODES.find((one) => one === target.value) ?? 'merge')
          }}
        />
        {isEmpty ? null : (
          <ImportPreview
            source={source}
            choices={choices}
            onChange={(next) => {
              reset()
              setChoices(next)
            }}
          />
        )}
        <div className="actions">
          <Button
            look="main"
            isBusy={isPending}
            disabled={isEmpty || !isMapped}
            onClick={() => {
              mutate(true)
            }}
          >
            {t('check')}
          </Button>
          <Button
            isBusy={isPending}
            disabled={report?.dryRun !== true}
            onClick={() => {
              mutate(false)
            }}
          >
            {t('run')}
          </Button>
          {fileName === null ? null : (
            <Button
              look="bare"
              onClick={() => {
                change('', null)
              }}
            >
              {t('otherFile')}
            </Button>
          )}
        </div>
        {isPending ? <progress className="meter" value={progress} max={1} aria-label={t('progress')} /> : null}
        <p className="form-problem" role="alert">
          {error === null ? null : error instanceof SyntaxError ? t('invalidJson') : describeError(error)}
        </p>
      </Panel>
      {report === undefined ? null : <ImportReportView report={report} />}
    </div>
  )
}

function ExportButton (): ReactNode {
  const t = useTranslations('transfer')
  const describeError = useErrorText()
  const { mutate, isPending } = useMutation({
    mutationFn: exportCatalogue,
    onSuccess: (catalogue) => {
      saveFile(catalogue, `normflix-catalogue-${new Date().toISOString().slice(0, 10)}.ndjson`)
    },
    onError: (error) => {
      showMessage(describeError(error))
    },
  })
  return (
    <Button
      icon={Download}
      isBusy={isPending}
      onClick={() => {
        mutate()
      }}
    >
      {t('export')}
    </Button>
  )
}
