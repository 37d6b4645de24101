// The index of a package: its renditions and their segments. Stored as an object beside the fragments, because a long
// movie has thousands of segments and media documents are held in memory.
import { LRUCache } from 'lru-cache'
import { text } from 'node:stream/consumers'
import type { StoredPackage } from '../../../models/media.js'
import type { AudioKind } from '../../domain/language-choice.js'
import type { MediaStorage } from '../../storage/storage.js'

/**
 * Duration in µs, size in bytes, and for videos the bytes up to the end of the key frame at the start, which older
 * packages do not state. Segments follow each other; the first one starts after the initialisation.
 */
export type Segment = readonly [durationUs: number, sizeBytes: number, keyFrameBytes?: number]

/** One track, as fragments in one file. */
export interface RenditionIndex {
  /** RFC 6381. */
  readonly codec: string
  /** Size of the object; the last segment may end before it. */
  readonly sizeBytes: number
  readonly initBytes: number
  readonly segments: readonly Segment[]
  /** Time of the first segment, µs; absent: 0. Older packages do not state it. */
  readonly startUs?: number
}

export interface VideoRendition extends RenditionIndex {
  readonly width: number
  readonly height: number
  readonly frameRate: number | null
  /** Dynamic range; older packages do not state it. */
  readonly videoRange?: VideoRange
}

/** VIDEO-RANGE by RFC 8216bis. */
export type VideoRange = 'SDR' | 'PQ' | 'HLG'

export interface AudioRendition extends RenditionIndex {
  readonly language: string | null
  readonly kind: AudioKind
  readonly name: string | null
  readonly channels: number
  /** Number of the audio track in the file, from 0; older packages contain all tracks in order. */
  readonly track?: number
}

export interface PackageIndex {
  readonly version: 1
  readonly durationMs: number
  readonly video: VideoRendition
  readonly audio: readonly AudioRendition[]
}

/** `v` is the video, `a0` the first audio track. */
export type RenditionName = 'v' | `a${number}`

/** Files with more audio tracks are not packaged. */
export const MAX_AUDIO_RENDITIONS = 32

/**
 * Finds the bytes of a segment, or of the initialisation segment, in the object of a rendition.
 * @returns null if there is no such segment
 */
export function findSegment (
  { initBytes, segments }: RenditionIndex,
  name: number | 'init',
): { readonly offset: number, readonly sizeBytes: number, readonly durationUs: number } | null {
  if (name === 'init') return { offset: 0, sizeBytes: initBytes, durationUs: 0 }
  const segment = segments[name]
  if (segment === undefined) return null
  const [durationUs, sizeBytes] = segment
  let offset = initBytes
  for (let i = 0; i < name; i++) offset += segments[i]?.[1] ?? 0
  return { offset, sizeBytes, durationUs }
}

/** Names of all renditions of a package. */
export function renditionNames (audioCount: number): RenditionName[] {
  return ['v', ...Array.from({ length: audioCount }, (_, i) => `a${i}` as const)]
}

/** Storage key of a rendition. */
export function renditionKey (prefix: string, name: RenditionName): string {
  return `${prefix}/${name}.mp4`
}

/** Storage key of the index. */
export function indexKey (prefix: string): string {
  return `${prefix}/index.json`
}

/** Storage keys of all objects of a package. */
export function packageKeys ({ prefix, audioCount }: Pick<StoredPackage, 'prefix' | 'audioCount'>): string[] {
  return [...renditionNames(audioCount).map((name) => renditionKey(prefix, name)), indexKey(prefix)]
}

/** Size of the renditions of a package, bytes. */
export function packageBytes ({ video, audio }: PackageIndex): number {
  return [video, ...audio].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
}

/** Finds a rendition by name. */
export function findRenditionIndex (index: PackageIndex, name: string): RenditionIndex | null {
  if (name === 'v') return index.video
  return /^a\d{1,2}$/.test(name) ? index.audio[Number(name.slice(1))] ?? null : null
}

/** Over all cached indexes; about 30 MB. */
const CACHE_MAX_SEGMENTS = 500_000
/** Size of an index without its segments, in segments. */
const INDEX_OVERHEAD = 10

export interface PackageIndexes {
  /**
   * Reads the index of a package.
   * @throws ObjectNotFoundError
   */
  read(prefix: string): Promise<PackageIndex>
}

/** Creates a cache of indexes. Packages are immutable, so entries do not expire. */
export function createPackageIndexes (storage: MediaStorage): PackageIndexes {
  const cache = new LRUCache<string, PackageIndex>({
    maxSize: CACHE_MAX_SEGMENTS,
    sizeCalculation: (index) => INDEX_OVERHEAD + countSegments(index),
    // An eviction must not abort a read in progress.
    ignoreFetchAbort: true,
    fetchMethod: async (prefix) =>
      joinLastSegments(JSON.parse(await text(await storage.open(indexKey(prefix)))) as PackageIndex),
  })
  return {
    read: async (prefix) => await cache.forceFetch(prefix),
  }
}

/** hls.js skips a segment that is shorter than its `maxFragLookUpTolerance` of 0.25 s, and then never ends. */
const MIN_LAST_SEGMENT_US = 250_000

/** Adds the last fragment of each rendition to the segment before it if it is very short. */
function joinLastSegments (index: PackageIndex): PackageIndex {
  return { ...index, video: joinLastSegment(index.video), audio: index.audio.map(joinLastSegment) }
}

function joinLastSegment<R extends RenditionIndex> (rendition: R): R {
  const { segments } = rendition
  const [before, last] = segments.slice(-2)
  if (before === undefined || last === undefined || last[0] >= MIN_LAST_SEGMENT_US) return rendition
  const [durationUs, sizeBytes] = [before[0] + last[0], before[1] + last[1]]
  const joined: Segment = before[2] === undefined ? [durationUs, sizeBytes] : [durationUs, sizeBytes, before[2]]
  return { ...rendition, segments: [...segments.slice(0, -2), joined] }
}

function countSegments ({ video, audio }: PackageIndex): number {
  return [video, ...audio].reduce((sum, { segments }) => sum + segments.length, 0)
}
