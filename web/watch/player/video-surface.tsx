// The video, with what lies over it: subtitles, prompts and controls. Starts of playback follow each other in it.
import {
  isHLSProvider,
  MediaPlayer,
  MediaProvider,
  Track,
  useMediaState,
  type MediaPlayerInstance,
  type MediaProviderAdapter,
  type MediaSrc,
  type TextTrack,
} from '@vidstack/react'
import { Play } from 'lucide-react'
import { useEffect, useMemo, useRef, useState, type ReactNode, type Ref } from 'react'
import { useTranslations } from 'use-intl'
import type { Playback } from '@shared/api/client.js'
import { Spinner } from '@shared/design/states.js'
import { useFormats } from '@shared/i18n/format.js'
import { Captions } from './captions.js'
import type { Command } from './commands.js'
import { Controls, type Sheet } from './controls.js'
import type { Neighbours } from './episodes.js'
import type { PlayerSession } from './player-session.js'
import type { PlayerState } from './player-state.js'
import { usePreferences } from './preferences.js'
import { Prompts } from './prompts.js'
import { hlsConfig, watchFile, watchHls } from './source.js'
import { TapLayer } from './tap-layer.js'
import { useIsPaused } from './video-element.js'

/** A start of playback. */
export interface ShownRun {
  readonly run: number
  readonly playback: Playback
  readonly startMs: number
}

export interface VideoSurfaceProps {
  readonly session: PlayerSession
  readonly state: PlayerState
  readonly shown: ShownRun
  readonly ref: Ref<MediaPlayerInstance>
  /** Names for the keys and screens of the device. */
  readonly names: { readonly title: string, readonly show: string, readonly imageUrl: string | null }
  readonly neighbours: Neighbours
  /** A card lies over the video and has the focus. */
  readonly isCovered: boolean
  readonly run: (command: Command) => void
  readonly openSheet: (sheet: Sheet) => void
  readonly playFollowing: () => void
}

type ConnectedProvider = MediaProviderAdapter & { readonly video: HTMLVideoElement }

/** The player library replaces the video element between sources of different kinds. */
export const findSourceKind = ({ hlsUrl }: Playback): 'hls' | 'file' => hlsUrl === null ? 'file' : 'hls'

function toSource ({ hlsUrl, url, mediaFile }: Playback): MediaSrc {
  return hlsUrl === null
    ? { src: url, type: mediaFile.container === 'webm' ? 'video/webm' : 'video/mp4' }
    : { src: hlsUrl, type: 'application/vnd.apple.mpegurl' }
}

