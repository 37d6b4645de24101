// The controls below the video.
import { useMediaState } from '@vidstack/react'
import {
  CircleHelp,
  ListVideo,
  Maximize,
  Minimize,
  Pause,
  PictureInPicture2,
  Play,
  RotateCcw,
  RotateCw,
  SkipBack,
  SkipForward,
  Volume1,
  Volume2,
  VolumeX,
} from 'lucide-react'
import type { CSSProperties, ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { IconButton } from '@shared/design/button.js'
import { formatPosition } from '@shared/i18n/format.js'
import { ChaptersMenu } from './chapters-menu.js'
import type { Command } from './commands.js'
import { ControlMenus } from './control-menus.js'
import type { Neighbours } from './episodes.js'
import type { PlayerSession } from './player-session.js'
import type { PlayerState } from './player-state.js'
import { setPreferences, usePreferences } from './preferences.js'
import { RemoteButton } from './remote-button.js'
import { useStage } from './stage.js'
import { TimeBar } from './time-bar.js'
import { useIsPaused } from './video-element.js'

export type Sheet = 'episodes' | 'help' | 'subtitle-style'

interface ControlsProps {
  readonly session: PlayerSession
  readonly state: PlayerState
  readonly neighbours: Neighbours
  readonly isEpisode: boolean
  readonly video: HTMLVideoElement | null
  readonly run: (command: Command) => void
  readonly openSheet: (sheet: Sheet) => void
}

export function Controls (
  { session, state, neighbours, isEpisode, video, run, openSheet }: ControlsProps,
): ReactNode {
  const t = useTranslations('player')
  const stage = useStage()
  const isPaused = useIsPaused()
  const canUsePip = useMediaState('canPictureInPicture')
  const isPip = useMediaState('pictureInPicture')
  const chapters = state.playback?.chapters ?? []
  return (
    // After a click, Space pauses the video and does not repeat the click.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions
    <div
      className="controls"
      onClick={({ detail, target }) => {
        const isMenu = (target as Element).closest('[aria-haspopup]') !== null
        if (detail > 0 && !isMenu) stage.focusTarget()?.focus({ preventScroll: true })
      }}
    >
      <TimeBar thumbnailsUrl={state.playback?.thumbnailsUrl ?? null} chapters={chapters} />
      <div className="control-row">
        <IconButton
          className="player-button"
          icon={isPaused ? Play : Pause}
          label={t(isPaused ? 'play' : 'pause')}
          onClick={() => {
            run({ kind: 'toggle-play' })
          }}
        />
        <IconButton
          className="player-button is-seek"
          icon={RotateCcw}
          label={t('back10')}
          onClick={() => {
            run({ kind: 'seek-by', seconds: -10 })
          }}
        />
        <IconButton
          className="player-button is-seek"
          icon={RotateCw}
          label={t('forward10')}
          onClick={() => {
            run({ kind: 'seek-by', seconds: 10 })
          }}
        />
        <VolumeControl />
        <Time />
        <span className="control-space" />
        {isEpisode
          ? <EpisodeButtons neighbours={neighbours} run={run} openSheet={openSheet} />
          : null}
        <ChaptersMenu chapters={chapters} />
        <ControlMenus
          session={session}
          state={state}
          openSubtitleStyle={() => {
            openSheet('subtitle-style')
          }}
        />
        <RemoteButton video={video} />
        {canUsePip
          ? (
            <IconButton
              className="player-button is-pip"
              icon={PictureInPicture2}
              label={t('pip')}
              isPressed={isPip}
              onClick={() => {
                run({ kind: 'toggle-pip' })
              }}
            />
          )
          : null}
        <IconButton
          className="player-button is-help"
          icon={CircleHelp}
          label={t('keys.title')}
          onClick={() => {
            openSheet('help')
          }}
        />
        <IconButton
          className="player-button"
          icon={stage.isFullscreen ? Minimize : Maximize}
          label={t(stage.isFullscreen ? 'exitFullscreen' : 'fullscreen')}
          onClick={() => {
            run({ kind: 'toggle-fullscreen' })
          }}
        />
      </div>
    </div>
  )
}

function EpisodeButtons (
  { neighbours: { previous, next }, run, openSheet }: Pick<ControlsProps, 'neighbours' | 'run' | 'openSheet'>,
): ReactNode {
  const t = useTranslations('player')
  return (
    <>
      {previous === null ? null : (
        <IconButton
          className="player-button is-previous"
          icon={SkipBack}
          label={t('previousEpisode')}
          onClick={() => {
            run({ kind: 'previous' })
          }}
        />
      )}
      {next === null ? null : (
        <IconButton
          className="player-button"
          icon={SkipForward}
          label={t('nextEpisode')}
          onClick={() => {
            run({ kind: 'next' })
          }}
        />
      )}
      <IconButton
        className="player-button"
        icon={ListVideo}
        label={t('episodes')}
        onClick={() => {
          openSheet('episodes')
        }}
      />
    </>
  )
}

function VolumeControl (): ReactNode {
  const t = useTranslations('player')
  const { volume, isMuted } = usePreferences()
  const canSetVolume = useMediaState('canSetVolume')
  const shown = isMuted ? 0 : volume
  return (
    <div className="volume">
      <IconButton
        className="player-button"
        icon={shown === 0 ? VolumeX : shown < 0.5 ? Volume1 : Volume2}
        label={t(isMuted ? 'unmute' : 'mute')}
        onClick={() => {
          setPreferences({ isMuted: !isMuted })
        }}
      />
      {canSetVolume
        ? (
          <input
            type="range"
            className="volume-input"
            data-focus="volume"
            dir="ltr"
            aria-label={t('volume')}
            min={0}
            max={1}
            step={0.05}
            value={shown}
            style={{ '--share': `${shown * 100}%` } as CSSProperties}
            onChange={({ target }) => {
              setPreferences({ volume: Number(target.value), isMuted: false })
            }}
          />
        )
        : null}
    </div>
  )
}

function Time (): ReactNode {
  const currentTime = useMediaState('currentTime')
  const duration = useMediaState('duration')
  return (
    <p className="time" dir="ltr">
      {formatPosition(currentTime * 1_000)}
      <span className="time-duration">{` / ${formatPosition(Math.round(duration) * 1_000)}`}</span>
    </p>
  )
}
