// The video element of the player. The state of the player library follows its events, and can miss a pause right after
// the start and seeks in quick succession; the element itself is always current.
import { useMediaPlayer, useMediaState, type MediaPlayerInstance } from '@vidstack/react'
import { useCallback, useSyncExternalStore } from 'react'

const PAUSE_EVENTS = ['play', 'playing', 'pause', 'ended', 'emptied'] as const

export function findVideo (player: MediaPlayerInstance | null): HTMLVideoElement | null {
  return player?.el?.querySelector('video') ?? null
}

/** Whether the video is paused. For components inside the player. */
export function useIsPaused (): boolean {
  const player = useMediaPlayer()
  // The element exists from then on.
  const canPlay = useMediaState('canPlay')
  const subscribe = useCallback((listener: () => void) => {
    const node = canPlay ? player?.el ?? null : null
    // Events of media do not bubble, but parents can capture them.
    for (const event of PAUSE_EVENTS) node?.addEventListener(event, listener, { capture: true })
    return () => {
      for (const event of PAUSE_EVENTS) node?.removeEventListener(event, listener, { capture: true })
    }
  }, [player, canPlay])
  return useSyncExternalStore(subscribe, () => findVideo(player)?.paused ?? true)
}

/**
 * Resolves when the video has data to play, or the signal aborts; in a later task, when the player library has applied
 * its state. The library can report `can-play` before it has set up the video, so this reads the element.
 */
export async function waitUntilPlayable (video: HTMLVideoElement, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const resolveLater = (): void => {
      setTimeout(resolve)
    }
    if (video.readyState >= video.HAVE_FUTURE_DATA || signal.aborted) {
      resolveLater()
      return
    }
    video.addEventListener('canplay', resolveLater, { once: true, signal })
    signal.addEventListener('abort', resolveLater, { once: true })
  })
}