export function VideoSurface (props: VideoSurfaceProps): ReactNode {
  const { session, state, shown, ref, names, neighbours, isCovered, run, openSheet, playFollowing } = props
  const { playback, startMs, run: runNumber } = shown
  const t = useTranslations('player')
  const { volume, isMuted, rate } = usePreferences()
  const [video, setVideo] = useState<HTMLVideoElement | null>(null)
  const provider = useRef<ConnectedProvider | null>(null)
  const src = useMemo(() => toSource(playback), [playback])

  const prepare = (adapter: MediaProviderAdapter | null): void => {
    provider.current = null
    if (!isHLSProvider(adapter)) return
    adapter.library = async () => await import('hls.js')
    adapter.config = hlsConfig(playback, startMs)
  }
  const connect = (to: ConnectedProvider): void => {
    if (session.readState().playback !== playback) return
    const { signal, ...events } = session.attach(to.video)
    const hls = isHLSProvider(to) ? to.instance : null
    if (hls === null) watchFile(to.video, playback, startMs, events, signal)
    else watchHls(hls, events, signal)
  }
  const connectFirst = (adapter: MediaProviderAdapter): void => {
    if (!('video' in adapter)) return
    provider.current = adapter as ConnectedProvider
    setVideo(provider.current.video)
    connect(provider.current)
  }
  /** The next start of playback, before the library loads its source into the same element. */
  const connectNext = (): void => {
    const { current } = provider
    if (current === null) return
    if (isHLSProvider(current) && current.instance !== null) {
      Object.assign(current.instance.config, hlsConfig(playback, startMs))
    }
    // The element has dropped the last source.
    current.video.addEventListener('emptied', () => {
      connect(current)
    }, { once: true })
  }
  return (
    <MediaPlayer
      ref={ref}
      className="player"
      inert={isCovered}
      title={names.title}
      artist={names.show}
      artwork={names.imageUrl === null ? [] : [{ src: names.imageUrl }]}
      src={src}
      viewType="video"
      streamType="on-demand"
      load="eager"
      // The library applies its own position, 0 by default, when the video can play.
      currentTime={startMs / 1_000}
      playsInline
      volume={volume}
      muted={isMuted}
      playbackRate={rate}
      keyDisabled
      controlsDelay={3_000}
      logLevel="silent"
      onProviderChange={prepare}
      onProviderSetup={connectFirst}
      onSourceChange={connectNext}
    >
      <MediaProvider />
      <PlayerLabel label={t('videoPlayer')} />
      <SubtitleTracks subtitles={playback.subtitles} selectedId={state.selection.subtitle} />
      <TapLayer run={run} />
      <Captions />
      <Waiting isStarting={state.status.kind === 'starting'} />
      <BigPlayButton isBlocked={state.isBlocked} run={run} />
      <Prompts key={runNumber} markers={playback.markers} next={neighbours.next} playNext={playFollowing} />
      <Controls
        session={session}
        state={state}
        neighbours={neighbours}
        isEpisode={playback.item.season !== null}
        video={video}
        run={run}
        openSheet={openSheet}
      />
    </MediaPlayer>
  )
}

/** The library labels the player in English. */
function PlayerLabel ({ label }: { readonly label: string }): ReactNode {
  const canPlay = useMediaState('canPlay')
  const [node, setNode] = useState<HTMLElement | null>(null)
  useEffect(() => {
    node?.closest('[data-media-player]')?.setAttribute('aria-label', label)
  }, [node, label, canPlay])
  return <span hidden ref={setNode} />
}

interface SubtitleTracksProps {
  readonly subtitles: Playback['subtitles']
  readonly selectedId: string | null
}

function SubtitleTracks ({ subtitles, selectedId }: SubtitleTracksProps): ReactNode {
  const { language: nameLanguage } = useFormats()
  const tracks = useMediaState('textTracks')
  useEffect(() => {
    showTrack(tracks, selectedId)
  }, [tracks, selectedId])
  return subtitles.map(({ id, language, kind, url }) => (
    <Track
      key={id}
      id={id}
      src={url}
      type="vtt"
      kind={kind === 'sdh' ? 'captions' : 'subtitles'}
      language={language}
      label={nameLanguage(language)}
    />
  ))
}

function Waiting ({ isStarting }: { readonly isStarting: boolean }): ReactNode {
  const isWaiting = useMediaState('waiting')
  const isPaused = useIsPaused()
  return isStarting || (isWaiting && !isPaused)
    ? (
      <div className="waiting">
        <Spinner />
      </div>
    )
    : null
}

function showTrack (tracks: readonly TextTrack[], id: string | null): void {
  for (const track of tracks) track.mode = track.id === id ? 'showing' : 'disabled'
}

/** For touch, and where the browser wants a click before it plays. */
function BigPlayButton (
  { isBlocked, run }: { readonly isBlocked: boolean, readonly run: (command: Command) => void },
): ReactNode {
  const t = useTranslations('player')
  const isPaused = useIsPaused()
  const canPlay = useMediaState('canPlay')
  const hasStarted = useMediaState('started')
  if (!isPaused || !canPlay) return null
  return (
    <button
      type="button"
      className={isBlocked && !hasStarted ? 'big-play' : 'big-play is-touch'}
      aria-label={t('play')}
      onClick={() => {
        run({ kind: 'toggle-play' })
      }}
    >
      <Play className="icon" aria-hidden />
    </button>
  )
}
