// The media keys of the device for episodes. The player library handles play, pause and seeking.
import { useEffect, useRef } from 'react'

interface EpisodeActions {
  readonly playNext: (() => void) | null
  readonly playPrevious: (() => void) | null
}

/** @param run runs a command; the keys are registered again at each start of playback */
export function useMediaKeys ({ playNext, playPrevious }: EpisodeActions, run: number): void {
  const latest = useRef({ playNext, playPrevious })
  useEffect(() => {
    latest.current = { playNext, playPrevious }
  })
  const [hasNext, hasPrevious] = [playNext !== null, playPrevious !== null]
  useEffect(() => {
    const { mediaSession } = navigator as { mediaSession?: MediaSession }
    if (mediaSession === undefined) return undefined
    mediaSession.setActionHandler('nexttrack', hasNext ? () => latest.current.playNext?.() : null)
    mediaSession.setActionHandler('previoustrack', hasPrevious ? () => latest.current.playPrevious?.() : null)
    return () => {
      mediaSession.setActionHandler('nexttrack', null)
      mediaSession.setActionHandler('previoustrack', null)
    }
  }, [hasNext, hasPrevious, run])
}
