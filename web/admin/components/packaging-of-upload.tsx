// The state of the package of an uploaded file, read from its movie or season.
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { buttonClass } from '@shared/design/button.js'
import type { PlayableItem } from '../api/media.js'
import { movieQuery, seasonQuery } from '../api/titles.js'
import { MediaState } from './media-state.js'

interface PackagingProps {
  readonly item: PlayableItem
  readonly mediaFileId: string
}

export function PackagingOfUpload ({ item, mediaFileId }: PackagingProps): ReactNode {
  return item.kind === 'movie'
    ? <MoviePackaging movieId={item.itemId} mediaFileId={mediaFileId} />
    : <EpisodePackaging item={item} mediaFileId={mediaFileId} />
}

function MoviePackaging (
  { movieId, mediaFileId }: { readonly movieId: string, readonly mediaFileId: string },
): ReactNode {
  const { data } = useQuery(movieQuery(movieId))
  return (
    <Result
      file={data?.value.mediaFiles.find(({ id }) => id === mediaFileId)}
      watchUrl={`/watch/movie/${movieId}`}
    />
  )
}

function EpisodePackaging (
  { item, mediaFileId }: { readonly item: PlayableItem & { readonly kind: 'episode' }, readonly mediaFileId: string },
): ReactNode {
  const { showId, season } = item.path
  const { data } = useQuery(seasonQuery(showId, season))
  const files = data?.value.episodes.find(({ id }) => id === item.itemId)?.mediaFiles
  return (
    <Result
      file={files?.find(({ id }) => id === mediaFileId)}
      watchUrl={`/watch/show/${showId}?season=${season}`}
    />
  )
}

interface ResultProps {
  readonly file: Parameters<typeof MediaState>[0]['file'] | undefined
  readonly watchUrl: string
}

function Result ({ file, watchUrl }: ResultProps): ReactNode {
  const t = useTranslations('media')
  if (file === undefined) return <span className="tag tag-warm">{t('stateProcessing')}</span>
  return (
    <div className="actions">
      <MediaState file={file} />
      {file.hls?.state === 'processing'
        ? <progress className="meter" value={file.hls.progress} max={1} aria-label={t('packaging')} />
        : null}
      {file.state === 'ready' ? <a href={watchUrl} className={buttonClass('quiet', true)}>{t('openPlayer')}</a> : null}
    </div>
  )
}
