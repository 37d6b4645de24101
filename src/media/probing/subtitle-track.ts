// Subtitle tracks in media files, and the limits of their extraction.
import type { SubtitleKind } from '../../domain/language-choice.js'
import type { SampleFormat, SubtitleSample } from './subtitle-samples.js'

/** Tracks of a file that are listed. */
export const MAX_EMBEDDED_SUBTITLES = 64
/** A cue has some hundred bytes; typesetting has drawings. */
export const MAX_SAMPLE_BYTES = 256 * 1024
/** Of all subtitle tracks of a file. */
export const MAX_SAMPLES = 200_000
export const MAX_SAMPLES_BYTES = 48 * 1024 ** 2

/** Counts what extraction reads. Every method throws ExtractionLimitError beyond a limit. */
export interface ExtractionBudget {
  countSample(bytes: number): void
  checkTime(): void
}

/** The subtitles would take too long or too much memory. */
export class ExtractionLimitError extends Error {
  constructor () {
    super('the subtitles exceed a limit')
    this.name = 'ExtractionLimitError'
  }
}

/** Creates the budget for a file. @param timeLimitMs from now */
export function createExtractionBudget (timeLimitMs: number): ExtractionBudget {
  const overdueAt = performance.now() + timeLimitMs
  let samples = 0
  let totalBytes = 0
  const checkTime = (): void => {
    if (performance.now() > overdueAt) throw new ExtractionLimitError()
  }
  return {
    countSample (bytes) {
      totalBytes += bytes
      if (++samples > MAX_SAMPLES || totalBytes > MAX_SAMPLES_BYTES) throw new ExtractionLimitError()
      checkTime()
    },
    checkTime,
  }
}

/** A subtitle track in a file. */
export interface SubtitleTrack {
  /** Name of the format, such as `subrip`, `ass`, `mov_text` or `pgs`. */
  readonly codec: string
  /** BCP 47; null: not stated. */
  readonly language: string | null
  readonly name: string | null
  readonly kind: SubtitleKind
  /** Null for pictures, and for texts that cannot be converted. */
  readonly format: SampleFormat | null
  /** Format data of the track. */
  readonly header: Uint8Array | null
  readSamples(budget: ExtractionBudget): Promise<SubtitleSample[]>
}

const FORCED_NAME = /\bforced\b|\bforc[eé]s?\b|\bforzad[oa]s?\b|\berzwungen/iu
const SDH_NAME =
  /\bsdh\b|\bcc\b|hearing.impaired|closed.caption|h[oö]rgesch[aä]digt|malentendant|\bsme?\b.*sord|sordos/iu

/** The kind that the flags of a track state, or else its name. */
export function kindOfTrack (name: string | null, isForced: boolean, isForHearingImpaired: boolean): SubtitleKind {
  if (isForced || FORCED_NAME.test(name ?? '')) return 'forced'
  return isForHearingImpaired || SDH_NAME.test(name ?? '') ? 'sdh' : 'full'
}
