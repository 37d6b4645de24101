// Runs the commands of the player, from keys, buttons and gestures.
import type { MediaPlayerInstance } from '@vidstack/react'
import { useEffect, useRef, useState, type RefObject } from 'react'
import { useTranslations } from 'use-intl'
import { useFormats } from '@shared/i18n/format.js'
import { findCommand, type Command, type FocusKind } from './commands.js'
import { RATES } from './control-menus.js'
import type { PlayerSession } from './player-session.js'
import { readPreferences, setPreferences } from './preferences.js'
import { useStage } from './stage.js'
import { findVideo } from './video-element.js'

const NOTICE_MS = 900

interface CommandTargets {
  readonly player: RefObject<MediaPlayerInstance | null>
  readonly session: PlayerSession
  readonly playNext: (() => void) | null
  readonly playPrevious: (() => void) | null
  readonly showHelp: () => void
  readonly leave: () => void
}

export interface Commands {
  readonly run: (command: Command) => void
  /** What the last command did, for a moment. */
  readonly notice: string | null
}

export function useCommands (targets: CommandTargets): Commands {
  const t = useTranslations('player')
  const { number } = useFormats()
  const stage = useStage()
  const [notice, setNotice] = useState<string | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const lastSubtitle = useRef<string | null>(null)

  function notify (text: string): void {
    setNotice(text)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      setNotice(null)
    }, NOTICE_MS)
  }

  function seek (video: HTMLVideoElement, seconds: number): void {
    video.currentTime = Math.max(0, Math.min(video.duration, seconds))
  }

  function changeVolume (by: number): void {
    const { volume, isMuted } = readPreferences()
    const next = Math.round(100 * Math.max(0, Math.min(1, (isMuted ? 0 : volume) + by))) / 100
    setPreferences({ volume: next, isMuted: false })
    notify(t('volumeNow', { percent: Math.round(100 * next) }))
  }

  function changeSpeed (by: 1 | -1): void {
    const index = RATES.findIndex((rate) => rate === readPreferences().rate)
    const rate = RATES[index + by]
    if (rate === undefined) return
    setPreferences({ rate })
    notify(t('speedNow', { rate: number(rate) }))
  }

  function toggleSubtitles (): void {
    const { playback, selection } = targets.session.readState()
    const first = playback?.subtitles[0]
    if (first === undefined) return
    if (selection.subtitle !== null) lastSubtitle.current = selection.subtitle
    const last = playback?.subtitles.find(({ id }) => id === lastSubtitle.current)
    const id = selection.subtitle === null ? (last ?? first).id : null
    targets.session.selectSubtitle(id)
    notify(t(id === null ? 'subtitlesOff' : 'subtitlesOn'))
  }

  async function togglePip (player: MediaPlayerInstance): Promise<void> {
    if (!player.state.canPictureInPicture) return
    if (player.state.pictureInPicture) await player.exitPictureInPicture()
    else await player.enterPictureInPicture()
  }

  function runOnVideo (player: MediaPlayerInstance, video: HTMLVideoElement, command: Command): void {
    switch (command.kind) {
      case 'toggle-play':
        // A browser can reject playback; then the large button stays.
        if (video.paused) void video.play().catch(() => undefined)
        else video.pause()
        break
      case 'seek-by':
        seek(video, video.currentTime + command.seconds)
        notify(t('seekNow', { seconds: number(Math.abs(command.seconds)), sign: command.seconds < 0 ? '−' : '+' }))
        break
      case 'seek-to':
        seek(video, video.duration * command.share)
        break
      case 'change-volume':
        changeVolume(command.by)
        break
      case 'toggle-mute':
        setPreferences({ isMuted: !readPreferences().isMuted })
        notify(t(readPreferences().isMuted ? 'muted' : 'unmuted'))
        break
      case 'change-speed':
        changeSpeed(command.by)
        break
      case 'toggle-subtitles':
        toggleSubtitles()
        break
      case 'toggle-pip':
        void togglePip(player).catch(() => undefined)
        break
      case 'next':
        targets.playNext?.()
        break
      case 'previous':
        targets.playPrevious?.()
        break
      default:
    }
  }

  function run (command: Command): void {
    if (command.kind === 'leave') return targets.leave()
    if (command.kind === 'help') return targets.showHelp()
    const player = targets.player.current
    const video = findVideo(player)
    if (command.kind === 'toggle-fullscreen') {
      void stage.toggleFullscreen(video)
      return
    }
    // Until the next start of playback, the element shows the last item.
    if (player === null || video === null || targets.session.readState().playback === null) return
    player.controls.show()
    runOnVideo(player, video, command)
    if (!video.paused) player.controls.hide()
  }

  useKeys(run)
  return { run, notice }
}

/** Menus, dialogs and fields handle their keys themselves. */
function useKeys (run: (command: Command) => void): void {
  const latestRun = useRef(run)
  useEffect(() => {
    latestRun.current = run
  })
  useEffect(() => {
    const handleKey = (event: KeyboardEvent): void => {
      const focus = findFocus()
      if (focus === null) return
      const command = findCommand(event, focus)
      if (command === null || (event.repeat && !command.kind.startsWith('seek') && command.kind !== 'change-volume')) {
        return
      }
      event.preventDefault()
      event.stopPropagation()
      latestRun.current(command)
    }
    window.addEventListener('keydown', handleKey, { capture: true })
    return () => {
      window.removeEventListener('keydown', handleKey, { capture: true })
    }
  }, [])
}

/** @returns null while a menu, a dialog or a field uses the keyboard */
function findFocus (): FocusKind | null {
  if (document.querySelector('[role="menu"], [role="dialog"]') !== null) return null
  const focused = document.activeElement
  const kind = focused?.getAttribute('data-focus')
  if (kind === 'volume' || kind === 'position') return kind
  if (focused?.matches('input, textarea, select') === true) return null
  return focused?.matches('button, a') === true ? 'button' : 'other'
}
