// Which media file a playback gets, and why. Pure; heights above the plan's cap are as good as not there.
import { isSameLanguage } from './language-choice.js'

/** What the choice looks at in a media file; heights in pixels, bitrate in bit/s. */
export interface PlayableFile {
  readonly id: string
  readonly width: number | null
  readonly height: number | null
  readonly bitrate: number | null
  readonly videoCodec: string | null
  readonly audioLanguages: readonly string[]
  readonly edition: string | null
}

/** What the client says it can play and would like; all members are optional. */
export interface ClientCapabilities {
  readonly maxHeight?: number
  readonly maxBitrate?: number
  /** Codec names (`avc1`, `hvc1`, `vp09`) or full RFC 6381 strings that start with them. */
  readonly codecs?: readonly string[]
  /** BCP 47 tags, the best first; they come before the profile's own. */
  readonly languages?: readonly string[]
}

export interface FilePreferences {
  readonly planMaxHeight: number
  readonly client: ClientCapabilities
  /** The audio language that was last chosen for this title; it comes after the client's and before the last file's. */
  readonly rememberedLanguage: string | null
  readonly profileLanguages: readonly string[]
  readonly originalLanguage: string | null
  /** The file played last: resuming stays with its edition and its language. */
  readonly lastFileId: string | null
}

export type ChoiceCode =
  | 'resumed-file'
  | 'preferred-language'
  | 'remembered-language'
  | 'client-limit'
  | 'plan-cap'
  | 'best-quality'
export type RejectionCode =
  | 'client-height'
  | 'client-bitrate'
  | 'client-codec'
  | 'other-edition'
  | 'other-language'
  | 'lower-quality'

export interface FileChoice<F extends PlayableFile> {
  readonly file: F
  readonly reason: { readonly code: ChoiceCode, readonly text: string }
  /** The other files this plan may play, with why each was not chosen. */
  readonly alternatives: ReadonlyArray<
    { readonly file: F, readonly reason: { readonly code: RejectionCode, readonly text: string } }
  >
}

export type Rejection = 'no-file' | 'plan' | 'client'

/**
 * The class of a picture, in lines of a 16:9 frame: a 1920x800 film is a 1080p film.
 * Unknown sizes count as 0, so that an unprobed file is never refused for its size.
 */
export function videoHeight (file: Pick<PlayableFile, 'width' | 'height'>): number {
  return Math.max(file.height ?? 0, Math.round((file.width ?? 0) * 9 / 16))
}

/** The files a plan may know of: taller ones are neither listed nor served. */
export function withinPlan<F extends Pick<PlayableFile, 'width' | 'height'>> (
  files: readonly F[],
  planMaxHeight: number,
): F[] {
  return files.filter((file) => videoHeight(file) <= planMaxHeight)
}

/** Chooses among the ready files of one movie or episode; a string tells why nothing can be played. */
export function chooseFile<F extends PlayableFile> (
  files: readonly F[],
  wishes: FilePreferences,
): FileChoice<F> | Rejection {
  if (files.length === 0) return 'no-file'
  const allowed = withinPlan(files, wishes.planMaxHeight)
  if (allowed.length === 0) return 'plan'
  const playable = allowed.filter((file) => clientRejection(file, wishes.client) === null)
  const taste = tasteOf(files, wishes)
  const ranked = rank(playable, taste)
  const best = ranked[0]
  if (best === undefined) return 'client'
  return {
    file: best,
    reason: explainChoice(best, files, allowed, playable, taste, wishes),
    alternatives: [...ranked.slice(1), ...allowed.filter((file) => !playable.includes(file))]
      .map((file) => ({ file, reason: explainRejection(file, best, taste, wishes) })),
  }
}

interface Taste {
  readonly last: PlayableFile | null
  /** Wanted audio languages, the best first. */
  readonly languages: readonly string[]
}

function tasteOf (files: readonly PlayableFile[], wishes: FilePreferences): Taste {
  const last = files.find((file) => file.id === wishes.lastFileId) ?? null
  const original = wishes.originalLanguage === null ? [] : [wishes.originalLanguage]
  const remembered = wishes.rememberedLanguage === null ? [] : [wishes.rememberedLanguage]
  const languages = [
    ...(wishes.client.languages ?? []),
    ...remembered,
    ...(last?.audioLanguages ?? []),
    ...wishes.profileLanguages,
    ...original,
  ]
  return { last, languages }
}

