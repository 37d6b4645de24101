// Which audio and which subtitles a playback begins with. Pure; languages go by BCP 47 tag and kind, never by track number,
// because the next file may have other tracks.

export const AUDIO_KINDS = ['main', 'commentary', 'description'] as const
export const SUBTITLE_KINDS = ['full', 'forced', 'sdh'] as const
export type AudioKind = typeof AUDIO_KINDS[number]
export type SubtitleKind = typeof SUBTITLE_KINDS[number]

/**
 * When subtitles come on where nobody chose any.
 * - `none`: never
 * - `forced`: only those of what is foreign in the film, in the language that is heard
 * - `smart`: those that the viewer reads when the sound is not in a language they know, else the forced ones
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

/** What somebody said: undefined leaves it open, subtitles of null are switched off. */
export interface LanguagePreferences {
  readonly audio?: AudioPreference
  readonly subtitles?: SubtitlePreference | null
  readonly subtitleMode?: SubtitleMode
}

/** `request`: this call said so; `file`: nothing that was wished for is there. */
export type LanguageSource = 'request' | 'remembered' | 'profile' | 'original' | 'file'

export interface LanguageChoiceRequest {
  readonly request: LanguagePreferences
  /** The languages that the client would like to hear, the best first. */
  readonly clientLanguages: readonly string[]
  readonly memory: LanguagePreferences
  /** What was heard last time, where nobody chose it: the language of a file that had only one. */
  readonly lastHeard: string | null
  readonly profile: {
    readonly audioLanguages: readonly string[],
    readonly subtitleLanguages: readonly string[],
    readonly subtitleMode?: SubtitleMode,
  }
  readonly originalLanguage: string | null
}

/** A subtitle of its own, apart from the file. */
export interface AvailableSubtitle extends SubtitlePreference {
  readonly id: string
}

/** What there is to choose from. */
export interface AvailableLanguages {
  readonly audioLanguages: readonly string[]
  /** Of subtitles inside the file, whose kinds are not known. */
  readonly subtitleLanguages: readonly string[]
  readonly subtitles?: readonly AvailableSubtitle[]
}

export interface LanguageChoice {
  /** Null when the file does not say what is spoken in it. */
  readonly audio: (AudioPreference & { readonly source: LanguageSource }) | null
  /** The subtitles to switch on; null for none. */
  readonly subtitles:
    | (SubtitlePreference & {
      readonly source: LanguageSource, /** Null inside the file. */
      readonly id: string | null,
    })
    | null
}

/** Chooses from what a file offers; the answer names languages as the file does. */
export function chooseLanguages (offered: AvailableLanguages, wishes: LanguageChoiceRequest): LanguageChoice {
  const wanted = wantedAudio(wishes)
  const audio = firstOffered(wanted, offered.audioLanguages) ?? anyAudio(offered)
  return { audio, subtitles: chooseSubtitles(offered, wishes, wanted, audio) }
}

type Sourced<W> = W & { readonly source: LanguageSource }

/** All audio that somebody wishes for, the strongest wish first; the original comes when nobody does. */
function wantedAudio (
  { request, clientLanguages, memory, lastHeard, profile, originalLanguage }: LanguageChoiceRequest,
): Array<Sourced<AudioPreference>> {
  const main = (languages: readonly string[], source: LanguageSource): Array<Sourced<AudioPreference>> =>
    languages.map((language) => ({ language, kind: 'main', source }))
  return [
    ...(request.audio === undefined ? [] : [{ ...request.audio, source: 'request' as const }]),
    ...main(clientLanguages, 'request'),
    ...(memory.audio === undefined ? [] : [{ ...memory.audio, source: 'remembered' as const }]),
    ...main(lastHeard === null ? [] : [lastHeard], 'remembered'),
    ...main(profile.audioLanguages, 'profile'),
    ...main(originalLanguage === null ? [] : [originalLanguage], 'original'),
  ]
}

function anyAudio ({ audioLanguages: [first] }: AvailableLanguages): Sourced<AudioPreference> | null {
  return first === undefined ? null : { language: first, kind: 'main', source: 'file' }
}

/**
 * What was said decides first: in this call, or before for this title. A mode in this call comes before what was
 * remembered, the profile's mode after it.
 */
