// The play buttons of a title page: play, continue, start over or watch again; else why the title cannot be played.
import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Play, RotateCcw } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { ContinueCard, Season } from '@shared/api/client.js'
import { Button, buttonClass } from '@shared/design/button.js'
import { formatPosition } from '@shared/i18n/format.js'
import { isShow, startRewatch, type Title } from '../api/titles.js'
import { useContinueText, useEpisodeCode } from './item-text.js'
import { useAction } from './use-action.js'

interface PlayButtonsProps {
  readonly title: Title
  /** The continue-watching card of the title. */
  readonly card: ContinueCard | null
  /** The season of a show that the page shows. */
  readonly season: Season | null
  /** Only one button, for small places. */
  readonly isCompact?: boolean
}

export function PlayButtons (props: PlayButtonsProps): ReactNode {
  const { title, card, season, isCompact = false } = props
  const t = useTranslations('title')
  const describePending = useContinueText()
  if (card !== null && card.waiting === null) {
    return <ContinueButtons title={title} card={card} isCompact={isCompact} />
  }
  const first = findFirstItem(title, season)
  if (first === null || card !== null) {
    return <p className="not-available">{card === null ? t('notAvailable') : describePending(card)}</p>
  }
  if (isWatched(title)) return <WatchAgainButton title={title} itemId={first.id} />
  return <PlayLink title={title} item={first} />
}

interface PlayableItem {
  readonly id: string
  readonly season: number | null
  readonly episode: number | null
}

function findFirstItem (title: Title, season: Season | null): PlayableItem | null {
  if (!isShow(title)) return title.mediaFiles.length === 0 ? null : { id: title.id, season: null, episode: null }
  const episode = season?.episodes.find(({ mediaFiles }) => mediaFiles.length > 0)
  return season === null || episode === undefined
    ? null
    : { id: episode.id, season: season.number, episode: episode.number }
}

/** Whether the profile finished the movie, or all regular seasons of the show. */
export function isWatched (title: Title): boolean {
  if (!isShow(title)) return title.progress?.finished === true
  const seasons = title.seasons.filter(({ number, episodeCount }) => number > 0 && episodeCount > 0)
  return seasons.length > 0 && seasons.every(({ episodeCount, finishedCount }) => finishedCount === episodeCount)
}

function PlayLink ({ title, item }: { readonly title: Title, readonly item: PlayableItem }): ReactNode {
  const t = useTranslations('title')
  const code = useEpisodeCode()(item)
  return (
    <Link to="/play/$itemId" params={{ itemId: item.id }} search={{ title: title.id }} className={buttonClass('main')}>
      <Play className="icon" aria-hidden />
      {code === null ? t('play') : t('playEpisode', { code })}
    </Link>
  )
}

interface ContinueButtonsProps {
  readonly title: Title
  readonly card: ContinueCard
  readonly isCompact: boolean
}

function ContinueButtons ({ title, card, isCompact }: ContinueButtonsProps): ReactNode {
  const t = useTranslations('title')
  const { item, kind, positionMs } = card
  const code = useEpisodeCode()(item)
  if (kind === 'next') return <PlayLink title={title} item={item} />
  const position = formatPosition(positionMs)
  return (
    <>
      <Link
        to="/play/$itemId"
        params={{ itemId: item.id }}
        search={{ title: title.id }}
        className={buttonClass('main')}
      >
        <Play className="icon" aria-hidden />
        {code === null ? t('continueAt', { position }) : t('continueEpisodeAt', { code, position })}
      </Link>
      {isCompact ? null : (
        <Link
          to="/play/$itemId"
          params={{ itemId: item.id }}
          search={{ title: title.id, start: true }}
          className={buttonClass('quiet')}
        >
          <RotateCcw className="icon" aria-hidden />
          {t('startOver')}
        </Link>
      )}
    </>
  )
}

/** Starts a rewatch; the history contains the earlier plays. */
function WatchAgainButton ({ title, itemId }: { readonly title: Title, readonly itemId: string }): ReactNode {
  const t = useTranslations('title')
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const { mutate, isPending } = useAction(async () => {
    await startRewatch(title.id)
    await queryClient.invalidateQueries({ queryKey: ['watching'], refetchType: 'none' })
    await navigate({ to: '/play/$itemId', params: { itemId }, search: { title: title.id } })
  })
  return (
    <Button
      look="main"
      icon={Play}
      isBusy={isPending}
      onClick={() => {
        mutate()
      }}
    >
      {t('watchAgain')}
    </Button>
  )
}