/** Same edition first, then language, then the sharpest, then the richest; ids make it total. */
function rank<F extends PlayableFile> (files: readonly F[], taste: Taste): F[] {
  const key = (file: F): number[] => [
    taste.last !== null && file.edition !== taste.last.edition ? 1 : 0,
    languageRank(file, taste),
    -videoHeight(file),
    file.id === taste.last?.id ? 0 : 1,
    -(file.bitrate ?? 0),
  ]
  return files.map((file) => ({ file, key: key(file) }))
    .sort((a, b) => compareKeys(a.key, b.key) || (a.file.id < b.file.id ? -1 : 1))
    .map((entry) => entry.file)
}

function compareKeys (a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i])
  return at === -1 ? 0 : (a[at] ?? 0) - (b[at] ?? 0)
}

function languageRank (file: PlayableFile, taste: Taste): number {
  const at = taste.languages.findIndex((language) => hasAudioLanguage(file, language))
  return at === -1 ? taste.languages.length : at
}

export function hasAudioLanguage (file: Pick<PlayableFile, 'audioLanguages'>, language: string): boolean {
  return file.audioLanguages.some((spoken) => isSameLanguage(spoken, language))
}

function clientRejection (file: PlayableFile, client: ClientCapabilities): RejectionCode | null {
  if (client.maxHeight !== undefined && videoHeight(file) > client.maxHeight) return 'client-height'
  if (client.maxBitrate !== undefined && (file.bitrate ?? 0) > client.maxBitrate) return 'client-bitrate'
  if (client.codecs !== undefined && file.videoCodec !== null && !playsCodec(client.codecs, file.videoCodec)) {
    return 'client-codec'
  }
  return null
}

function playsCodec (codecs: readonly string[], codec: string): boolean {
  return codecs.some((known) =>
    codec.toLowerCase().startsWith(known.toLowerCase()) || codecFamily(known) === codecFamily(codec)
  )
}

/** Both the name people say and the sample entry stand for a codec. */
function codecFamily (codec: string): string {
  const name = codec.toLowerCase()
  if (/^(avc|h\.?264)/.test(name)) return 'avc'
  if (/^(hvc|hev|hevc|h\.?265)/.test(name)) return 'hevc'
  if (/^vp0?9/.test(name)) return 'vp9'
  if (/^av0?1/.test(name)) return 'av1'
  return name
}

function explainChoice (
  best: PlayableFile,
  files: readonly PlayableFile[],
  allowed: readonly PlayableFile[],
  playable: readonly PlayableFile[],
  taste: Taste,
  wishes: FilePreferences,
): FileChoice<PlayableFile>['reason'] {
  if (best.id === taste.last?.id) return { code: 'resumed-file', text: 'The file that was played last.' }
  const wanted = taste.languages.find((language) => hasAudioLanguage(best, language))
  if (wanted !== undefined && playable.some((file) => !hasAudioLanguage(file, wanted))) {
    const isClients = (wishes.client.languages ?? []).includes(wanted)
    if (wanted === wishes.rememberedLanguage && !isClients) {
      return {
        code: 'remembered-language',
        text: `The sharpest file in the language that was last chosen for this title (${wanted}).`,
      }
    }
    return { code: 'preferred-language', text: `The sharpest file in the preferred language (${wanted}).` }
  }
  const sharpest = (some: readonly PlayableFile[]): number => Math.max(...some.map(videoHeight))
  if (sharpest(allowed) > videoHeight(best)) {
    return { code: 'client-limit', text: 'The best file within what this device can play.' }
  }
  if (sharpest(files) > videoHeight(best)) {
    return { code: 'plan-cap', text: `The best file within the plan's ${wishes.planMaxHeight}p.` }
  }
  return { code: 'best-quality', text: 'The best file there is.' }
}

function explainRejection (
  file: PlayableFile,
  best: PlayableFile,
  taste: Taste,
  wishes: FilePreferences,
): FileChoice<PlayableFile>['alternatives'][number]['reason'] {
  const texts: Record<RejectionCode, string> = {
    'client-height': 'Taller than this device can show.',
    'client-bitrate': 'Needs more bandwidth than this device has.',
    'client-codec': 'Coded in a way this device cannot play.',
    'other-edition': 'Another edition than the one played last.',
    'other-language': 'Not in the preferred language.',
    'lower-quality': 'A sharper or richer file was chosen.',
  }
  const code = clientRejection(file, wishes.client) ??
    (taste.last !== null && file.edition !== taste.last.edition && best.edition === taste.last.edition
      ? 'other-edition'
      : languageRank(file, taste) > languageRank(best, taste)
      ? 'other-language'
      : 'lower-quality')
  return { code, text: texts[code] }
}
