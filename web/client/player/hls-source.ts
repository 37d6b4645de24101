// Adaptive playback with hls.js.
import Hls, { ErrorTypes, Events, type Level } from 'hls.js'
import workerUrl from 'hls.js/dist/hls.worker.js?url'
import type { Playback } from '../api/client.js'

/** What the player needs from a source, whether it is adaptive or a single file. */
export interface VideoSource {
  /** Heights that can be selected without a new start of playback. Empty for a single file. */
  readonly heights: readonly number[]
  /** Audio languages that can be selected without a new start of playback. */
  readonly languages: readonly string[]
  /** null: adapts to the network. */
  readonly setHeight: (height: number | null) => void
  readonly setLanguage: (language: string) => void
  readonly detach: () => void
}

/** Fatal errors from which playback recovers; after more of them, the file or the network is considered broken. */
const MAX_RECOVERIES = 5
/** Estimated bandwidth as a multiple of the file's average bitrate: audio, playlists and peaks need more than it. */
const BITRATE_HEADROOM = 4

/** @returns null if the browser does not support hls.js */
export function attachHls (
  video: HTMLVideoElement,
  { hlsUrl, mediaFile }: Playback & { hlsUrl: string },
  startMs: number,
  onFailure: () => void,
): Promise<VideoSource> | null {
  if (!Hls.isSupported()) return null
  const hls = new Hls({
    startPosition: startMs / 1_000,
    // Start with the rendition that the API selected, then adapt to the network.
    abrEwmaDefaultEstimate: (mediaFile.bitrate ?? 0) * BITRATE_HEADROOM,
    // Do not load more pixels than the window shows, unless the user selects a height.
    capLevelToPlayerSize: true,
    // A worker from a file needs no blob: source in the content security policy.
    workerPath: workerUrl,
    // The API delivers the subtitles, not the playlist.
    renderTextTracksNatively: false,
  })
  let recoveries = 0
  const giveUp = (): void => {
    hls.destroy()
    onFailure()
  }
  const ready = new Promise<VideoSource>((resolve) => {
    hls.once(Events.MANIFEST_PARSED, () => {
      hls.subtitleTrack = -1
      resolve(toSource(hls))
    })
  })
  hls.on(Events.ERROR, (_event, { fatal, type }) => {
    if (!fatal) return
    if (
      ++recoveries > MAX_RECOVERIES || hls.levels.length === 0 || type === ErrorTypes.OTHER_ERROR ||
      type === ErrorTypes.KEY_SYSTEM_ERROR
    ) giveUp()
    else if (type === ErrorTypes.MEDIA_ERROR) hls.recoverMediaError()
    else hls.startLoad()
  })
  hls.loadSource(hlsUrl)
  hls.attachMedia(video)
  return ready
}

function toSource (hls: Hls): VideoSource {
  return {
    heights: hls.levels.map(levelHeight),
    languages: [...new Set(hls.allAudioTracks.map(({ lang }) => lang).filter((lang) => lang !== undefined))],
    setHeight: (height) => {
      hls.nextLevel = height === null ? -1 : hls.levels.findIndex((level) => levelHeight(level) === height)
    },
    setLanguage: (language) => {
      const track = hls.audioTracks.find(({ lang }) => lang === language)
      if (track !== undefined) hls.audioTrack = track.id
    },
    detach: () => {
      hls.destroy()
    },
  }
}

/** Height of a 16:9 frame that contains the video, like in the API: 1920x800 counts as 1080p. */
function levelHeight ({ width, height }: Level): number {
  return Math.max(height, Math.round(width * 9 / 16))
}
