// Segments of a rendition in a DASH manifest (ISO/IEC 23009-1 §5.3.9).
import type { RenditionIndex } from '../packaging/package-index.js'

/** µs. */
const TIMESCALE = 1_000_000
/** Segments may deviate from a constant duration by this share of it (§5.3.9.5.3). */
const MAX_DEVIATION = 0.5

export type Segmented = Pick<RenditionIndex, 'initBytes' | 'segments' | 'startUs'>

/** An XML element: attributes begin with `@`. */
export type Element = Readonly<Record<string, unknown>>

/**
 * Describes segments that have URLs of their own.
 * @param query of each URL, with its question mark
 */
export function segmentTemplate (rendition: Segmented, renditionId: string, query: string): Element {
  return {
    SegmentTemplate: {
      '@timescale': TIMESCALE,
      '@startNumber': 0,
      '@initialization': `${renditionId}/init.m4s${query}`,
      '@media': `${renditionId}/$Number$.m4s${query}`,
      ...segmentTimeline(rendition),
    },
  }
}

/** Describes segments that are byte ranges of one file. */
export function segmentList (rendition: Segmented, fileUri: string): Element {
  const { initBytes, segments } = rendition
  let offset = initBytes
  const ranges = segments.map(([, sizeBytes]): Element => {
    const range = `${offset}-${offset + sizeBytes - 1}`
    offset += sizeBytes
    return { '@mediaRange': range }
  })
  // dash.js supports lists with a constant duration only.
  const durationUs = constantDuration(rendition)
  return {
    BaseURL: fileUri,
    SegmentList: {
      '@timescale': TIMESCALE,
      ...(durationUs === null ? {} : { '@duration': durationUs }),
      Initialization: { '@range': `0-${initBytes - 1}` },
      ...(durationUs === null ? segmentTimeline(rendition) : {}),
      SegmentURL: ranges,
    },
  }
}

/** Element whose content is XML already: the builder is slow for the thousands of segments of a film. */
export const TIMELINE = 'SegmentTimeline'

/** Lists the times of segments; equal durations that follow each other are one entry. */
function segmentTimeline ({ segments, startUs = 0 }: Segmented): Element {
  const runs: Array<{ readonly durationUs: number, count: number }> = []
  for (const [durationUs] of segments) {
    const last = runs.at(-1)
    if (last?.durationUs === durationUs) last.count++
    else runs.push({ durationUs, count: 1 })
  }
  const entries = runs.map(({ durationUs, count }, i) => {
    const start = i === 0 ? ` t="${startUs}"` : ''
    const repeats = count === 1 ? '' : ` r="${count - 1}"`
    return `<S${start} d="${durationUs}"${repeats}/>`
  })
  return { [TIMELINE]: entries.join('') }
}

/** @returns null if the segments differ too much */
function constantDuration ({ segments, startUs = 0 }: Segmented): number | null {
  const [first] = segments
  if (first === undefined) return null
  const durationUs = first[0]
  const maxDeviationUs = MAX_DEVIATION * durationUs
  let time = startUs
  for (const [i, segment] of segments.entries()) {
    if (Math.abs(time - i * durationUs) > maxDeviationUs) return null
    time += segment[0]
  }
  return durationUs
}

/** Whether the segments of all renditions begin at the same times. */
export function areAligned (renditions: readonly Segmented[]): boolean {
  const [first, ...others] = renditions.map(segmentStarts)
  return first === undefined ||
    others.every((starts) =>
      starts.length === first.length &&
      starts.every((start, i) => Math.abs(start - (first[i] ?? 0)) <= ROUNDING_US)
    )
}

/** Durations are rounded to µs, and times of a codec to its own clock. */
const ROUNDING_US = 1_000

function segmentStarts ({ segments, startUs = 0 }: Segmented): number[] {
  let time = startUs
  return segments.map(([durationUs]) => {
    const start = time
    time += durationUs
    return start
  })
}
