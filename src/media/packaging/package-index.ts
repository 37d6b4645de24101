// What is in a package: its renditions and where their segments lie. Kept as one small object beside the fragments,
// because a long film has thousands of segments and the media documents are held in memory whole.
import { LRUCache } from 'lru-cache'
import { text } from 'node:stream/consumers'
import type { StoredPackage } from '../../../models/media.js'
import type { AudioKind } from '../../domain/language-choice.js'
import type { MediaStorage } from '../../storage/storage.js'

/** Duration in µs, size in bytes; the first one begins where the initialisation ends. */
export type Segment = readonly [durationUs: number, sizeBytes: number]

/** One track as fragments in one file. */
export interface RenditionIndex {
  /** RFC 6381. */
  readonly codec: string
  /** Of the whole object; segments may end before it does. */
  readonly sizeBytes: number
  readonly initBytes: number
  readonly segments: readonly Segment[]
}

export interface VideoRendition extends RenditionIndex {
  readonly width: number
  readonly height: number
  readonly frameRate: number | null
}

export interface AudioRendition extends RenditionIndex {
  readonly language: string | null
  readonly kind: AudioKind
  readonly name: string | null
  readonly channels: number
}

export interface PackageIndex {
  readonly version: 1
  readonly durationMs: number
  readonly video: VideoRendition
  readonly audio: readonly AudioRendition[]
}

/** `v` is the picture, `a0` the first sound. */
export type RenditionName = 'v' | `a${number}`

export function renditionNames (audioCount: number): RenditionName[] {
  return ['v', ...Array.from({ length: audioCount }, (_, i) => `a${i}` as const)]
}

export function objectKey (prefix: string, name: RenditionName): string {
  return `${prefix}/${name}.mp4`
}

export function indexKey (prefix: string): string {
  return `${prefix}/index.json`
}

/** A film with more audio tracks is not packaged. */
export const MAX_AUDIO_RENDITIONS = 32

/** Every object that a package can have. */
export function packageKeys ({ prefix, audioCount }: Pick<StoredPackage, 'prefix' | 'audioCount'>): string[] {
  return [...renditionNames(audioCount).map((name) => objectKey(prefix, name)), indexKey(prefix)]
}

export function renditionOf (index: PackageIndex, name: string): RenditionIndex | null {
  if (name === 'v') return index.video
  return /^a\d{1,2}$/.test(name) ? index.audio[Number(name.slice(1))] ?? null : null
}

/** Segments kept in memory, over all packages: some 30 MB. */
const KEPT_SEGMENTS = 500_000

export interface PackageIndexes {
  /** Packages never change, so what was read once stays true. @throws ObjectMissingError */
  read(prefix: string): Promise<PackageIndex>
}

export function createPackageIndexes (storage: MediaStorage): PackageIndexes {
  const known = new LRUCache<string, PackageIndex>({
    max: 20_000,
    maxSize: KEPT_SEGMENTS,
    sizeCalculation: (index) => 10 + countSegments(index),
  })
  return {
    async read (prefix) {
      const cached = known.get(prefix)
      if (cached !== undefined) return cached
      const index = JSON.parse(await text(await storage.open(indexKey(prefix)))) as PackageIndex
      known.set(prefix, index)
      return index
    },
  }
}

function countSegments ({ video, audio }: PackageIndex): number {
  return [video, ...audio].reduce((sum, { segments }) => sum + segments.length, 0)
}
