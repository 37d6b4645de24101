// Tags and attributes of HLS playlists (RFC 8216bis §4.2), and the bitrates of renditions.
import type { RenditionIndex } from '../packaging/package-index.js'

type Segmented = Pick<RenditionIndex, 'segments'>

/** Byte ranges of EXT-X-MAP require version 6; version 7 is the newest one that these playlists use. */
export const HEADER = '#EXTM3U\n#EXT-X-VERSION:7\n'
/** Fraction of the target duration: shorter segments do not represent the bandwidth that playback needs. */
const MIN_PEAK_DURATION_RATIO = 0.5

/** Renders a tag without the attributes that are null. */
export function tag (name: string, attributes: Readonly<Record<string, string | null>>): string {
  const list = Object.entries(attributes).flatMap(([key, value]) => value === null ? [] : [`${key}=${value}`])
  return `#${name}:${list.join(',')}`
}

/** A quoted string cannot contain quotation marks or line breaks. */
export function quote (text: string): string {
  return `"${text.replace(/["\r\n]/g, ' ')}"`
}

/** Duration of the longest segment of all renditions, rounded up, s. */
export function targetSeconds (renditions: readonly Segmented[]): number {
  let longestUs = 1e6
  for (const { segments } of renditions) {
    for (const [durationUs] of segments) longestUs = Math.max(longestUs, durationUs)
  }
  return Math.ceil(longestUs / 1e6)
}

/** Highest bitrate of a segment, bit/s. */
export function peakBitrate (rendition: Segmented): number {
  const minDurationUs = MIN_PEAK_DURATION_RATIO * 1e6 * targetSeconds([rendition])
  const bitrates = rendition.segments.filter(([durationUs]) => durationUs >= minDurationUs)
    .map(([durationUs, sizeBytes]) => sizeBytes * 8e6 / durationUs)
  return Math.ceil(Math.max(averageBitrate(rendition), ...bitrates))
}

export function averageBitrate ({ segments }: Segmented): number {
  let totalUs = 0
  let totalBytes = 0
  for (const [durationUs, sizeBytes] of segments) {
    totalUs += durationUs
    totalBytes += sizeBytes
  }
  return Math.ceil(totalBytes * 8e6 / Math.max(1, totalUs))
}
