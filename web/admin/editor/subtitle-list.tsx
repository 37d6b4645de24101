// The subtitles that viewers get with an item. Uploaded ones can be deleted.
import { useMutation } from '@tanstack/react-query'
import { Trash2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Playback } from '@shared/api/client.js'
import { IconButton } from '@shared/design/button.js'
import { useErrorText } from '@shared/design/error-text.js'
import { showMessage } from '@shared/design/toasts.js'
import { useFormats } from '@shared/i18n/format.js'
import { useCanEdit } from '../access.js'
import { deleteSubtitle } from '../api/media.js'

type Subtitles = Playback['subtitles']

interface SubtitleListProps {
  readonly subtitles: Subtitles
  readonly onChange: (subtitles: Subtitles) => void
}

export function SubtitleList ({ subtitles, onChange }: SubtitleListProps): ReactNode {
  const t = useTranslations('media')
  const editor = useTranslations('editor')
  const { language: nameLanguage } = useFormats()
  const canEdit = useCanEdit()
  const describeError = useErrorText()
  const { mutate, isPending } = useMutation({
    mutationFn: deleteSubtitle,
    onSuccess: (_result, deletedId) => {
      onChange(subtitles.filter(({ id }) => id !== deletedId))
    },
    onError: (error) => {
      showMessage(describeError(error))
    },
  })
  if (subtitles.length === 0) return <p className="quiet">{t('noSubtitles')}</p>
  return (
    <ul className="edit-list" aria-label={t('subtitles')}>
      {subtitles.map(({ id, language, kind, name }) => {
        const label = `${nameLanguage(language)} · ${name ?? t(`subtitle-${kind}`)}`
        return (
          <li key={id} className="episode-row">
            <span className="episode-name">{label}</span>
            {canEdit
              ? (
                <IconButton
                  icon={Trash2}
                  label={editor('remove', { name: label })}
                  disabled={isPending}
                  onClick={() => {
                    mutate(id)
                  }}
                />
              )
              : null}
          </li>
        )
      })}
    </ul>
  )
}
