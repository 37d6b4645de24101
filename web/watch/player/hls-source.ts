// Adaptive playback with hls.js.
import Hls, { ErrorTypes, Events, type Level } from 'hls.js'
import workerPath from 'hls.js/dist/hls.worker.js?url'
import type { Playback } from '../api/client.js'
import type { Source } from './source.js'

/** Mending more often than this is a file or a network that cannot be mended. */
const MENDINGS = 5
/** Sound, playlists and the swings of a bitrate come on top of a file's average. */
const HEADROOM = 4

/** null where the browser lacks what hls.js needs. */
export function attachHls (
  video: HTMLVideoElement,
  { hlsUrl, mediaFile }: Playback & { hlsUrl: string },
  startMs: number,
  onFailure: () => void,
): Promise<Source> | null {
  if (!Hls.isSupported()) return null
  // A worker from a file of our own needs no blob: in the page's policy. Subtitles come from the API, not from the playlist.
  const hls = new Hls({
    startPosition: startMs / 1_000,
    // The file that the API chose comes first; what the network says then decides.
    abrEwmaDefaultEstimate: (mediaFile.bitrate ?? 0) * HEADROOM,
    // Lines that the window cannot show are not fetched, unless somebody asks for them.
    capLevelToPlayerSize: true,
    workerPath,
    renderTextTracksNatively: false,
  })
  let mendings = 0
  const giveUp = (): void => {
    hls.destroy()
    onFailure()
  }
  const ready = new Promise<Source>((resolve) => {
    hls.once(Events.MANIFEST_PARSED, () => {
      hls.subtitleTrack = -1
      resolve(toSource(hls))
    })
  })
  hls.on(Events.ERROR, (_event, { fatal, type }) => {
    if (!fatal) return
    if (
      ++mendings > MENDINGS || hls.levels.length === 0 || type === ErrorTypes.OTHER_ERROR ||
      type === ErrorTypes.KEY_SYSTEM_ERROR
    ) giveUp()
    else if (type === ErrorTypes.MEDIA_ERROR) hls.recoverMediaError()
    else hls.startLoad()
  })
  hls.loadSource(hlsUrl)
  hls.attachMedia(video)
  return ready
}

function toSource (hls: Hls): Source {
  return {
    heights: hls.levels.map(heightOf),
    languages: [...new Set(hls.allAudioTracks.map(({ lang }) => lang).filter((lang) => lang !== undefined))],
    setHeight: (height) => {
      hls.nextLevel = height === null ? -1 : hls.levels.findIndex((level) => heightOf(level) === height)
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

/** Lines of a 16:9 frame, as the API counts them: a 1920x800 film is a 1080p film. */
function heightOf ({ width, height }: Level): number {
  return Math.max(height, Math.round(width * 9 / 16))
}
