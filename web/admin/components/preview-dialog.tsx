// Plays a media file as viewers would, drafts included.
import { useRef, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Dialog } from '@shared/design/dialog.js'
import { PreviewVideo } from '../editor/preview-video.js'
import '../styles/markers.css'

interface PreviewDialogProps {
  readonly itemId: string
  readonly mediaFileId: string
  readonly onClose: () => void
}

export function PreviewDialog ({ itemId, mediaFileId, onClose }: PreviewDialogProps): ReactNode {
  const t = useTranslations('markers')
  const video = useRef<HTMLVideoElement>(null)
  return (
    <Dialog isOpen onClose={onClose} title={t('preview')} description={t('previewHint')} isWide>
      <PreviewVideo video={video} itemId={itemId} mediaFileId={mediaFileId} hasMedia canOpenCopy={false} />
    </Dialog>
  )
}
