// Plays on a television: the Remote Playback API of the browser, or AirPlay. It needs no script of another host.
import { useMediaPlayer } from '@vidstack/react'
import { Cast } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { IconButton } from '@shared/design/button.js'

type AirPlayVideo = HTMLVideoElement & { readonly webkitShowPlaybackTargetPicker?: () => void }

export function RemoteButton ({ video }: { readonly video: HTMLVideoElement | null }): ReactNode {
  const t = useTranslations('player')
  const player = useMediaPlayer()
  const isAvailable = useRemoteAvailable(video)
  if (!isAvailable || video === null) return null
  return (
    <IconButton
      className="player-button is-remote"
      icon={Cast}
      label={t('playOnDevice')}
      onClick={() => {
        player?.controls.show()
        const { webkitShowPlaybackTargetPicker: showPicker } = video as AirPlayVideo
        if (showPicker === undefined) void video.remote.prompt().catch(() => undefined)
        else showPicker.call(video)
      }}
    />
  )
}

function useRemoteAvailable (video: HTMLVideoElement | null): boolean {
  const [isAvailable, setAvailable] = useState(false)
  useEffect(() => {
    if (video === null) return undefined
    const handleAirPlay = (event: Event): void => {
      setAvailable((event as Event & { availability?: string }).availability === 'available')
    }
    video.addEventListener('webkitplaybacktargetavailabilitychanged', handleAirPlay)
    const remote = (video as { remote?: RemotePlayback }).remote
    // Rejected for a source that cannot be played remotely, such as one of Media Source Extensions.
    const watching = remote?.watchAvailability(setAvailable).catch(() => null) ?? null
    return () => {
      video.removeEventListener('webkitplaybacktargetavailabilitychanged', handleAirPlay)
      void watching?.then(async (id) => {
        if (id !== null) await remote?.cancelWatchAvailability(id)
      }).catch(() => undefined)
    }
  }, [video])
  return isAvailable
}
