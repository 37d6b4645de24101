// The export of the watch history.
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { exportHistory, type FileFormat } from '../../api/history-file.js'
import { Panel } from '../panel.js'
import { datedName, saveFile } from '../save-file.js'
import { useAction } from '../use-action.js'

export function ExportPanel (): ReactNode {
  const t = useTranslations('importHistory')
  const { mutate, isPending } = useAction(async (format: FileFormat) => {
    saveFile(await exportHistory(format), datedName('normflix-history', format))
  })
  return (
    <Panel title={t('export')} text={t('exportText')}>
      <div className="actions">
        {(['json', 'csv'] as const).map((format) => (
          <Button
            key={format}
            isBusy={isPending}
            onClick={() => {
              mutate(format)
            }}
          >
            {t(format)}
          </Button>
        ))}
      </div>
    </Panel>
  )
}
