// Chooses the audio and the subtitles of a playback. Languages are identified by BCP 47 tag and kind, never by track
// number, because the next file may have other tracks.

export const AUDIO_KINDS = ['main', 'commentary', 'description'] as const
export const SUBTITLE_KINDS = ['full', 'forced', 'sdh'] as const
export type AudioKind = typeof AUDIO_KINDS[number]
export type SubtitleKind = typeof SUBTITLE_KINDS[number]

/**
 * When subtitles are on without an explicit choice.
 * - `none`: never
 * - `forced`: forced subtitles only, in the language of the audio
 * - `smart`: full subtitles when the audio is not in a language of the profile, forced ones otherwise
 * - `always`: always
 */
export const SUBTITLE_MODES = ['none', 'forced', 'smart', 'always'] as const
export type SubtitleMode = typeof SUBTITLE_MODES[number]

export interface AudioPreference {
  readonly language: string
  readonly kind: AudioKind
}
export interface SubtitlePreference {
  readonly language: string
  readonly kind: SubtitleKind
}

/** Requested or stored languages: undefined is no choice; subtitles of null are off. */
export interface LanguagePreferences {
  readonly audio?: AudioPreference
  readonly subtitles?: SubtitlePreference | null
  readonly subtitleMode?: SubtitleMode
}

/** Where a choice comes from; `file`: no preference was available. */
export type LanguageSource = 'request' | 'remembered' | 'profile' | 'original' | 'file'

export interface LanguageChoiceRequest {
  readonly request: LanguagePreferences
  /** Audio languages of the client, preferred first. */
  readonly clientLanguages: readonly string[]
  /** What was last chosen for this title. */
  readonly stored: LanguagePreferences
  /** Audio language of the last play, if it was not chosen: that of a file with only one. */
  readonly lastAudioLanguage: string | null
  readonly profile: {
    readonly audioLanguages: readonly string[],
    readonly subtitleLanguages: readonly string[],
    readonly subtitleMode: SubtitleMode,
  }
  readonly originalLanguage: string | null
}

/** A subtitle that is separate from the media file. */
export interface AvailableSubtitle extends SubtitlePreference {
  readonly id: string
}

export interface AvailableLanguages {
  readonly audioLanguages: readonly string[]
  /** Languages of the subtitles inside the media file; their kinds are unknown. */
  readonly subtitleLanguages: readonly string[]
  readonly subtitles?: readonly AvailableSubtitle[]
}

export interface SubtitleChoice extends SubtitlePreference {
  readonly source: LanguageSource
  /** Null for subtitles inside the media file. */
  readonly id: string | null
}

export interface LanguageChoice {
  /** Null when the languages of the file are unknown. */
  readonly audio: (AudioPreference & { readonly source: LanguageSource }) | null
  /** Null when subtitles are off. */
  readonly subtitles: SubtitleChoice | null
}

type Sourced<P> = P & { readonly source: LanguageSource }

/** Chooses among the available languages; the choice has the language tags of the file. */
export function chooseLanguages (available: AvailableLanguages, request: LanguageChoiceRequest): LanguageChoice {
  const preferred = preferredAudio(request)
  const audio = firstAvailableAudio(preferred, available.audioLanguages) ?? firstAudioOfFile(available)
  return { audio, subtitles: chooseSubtitles(available, request, preferred, audio) }
}

/** All audio preferences, highest priority first; the original language is the last. */
function preferredAudio (
  { request, clientLanguages, stored, lastAudioLanguage, profile, originalLanguage }: LanguageChoiceRequest,
): Array<Sourced<AudioPreference>> {
  const main = (languages: readonly string[], source: LanguageSource): Array<Sourced<AudioPreference>> =>
    languages.map((language) => ({ language, kind: 'main', source }))
  return [
    ...(request.audio === undefined ? [] : [{ ...request.audio, source: 'request' as const }]),
    ...main(clientLanguages, 'request'),
    ...(stored.audio === undefined ? [] : [{ ...stored.audio, source: 'remembered' as const }]),
    ...main(lastAudioLanguage === null ? [] : [lastAudioLanguage], 'remembered'),
    ...main(profile.audioLanguages, 'profile'),
    ...main(originalLanguage === null ? [] : [originalLanguage], 'original'),
  ]
}

function firstAudioOfFile ({ audioLanguages: [first] }: AvailableLanguages): Sourced<AudioPreference> | null {
  return first === undefined ? null : { language: first, kind: 'main', source: 'file' }
}

/**
 * An explicit choice takes precedence: the request's, then the stored one. A subtitle mode of the request precedes the
 * stored choice, the profile's mode follows it.
 */
