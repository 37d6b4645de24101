// All subtitles of an item with their state. Subtitle files can be deleted.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Trash2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { IconButton } from '@shared/design/button.js'
import { useErrorText } from '@shared/design/error-text.js'
import { showMessage } from '@shared/design/toasts.js'
import { useFormats } from '@shared/i18n/format.js'
import { useCanEdit } from '../access.js'
import { titlesKey } from '../api/keys.js'
import { deleteSubtitle, subtitlesQuery, type AdminSubtitle, type PlayableItem } from '../api/media.js'

const STATE_CLASSES = {
  offered: 'tag-good',
  replaced: '',
  'not-convertible': 'tag-warm',
  empty: 'tag-warm',
  failed: 'tag-bad',
} as const

export function SubtitleList ({ item }: { readonly item: PlayableItem }): ReactNode {
  const t = useTranslations('media')
  const { data: subtitles } = useQuery(subtitlesQuery(item))
  if (subtitles === undefined) return null
  if (subtitles.length === 0) return <p className="quiet">{t('noSubtitles')}</p>
  return (
    <ul className="edit-list" aria-label={t('subtitles')}>
      {subtitles.map((subtitle, index) => <SubtitleRow key={subtitle.id ?? index} subtitle={subtitle} />)}
    </ul>
  )
}

function SubtitleRow ({ subtitle }: { readonly subtitle: AdminSubtitle }): ReactNode {
  const t = useTranslations('media')
  const editor = useTranslations('editor')
  const { language: nameLanguage, bytes } = useFormats()
  const canEdit = useCanEdit()
  const describeError = useErrorText()
  const queryClient = useQueryClient()
  const { mutate, isPending } = useMutation({
    mutationFn: deleteSubtitle,
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: titlesKey('subtitles') })
    },
    onError: (error) => {
      showMessage(describeError(error))
    },
  })
  const { id, language, kind, name, sizeBytes, mediaFileId, state } = subtitle
  const label = `${language === null ? t('unknown') : nameLanguage(language)} · ${name ?? t(`subtitle-${kind}`)}`
  const source = t(mediaFileId === null ? 'subtitleUploadedFile' : 'subtitleFromFile')
  return (
    <li className="episode-row">
      <span className="episode-name stacked">
        <span>{label}</span>
        <small>{sizeBytes === null ? source : `${source} · ${bytes(sizeBytes)}`}</small>
      </span>
      <span className={`tag ${STATE_CLASSES[state]}`}>{t(`subtitleState-${state}`)}</span>
      {canEdit && id !== null
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
}
