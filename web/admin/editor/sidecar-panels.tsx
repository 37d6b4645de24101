// Subtitles and seek thumbnails of an item: the list of subtitles, and uploads of both.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { useErrorText } from '@shared/design/error-text.js'
import { SelectField, TextField } from '@shared/design/field.js'
import { showMessage } from '@shared/design/toasts.js'
import { useCanEdit } from '../access.js'
import { titlesKey } from '../api/keys.js'
import { uploadSubtitle, uploadThumbnails, type PlayableItem, type SubtitleKind } from '../api/media.js'
import { DropZone } from '../components/drop-zone.js'
import { Panel } from '../components/page.js'
import { recogniseFileName } from '../upload/file-names.js'
import { SubtitleList } from './subtitle-list.js'

const KINDS: readonly SubtitleKind[] = ['full', 'forced', 'sdh']
const SUBTITLE_FILES = '.vtt,.srt,.ass,.ssa'

export function SubtitlesPanel ({ item }: { readonly item: PlayableItem }): ReactNode {
  const t = useTranslations('media')
  const canEdit = useCanEdit()
  return (
    <Panel title={t('subtitles')} className="section">
      <SubtitleList item={item} />
      {canEdit ? <SubtitleUpload item={item} /> : null}
    </Panel>
  )
}

function SubtitleUpload ({ item }: { readonly item: PlayableItem }): ReactNode {
  const t = useTranslations('media')
  const describeError = useErrorText()
  const queryClient = useQueryClient()
  const [file, setFile] = useState<File | null>(null)
  const [language, setLanguage] = useState('')
  const [kind, setKind] = useState<SubtitleKind>('full')
  const { mutate, isPending, error } = useMutation({
    mutationFn: async (subtitle: File) => await uploadSubtitle(item, subtitle, { language, kind }),
    onSuccess: async ({ unreadableCues }) => {
      setFile(null)
      await queryClient.invalidateQueries({ queryKey: titlesKey('subtitles') })
      showMessage(t('subtitleUploaded', { unreadable: unreadableCues }))
    },
  })
  return (
    <>
      <DropZone
        label={file === null ? t('dropSubtitle') : file.name}
        hint="WebVTT, SRT, ASS"
        accept={SUBTITLE_FILES}
        onFiles={([chosen]) => {
          if (chosen === undefined) return
          setFile(chosen)
          setLanguage(recogniseFileName(chosen.name).language || language)
        }}
      />
      <div className="inline-form">
        <TextField
          label={t('language')}
          hint={t('tagHint')}
          value={language}
          onChange={({ target }) => {
            setLanguage(target.value.trim())
          }}
        />
        <SelectField
          label={t('subtitleKind')}
          value={kind}
          options={KINDS.map((value) => ({ value, label: t(`subtitle-${value}`) }))}
          onChange={({ target }) => {
            setKind(KINDS.find((one) => one === target.value) ?? 'full')
          }}
        />
        <Button
          isBusy={isPending}
          disabled={file === null || language === ''}
          onClick={() => {
            if (file !== null) mutate(file)
          }}
        >
          {t('uploadSubtitle')}
        </Button>
      </div>
      <p className="form-problem" role="alert">{error === null ? null : describeError(error)}</p>
    </>
  )
}

export function ThumbnailsPanel ({ item }: { readonly item: PlayableItem }): ReactNode {
  const t = useTranslations('media')
  const describeError = useErrorText()
  const { mutate, isPending, error } = useMutation({
    mutationFn: async (files: readonly File[]) => {
      const index = files.find(({ name }) => name.endsWith('.vtt'))
      const image = files.find(({ type }) => type.startsWith('image/'))
      if (index === undefined || image === undefined) throw new MissingFileError()
      await uploadThumbnails(item, index, image)
    },
    onSuccess: () => {
      showMessage(t('thumbnailsUploaded'))
    },
  })
  return (
    <Panel title={t('thumbnails')} className="section">
      <DropZone
        label={t('dropThumbnails')}
        accept=".vtt,image/*"
        isMultiple
        isBusy={isPending}
        onFiles={(files) => {
          mutate(files)
        }}
      />
      <p className="form-problem" role="alert">
        {error === null ? null : error instanceof MissingFileError ? t('thumbnailsNeedBoth') : describeError(error)}
      </p>
    </Panel>
  )
}

/** The index or the image is missing. */
class MissingFileError extends Error {
  override readonly name = 'MissingFileError'
}
