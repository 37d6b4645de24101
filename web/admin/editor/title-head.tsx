// The heading of a title's editor: its status, a link to the watch app and the deletion.
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { ExternalLink, Trash2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { buttonClass, IconButton } from '@shared/design/button.js'
import { useCanEdit } from '../access.js'
import type { Title } from '../api/titles.js'
import { DeleteDialog } from '../components/delete-dialog.js'
import { PageHead } from '../components/page.js'

export function TitleHead ({ title }: { readonly title: Title }): ReactNode {
  const t = useTranslations('editor')
  const catalogue = useTranslations('catalogue')
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const canEdit = useCanEdit()
  const [isDeleting, setDeleting] = useState(false)
  const { id, kind, title: name, year, published } = title
  return (
    <PageHead title={year === null ? name : `${name} (${year})`}>
      <span className={`tag ${published ? 'tag-good' : 'tag-warm'}`}>
        {catalogue(published ? 'published' : 'draft')}
      </span>
      <a href={`/watch/${kind}/${id}`} className={buttonClass('quiet', true)}>
        <ExternalLink className="icon" aria-hidden />
        {t('openInWatch')}
      </a>
      {canEdit
        ? (
          <IconButton
            icon={Trash2}
            label={t('deleteTitle')}
            onClick={() => {
              setDeleting(true)
            }}
          />
        )
        : null}
      {isDeleting
        ? (
          <DeleteDialog
            target={kind === 'movie' ? { kind, path: { movieId: id } } : { kind, path: { showId: id } }}
            name={name}
            onClose={() => {
              setDeleting(false)
            }}
            onDeleted={async () => {
              await navigate({ to: '/catalogue' })
              queryClient.removeQueries({ queryKey: ['titles', kind, id] })
              await queryClient.invalidateQueries({ queryKey: ['titles', 'list'] })
            }}
          />
        )
        : null}
    </PageHead>
  )
}