function chooseSubtitles (
  offered: AvailableLanguages,
  wishes: LanguageChoiceRequest,
  wantedAudio: ReadonlyArray<Sourced<AudioPreference>>,
  audio: Sourced<AudioPreference> | null,
): LanguageChoice['subtitles'] {
  const { request, memory, profile } = wishes
  const remembered: Array<readonly [SubtitlePreference | null | undefined, LanguageSource]> =
    request.subtitleMode === undefined ? [[memory.subtitles, 'remembered']] : []
  const spoken: Array<readonly [SubtitlePreference | null | undefined, LanguageSource]> = [
    [request.subtitles, 'request'],
    ...remembered,
  ]
  for (const [wish, source] of spoken) {
    if (wish === null) return null
    const found = wish === undefined ? null : firstSubtitle([{ ...wish, source }], offered)
    if (found !== null) return found
  }
  switch (request.subtitleMode ?? profile.subtitleMode ?? 'smart') {
    case 'none':
      return null
    case 'forced':
      return forcedFor(audio, offered)
    case 'smart':
      return smartSubtitles(offered, profile.subtitleLanguages, wantedAudio, audio) ?? forcedFor(audio, offered)
    case 'always':
      return firstSubtitle([
        ...full(profile.subtitleLanguages, 'profile'),
        ...full(audio === null ? [] : [audio.language], 'file'),
      ], offered)
  }
}

function full (languages: readonly string[], source: LanguageSource): Array<Sourced<SubtitlePreference>> {
  return languages.map((language) => ({ language, kind: 'full', source }))
}

/** Of what is foreign in the film: for whoever understands the rest. */
function forcedFor (
  audio: Sourced<AudioPreference> | null,
  { subtitles = [] }: AvailableLanguages,
): LanguageChoice['subtitles'] {
  const forced = subtitles.filter(({ kind }) => kind === 'forced')
  return audio === null
    ? null
    : firstSubtitle([{ language: audio.language, kind: 'forced', source: 'file' }], {
      audioLanguages: [],
      subtitleLanguages: [],
      subtitles: forced,
    })
}

function smartSubtitles (
  offered: AvailableLanguages,
  reads: readonly string[],
  wantedAudio: ReadonlyArray<Sourced<AudioPreference>>,
  audio: Sourced<AudioPreference> | null,
): LanguageChoice['subtitles'] {
  // Whoever reads the language that is heard needs nothing written below it, unless they ask.
  const understood = audio !== null && reads.some((language) => isSameLanguage(language, audio.language))
  const read = understood ? null : firstSubtitle(full(reads, 'profile'), offered)
  if (read !== null || understood || (audio !== null && !['original', 'file'].includes(audio.source))) return read
  // None of the languages that were wished for can be heard: then one of them is read.
  const missed = wantedAudio.filter(({ source }) => source !== 'original')
  return firstSubtitle(missed.flatMap(({ language, source }) => full([language], source)), offered)
}

/** Kinds that stand in for one another, the closest first: forced ones say too little for whoever wants to read along. */
const STAND_INS: Readonly<Record<SubtitleKind, readonly SubtitleKind[]>> = {
  full: ['full', 'sdh'],
  sdh: ['sdh', 'full'],
  forced: ['forced'],
}

/** The first wish that can be met: by a subtitle of the very kind, by one inside the file, by one of a kind that stands in. */
function firstSubtitle (
  wishes: ReadonlyArray<Sourced<SubtitlePreference>>,
  { subtitles = [], subtitleLanguages }: AvailableLanguages,
): LanguageChoice['subtitles'] {
  for (const wish of wishes) {
    const apart = STAND_INS[wish.kind].map((kind) =>
      bestMatch(wish.language, subtitles.filter((one) => one.kind === kind), ({ language }) => language)
    )
    const inside = bestMatch(wish.language, subtitleLanguages, (language) => language)
    const [exact, ...others] = apart
    if (exact != null) return { ...exact, source: wish.source }
    if (inside !== null) return { ...wish, language: inside, id: null }
    const other = others.find((one) => one !== null)
    if (other != null) return { ...other, source: wish.source }
  }
  return null
}

/** The exact tag before its relatives. */
function bestMatch<T> (language: string, offered: readonly T[], languageOf: (one: T) => string): T | null {
  return offered.find((one) => languageOf(one).toLowerCase() === language.toLowerCase()) ??
    offered.find((one) => isSameLanguage(languageOf(one), language)) ?? null
}

/** The first wish that can be met, under the name that the file gives the language. */
function firstOffered<W extends { readonly language: string }> (
  wishes: readonly W[],
  offered: readonly string[],
): W | null {
  for (const wish of wishes) {
    const language = bestMatch(wish.language, offered, (one) => one)
    if (language !== null) return { ...wish, language }
  }
  return null
}

/** `es` is satisfied by `es-MX` and the other way round: BCP 47 primary subtags decide (RFC 4647 §3.3.1). */
export function isSameLanguage (a: string, b: string): boolean {
  return primaryTag(a) === primaryTag(b)
}

function primaryTag (language: string): string {
  return language.toLowerCase().split('-')[0] ?? ''
}
