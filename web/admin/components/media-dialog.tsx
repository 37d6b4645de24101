// Changes the languages and the edition of a media file.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { MediaFile } from '@shared/api/client.js'
import { Button } from '@shared/design/button.js'
import { Dialog } from '@shared/design/dialog.js'
import { useErrorText } from '@shared/design/error-text.js'
import { TextField } from '@shared/design/field.js'
import { changeMedia } from '../api/media.js'

interface MediaDialogProps {
  readonly file: MediaFile
  readonly onClose: () => void
}

const splitTags = (text: string): string[] => text.split(/[\s,]+/).filter((tag) => tag !== '')

export function MediaDialog ({ file, onClose }: MediaDialogProps): ReactNode {
  const t = useTranslations('media')
  const common = useTranslations('common')
  const describeError = useErrorText()
  const queryClient = useQueryClient()
  const [audio, setAudio] = useState(file.audioLanguages.join(', '))
  const [subtitles, setSubtitles] = useState(file.subtitleLanguages.join(', '))
  const [edition, setEdition] = useState(file.edition ?? '')
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      await changeMedia(file.id, {
        audioLanguages: splitTags(audio),
        subtitleLanguages: splitTags(subtitles),
        edition: edition === '' ? null : edition,
      })
    },
    onSuccess: async () => {
      onClose()
      await queryClient.invalidateQueries({ queryKey: ['titles'] })
    },
  })
  return (
    <Dialog isOpen onClose={onClose} title={t('changeTitle')}>
      <div className="section">
        <TextField
          label={t('audioLanguages')}
          hint={t('tagsHint')}
          value={audio}
          onChange={({ target }) => {
            setAudio(target.value)
          }}
        />
        <TextField
          label={t('subtitleLanguages')}
          hint={t('tagsHint')}
          value={subtitles}
          onChange={({ target }) => {
            setSubtitles(target.value)
          }}
        />
        <TextField
          label={t('edition')}
          maxLength={100}
          value={edition}
          onChange={({ target }) => {
            setEdition(target.value)
          }}
        />
      </div>
      <p className="form-problem" role="alert">{error === null ? null : describeError(error)}</p>
      <div className="dialog-actions">
        <Button look="quiet" onClick={onClose}>{common('cancel')}</Button>
        <Button
          look="main"
          isBusy={isPending}
          onClick={() => {
            mutate()
          }}
        >
          {common('save')}
        </Button>
      </div>
    </Dialog>
  )
}
