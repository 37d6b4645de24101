// The media files of an item: upload, states, metadata, subtitles and thumbnails.
import { ExternalLink } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { MediaFile } from '@shared/api/client.js'
import { buttonClass } from '@shared/design/button.js'
import { showMessage } from '@shared/design/toasts.js'
import { useCanEdit } from '../access.js'
import type { PlayableItem } from '../api/media.js'
import { DropZone } from '../components/drop-zone.js'
import { EncodeChoice } from '../components/encode-choice.js'
import { MediaFileCard } from '../components/media-file-card.js'
import { Panel } from '../components/page.js'
import { UploadQueue } from '../components/upload-queue.js'
import { recogniseFileName } from '../upload/file-names.js'
import { addUploads } from '../upload/queue.js'
import { SubtitlesPanel, ThumbnailsPanel } from './sidecar-panels.js'

export const VIDEO_FILES = 'video/*,.mkv,.ts'

interface MediaSectionProps {
  readonly item: PlayableItem
  readonly name: string
  readonly mediaFiles: readonly MediaFile[]
  /** URL of the title in the watch app. */
  readonly watchUrl: string
}

export function MediaSection ({ item, name, mediaFiles, watchUrl }: MediaSectionProps): ReactNode {
  const t = useTranslations('media')
  const canEdit = useCanEdit()
  const [isMaster, setIsMaster] = useState(false)
  const add = (files: readonly File[]): void => {
    const requests = files.map((file) => {
      const { language, edition } = recogniseFileName(file.name)
      return { file, item, itemName: name, language, edition, isMaster }
    })
    for (const fileName of addUploads(requests)) showMessage(t('alreadyQueued', { name: fileName }))
  }
  return (
    <div className="sections">
      <Panel
        title={t('files')}
        actions={mediaFiles.length === 0 ? null : (
          <a href={watchUrl} className={buttonClass('quiet', true)}>
            <ExternalLink className="icon" aria-hidden />
            {t('openPlayer')}
          </a>
        )}
      >
        {mediaFiles.length === 0 ? <p className="quiet">{t('noFiles')}</p> : null}
        <ul className="media-files">
          {mediaFiles.map((file) => <MediaFileCard key={file.id} file={file} itemId={item.itemId} />)}
        </ul>
        {canEdit
          ? (
            <>
              <EncodeChoice isMaster={isMaster} onChange={setIsMaster} />
              <DropZone label={t('dropOne')} accept={VIDEO_FILES} isMultiple onFiles={add} />
            </>
          )
          : null}
      </Panel>
      <UploadQueue itemId={item.itemId} />
      <SubtitlesPanel item={item} />
      {canEdit ? <ThumbnailsPanel item={item} /> : null}
    </div>
  )
}
