// Chooses the media file for a playback and explains the choice. Files above the plan's resolution are not considered.
import { isSameLanguage } from './language-choice.js'

/** What the choice reads of a media file: width and height in pixels, bitrate in bit/s. */
export interface PlayableFile {
  readonly id: string
  readonly width: number | null
  readonly height: number | null
  readonly bitrate: number | null
  readonly videoCodec: string | null
  readonly audioLanguages: readonly string[]
  readonly edition: string | null
  /** The master that the file comes from; null or absent: uploaded. */
  readonly master?: unknown
  /** HLS packages of the video, whose parameter sets are outside of the frames. */
  readonly hls: { readonly packages: readonly unknown[] }
}

/** What a device can play; a missing field is no limit. */
export interface ClientCapabilities {
  readonly maxHeight?: number
  readonly maxBitrate?: number
  /** Codec names (`avc1`, `hvc1`, `vp09`) or full RFC 6381 strings that start with them. */
  readonly codecs?: readonly string[]
  /** BCP 47 tags, preferred first; they precede the languages of the profile. */
  readonly languages?: readonly string[]
}

export interface FilePreferences {
  readonly planMaxHeight: number
  readonly client: ClientCapabilities
  /** Audio language last chosen for this title; follows the client's and precedes that of the last file. */
  readonly storedLanguage: string | null
  readonly profileLanguages: readonly string[]
  readonly originalLanguage: string | null
  /** The file played last: a resumed playback prefers its edition and its language. */
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
  /** The other files within the plan, and why each was not chosen. */
  readonly alternatives: ReadonlyArray<
    { readonly file: F, readonly reason: { readonly code: RejectionCode, readonly text: string } }
  >
}

/** Why no file can be played: there is none, or all exceed the plan or the client. */
export type NoFileReason = 'no-file' | 'plan' | 'client'

/**
 * Resolution class of a file in lines of a 16:9 frame: a 1920x800 movie is 1080p.
 * An unknown size counts as 0, so that a file that is not probed yet is never rejected for its size.
 */
export function videoHeight (file: Pick<PlayableFile, 'width' | 'height'>): number {
  return Math.max(file.height ?? 0, Math.round((file.width ?? 0) * 9 / 16))
}

/** Removes the files above the resolution of a plan; they are neither listed nor served. */
export function filterByPlanHeight<F extends Pick<PlayableFile, 'width' | 'height'>> (
  files: readonly F[],
  planMaxHeight: number,
): F[] {
  return files.filter((file) => videoHeight(file) <= planMaxHeight)
}

/** Chooses among the ready files of one movie or episode. */
export function chooseFile<F extends PlayableFile> (
  files: readonly F[],
  preferences: FilePreferences,
): FileChoice<F> | NoFileReason {
  if (files.length === 0) return 'no-file'
  const allowed = filterByPlanHeight(files, preferences.planMaxHeight)
  if (allowed.length === 0) return 'plan'
  const playable = playableFiles(allowed, preferences.client)
  const context = contextOf(files, preferences)
  const ranked = rankFiles(playable, context)
  const best = ranked[0]
  if (best === undefined) return 'client'
  return {
    file: best,
    reason: explainChoice(best, files, allowed, playable, context),
    alternatives: [...ranked.slice(1), ...allowed.filter((file) => !playable.includes(file))]
      .map((file) => ({ file, reason: explainRejection(file, best, context) })),
  }
}

/** The files that the client can play directly; without one, those that it can play as an HLS package. */
function playableFiles<F extends PlayableFile> (files: readonly F[], client: ClientCapabilities): F[] {
  const direct = files.filter((file) => rejectForClient(file, client) === null)
  if (direct.length > 0) return direct
  return files.filter((file) =>
    file.hls.packages.length > 0 &&
    rejectForClient(file, client, packagedCodec(file.videoCodec)) === null
  )
}

/** The codec string of a video in an HLS package. */
function packagedCodec (codec: string | null): string | null {
  return codec?.replace(/^hev1/i, 'hvc1').replace(/^avc3/i, 'avc1') ?? null
}

interface ChoiceContext {
  readonly preferences: FilePreferences
  readonly lastFile: PlayableFile | null
  /** Requested audio languages, preferred first. */
  readonly languages: readonly string[]
}

function contextOf (files: readonly PlayableFile[], preferences: FilePreferences): ChoiceContext {
  const lastFile = files.find((file) => file.id === preferences.lastFileId) ?? null
  const languages = [
    ...(preferences.client.languages ?? []),
    preferences.storedLanguage,
    ...(lastFile?.audioLanguages ?? []),
    ...preferences.profileLanguages,
    preferences.originalLanguage,
  ]
  return { preferences, lastFile, languages: languages.filter((language) => language !== null) }
}

/**
 * Ranks by edition, language, resolution, the file played last, bitrate and ID. A device that does not state its codecs
 * gets the original video of a master last: the renditions play everywhere.
 */
