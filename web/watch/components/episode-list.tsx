// The episodes of a season, with their progress and watched marks.
import { Link } from '@tanstack/react-router'
import { Check, Play } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Episode, Season, Show } from '@shared/api/client.js'
import { IconButton } from '@shared/design/button.js'
import { Poster } from '@shared/design/poster.js'
import { formatPosition, useFormats } from '@shared/i18n/format.js'
import { targetsFrom, targetsUpTo, type MarkTarget } from '../api/watched.js'
import { ActionMenu } from './action-menu.js'
import { handleArrowKeys, moveTabStop } from './arrow-keys.js'
import { useEpisodeCode } from './item-text.js'
import { ProgressBar, tabIndexAt } from './title-card.js'
import { useMarks } from './use-marks.js'

interface EpisodeListProps {
  readonly show: Show
  readonly season: Season
}

export function EpisodeList ({ show, season }: EpisodeListProps): ReactNode {
  const firstPlayable = season.episodes.findIndex(({ mediaFiles }) => mediaFiles.length > 0)
  return (
    <ol className="episodes row" onKeyDown={handleArrowKeys} onFocus={moveTabStop}>
      {season.episodes.map((episode, index) => (
        <EpisodeItem
          key={episode.id}
          show={show}
          season={season}
          episode={episode}
          tabIndex={tabIndexAt(index - firstPlayable)}
        />
      ))}
    </ol>
  )
}

interface EpisodeItemProps extends EpisodeListProps {
  readonly episode: Episode
  readonly tabIndex: 0 | -1
}

function EpisodeItem ({ show, season, episode, tabIndex }: EpisodeItemProps): ReactNode {
  const isPlayable = episode.mediaFiles.length > 0
  const content = <EpisodeContent episode={episode} isPlayable={isPlayable} />
  return (
    <li className="episode-item">
      {isPlayable
        ? (
          <Link
            to="/play/$itemId"
            params={{ itemId: episode.id }}
            search={{ title: show.id }}
            className="episode card-link"
            tabIndex={tabIndex}
          >
            {content}
          </Link>
        )
        : <div className="episode is-pending">{content}</div>}
      <EpisodeActions show={show} season={season} episode={episode} />
    </li>
  )
}

function EpisodeContent (
  { episode, isPlayable }: { readonly episode: Episode, readonly isPlayable: boolean },
): ReactNode {
  const t = useTranslations('title')
  const { duration, date } = useFormats()
  const progress = episode.progress ?? null
  const facts = [
    episode.runtimeMs === null ? null : duration(episode.runtimeMs),
    episode.airDate === null ? null : date(episode.airDate),
    progress === null || progress.positionMs === 0 || progress.finished
      ? null
      : t('stoppedAt', { position: formatPosition(progress.positionMs) }),
    progress?.finished === true ? t('watched') : null,
    isPlayable ? null : episode.containedIn === null ? t('notAvailable') : t('partOf', { number: episode.containedIn }),
  ].filter((fact) => fact !== null)
  return (
    <>
      <span className="episode-still">
        <Poster
          title={{ id: episode.id, title: episode.title, genres: [] }}
          shape="wide"
          imageUrl={episode.stillUrl}
          imagePlaceholder={episode.stillPlaceholder}
        >
          <ProgressBar progress={progress} />
          {isPlayable
            ? (
              <span className="episode-play">
                <Play className="icon" aria-hidden />
              </span>
            )
            : null}
          {progress?.finished === true
            ? (
              <span className="watched-mark" aria-hidden>
                <Check className="icon" />
              </span>
            )
            : null}
        </Poster>
      </span>
      <span className="episode-text">
        <strong>{`${episode.number}. ${episode.title}`}</strong>
        <small>{facts.join(' · ')}</small>
        {episode.synopsis === null ? null : <span className="episode-synopsis">{episode.synopsis}</span>}
      </span>
    </>
  )
}

function EpisodeActions (
  { show, season, episode }: EpisodeListProps & { readonly episode: Episode },
): ReactNode {
  const t = useTranslations('watched')
  const code = useEpisodeCode()({ season: season.number, episode: episode.number }) ?? ''
  const { mark, isMarking } = useMarks()
  const isWatched = episode.progress?.finished === true
  const name = `${code} ${episode.title}`
  const markTargets = (targets: readonly MarkTarget[], asWatched: boolean, markName: string) => () => {
    mark({ targets, isWatched: asWatched, name: markName })
  }
  return (
    <div className="episode-actions">
      <IconButton
        icon={Check}
        label={t(isWatched ? 'markEpisodeUnwatched' : 'markEpisodeWatched', { episode: name })}
        isPressed={isWatched}
        disabled={isMarking}
        onClick={markTargets([{ id: episode.id }], !isWatched, name)}
      />
      <ActionMenu
        label={t('episodeActions', { episode: name })}
        isDisabled={isMarking}
        actions={[
          {
            label: t('watchedUpToHere'),
            run: markTargets(targetsUpTo(show, season, episode.number), true, t('upTo', { episode: code })),
          },
          {
            label: t('watchedFromHere'),
            run: markTargets(targetsFrom(show, season, episode.number), true, t('from', { episode: code })),
          },
          {
            label: t('unwatchedFromHere'),
            run: markTargets(targetsFrom(show, season, episode.number), false, t('from', { episode: code })),
          },
        ]}
      />
    </div>
  )
}