function chooseSubtitles (
  available: AvailableLanguages,
  { request, stored, profile }: LanguageChoiceRequest,
  preferredAudio: ReadonlyArray<Sourced<AudioPreference>>,
  audio: Sourced<AudioPreference> | null,
): SubtitleChoice | null {
  const explicit: Array<readonly [SubtitlePreference | null | undefined, LanguageSource]> = [
    [request.subtitles, 'request'],
    [request.subtitleMode === undefined ? stored.subtitles : undefined, 'remembered'],
  ]
  for (const [preference, source] of explicit) {
    if (preference === null) return null
    const found = preference === undefined ? null : firstAvailableSubtitle([{ ...preference, source }], available)
    if (found !== null) return found
  }
  switch (request.subtitleMode ?? profile.subtitleMode) {
    case 'none':
      return null
    case 'forced':
      return forcedSubtitles(audio, available)
    case 'smart':
      return smartSubtitles(available, profile.subtitleLanguages, preferredAudio, audio) ??
        forcedSubtitles(audio, available)
    case 'always':
      return firstAvailableSubtitle([
        ...fullSubtitles(profile.subtitleLanguages, 'profile'),
        ...fullSubtitles(audio === null ? [] : [audio.language], 'file'),
      ], available)
  }
}

function fullSubtitles (languages: readonly string[], source: LanguageSource): Array<Sourced<SubtitlePreference>> {
  return languages.map((language) => ({ language, kind: 'full', source }))
}

/** Forced subtitles translate foreign dialogue only, for people who understand the audio. */
function forcedSubtitles (
  audio: Sourced<AudioPreference> | null,
  { subtitles = [] }: AvailableLanguages,
): SubtitleChoice | null {
  if (audio === null) return null
  const forced = subtitles.filter(({ kind }) => kind === 'forced')
  return firstAvailableSubtitle([{ language: audio.language, kind: 'forced', source: 'file' }], {
    audioLanguages: [],
    subtitleLanguages: [],
    subtitles: forced,
  })
}

function smartSubtitles (
  available: AvailableLanguages,
  subtitleLanguages: readonly string[],
  preferredAudio: ReadonlyArray<Sourced<AudioPreference>>,
  audio: Sourced<AudioPreference> | null,
): SubtitleChoice | null {
  const isUnderstood = audio !== null && subtitleLanguages.some((language) => isSameLanguage(language, audio.language))
  if (isUnderstood) return null
  const found = firstAvailableSubtitle(fullSubtitles(subtitleLanguages, 'profile'), available)
  if (found !== null || (audio !== null && !['original', 'file'].includes(audio.source))) return found
  // The audio is in none of the preferred languages: offer subtitles in one of them.
  const preferred = preferredAudio.filter(({ source }) => source !== 'original')
  return firstAvailableSubtitle(
    preferred.flatMap(({ language, source }) => fullSubtitles([language], source)),
    available,
  )
}

/**
 * Kinds that substitute for each other, closest first. Forced subtitles lack most dialogue and substitute for nothing.
 */
const SUBSTITUTES: Readonly<Record<SubtitleKind, readonly SubtitleKind[]>> = {
  full: ['full', 'sdh'],
  sdh: ['sdh', 'full'],
  forced: ['forced'],
}

/** Finds the first available preference: a separate subtitle of its kind, one inside the file, or a substitute. */
function firstAvailableSubtitle (
  preferences: ReadonlyArray<Sourced<SubtitlePreference>>,
  { subtitles = [], subtitleLanguages }: AvailableLanguages,
): SubtitleChoice | null {
  for (const preference of preferences) {
    const separate = SUBSTITUTES[preference.kind].map((kind) =>
      findBestMatch(preference.language, subtitles.filter((one) => one.kind === kind), ({ language }) => language)
    )
    const embedded = findBestMatch(preference.language, subtitleLanguages, (language) => language)
    const [exact, ...others] = separate
    if (exact != null) return { ...exact, source: preference.source }
    if (embedded !== null) return { ...preference, language: embedded, id: null }
    const substitute = others.find((one) => one !== null)
    if (substitute != null) return { ...substitute, source: preference.source }
  }
  return null
}

/** Prefers the exact tag to other tags of the same language. */
function findBestMatch<T> (language: string, available: readonly T[], languageOf: (one: T) => string): T | null {
  return available.find((one) => languageOf(one).toLowerCase() === language.toLowerCase()) ??
    available.find((one) => isSameLanguage(languageOf(one), language)) ?? null
}

/** Finds the first available preference, with the language tag of the file. */
function firstAvailableAudio<P extends { readonly language: string }> (
  preferences: readonly P[],
  audioLanguages: readonly string[],
): P | null {
  for (const preference of preferences) {
    const language = findBestMatch(preference.language, audioLanguages, (one) => one)
    if (language !== null) return { ...preference, language }
  }
  return null
}

/** Compares BCP 47 primary subtags: `es` matches `es-MX` and vice versa (RFC 4647, section 3.3.1). */
export function isSameLanguage (a: string, b: string): boolean {
  return primarySubtag(a) === primarySubtag(b)
}

function primarySubtag (language: string): string {
  return language.toLowerCase().split('-')[0] ?? ''
}
