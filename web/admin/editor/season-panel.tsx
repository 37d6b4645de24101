// A season: its name and number, its episodes in order, and new episodes.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Pencil, Trash2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Season } from '@shared/api/client.js'
import { Button, IconButton } from '@shared/design/button.js'
import { Dialog } from '@shared/design/dialog.js'
import { useErrorText } from '@shared/design/error-text.js'
import { ErrorState } from '@shared/design/states.js'
import { useCanEdit } from '../access.js'
import { changeSeason, type SeasonPath } from '../api/editing.js'
import { seasonQuery } from '../api/titles.js'
import { DeleteDialog } from '../components/delete-dialog.js'
import { Panel } from '../components/page.js'
import { EpisodeList } from './episode-list.js'
import { OptionalNumber, OptionalText, OptionalTextArea } from './fields.js'
import { NewEpisodes } from './new-episodes.js'

interface SeasonPanelProps {
  readonly path: SeasonPath
  readonly showTitle: string
}

export function SeasonPanel ({ path, showTitle }: SeasonPanelProps): ReactNode {
  const t = useTranslations('seasons')
  const canEdit = useCanEdit()
  const queryClient = useQueryClient()
  const [open, setOpen] = useState<'edit' | 'delete' | null>(null)
  const { data, error, refetch } = useQuery(seasonQuery(path.showId, path.season))
  const season = data?.value
  const name = season?.title ?? (path.season === 0 ? t('specialsName') : t('seasonName', { season: path.season }))
  const close = (): void => {
    setOpen(null)
  }
  return (
    <Panel
      title={name}
      actions={canEdit && season !== undefined
        ? (
          <div className="actions">
            <IconButton
              icon={Pencil}
              label={t('edit', { name })}
              onClick={() => {
                setOpen('edit')
              }}
            />
            <IconButton
              icon={Trash2}
              label={t('delete', { name })}
              onClick={() => {
                setOpen('delete')
              }}
            />
          </div>
        )
        : null}
    >
      {error === null ? null : <ErrorState error={error} retry={() => void refetch()} />}
      {season === undefined ? null : <EpisodeList path={path} episodes={season.episodes} />}
      {season === undefined || !canEdit ? null : <NewEpisodes path={path} episodes={season.episodes} />}
      {open === 'edit' && season !== undefined ? <SeasonDialog path={path} season={season} onClose={close} /> : null}
      {open === 'delete'
        ? (
          <DeleteDialog
            target={{ kind: 'season', path }}
            name={`${showTitle} · ${name}`}
            onClose={close}
            onDeleted={async () => {
              queryClient.removeQueries({ queryKey: seasonQuery(path.showId, path.season).queryKey })
              await queryClient.invalidateQueries({ queryKey: ['titles'] })
            }}
          />
        )
        : null}
    </Panel>
  )
}

interface SeasonDialogProps {
  readonly path: SeasonPath
  readonly season: Season
  readonly onClose: () => void
}

function SeasonDialog ({ path, season, onClose }: SeasonDialogProps): ReactNode {
  const t = useTranslations('seasons')
  const editor = useTranslations('editor')
  const common = useTranslations('common')
  const describeError = useErrorText()
  const queryClient = useQueryClient()
  const [number, setNumber] = useState<number | null>(season.number)
  const [title, setTitle] = useState(season.title)
  const [synopsis, setSynopsis] = useState(season.synopsis)
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      await changeSeason(path, {
        ...number === null || number === season.number ? {} : { number },
        ...title === season.title ? {} : { title },
        ...synopsis === season.synopsis ? {} : { synopsis },
      })
    },
    onSuccess: async () => {
      onClose()
      await queryClient.invalidateQueries({ queryKey: ['titles'] })
    },
  })
  return (
    <Dialog isOpen onClose={onClose} title={t('editSeason')}>
      <div className="section">
        <OptionalNumber label={t('number')} min={0} max={10_000} value={number} onChange={setNumber} />
        <OptionalText label={t('seasonTitle')} maxLength={500} value={title} onChange={setTitle} />
        <OptionalTextArea label={editor('synopsis')} value={synopsis} onChange={setSynopsis} />
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
