// Uploads that were interrupted, or that failed. The same file resumes one when it is dropped again.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Trash2 } from 'lucide-react'
import { useSyncExternalStore, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { IconButton } from '@shared/design/button.js'
import { useErrorText } from '@shared/design/error-text.js'
import { showMessage } from '@shared/design/toasts.js'
import { useFormats } from '@shared/i18n/format.js'
import { deleteUpload, uploadsQuery, type Upload } from '../api/media.js'
import { readQueue, subscribeToQueue } from '../upload/queue.js'
import { DataTable, type DataColumn } from './data-table.js'
import { Panel } from './page.js'

export function UnfinishedUploads (): ReactNode {
  const t = useTranslations('upload')
  const describeError = useErrorText()
  const queryClient = useQueryClient()
  const { bytes, dateTime } = useFormats()
  const { data: uploads = [] } = useQuery(uploadsQuery())
  const queue = useSyncExternalStore(subscribeToQueue, readQueue)
  const unfinished = uploads.filter(({ id, state }) =>
    (state === 'uploading' || state === 'failed') && !queue.some(({ uploadId }) => uploadId === id)
  )
  const { mutate: remove } = useMutation({
    mutationFn: deleteUpload,
    onSettled: async () => {
      await queryClient.invalidateQueries({ queryKey: ['uploads'] })
    },
    onError: (error) => {
      showMessage(describeError(error))
    },
  })
  if (unfinished.length === 0) return null
  const columns: Array<DataColumn<Upload>> = [
    {
      id: 'file',
      header: t('file'),
      cell: ({ fileName, itemId }) => (
        <span className="stacked">
          <strong>{fileName ?? '–'}</strong>
          <small>{t('forItem', { id: itemId ?? '–' })}</small>
        </span>
      ),
    },
    {
      id: 'state',
      header: t('status'),
      cell: ({ state, failure }) => (
        <span className="stacked">
          <span className={`tag ${state === 'failed' ? 'tag-bad' : 'tag-warm'}`}>{t(`state-${state}`)}</span>
          {failure === null ? null : <small>{failure.detail}</small>}
        </span>
      ),
    },
    {
      id: 'received',
      header: t('received'),
      isNumber: true,
      cell: ({ receivedBytes, sizeBytes }) =>
        sizeBytes === null ? bytes(receivedBytes) : `${bytes(receivedBytes)} / ${bytes(sizeBytes)}`,
    },
    { id: 'touched', header: t('lastBytes'), isOneLine: true, cell: ({ touchedAt }) => dateTime(touchedAt) },
    {
      id: 'delete',
      header: '',
      cell: ({ id, fileName, touchedAt }) => (
        <IconButton
          icon={Trash2}
          label={t('deleteUpload', { name: fileName ?? dateTime(touchedAt) })}
          onClick={() => {
            remove(id)
          }}
        />
      ),
    },
  ]
  return (
    <Panel title={t('unfinished')} className="section">
      <p className="quiet">{t('unfinishedHint')}</p>
      <DataTable
        label={t('unfinished')}
        items={unfinished}
        getId={({ id }) => id}
        columns={columns}
        emptyText={t('unfinishedHint')}
      />
    </Panel>
  )
}
