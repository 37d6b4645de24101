// How much was really played: the sum of the steps that the picture makes forward while it plays. Pauses, waiting for bytes
// and jumps add nothing, whatever the wall clock says.

export interface PlayedTime {
  readonly totalMs: () => number
  /** Playback is now here, by playing. */
  readonly advanceTo: (seconds: number) => void
  /** Playback is now here, by a jump. */
  readonly jumpTo: (seconds: number) => void
}

export function createPlayedTime (): PlayedTime {
  let played = 0
  let at: number | null = null
  return {
    totalMs: () => Math.round(played * 1_000),
    advanceTo: (seconds) => {
      if (at !== null && seconds > at) played += seconds - at
      at = seconds
    },
    jumpTo: (seconds) => {
      at = seconds
    },
  }
}

/** Measures a media element until the signal ends it. */
export function measurePlayedTime (media: HTMLMediaElement, signal: AbortSignal): PlayedTime {
  const time = createPlayedTime()
  // Between the two, time updates tell where it jumps, not what is played.
  media.addEventListener('seeking', () => {
    time.jumpTo(media.currentTime)
  }, { signal })
  media.addEventListener('seeked', () => {
    time.jumpTo(media.currentTime)
  }, { signal })
  for (const event of ['timeupdate', 'pause', 'ended']) {
    media.addEventListener(event, () => {
      if (media.seeking) time.jumpTo(media.currentTime)
      else time.advanceTo(media.currentTime)
    }, { signal })
  }
  return time
}
