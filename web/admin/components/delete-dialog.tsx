// Asks before a deletion, and shows what it would remove.
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { ConfirmDialog } from '@shared/design/confirm-dialog.js'
import { useFormats } from '@shared/i18n/format.js'
import { deleteResource, previewDeletion, type Deletable, type Removal } from '../api/editing.js'

interface DeleteDialogProps {
  readonly target: Deletable
  readonly name: string
  readonly onClose: () => void
  readonly onDeleted: () => Promise<void>
}

export function DeleteDialog ({ target, name, onClose, onDeleted }: DeleteDialogProps): ReactNode {
  const t = useTranslations('deletion')
  const common = useTranslations('common')
  const { data: removal } = useQuery({
    queryKey: ['deletion', target],
    queryFn: async () => await previewDeletion(target),
    gcTime: 0,
    staleTime: 0,
  })
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t('title', { name })}
      text={t('text')}
      confirmLabel={common('delete')}
      onConfirm={async () => {
        await deleteResource(target)
        await onDeleted()
      }}
    >
      {removal === undefined ? <p role="status">{t('counting')}</p> : <RemovalList removal={removal} />}
    </ConfirmDialog>
  )
}

const COUNTS = [
  'episodes',
  'mediaFiles',
  'masters',
  'encodingJobs',
  'subtitles',
  'plays',
  'streams',
  'wishlists',
  'ratings',
  'collections',
] as const

function RemovalList ({ removal }: { readonly removal: Removal }): ReactNode {
  const t = useTranslations('deletion')
  const { number, bytes } = useFormats()
  return (
    <dl className="facts-list">
      {COUNTS.map((name) => {
        const count = removal[name]
        return (
          <div key={name}>
            <dt>{t(name)}</dt>
            <dd>
              {count === null ? t('many') : number(count)}
              {name === 'mediaFiles' && removal.mediaBytes > 0 ? ` (${bytes(removal.mediaBytes)})` : null}
              {name === 'masters' && removal.masterBytes > 0 ? ` (${bytes(removal.masterBytes)})` : null}
            </dd>
          </div>
        )
      })}
    </dl>
  )
}
