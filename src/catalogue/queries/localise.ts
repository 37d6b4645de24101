// In which language a title is told: the best of those it has, by the client's Accept-Language.
import Negotiator from 'negotiator'

/** What can be told in several languages; its own words are in the catalogue's language. */
export interface Translatable {
  readonly title: string | null
  readonly synopsis?: string | null
  readonly translations?: ReadonlyArray<
    { readonly language: string, readonly title: string | null, readonly synopsis?: string | null }
  >
}

export interface LocalisedFields {
  readonly language: string
  readonly title: string | null
  readonly synopsis: string | null
}

export interface Localiser {
  /** What is not translated is told in the catalogue's language. */
  wordsOf(told: Translatable): LocalisedFields
  /** The languages that were told so far, for Content-Language. */
  languages(): readonly string[]
}

/** A header that is longer says nothing a reader would miss. */
export const HEADER_LENGTH = 500

/** @param base the language of the catalogue itself, BCP 47 */
export function createLocaliser (acceptLanguage: string | undefined, base: string): Localiser {
  const negotiator = new Negotiator({ headers: { 'accept-language': acceptLanguage?.slice(0, HEADER_LENGTH) } })
  const chosen = new Map<string, string>()
  const told = new Set<string>()

  function choose (available: readonly string[]): string {
    const key = available.join()
    const known = chosen.get(key)
    if (known !== undefined) return known
    const best = negotiator.language([base, ...available]) ?? base
    chosen.set(key, best)
    return best
  }

  return {
    wordsOf ({ title, synopsis = null, translations = [] }) {
      const language = translations.length === 0 ? base : choose(translations.map((one) => one.language))
      const translation = translations.find((one) => one.language === language)
      told.add(language)
      return { language, title: translation?.title ?? title, synopsis: translation?.synopsis ?? synopsis }
    },
    languages: () => [...told],
  }
}
