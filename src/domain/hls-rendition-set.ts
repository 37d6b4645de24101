// What an HLS playlist offers out of an item's packaged files: one timeline, each height once, each sound once. Pure.
import { videoHeight, type PlayableFile } from './file-choice.js'
import type { AudioKind } from './language-choice.js'

export interface PackagedAudio {
  /** BCP 47; null when nobody knows. */
  readonly language: string | null
  readonly kind: AudioKind
  readonly name: string | null
  readonly channels: number
  /** RFC 6381. */
  readonly codec: string
}

export interface PackagedFile<S extends PackagedAudio = PackagedAudio>
  extends Pick<PlayableFile, 'id' | 'width' | 'height' | 'bitrate' | 'edition'> {
  /** Of the package, ms. */
  readonly durationMs: number
  readonly sounds: readonly S[]
}

export interface AudioGroup<S extends PackagedAudio> {
  /** The family of their codec: a player that cannot play it passes over the whole group. */
  readonly id: string
  readonly sounds: readonly S[]
}

export interface HlsRenditionSet<F, S extends PackagedAudio> {
  /** The chosen file first: players begin with the first one; then the sharpest first. */
  readonly variants: readonly F[]
  readonly groups: ReadonlyArray<AudioGroup<S>>
}

/** Files that differ more than this in length are different cuts: their sounds and pictures do not go together. */
export const SAME_LENGTH_MS = 500

/**
 * Puts together what goes with the chosen file: files of its edition and length, none above the height cap. Of several files
 * of one height the chosen one is taken, else the richest; of several sounds alike the chosen file's, else the first.
 */
export function buildRenditionSet<S extends PackagedAudio, F extends PackagedFile<S>> (
  chosen: F,
  files: readonly F[],
  maxHeight: number,
): HlsRenditionSet<F, S> {
  const fitting = [
    chosen,
    ...files.filter((file) => file.id !== chosen.id && isCompatible(file, chosen) && videoHeight(file) <= maxHeight)
      .sort(bySharpness),
  ]
  const variants = fitting.filter((file, i) =>
    fitting.findIndex((other) => videoHeight(other) === videoHeight(file)) === i
  )
  return { variants, groups: groupSounds(fitting.flatMap(({ sounds }) => sounds)) }
}

function isCompatible (file: PackagedFile, chosen: PackagedFile): boolean {
  return file.edition === chosen.edition && Math.abs(file.durationMs - chosen.durationMs) <= SAME_LENGTH_MS
}

function bySharpness (a: PackagedFile, b: PackagedFile): number {
  return videoHeight(b) - videoHeight(a) || (b.bitrate ?? 0) - (a.bitrate ?? 0) || (a.id < b.id ? -1 : 1)
}

function groupSounds<S extends PackagedAudio> (sounds: readonly S[]): Array<AudioGroup<S>> {
  const groups = new Map<string, Map<string, S>>()
  for (const sound of sounds) {
    const id = sound.codec.split('.')[0] ?? sound.codec
    const group = groups.get(id) ?? new Map<string, S>()
    groups.set(id, group)
    const key = JSON.stringify([sound.language, sound.kind, sound.channels])
    if (!group.has(key)) group.set(key, sound)
  }
  return [...groups].map(([id, group]) => ({ id, sounds: [...group.values()] }))
}
