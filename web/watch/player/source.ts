// Where the bytes come from: adaptive HLS when the item is packaged, else the file itself.
import type { Playback } from '../api/client.js'

export interface Source {
  /** Heights to choose from without a new start, in lines. */
  readonly heights: readonly number[]
  /** Languages to choose from without a new start. */
  readonly languages: readonly string[]
  /** null: as the network allows. */
  readonly setHeight: (height: number | null) => void
  readonly setLanguage: (language: string) => void
  readonly detach: () => void
}

/**
 * Gives the video its bytes, from a place on.
 * @param onFailure when nothing helps any more
 */
export async function attachSource (
  video: HTMLVideoElement,
  playback: Playback,
  startMs: number,
  onFailure: () => void,
): Promise<Source> {
  const { hlsUrl } = playback
  if (hlsUrl !== null) {
    // Large, and not needed by everybody: a file of its own.
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
): Source {
  const begin = (): void => {
    video.currentTime = startMs / 1_000
  }
  video.addEventListener('loadedmetadata', begin, { once: true })
  video.addEventListener('error', onFailure)
  video.src = url
  return {
    heights: [],
    languages: mediaFile.audioLanguages,
    setHeight: () => undefined,
    setLanguage: () => undefined,
    detach: () => {
      video.removeEventListener('loadedmetadata', begin)
      video.removeEventListener('error', onFailure)
      video.removeAttribute('src')
      video.load()
    },
  }
}
