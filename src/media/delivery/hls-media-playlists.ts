// Renders the HLS playlists of renditions by RFC 8216 and its second edition. URIs are relative, with their token.
import type { RenditionIndex, Segment } from '../packaging/package-index.js'
import { HEADER, quote, tag } from './hls-tags.js'

/** How a playlist names its segments. */
export interface SegmentUris {
  /** URI of a segment of its own, or of the initialisation segment; null: segments are byte ranges of the file. */
  readonly segment: ((name: SegmentName) => string) | null
  /** URI of the whole rendition. */
  readonly file: string
}

/** Number of a segment from 0, or the initialisation segment. */
export type SegmentName = number | 'init'

/** Renders the playlist of a video or audio rendition. */
export function renderMediaPlaylist (
  { initBytes, segments }: Pick<RenditionIndex, 'initBytes' | 'segments'>,
  targetSeconds: number,
  uris: SegmentUris,
): string {
  let offset = initBytes
  const entries = segments.map(([durationUs, sizeBytes], i) => {
    const location = uris.segment === null
      ? `#EXT-X-BYTERANGE:${sizeBytes}@${offset}\n${uris.file}`
      : uris.segment(i)
    offset += sizeBytes
    return `${duration(durationUs)}\n${location}`
  })
  const map = uris.segment === null
    ? mapRange(initBytes, uris.file)
    : tag('EXT-X-MAP', { URI: quote(uris.segment('init')) })
  const header = [mediaHeader(targetSeconds), '#EXT-X-INDEPENDENT-SEGMENTS', map]
  return [...header, ...entries, '#EXT-X-ENDLIST', ''].join('\n')
}

/**
 * Renders the playlist of the key frames of a video: byte ranges of its file, each from the start of a segment to the
 * end of its first frame.
 * @returns null if the package does not state the sizes of its key frames
 */
export function renderKeyFramePlaylist (
  rendition: Pick<RenditionIndex, 'initBytes' | 'segments'>,
  targetSeconds: number,
  fileUri: string,
): string | null {
  const keyFrames = keyFrameSegments(rendition)
  if (keyFrames === null) return null
  let offset = rendition.initBytes
  const entries = keyFrames.map(([durationUs, sizeBytes], i) => {
    const entry = `${duration(durationUs)}\n#EXT-X-BYTERANGE:${sizeBytes}@${offset}\n${fileUri}`
    offset += rendition.segments[i]?.[1] ?? 0
    return entry
  })
  const header = [mediaHeader(targetSeconds), '#EXT-X-I-FRAMES-ONLY', mapRange(rendition.initBytes, fileUri)]
  return [...header, ...entries, '#EXT-X-ENDLIST', ''].join('\n')
}

/** Segments that end with their key frame; null if the package does not state its size. */
export function keyFrameSegments ({ segments }: Pick<RenditionIndex, 'segments'>): Segment[] | null {
  const keyFrames = segments.flatMap(([durationUs, , keyFrameBytes]): Segment[] =>
    keyFrameBytes === undefined ? [] : [[durationUs, keyFrameBytes]]
  )
  return keyFrames.length === segments.length ? keyFrames : null
}

/** Renders the playlist of a subtitle, which is one segment. Its target duration may differ (RFC 8216bis §6.2.4). */
export function renderSubtitlePlaylist (durationMs: number, uri: string): string {
  const seconds = durationMs / 1_000
  return [
    mediaHeader(Math.max(1, Math.ceil(seconds))),
    `#EXTINF:${seconds.toFixed(3)},\n${uri}`,
    '#EXT-X-ENDLIST',
    '',
  ].join('\n')
}

function mediaHeader (targetSeconds: number): string {
  return `${HEADER}#EXT-X-TARGETDURATION:${targetSeconds}\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD`
}

function duration (durationUs: number): string {
  return `#EXTINF:${(durationUs / 1e6).toFixed(6)},`
}

function mapRange (initBytes: number, fileUri: string): string {
  return tag('EXT-X-MAP', { URI: quote(fileUri), BYTERANGE: quote(`${initBytes}@0`) })
}
