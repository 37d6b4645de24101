// Attaches a source to the video element: adaptive HLS if the item is packaged, otherwise the file.
import type { Playback } from '../api/client.js'
import type { VideoSource } from './hls-source.js'

/**
 * Loads the video from a position on.
 * @param onFailure runs when playback cannot recover from an error
 */
export async function attachSource (
  video: HTMLVideoElement,
  playback: Playback,
  startMs: number,
  onFailure: () => void,
): Promise<VideoSource> {
  const { hlsUrl } = playback
  if (hlsUrl !== null) {
    // hls.js is large, so it has a bundle of its own.
    const { attachHls } = await import('./hls-source.js')
    const source = attachHls(video, { ...playback, hlsUrl }, startMs, onFailure)
    if (source !== null) return await source
  }
  return attachFile(video, playback, startMs, onFailure)
}

function attachFile (
  video: HTMLVideoElement,
  { url, mediaFile }: Playback,
  startMs: number,
  onFailure: () => void,
): VideoSource {
  const seekToStart = (): void => {
    video.currentTime = startMs / 1_000
  }
  video.addEventListener('loadedmetadata', seekToStart, { once: true })
  video.addEventListener('error', onFailure)
  video.src = url
  return {
    heights: [],
    languages: mediaFile.audioLanguages,
    setHeight: () => undefined,
    setLanguage: () => undefined,
    detach: () => {
      video.removeEventListener('loadedmetadata', seekToStart)
      video.removeEventListener('error', onFailure)
      video.removeAttribute('src')
      video.load()
    },
  }
}
