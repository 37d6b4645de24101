// The video source of a started playback: adaptive HLS if the item is packaged, otherwise the file.
import type Hls from 'hls.js'
import type { ErrorData, Events, HlsConfig, Level, LevelSwitchedData } from 'hls.js'
import workerUrl from 'hls.js/dist/hls.worker.js?url'
import type { Playback } from '@shared/api/client.js'
import { frameHeight, type SourceFormats } from './choices.js'

/** What the player needs from a source, whether it is adaptive or a single file. */
export interface VideoSource extends SourceFormats {
  /** null: adapts to the network. */
  readonly setHeight: (height: number | null) => void
  readonly setLanguage: (language: string) => void
}

export interface SourceEvents {
  readonly onReady: (source: VideoSource) => void
  /** Another height plays now. */
  readonly onHeight: (height: number) => void
  /** Playback cannot recover from an error. */
  readonly onFailure: () => void
}

/** Fatal errors from which playback recovers; after more of them, the file or the network is considered broken. */
const MAX_RECOVERIES = 5
/** Estimated bandwidth as a multiple of the file's average bitrate: audio, playlists and peaks need more than it. */
const BITRATE_HEADROOM = 4

export function hlsConfig ({ mediaFile }: Playback, startMs: number): Partial<HlsConfig> {
  return {
    startPosition: startMs / 1_000,
    // Start with the rendition that the API selected, then adapt to the network.
    abrEwmaDefaultEstimate: (mediaFile.bitrate ?? 0) * BITRATE_HEADROOM,
    // Do not load more pixels than the window shows, unless the user selects a height.
    capLevelToPlayerSize: true,
    // A worker from a file needs no blob: source in the content security policy.
    workerPath: workerUrl,
    // The API delivers the subtitles, not the playlist.
    renderTextTracksNatively: false,
  }
}

/**
 * Watches an instance of hls.js, which may have loaded the playlist, until the signal aborts. The player recovers from
 * media errors.
 */
export function watchHls (hls: Hls, events: SourceEvents, signal: AbortSignal): void {
  let recoveries = 0
  const reportReady = (): void => {
    hls.subtitleTrack = -1
    events.onReady(toSource(hls))
  }
  const handleLevel = (_event: unknown, { level }: LevelSwitchedData): void => {
    const current = hls.levels[level]
    if (current !== undefined) events.onHeight(frameHeight(current))
  }
  const handleError = (_event: unknown, { fatal, type }: ErrorData): void => {
    if (!fatal) return
    const isLost = ++recoveries > MAX_RECOVERIES || hls.levels.length === 0
    if (!isLost && type === 'mediaError') return
    if (!isLost && type === 'networkError') hls.startLoad()
    else events.onFailure()
  }
  if (hls.levels.length > 0) reportReady()
  else hls.on('hlsManifestParsed' as Events.MANIFEST_PARSED, reportReady)
  hls.on('hlsLevelSwitched' as Events.LEVEL_SWITCHED, handleLevel)
  hls.on('hlsError' as Events.ERROR, handleError)
  signal.addEventListener('abort', () => {
    hls.off('hlsManifestParsed' as Events.MANIFEST_PARSED, reportReady)
    hls.off('hlsLevelSwitched' as Events.LEVEL_SWITCHED, handleLevel)
    hls.off('hlsError' as Events.ERROR, handleError)
  })
}

function toSource (hls: Hls): VideoSource {
  return {
    heights: [...new Set(hls.levels.map(frameHeight))],
    languages: [...new Set(hls.allAudioTracks.map(({ lang }) => lang).filter((lang) => lang !== undefined))],
    setHeight: (height) => {
      hls.nextLevel = height === null ? -1 : findLevel(hls, height)
    },
    setLanguage: (language) => {
      const track = hls.audioTracks.find(({ lang }) => lang === language)
      if (track !== undefined) hls.audioTrack = track.id
    },
  }
}

/** A level of a height: one in the codec that plays, if there is one. */
function findLevel (hls: Hls, height: number): number {
  const current = hls.levels[hls.currentLevel]
  const isInCodec = ({ codecSet, videoRange }: Level): boolean =>
    codecSet === current?.codecSet && videoRange === current.videoRange
  const ofHeight = hls.levels.filter((level) => frameHeight(level) === height)
  const level = ofHeight.find(isInCodec) ?? ofHeight[0]
  return level === undefined ? -1 : hls.levels.indexOf(level)
}

/** Watches a video element that plays one file, or HLS without hls.js. It may have begun to load. */
export function watchFile (
  video: HTMLVideoElement,
  { mediaFile }: Playback,
  startMs: number,
  { onReady, onHeight, onFailure }: SourceEvents,
  signal: AbortSignal,
): void {
  const seekToStart = (): void => {
    if (startMs > 0) video.currentTime = startMs / 1_000
  }
  if (video.readyState >= video.HAVE_METADATA) seekToStart()
  else video.addEventListener('loadedmetadata', seekToStart, { once: true, signal })
  if (video.error !== null) onFailure()
  video.addEventListener('error', onFailure, { signal })
  onHeight(frameHeight(mediaFile))
  onReady({
    heights: [],
    languages: mediaFile.audioLanguages,
    setHeight: () => undefined,
    setLanguage: () => undefined,
  })
}