function rankFiles<F extends PlayableFile> (files: readonly F[], context: ChoiceContext): F[] {
  const { lastFile } = context
  const sortKey = (file: F): number[] => [
    lastFile !== null && file.edition !== lastFile.edition ? 1 : 0,
    languageRank(file, context),
    ranksLastByCodec(file, context) ? 1 : 0,
    -videoHeight(file),
    file.id === lastFile?.id ? 0 : 1,
    -(file.bitrate ?? 0),
  ]
  return files.map((file) => ({ file, key: sortKey(file) }))
    .sort((a, b) => compareKeys(a.key, b.key) || (a.file.id < b.file.id ? -1 : 1))
    .map((entry) => entry.file)
}

/** Whether a file has the video of its master, and the device states no codecs. All renditions are H.264. */
function ranksLastByCodec ({ videoCodec, master }: PlayableFile, { preferences: { client } }: ChoiceContext): boolean {
  return client.codecs === undefined && videoCodec !== null && !/^avc/i.test(videoCodec) && master != null
}

function compareKeys (a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i])
  return at === -1 ? 0 : (a[at] ?? 0) - (b[at] ?? 0)
}

function languageRank (file: PlayableFile, { languages }: ChoiceContext): number {
  const at = languages.findIndex((language) => hasAudioLanguage(file, language))
  return at === -1 ? languages.length : at
}

export function hasAudioLanguage (file: Pick<PlayableFile, 'audioLanguages'>, language: string): boolean {
  return file.audioLanguages.some((audioLanguage) => isSameLanguage(audioLanguage, language))
}

function rejectForClient (
  file: PlayableFile,
  client: ClientCapabilities,
  videoCodec = file.videoCodec,
): RejectionCode | null {
  if (client.maxHeight !== undefined && videoHeight(file) > client.maxHeight) return 'client-height'
  if (client.maxBitrate !== undefined && (file.bitrate ?? 0) > client.maxBitrate) return 'client-bitrate'
  const canPlay = client.codecs === undefined || videoCodec === null || canPlayCodec(client.codecs, videoCodec)
  return canPlay ? null : 'client-codec'
}

function canPlayCodec (supported: readonly string[], codec: string): boolean {
  return supported.some((name) =>
    codec.toLowerCase().startsWith(name.toLowerCase()) ||
    (codecFamily(name) === codecFamily(codec) && !(OUT_OF_BAND.test(name) && IN_BAND.test(codec)))
  )
}

/** Sample entries with parameter sets outside of the frames. Devices that list only these cannot play the others. */
const OUT_OF_BAND = /^(?:avc1|hvc1)/i
const IN_BAND = /^(?:avc3|hev1)/i

/** Maps common names and sample entry codes of a codec to one family. */
export function codecFamily (codec: string): string {
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
  { preferences, lastFile, languages }: ChoiceContext,
): FileChoice<PlayableFile>['reason'] {
  if (best.id === lastFile?.id) return { code: 'resumed-file', text: 'The file that was played last.' }
  const language = languages.find((one) => hasAudioLanguage(best, one))
  if (language !== undefined && playable.some((file) => !hasAudioLanguage(file, language))) {
    const isRequested = (preferences.client.languages ?? []).includes(language)
    if (language === preferences.storedLanguage && !isRequested) {
      return {
        code: 'remembered-language',
        text: `The best file in the language last chosen for this title (${language}).`,
      }
    }
    return { code: 'preferred-language', text: `The best file in the preferred language (${language}).` }
  }
  const maxHeightOf = (some: readonly PlayableFile[]): number => Math.max(...some.map(videoHeight))
  if (maxHeightOf(allowed) > videoHeight(best)) {
    return { code: 'client-limit', text: 'The best file that this device can play.' }
  }
  if (maxHeightOf(files) > videoHeight(best)) {
    return { code: 'plan-cap', text: `The best file within the plan's limit of ${preferences.planMaxHeight}p.` }
  }
  return { code: 'best-quality', text: 'The best available file.' }
}

const REJECTION_TEXTS: Readonly<Record<RejectionCode, string>> = {
  'client-height': 'Exceeds the resolution of this device.',
  'client-bitrate': 'Exceeds the bandwidth of this device.',
  'client-codec': 'Uses a codec that is not among those of this device.',
  'other-edition': 'Another edition than the file played last.',
  'other-language': 'Not in the preferred language.',
  'lower-quality': 'Lower quality than the chosen file.',
}

function explainRejection (
  file: PlayableFile,
  best: PlayableFile,
  context: ChoiceContext,
): FileChoice<PlayableFile>['alternatives'][number]['reason'] {
  const code = rejectForClient(file, context.preferences.client) ?? rejectForRank(file, best, context)
  return { code, text: REJECTION_TEXTS[code] }
}

function rejectForRank (file: PlayableFile, best: PlayableFile, context: ChoiceContext): RejectionCode {
  const { lastFile } = context
  if (lastFile !== null && file.edition !== lastFile.edition && best.edition === lastFile.edition) {
    return 'other-edition'
  }
  if (languageRank(file, context) > languageRank(best, context)) return 'other-language'
  return ranksLastByCodec(file, context) && !ranksLastByCodec(best, context) ? 'client-codec' : 'lower-quality'
}
