// Downloads a table of the statistics as CSV.
import { useMutation } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { useErrorText } from '@shared/design/error-text.js'
import { showMessage } from '@shared/design/toasts.js'
import { readStatisticsCsv, type Period, type StatisticsTable } from '../api/statistics.js'
import { saveFile } from './download.js'

interface CsvButtonProps {
  readonly table: StatisticsTable
  readonly period: Period
  /** The name of the table. */
  readonly name: string
}

export function CsvButton ({ table, period, name }: CsvButtonProps): ReactNode {
  const t = useTranslations('dashboard')
  const describeError = useErrorText()
  const { mutate, isPending } = useMutation({
    mutationFn: async () => await readStatisticsCsv(table, period),
    onSuccess: (csv) => {
      saveFile(csv, `normflix-${table}-${period.from}-${period.to}.csv`)
    },
    onError: (error) => {
      showMessage(describeError(error))
    },
  })
  return (
    <Button
      look="quiet"
      isSmall
      icon={Download}
      isBusy={isPending}
      aria-label={t('csvOf', { name })}
      onClick={() => {
        mutate()
      }}
    >
      {t('csv')}
    </Button>
  )
}
