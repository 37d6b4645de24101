// Names of profiles: which ones are visible, and which ones are the same.
import { createHash } from 'node:crypto'

/** NFKC may expand a name to many times its length; longer keys are hashed. */
const MAX_NAME_KEY_LENGTH = 100

/** Characters that are drawn as nothing: Hangul fillers, zero-width characters, variation selectors. */
const IGNORABLE = /\p{Default_Ignorable_Code_Point}/gu
/** Symbols without ink, which Unicode does not list as ignorable: a Braille cell without dots, a null note head. */
const BLANK_SYMBOLS = /[\u{2800}\u{1D159}]/gu
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u
/** Control characters, line and paragraph separators, and halves of surrogate pairs. */
const FORBIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u

/** Whether a name has a character that people can see, and none that breaks a line of text. */
export function isVisibleName (name: string): boolean {
  return !FORBIDDEN.test(name) && VISIBLE.test(name.replace(IGNORABLE, '').replace(BLANK_SYMBOLS, ''))
}

/**
 * Converts a profile name to the form that is compared: `Kim`, `KIM` and full-width `Ｋｉｍ` are the same name, and so are
 * `Straße` and `STRASSE`.
 */
export function profileNameKey (name: string): string {
  const key = foldCase(name.normalize('NFKC').replace(IGNORABLE, '')).trim()
  return key.length <= MAX_NAME_KEY_LENGTH ? key : createHash('sha256').update(key).digest('hex')
}

/**
 * Full case folding in every language. Lower case comes first because the capital ẞ has no other way to `ss`. İ and ı
 * are Turkish forms of i; lower case turns İ into an i with a combining dot.
 */
function foldCase (text: string): string {
  const folded = text.toLowerCase().toUpperCase().toLowerCase().normalize('NFKC')
  return folded.replace(/i\u0307/g, 'i')
}
