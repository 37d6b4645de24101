// The renditions of one HLS playlist, taken from the packaged files of an item: one timeline, each resolution once,
// each audio rendition once per codec.
import { videoHeight, type PlayableFile } from './file-choice.js'
import type { AudioKind } from './language-choice.js'

export interface PackagedAudio {
  /** BCP 47; null when unknown. */
  readonly language: string | null
  readonly kind: AudioKind
  readonly name: string | null
  readonly channels: number
  /** RFC 6381. */
  readonly codec: string
}

export interface PackagedFile<A extends PackagedAudio = PackagedAudio>
  extends Pick<PlayableFile, 'id' | 'width' | 'height' | 'bitrate' | 'edition'> {
  /** Duration of the package, ms. */
  readonly durationMs: number
  readonly audioRenditions: readonly A[]
}

export interface AudioGroup<A extends PackagedAudio> {
  /** Codec family: a player that cannot decode it skips the group. */
  readonly id: string
  readonly renditions: readonly A[]
}

export interface HlsRenditionSet<F, A extends PackagedAudio> {
  /** The chosen file first, because players start with the first variant; then by resolution, highest first. */
  readonly variants: readonly F[]
  readonly groups: ReadonlyArray<AudioGroup<A>>
}

/** Files whose durations differ by more are different editions; their audio and video do not match. */
export const SAME_LENGTH_MS = 500

/**
 * Builds the renditions that a player can switch between: files of the chosen file's edition and duration, none above
 * `maxHeight`. Of each resolution it takes the chosen file, or else the highest bitrate; of equal audio renditions the
 * chosen file's, or else the first.
 */
export function buildRenditionSet<A extends PackagedAudio, F extends PackagedFile<A>> (
  chosen: F,
  files: readonly F[],
  maxHeight: number,
): HlsRenditionSet<F, A> {
  const others = files.filter((file) =>
    file.id !== chosen.id && isCompatible(file, chosen) && videoHeight(file) <= maxHeight
  )
  const compatible = [chosen, ...others.sort(compareQuality)]
  const variants = compatible.filter((file, i) =>
    compatible.findIndex((other) => videoHeight(other) === videoHeight(file)) === i
  )
  return { variants, groups: groupByCodec(compatible.flatMap(({ audioRenditions }) => audioRenditions)) }
}

function isCompatible (file: PackagedFile, chosen: PackagedFile): boolean {
  return file.edition === chosen.edition && Math.abs(file.durationMs - chosen.durationMs) <= SAME_LENGTH_MS
}

function compareQuality (a: PackagedFile, b: PackagedFile): number {
  return videoHeight(b) - videoHeight(a) || (b.bitrate ?? 0) - (a.bitrate ?? 0) || (a.id < b.id ? -1 : 1)
}

function groupByCodec<A extends PackagedAudio> (renditions: readonly A[]): Array<AudioGroup<A>> {
  const groups = new Map<string, Map<string, A>>()
  for (const rendition of renditions) {
    const id = rendition.codec.split('.')[0] ?? rendition.codec
    const group = groups.get(id) ?? new Map<string, A>()
    groups.set(id, group)
    const identity = JSON.stringify([rendition.language, rendition.kind, rendition.channels])
    if (!group.has(identity)) group.set(identity, rendition)
  }
  return [...groups].map(([id, group]) => ({ id, renditions: [...group.values()] }))
}
