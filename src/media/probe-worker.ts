// Runs in a worker thread: reads what a media file really contains. A broken file may throw or hang here, never beside
// requests.
import { ALL_FORMATS, FilePathSource, Input } from 'mediabunny'

/** What a media file really contains; sizes in pixels, times in ms, bitrate in bit/s. */
export interface MediaFacts {
  readonly container: string
  readonly contentType: string
  /** RFC 6381. */
  readonly videoCodec: string | null
  readonly audioCodec: string | null
  readonly width: number | null
  readonly height: number | null
  readonly frameRate: number | null
  readonly bitrate: number | null
  readonly durationMs: number
  /** BCP 47; what the file does not say is left out. */
  readonly audioLanguages: string[]
}

/** Enough packets for a frame rate without reading the whole file. */
const SAMPLED_PACKETS = 60

export default async function probe ({ path, sizeBytes }: { path: string, sizeBytes: number }): Promise<MediaFacts> {
  using input = new Input({ source: new FilePathSource(path), formats: ALL_FORMATS })
  const format = await input.getFormat()
  const video = await input.getPrimaryVideoTrack()
  const audio = await input.getAudioTracks()
  const seconds = await input.computeDuration()
  if (video === null && audio.length === 0) throw new Error('neither video nor audio in it')
  if (!(seconds > 0)) throw new Error('it has no duration')
  const languages = await Promise.all(audio.map(async (track) => await track.getLanguageCode()))
  return {
    container: format.name.toLowerCase(),
    contentType: format.mimeType,
    videoCodec: await video?.getCodecParameterString() ?? null,
    audioCodec: await audio[0]?.getCodecParameterString() ?? null,
    width: await video?.getDisplayWidth() ?? null,
    height: await video?.getDisplayHeight() ?? null,
    frameRate: video === null ? null : Math.round((await video.computePacketStats(SAMPLED_PACKETS)).averagePacketRate * 1_000) / 1_000,
    bitrate: Math.round(sizeBytes * 8 / seconds),
    durationMs: Math.round(seconds * 1_000),
    audioLanguages: [...new Set(languages.filter((code) => code !== 'und').map(toBcp47))],
  }
}

/** Containers use ISO 639-2 (`spa`); BCP 47 wants the shortest code (`es`). */
function toBcp47 (code: string): string {
  try {
    return Intl.getCanonicalLocales(code)[0] ?? code
  } catch {
    return code
  }
}
