// Artwork of a title: a poster and a backdrop by drag and drop, or the URLs of images.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useErrorText } from '@shared/design/error-text.js'
import { Poster } from '@shared/design/poster.js'
import { showMessage } from '@shared/design/toasts.js'
import { uploadArtwork } from '../api/editing.js'
import type { Title } from '../api/titles.js'
import { DropZone } from '../components/drop-zone.js'
import { Panel } from '../components/page.js'
import { OptionalText } from './fields.js'
import type { TitleFields } from './title-fields.js'
import type { Changes } from './use-changes.js'

const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/avif']

interface ArtworkSectionProps {
  readonly title: Title
  readonly form: Changes<TitleFields>
}

export function ArtworkSection ({ title, form: { fields, setField } }: ArtworkSectionProps): ReactNode {
  const t = useTranslations('editor')
  const describeError = useErrorText()
  const queryClient = useQueryClient()
  const { mutate, isPending } = useMutation({
    mutationFn: async ({ kind, image }: { readonly kind: 'poster' | 'backdrop', readonly image: File }) => {
      await uploadArtwork(title.id, kind, image)
    },
    onSuccess: async (_result, { kind }) => {
      showMessage(t(kind === 'poster' ? 'posterUploaded' : 'backdropUploaded'))
      await queryClient.invalidateQueries({ queryKey: ['titles'] })
    },
    onError: (error) => {
      showMessage(describeError(error))
    },
  })
  return (
    <div className="sections">
      <Panel title={t('poster')} className="section artwork">
        <div className="artwork-poster">
          <Poster title={{ ...title, posterUrl: fields.posterUrl }} shape="portrait" />
        </div>
        <div className="section">
          <DropZone
            label={t('dropPoster')}
            accept={IMAGE_TYPES.join(',')}
            isBusy={isPending}
            onFiles={([image]) => {
              if (image !== undefined) mutate({ kind: 'poster', image })
            }}
          />
          <OptionalText
            label={t('posterUrl')}
            value={fields.posterUrl}
            onChange={(value) => {
              setField('posterUrl', value)
            }}
          />
        </div>
      </Panel>
      <Panel title={t('backdrop')} className="section">
        {fields.backdropUrl === null
          ? null
          : <img src={fields.backdropUrl} alt="" className="artwork-backdrop" referrerPolicy="no-referrer" />}
        <DropZone
          label={t('dropBackdrop')}
          accept={IMAGE_TYPES.join(',')}
          isBusy={isPending}
          onFiles={([image]) => {
            if (image !== undefined) mutate({ kind: 'backdrop', image })
          }}
        />
        <OptionalText
          label={t('backdropUrl')}
          value={fields.backdropUrl}
          onChange={(value) => {
            setField('backdropUrl', value)
          }}
        />
      </Panel>
    </div>
  )
}
