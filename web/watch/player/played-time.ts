// Measures the played time: the sum of the steps by which the position advances during playback. Pauses, buffering and
// seeks do not count.

export interface PlayedTime {
  readonly totalMs: () => number
  /** The position advanced by playback. */
  readonly advanceTo: (seconds: number) => void
  /** The position changed by a seek. */
  readonly jumpTo: (seconds: number) => void
}

export function createPlayedTime (): PlayedTime {
  let played = 0
  let position: number | null = null
  return {
    totalMs: () => Math.round(played * 1_000),
    advanceTo: (seconds) => {
      if (position !== null && seconds > position) played += seconds - position
      position = seconds
    },
    jumpTo: (seconds) => {
      position = seconds
    },
  }
}

/** Measures the played time of a media element until the signal aborts. */
export function measurePlayedTime (media: HTMLMediaElement, signal: AbortSignal): PlayedTime {
  const time = createPlayedTime()
  // Time updates between these events report the target of the seek, not playback.
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
