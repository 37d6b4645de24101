// Recognises language and kind in the names of subtitle files: Movie (1999).de.forced.srt, Movie.pt-BR.sdh.srt.
import type { SubtitleKind } from '../../domain/language-choice.js'

export interface SubtitleSuffix {
  /** The name without the suffixes and the extension. */
  readonly stem: string
  /** BCP 47; null: not stated. */
  readonly language: string | null
  readonly kind: SubtitleKind
}

const KINDS: Readonly<Record<string, SubtitleKind>> = {
  forced: 'forced',
  foreign: 'forced',
  sdh: 'sdh',
  cc: 'sdh',
  hi: 'sdh',
  full: 'full',
  default: 'full',
}
/** Language, script and region (RFC 5646 §2.2.1, §2.2.3, §2.2.4): `de`, `zh-Hant-TW`, `es-419`, `pt_BR`. */
const LANGUAGE_TAG = /^[a-z]{2,3}(?:[-_][a-z]{4})?(?:[-_](?:[a-z]{2}|\d{3}))?$/i
const ENGLISH_NAMES = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' })

/** Reads the parts from the last one on, until one is neither a kind nor a language. */
export function recogniseSubtitleSuffix (stem: string): SubtitleSuffix {
  const parts = stem.split('.')
  let language: string | null = null
  let kind: SubtitleKind = 'full'
  while (parts.length > 1 && language === null) {
    const part = (parts.at(-1) ?? '').trim()
    const isBeforeLanguage = parts.length > 2 && toLanguage(parts.at(-2) ?? '') !== null
    const stated = KINDS[part.toLowerCase()]
    // `hi` is Hindi, unless a language comes before it.
    if (stated !== undefined && (part.toLowerCase() !== 'hi' || isBeforeLanguage)) kind = stated
    else language = toLanguage(part)
    if (stated === undefined && language === null) break
    parts.pop()
  }
  return { stem: parts.join('.'), language, kind }
}

/**
 * Reads a language tag in a name. English names exist for known languages, scripts and regions only, so that words of
 * the name, such as `art-deco`, are not taken for languages.
 * @returns the canonical tag (BCP 47), or null
 */
export function toLanguage (text: string): string | null {
  if (!LANGUAGE_TAG.test(text)) return null
  try {
    const [tag = text] = Intl.getCanonicalLocales(text.replaceAll('_', '-'))
    // `no-100` states no region: the digits of a country become its letters, and `ZZ` is unknown.
    const isNumber = /\d$/.test(text) && !/\d$/.test(tag)
    return isNumber || ENGLISH_NAMES.of(tag) === undefined ? null : tag
  } catch {
    return null
  }
}
