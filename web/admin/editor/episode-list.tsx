// The episodes of a season in order: open, move and delete them.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ArrowDown, ArrowUp, Trash2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Episode } from '@shared/api/client.js'
import { IconButton } from '@shared/design/button.js'
import { useErrorText } from '@shared/design/error-text.js'
import { showMessage } from '@shared/design/toasts.js'
import { useFormats } from '@shared/i18n/format.js'
import { useCanEdit } from '../access.js'
import { orderEpisodes, type SeasonPath } from '../api/editing.js'
import { DeleteDialog } from '../components/delete-dialog.js'
import { MediaState } from '../components/media-state.js'
import { moveItem } from './lists.js'

interface EpisodeListProps {
  readonly path: SeasonPath
  readonly episodes: readonly Episode[]
}

export function EpisodeList ({ path, episodes }: EpisodeListProps): ReactNode {
  const t = useTranslations('seasons')
  const describeError = useErrorText()
  const queryClient = useQueryClient()
  const [deleting, setDeleting] = useState<Episode | null>(null)
  const reload = async (): Promise<void> => {
    await queryClient.invalidateQueries({ queryKey: ['titles'] })
  }
  const { mutate: order, isPending } = useMutation({
    mutationFn: async (ordered: readonly Episode[]) => {
      await orderEpisodes(path, ordered.map(({ id }) => id), episodes[0]?.number ?? 1)
    },
    onSuccess: reload,
    onError: (error) => {
      showMessage(describeError(error))
    },
  })
  if (episodes.length === 0) return <p className="quiet">{t('noEpisodes')}</p>
  return (
    <>
      <ol className="edit-list" aria-label={t('episodes')}>
        {episodes.map((episode, index) => (
          <EpisodeRow
            key={episode.id}
            path={path}
            episode={episode}
            isBusy={isPending}
            onMove={(by) => {
              order(moveItem(episodes, index, by))
            }}
            onDelete={() => {
              setDeleting(episode)
            }}
          />
        ))}
      </ol>
      {deleting === null ? null : (
        <DeleteDialog
          target={{ kind: 'episode', path: { ...path, episode: deleting.number } }}
          name={deleting.title}
          onClose={() => {
            setDeleting(null)
          }}
          onDeleted={reload}
        />
      )}
    </>
  )
}

interface EpisodeRowProps {
  readonly path: SeasonPath
  readonly episode: Episode
  readonly isBusy: boolean
  readonly onMove: (by: number) => void
  readonly onDelete: () => void
}

function EpisodeRow ({ path, episode, isBusy, onMove, onDelete }: EpisodeRowProps): ReactNode {
  const t = useTranslations('seasons')
  const editor = useTranslations('editor')
  const { duration, date } = useFormats()
  const canEdit = useCanEdit()
  const { number, title: name, mediaFiles, airDate, runtimeMs } = episode
  const facts = [
    airDate === null ? null : date(airDate),
    runtimeMs === null ? null : duration(runtimeMs),
  ].filter((fact) => fact !== null)
  return (
    <li className="episode-row">
      <Link
        to="/catalogue/shows/$showId/seasons/$season/episodes/$episode"
        params={{ showId: path.showId, season: String(path.season), episode: String(number) }}
        className="table-link episode-name"
      >
        <span className="episode-number">{number}</span>
        <span className="stacked">
          <span>{name}</span>
          {facts.length === 0 ? null : <small>{facts.join(' · ')}</small>}
        </span>
      </Link>
      <span className="episode-media">
        {mediaFiles.length === 0
          ? <span className="tag tag-warm">{t('noMedia')}</span>
          : mediaFiles.map((file) => <MediaState key={file.id} file={file} />)}
      </span>
      {canEdit
        ? (
          <span className="edit-row-actions">
            <IconButton
              icon={ArrowUp}
              label={editor('moveUp', { name })}
              disabled={isBusy}
              onClick={() => {
                onMove(-1)
              }}
            />
            <IconButton
              icon={ArrowDown}
              label={editor('moveDown', { name })}
              disabled={isBusy}
              onClick={() => {
                onMove(1)
              }}
            />
            <IconButton icon={Trash2} label={t('delete', { name })} onClick={onDelete} />
          </span>
        )
        : null}
    </li>
  )
}
