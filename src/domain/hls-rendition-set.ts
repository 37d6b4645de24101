// The renditions of one HLS playlist, taken from the packaged files of an item: one timeline, each resolution and each
// audio rendition once per codec.
import { groupBy } from './arrays.js'
import { codecFamily, videoHeight, type PlayableFile } from './file-choice.js'
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
  extends Pick<PlayableFile, 'id' | 'width' | 'height' | 'bitrate' | 'videoCodec' | 'edition'> {
  /** Duration of the package, ms. */
  readonly durationMs: number
  readonly audioRenditions: readonly A[]
}

/** All audio of an item, in one codec and number of channels as far as they are available. */
export interface AudioGroup<A extends PackagedAudio> {
  readonly id: string
  /** Codec family, such as `mp4a`. */
  readonly family: string
  /** Every group has the same members in the same order. */
  readonly renditions: readonly A[]
}

export interface HlsRenditionSet<F, A extends PackagedAudio> {
  /** The initial one first, because players start with the first variant; then by resolution, highest first. */
  readonly variants: readonly F[]
  readonly groups: ReadonlyArray<AudioGroup<A>>
}

/** The initial variant has at most this height, if there is one: playback starts soon on any connection. */
const INITIAL_MAX_HEIGHT = 720
/** AAC, which every HLS player supports. */
export const COMMON_AUDIO_FAMILY = 'mp4a'
/** Files whose durations differ by more are different editions; their audio and video do not match. */
export const SAME_LENGTH_MS = 500

/**
 * Builds the renditions that a player can switch between: files of the chosen file's edition and duration, none above
 * `maxHeight`. Of each resolution and codec it takes the chosen file, or else the highest bitrate: the original of a
 * master stays beside its rendition. Of equal audio renditions it takes the chosen file's, or else the first.
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
    compatible.findIndex((other) => videoKey(other) === videoKey(file)) === i
  )
  return {
    variants: initialFirst(variants.sort(compareQuality)),
    groups: groupAudio(compatible.flatMap(({ audioRenditions }) => audioRenditions)),
  }
}

function videoKey (file: PackagedFile): string {
  return `${videoHeight(file)} ${file.videoCodec === null ? '' : codecFamily(file.videoCodec)}`
}

/** @param variants highest first */
function initialFirst<F extends PackagedFile> (variants: readonly F[]): F[] {
  const initial = variants.find((file) => videoHeight(file) <= INITIAL_MAX_HEIGHT) ?? variants.at(-1)
  return variants.toSorted((a, b) => Number(b === initial) - Number(a === initial))
}

function isCompatible (file: PackagedFile, chosen: PackagedFile): boolean {
  return file.edition === chosen.edition && Math.abs(file.durationMs - chosen.durationMs) <= SAME_LENGTH_MS
}

function compareQuality (a: PackagedFile, b: PackagedFile): number {
  return videoHeight(b) - videoHeight(a) || (b.bitrate ?? 0) - (a.bitrate ?? 0) || (a.id < b.id ? -1 : 1)
}

/**
 * Builds a group for each codec family and number of channels. RFC 8216bis §4.4.6.1.1 requires the same members in all
 * groups: a rendition that is not available in the encoding of a group is taken in another one.
 */
function groupAudio<A extends PackagedAudio> (renditions: readonly A[]): Array<AudioGroup<A>> {
  const members = groupBy(renditions, memberKey)
  const families = [...groupBy(renditions, audioFamily).keys()]
  const familyIndex = (rendition: A): number => families.indexOf(audioFamily(rendition))
  const encodings = [...groupBy(renditions, encodingKey).values()].flatMap(([first]) => first ?? [])
    .sort((a, b) => commonFirst(a, b) || familyIndex(a) - familyIndex(b) || a.channels - b.channels)
  const groups = new Map<string, AudioGroup<A>>()
  const ids = new Set<string>()
  for (const encoding of encodings) {
    const family = audioFamily(encoding)
    const picked = [...members.values()].flatMap((member) =>
      member.toSorted((a, b) => compareForEncoding(encoding, a, b))[0] ?? []
    )
    const contents = picked.map((rendition) => renditions.indexOf(rendition)).join()
    if (groups.has(contents)) continue
    const id = ids.has(family) ? `${family}-${encoding.channels}` : family
    ids.add(family)
    groups.set(contents, { id, family, renditions: picked })
  }
  return [...groups.values()]
}

export function audioFamily ({ codec }: PackagedAudio): string {
  return codec.split('.')[0] ?? codec
}

/** Names distinguish commentaries and tracks without a language only. */
function memberKey ({ language, kind, name }: PackagedAudio): string {
  return JSON.stringify([language, kind, language !== null && kind === 'main' ? null : name])
}

function encodingKey (rendition: PackagedAudio): string {
  return `${audioFamily(rendition)} ${rendition.channels}`
}

/** Negative if `a` suits a group of the encoding better than `b`. */
function compareForEncoding (encoding: PackagedAudio, a: PackagedAudio, b: PackagedAudio): number {
  const isOther = (rendition: PackagedAudio): number => Number(audioFamily(rendition) !== audioFamily(encoding))
  return isOther(a) - isOther(b) || commonFirst(a, b) ||
    Math.abs(a.channels - encoding.channels) - Math.abs(b.channels - encoding.channels)
}

function commonFirst (a: PackagedAudio, b: PackagedAudio): number {
  return Number(audioFamily(a) !== COMMON_AUDIO_FAMILY) - Number(audioFamily(b) !== COMMON_AUDIO_FAMILY)
}
