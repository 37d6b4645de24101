// A media file: what the probe found, the state of its package, and its actions.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Play } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { MediaFile } from '@shared/api/client.js'
import { Button } from '@shared/design/button.js'
import { ConfirmDialog } from '@shared/design/confirm-dialog.js'
import { useErrorText } from '@shared/design/error-text.js'
import { showMessage } from '@shared/design/toasts.js'
import { useFormats } from '@shared/i18n/format.js'
import { useCanEdit } from '../access.js'
import { deleteMedia, packageMedia } from '../api/media.js'
import { MediaDialog } from './media-dialog.js'
import { MediaState } from './media-state.js'
import { PreviewDialog } from './preview-dialog.js'
import '../styles/media.css'

interface MediaFileCardProps {
  readonly file: MediaFile
  /** ID of the movie or episode. */
  readonly itemId: string
}

export function MediaFileCard ({ file, itemId }: MediaFileCardProps): ReactNode {
  const t = useTranslations('media')
  const common = useTranslations('common')
  const describeError = useErrorText()
  const queryClient = useQueryClient()
  const canEdit = useCanEdit()
  const [open, setOpen] = useState<'play' | 'edit' | 'delete' | null>(null)
  const reload = async (): Promise<void> => {
    await queryClient.invalidateQueries({ queryKey: ['titles'] })
  }
  const { mutate: repackage, isPending } = useMutation({
    mutationFn: async () => {
      await packageMedia(file.id)
    },
    onSuccess: reload,
    onError: (error) => {
      showMessage(describeError(error))
    },
  })
  const close = (): void => {
    setOpen(null)
  }
  const { hls } = file
  return (
    <li className="media-file">
      <div className="media-file-head">
        <MediaState file={file} />
        {hls?.state === 'processing'
          ? <progress className="meter" value={hls.progress} max={1} aria-label={t('packaging')} />
          : null}
      </div>
      <MediaFacts file={file} />
      {hls?.reason == null ? null : <p className="field-error">{hls.reason.text}</p>}
      {file.failure == null ? null : <p className="field-error">{file.failure.text}</p>}
      {canEdit
        ? (
          <div className="actions">
            <Button
              isSmall
              icon={Play}
              disabled={file.state !== 'ready'}
              onClick={() => {
                setOpen('play')
              }}
            >
              {t('play')}
            </Button>
            <Button
              isSmall
              onClick={() => {
                setOpen('edit')
              }}
            >
              {t('change')}
            </Button>
            <Button
              isSmall
              isBusy={isPending || hls?.state === 'processing'}
              onClick={() => {
                repackage()
              }}
            >
              {t('repackage')}
            </Button>
            <Button
              isSmall
              onClick={() => {
                setOpen('delete')
              }}
            >
              {common('delete')}
            </Button>
          </div>
        )
        : null}
      {open === 'play' ? <PreviewDialog itemId={itemId} mediaFileId={file.id} onClose={close} /> : null}
      {open === 'edit' ? <MediaDialog file={file} onClose={close} /> : null}
      <ConfirmDialog
        isOpen={open === 'delete'}
        onClose={close}
        title={t('deleteFile')}
        text={t('deleteFileText')}
        confirmLabel={common('delete')}
        onConfirm={async () => {
          await deleteMedia(file.id)
          await reload()
        }}
      />
    </li>
  )
}

function MediaFacts ({ file }: { readonly file: MediaFile }): ReactNode {
  const t = useTranslations('media')
  const { bytes, duration, language, number } = useFormats()
  const { width, height, frameRate, videoCodec, audioCodec, container, bitrate, durationMs, edition } = file
  const facts: ReadonlyArray<readonly [string, string | null]> = [
    [t('resolution'), width === null || height === null ? null : `${width} × ${height}`],
    [t('frameRate'), frameRate === null ? null : number(frameRate)],
    [t('video'), videoCodec],
    [t('audio'), audioCodec],
    [t('container'), container],
    [t('bitrate'), bitrate === null ? null : t('kilobits', { rate: Math.round(bitrate / 1_000) })],
    [t('duration'), durationMs === null ? null : duration(durationMs)],
    [t('size'), bytes(file.sizeBytes)],
    [t('audioLanguages'), file.audioLanguages.map(language).join(', ') || t('unknown')],
    [t('subtitleLanguages'), file.subtitleLanguages.map(language).join(', ') || null],
    [t('edition'), edition],
  ]
  return (
    <dl className="facts-list">
      {facts.map(([name, value]) =>
        value === null ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        )
      )}
    </dl>
  )
}
