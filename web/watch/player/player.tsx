// The player of one movie or episode.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useRouter } from '@tanstack/react-router'
import type { MediaPlayerInstance } from '@vidstack/react'
import { ArrowLeft } from 'lucide-react'
import { useEffect, useRef, useState, useSyncExternalStore, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Movie, Show } from '@shared/api/client.js'
import { IconButton } from '@shared/design/button.js'
import { usePageTitle } from '@shared/design/page-title.js'
import { Spinner } from '@shared/design/states.js'
import { movieQuery, showQuery, startRewatch } from '../api/titles.js'
import { useEpisodeCode } from '../components/item-text.js'
import type { Sheet } from './controls.js'
import { findNext, useNeighbours, type NextItem } from './episodes.js'
import { EpisodesSheet } from './episodes-sheet.js'
import { HelpSheet } from './help-sheet.js'
import { PlayerSession } from './player-session.js'
import type { PlayerState } from './player-state.js'
import { StatusOverlay } from './status-overlay.js'
import { SubtitleStyleDialog } from './subtitle-style-dialog.js'
import { useCommands } from './use-commands.js'
import { useMediaKeys } from './use-media-keys.js'
import { findSourceKind, VideoSurface, type ShownRun } from './video-surface.js'

export interface PlayerProps {
  /** ID of the title, to return to its page. */
  readonly titleId: string
  readonly itemId: string
  readonly fromStart: boolean
}

export function Player ({ titleId, itemId, fromStart }: PlayerProps): ReactNode {
  const t = useTranslations('player')
  const common = useTranslations('common')
  const queryClient = useQueryClient()
  const { session, state } = useSession(itemId, fromStart)
  const { playback } = state
  const { movie, show } = useTitle(titleId, itemId)
  const [sheet, setSheet] = useState<Sheet | null>(null)
  const [lastItem, setLastItem] = useState(playback?.item ?? null)
  if (lastItem !== null && lastItem.id !== itemId) {
    setLastItem(null)
    setSheet(null)
  } else if (playback !== null && playback.item.id === itemId && playback.item !== lastItem) setLastItem(playback.item)
  const shown = useShownRun(state)
  const neighbours = useNeighbours(queryClient, titleId, lastItem)
  const { openItem, leave } = usePlayerNavigation(titleId, itemId)
  const player = useRef<MediaPlayerInstance>(null)
  const code = useEpisodeCode()

  const title = (movie ?? show)?.title ?? lastItem?.title ?? ''
  const episodeName = lastItem === null || lastItem.season === null
    ? null
    : [code(lastItem), lastItem.title].filter((part) => part !== null).join(' · ')
  usePageTitle(title === '' ? null : [title, episodeName].filter((part) => part !== null).join(' · '))

  const open = (item: NextItem | null) =>
    item === null ? null : () => {
      openItem(item)
    }
  const playNext = open(neighbours.next)
  const playPrevious = open(neighbours.previous)
  useMediaKeys({ playNext, playPrevious }, state.run)
  const { run, notice } = useCommands({
    player,
    session,
    playNext,
    playPrevious,
    showHelp: () => {
      setSheet('help')
    },
    leave,
  })
  /** At the credits: what continue watching offers, which can be a special between two episodes. */
  const playFollowing = async (): Promise<void> => {
    const offered = await session.stop()
    const next = lastItem === null ? null : await findNext(queryClient, titleId, lastItem, offered)
    if (next === null) leave()
    else openItem(next)
  }
  const close = (): void => {
    setSheet(null)
  }
  return (
    <>
      {shown === null ? null : (
        <VideoSurface
          key={`${state.surface}-${findSourceKind(shown.playback)}`}
          ref={player}
          session={session}
          state={state}
          shown={shown}
          names={{
            title: episodeName ?? title,
            show: episodeName === null ? '' : title,
            imageUrl: movie?.posterUrl ?? show?.posterUrl ?? null,
          }}
          neighbours={neighbours}
          isCovered={state.status.kind !== 'playing' && state.status.kind !== 'starting'}
          run={run}
          openSheet={setSheet}
          playFollowing={() => void playFollowing()}
        />
      )}
      <header className="stage-head">
        <IconButton icon={ArrowLeft} label={common('back')} onClick={leave} />
        <div className="stage-title">
          <h1>{title === '' ? t('videoPlayer') : title}</h1>
          {episodeName === null ? null : <p>{episodeName}</p>}
        </div>
      </header>
      {shown === null && state.status.kind === 'starting'
        ? (
          <div className="waiting">
            <Spinner />
          </div>
        )
        : null}
      <p className="notice-bezel" role="status">{notice}</p>
      <StatusOverlay
        session={session}
        status={state.status}
        item={lastItem}
        title={movie ?? show ?? { id: titleId, title }}
        openItem={openItem}
        leave={leave}
        startOver={() => {
          const rewatch = movie === null ? Promise.resolve() : startRewatch(movie.id)
          void Promise.resolve(rewatch).catch(() => undefined).then(() => {
            session.startOver()
          })
        }}
      />
      {sheet === 'help' ? <HelpSheet close={close} /> : null}
      {sheet === 'subtitle-style' ? <SubtitleStyleDialog close={close} /> : null}
      {sheet === 'episodes' && show !== null && lastItem !== null
        ? <EpisodesSheet show={show} item={lastItem} play={openItem} close={close} />
        : null}
    </>
  )
}

function useSession (itemId: string, fromStart: boolean) {
  const queryClient = useQueryClient()
  const [session] = useState(() =>
    new PlayerSession({
      onStopped: () => {
        for (const key of ['watching', 'titles']) void queryClient.invalidateQueries({ queryKey: [key] })
      },
    })
  )
  useEffect(() => {
    const opened = new AbortController()
    session.open(itemId, fromStart, opened.signal)
    return () => {
      opened.abort()
      void session.close()
    }
  }, [session, itemId, fromStart])
  const state = useSyncExternalStore(session.subscribe, session.readState)
  return { session, state }
}

/** What the video shows: the current start of playback; while the next one begins, the one before. */
function useShownRun ({ playback, startMs, run, status }: PlayerState): ShownRun | null {
  const [last, setLast] = useState<ShownRun | null>(null)
  if (playback !== null && playback !== last?.playback) setLast({ playback, startMs, run })
  return playback !== null || status.kind === 'starting' ? last : null
}

/** A movie is its own item; an episode belongs to a show. */
function useTitle (titleId: string, itemId: string): { movie: Movie | null, show: Show | null } {
  const isMovie = titleId === itemId
  const { data: movie } = useQuery({ ...movieQuery(titleId), enabled: isMovie })
  const { data: show } = useQuery({ ...showQuery(titleId), enabled: !isMovie })
  return { movie: movie ?? null, show: show ?? null }
}

function usePlayerNavigation (titleId: string, itemId: string) {
  const navigate = useNavigate()
  const router = useRouter()
  // Leaving the player works without a network, too.
  useEffect(() => {
    const to = titleId === itemId ? '/movie/$titleId' : '/show/$titleId'
    void router.preloadRoute({ to, params: { titleId } }).catch(() => undefined)
  }, [router, titleId, itemId])
  return {
    openItem: (item: NextItem): void => {
      void navigate({
        to: '/play/$itemId',
        params: { itemId: item.itemId },
        search: { title: item.titleId },
        replace: true,
      })
    },
    leave: (): void => {
      if (document.fullscreenElement !== null) void document.exitFullscreen().catch(() => undefined)
      void navigate({
        to: titleId === itemId ? '/movie/$titleId' : '/show/$titleId',
        params: { titleId },
        replace: true,
      })
    },
  }
}
