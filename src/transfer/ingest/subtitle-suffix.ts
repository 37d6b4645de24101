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
const LANGUAGE_CODE = /^[a-z]{2,3}(?:[-_][a-z]{2,4})?$/i
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

function toLanguage (code: string): string | null {
  if (!LANGUAGE_CODE.test(code)) return null
  try {
    const [tag] = Intl.getCanonicalLocales(code.replace('_', '-'))
    return tag === undefined || ENGLISH_NAMES.of(tag) === undefined ? null : tag
  } catch {
    return null
  }
}
