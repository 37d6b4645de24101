// Which audio and which subtitles a playback begins with. Pure; languages go by BCP 47 tag and kind, never by track number,
// because the next file may have other tracks.

export const AUDIO_KINDS = ['main', 'commentary', 'description'] as const
export const SUBTITLE_KINDS = ['full', 'forced', 'sdh'] as const
export type AudioKind = typeof AUDIO_KINDS[number]
export type SubtitleKind = typeof SUBTITLE_KINDS[number]

export interface AudioWish { readonly language: string, readonly kind: AudioKind }
export interface SubtitleWish { readonly language: string, readonly kind: SubtitleKind }

/** What somebody said: undefined leaves it open, subtitles of null are switched off. */
export interface SpokenWishes {
  readonly audio?: AudioWish
  readonly subtitles?: SubtitleWish | null
}

/** `request`: this call said so; `file`: nothing that was wished for is there. */
export type LanguageSource = 'request' | 'remembered' | 'profile' | 'original' | 'file'

export interface LanguageWishes {
  readonly request: SpokenWishes
  /** The languages that the client would like to hear, the best first. */
  readonly clientLanguages: readonly string[]
  readonly memory: SpokenWishes
  /** What was heard last time, where nobody chose it: the language of a file that had only one. */
  readonly lastHeard: string | null
  readonly profile: { readonly audioLanguages: readonly string[], readonly subtitleLanguages: readonly string[] }
  readonly originalLanguage: string | null
}

/** What there is to choose from. */
export interface OfferedLanguages {
  readonly audioLanguages: readonly string[]
  readonly subtitleLanguages: readonly string[]
}

export interface LanguageChoice {
  /** Null when the file does not say what is spoken in it. */
  readonly audio: (AudioWish & { readonly source: LanguageSource }) | null
  /** The subtitles to switch on; null for none. */
  readonly subtitles: (SubtitleWish & { readonly source: LanguageSource }) | null
}

/** Chooses from what a file offers; the answer names languages as the file does. */
export function chooseLanguages (offered: OfferedLanguages, wishes: LanguageWishes): LanguageChoice {
  const wanted = wantedAudio(wishes)
  const audio = firstOffered(wanted, offered.audioLanguages) ?? anyAudio(offered)
  return { audio, subtitles: chooseSubtitles(offered, wishes, wanted, audio) }
}

type Sourced<W> = W & { readonly source: LanguageSource }

/** All audio that somebody wishes for, the strongest wish first; the original comes when nobody does. */
function wantedAudio ({ request, clientLanguages, memory, lastHeard, profile, originalLanguage }: LanguageWishes): Array<Sourced<AudioWish>> {
  const main = (languages: readonly string[], source: LanguageSource): Array<Sourced<AudioWish>> => languages.map((language) => ({ language, kind: 'main', source }))
  return [
    ...(request.audio === undefined ? [] : [{ ...request.audio, source: 'request' as const }]),
    ...main(clientLanguages, 'request'),
    ...(memory.audio === undefined ? [] : [{ ...memory.audio, source: 'remembered' as const }]),
    ...main(lastHeard === null ? [] : [lastHeard], 'remembered'),
    ...main(profile.audioLanguages, 'profile'),
    ...main(originalLanguage === null ? [] : [originalLanguage], 'original'),
  ]
}

function anyAudio ({ audioLanguages: [first] }: OfferedLanguages): Sourced<AudioWish> | null {
  return first === undefined ? null : { language: first, kind: 'main', source: 'file' }
}

function chooseSubtitles (offered: OfferedLanguages, wishes: LanguageWishes, wantedAudio: ReadonlyArray<Sourced<AudioWish>>, audio: Sourced<AudioWish> | null): LanguageChoice['subtitles'] {
  const { request, memory, profile } = wishes
  const spoken: Array<readonly [SubtitleWish | null | undefined, LanguageSource]> = [[request.subtitles, 'request'], [memory.subtitles, 'remembered']]
  for (const [wish, source] of spoken) {
    if (wish === null) return null
    const found = wish === undefined ? null : firstOffered([{ ...wish, source }], offered.subtitleLanguages)
    if (found !== null) return found
  }
  const full = (languages: readonly string[], source: LanguageSource): Array<Sourced<SubtitleWish>> => languages.map((language) => ({ language, kind: 'full', source }))
  const reads = profile.subtitleLanguages
  // Whoever reads the language that is heard needs nothing written below it, unless they ask.
  const understood = audio !== null && reads.some((language) => isSameLanguage(language, audio.language))
  const read = understood ? null : firstOffered(full(reads, 'profile'), offered.subtitleLanguages)
  if (read !== null || understood || (audio !== null && !['original', 'file'].includes(audio.source))) return read
  // None of the languages that were wished for can be heard: then one of them is read.
  const missed = wantedAudio.filter(({ source }) => source !== 'original')
  return firstOffered(missed.flatMap(({ language, source }) => full([language], source)), offered.subtitleLanguages)
}

/** The first wish that can be met, under the name that the file gives the language: the exact tag before its relatives. */
function firstOffered<W extends { readonly language: string }> (wishes: readonly W[], offered: readonly string[]): W | null {
  for (const wish of wishes) {
    const exact = offered.find((language) => language.toLowerCase() === wish.language.toLowerCase())
    const language = exact ?? offered.find((one) => isSameLanguage(one, wish.language))
    if (language !== undefined) return { ...wish, language }
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
