// The episodes of the show, beside the video.
import { useQuery } from '@tanstack/react-query'
import { clsx } from 'clsx'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Episode, Playback, Show } from '@shared/api/client.js'
import { Dialog } from '@shared/design/dialog.js'
import { SelectField } from '@shared/design/field.js'
import { Spinner } from '@shared/design/states.js'
import { useFormats } from '@shared/i18n/format.js'
import { seasonQuery } from '../api/titles.js'
import { ProgressBar } from '../components/title-card.js'
import { fromEpisode, type NextItem } from './episodes.js'
import { useStage } from './stage.js'

interface EpisodesSheetProps {
  readonly show: Show
  readonly item: Playback['item']
  readonly play: (item: NextItem) => void
  readonly close: () => void
}

export function EpisodesSheet ({ show, item, play, close }: EpisodesSheetProps): ReactNode {
  const t = useTranslations('player')
  const stage = useStage()
  const [season, setSeason] = useState(item.season ?? 1)
  const { data } = useQuery(seasonQuery(show.id, season))
  return (
    <Dialog isOpen onClose={close} title={t('episodes')} container={stage.node}>
      {show.seasons.length < 2 ? null : (
        <SelectField
          label={t('season')}
          value={season}
          options={show.seasons.map(({ number, title }) => ({
            value: String(number),
            label: title ?? (number === 0 ? t('specials') : t('seasonNumber', { season: number })),
          }))}
          onChange={({ target }) => {
            setSeason(Number(target.value))
          }}
        />
      )}
      {data === undefined ? <Spinner /> : (
        <ol className="episode-list">
          {data.episodes.map((episode) => (
            <EpisodeRow
              key={episode.id}
              episode={episode}
              isCurrent={episode.id === item.id}
              play={() => {
                if (episode.id === item.id) close()
                else play(fromEpisode(show, season, episode))
              }}
            />
          ))}
        </ol>
      )}
    </Dialog>
  )
}

interface EpisodeRowProps {
  readonly episode: Episode
  readonly isCurrent: boolean
  readonly play: () => void
}

function EpisodeRow ({ episode, isCurrent, play }: EpisodeRowProps): ReactNode {
  const t = useTranslations('player')
  const { duration } = useFormats()
  const { number, title, runtimeMs, mediaFiles, progress } = episode
  const isPlayable = mediaFiles.length > 0
  const fact = isCurrent
    ? t('playsNow')
    : isPlayable
    ? runtimeMs === null ? '' : duration(runtimeMs)
    : t('notAvailable')
  return (
    <li>
      <button
        type="button"
        className={clsx('episode-button', isCurrent && 'is-current')}
        aria-current={isCurrent || undefined}
        disabled={!isPlayable}
        onClick={play}
      >
        <span className="episode-number">{number}</span>
        <span className="episode-title">{title}</span>
        <span className="episode-fact">{fact}</span>
        <ProgressBar progress={progress ?? null} />
      </button>
    </li>
  )
}
