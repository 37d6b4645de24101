// Lists the subtitle tracks in media files and extracts texts as WebVTT.
import type { ExtractionState } from '../../../models/media-file.js'
import type { SubtitleKind } from '../../domain/language-choice.js'
import type { MediaContainer } from '../upload/sniff-container.js'
import { findMatroskaSubtitles } from './matroska-subtitles.js'
import { findMp4Subtitles } from './mp4-subtitles.js'
import { toWebVtt } from './subtitle-samples.js'
import {
  createExtractionBudget,
  MAX_EMBEDDED_SUBTITLES,
  type ExtractionBudget,
  type SubtitleTrack,
} from './subtitle-track.js'
import type { ReadRange } from './transport-clock.js'
import { findTransportSubtitles } from './transport-subtitles.js'

/** A subtitle track in a file. */
export interface EmbeddedSubtitleInfo {
  /** Name of the format, such as `subrip`, `ass`, `mov_text` or `pgs`. */
  readonly codec: string
  /** BCP 47; null: not stated. */
  readonly language: string | null
  readonly name: string | null
  readonly kind: SubtitleKind
  readonly extraction: ExtractionState
}

/** A text that was extracted. */
export interface ExtractedSubtitle extends Pick<EmbeddedSubtitleInfo, 'language' | 'name' | 'kind'> {
  readonly webVtt: Uint8Array
}

export interface EmbeddedSubtitles {
  readonly embeddedSubtitles: EmbeddedSubtitleInfo[]
  readonly extractedSubtitles: ExtractedSubtitle[]
}

export interface SubtitleFile {
  readonly container: MediaContainer
  readonly sizeBytes: number
  /** Time of the file at which playback starts. */
  readonly startMs: number
}

/** The same limit as for uploaded subtitles. */
const MAX_WEBVTT_BYTES = 2 * 1024 ** 2

/**
 * Lists the subtitle tracks in file order, and extracts texts. A track that cannot be extracted does not affect others.
 * @param timeLimitMs for the extraction
 */
export async function readEmbeddedSubtitles (
  read: ReadRange,
  { container, sizeBytes, startMs }: SubtitleFile,
  timeLimitMs: number,
): Promise<EmbeddedSubtitles> {
  const tracks = (await findTracks(read, container, sizeBytes)).slice(0, MAX_EMBEDDED_SUBTITLES)
  const budget = createExtractionBudget(timeLimitMs)
  const embeddedSubtitles: EmbeddedSubtitleInfo[] = []
  const extractedSubtitles: ExtractedSubtitle[] = []
  for (const track of tracks) {
    const { codec, language, name, kind } = track
    const extraction = await extract(track, startMs, budget)
    const isText = extraction instanceof Uint8Array
    if (isText) extractedSubtitles.push({ language, name, kind, webVtt: extraction })
    embeddedSubtitles.push({ codec, language, name, kind, extraction: isText ? 'extracted' : extraction })
  }
  return { embeddedSubtitles, extractedSubtitles }
}

async function findTracks (read: ReadRange, container: MediaContainer, sizeBytes: number): Promise<SubtitleTrack[]> {
  switch (container) {
    case 'mkv':
    case 'webm':
      return await findMatroskaSubtitles(read, sizeBytes)
    case 'mp4':
    case 'mov':
      return await findMp4Subtitles(read, sizeBytes)
    case 'ts':
      return await findTransportSubtitles(read, sizeBytes)
  }
}

async function extract (
  { format, header, readSamples }: SubtitleTrack,
  startMs: number,
  budget: ExtractionBudget,
): Promise<Uint8Array | Exclude<ExtractionState, 'extracted'>> {
  if (format === null) return 'not-convertible'
  try {
    const webVtt = toWebVtt(format, header, await readSamples(budget), startMs)
    if (webVtt === null) return 'empty'
    return webVtt.length > MAX_WEBVTT_BYTES ? 'failed' : webVtt
  } catch {
    return 'failed'
  }
}
