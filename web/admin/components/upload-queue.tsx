// The uploads of this browser: bytes, processing and packaging, until the item can be played.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { RotateCcw, X } from 'lucide-react'
import { useEffect, useSyncExternalStore, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { IconButton } from '@shared/design/button.js'
import { useFormats } from '@shared/i18n/format.js'
import { uploadQuery } from '../api/media.js'
import { readQueue, removeUpload, retryUpload, subscribeToQueue, type QueuedFile } from '../upload/queue.js'
import { EncodingOfUpload } from './encoding-of-upload.js'
import { PackagingOfUpload } from './packaging-of-upload.js'
import { Panel } from './page.js'
import '../styles/media.css'

/** @param itemId shows only the files of this item */
export function UploadQueue ({ itemId }: { readonly itemId?: string }): ReactNode {
  const t = useTranslations('media')
  const files = useSyncExternalStore(subscribeToQueue, readQueue)
    .filter(({ item }) => itemId === undefined || item.itemId === itemId)
  if (files.length === 0) return null
  return (
    <Panel title={t('queue')}>
      <ul className="media-files" aria-label={t('queue')}>
        {files.map((file) => <QueueRow key={file.id} file={file} />)}
      </ul>
    </Panel>
  )
}

function QueueRow ({ file }: { readonly file: QueuedFile }): ReactNode {
  const t = useTranslations('media')
  const { bytes } = useFormats()
  const { id, fileName, itemName, sizeBytes, progress, state, error } = file
  return (
    <li className="media-file">
      <div className="media-file-head">
        <span className="stacked queue-name">
          <strong>{itemName}</strong>
          <small>{fileName} · {bytes(sizeBytes)}</small>
        </span>
        {state === 'failed'
          ? (
            <IconButton
              icon={RotateCcw}
              label={t('retry', { name: fileName })}
              onClick={() => {
                retryUpload(id)
              }}
            />
          )
          : null}
        <IconButton
          icon={X}
          label={t(state === 'uploaded' ? 'clear' : 'cancelUpload', { name: fileName })}
          onClick={() => {
            removeUpload(id)
          }}
        />
      </div>
      {state === 'uploaded'
        ? <UploadResult file={file} />
        : (
          <div className="queue-progress">
            <progress className="meter" value={progress} max={1} aria-label={t('uploading', { name: fileName })} />
            <span>{t('percent', { progress })}</span>
          </div>
        )}
      {error === null ? null : <p className="field-error">{error}</p>}
    </li>
  )
}

/** What became of a complete upload. */
function UploadResult ({ file }: { readonly file: QueuedFile }): ReactNode {
  const t = useTranslations('media')
  const queryClient = useQueryClient()
  const { data: upload } = useQuery({ ...uploadQuery(file.uploadId ?? ''), enabled: file.uploadId !== null })
  const isReady = upload?.state === 'ready'
  useEffect(() => {
    if (isReady) void queryClient.invalidateQueries({ queryKey: ['titles'] })
  }, [isReady, queryClient])
  if (upload?.state === 'failed') return <p className="field-error">{upload.failure?.detail}</p>
  if (!isReady) return <span className="tag tag-warm">{t('stateProcessing')}</span>
  if (upload.encodingJobId !== null) return <EncodingOfUpload encodingJobId={upload.encodingJobId} />
  return <PackagingOfUpload item={file.item} mediaFileId={upload.mediaFileId ?? ''} />
}
