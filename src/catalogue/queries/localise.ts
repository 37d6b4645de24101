// Chooses the language of titles and synopses from the translations and the Accept-Language header.
import Negotiator from 'negotiator'

/** Texts in the language of the catalogue, with translations. */
export interface Translatable {
  readonly title: string | null
  readonly synopsis?: string | null
  readonly translations?: ReadonlyArray<
    { readonly language: string, readonly title: string | null, readonly synopsis?: string | null }
  >
}

export interface LocalisedFields {
  /** BCP 47. */
  readonly language: string
  readonly title: string | null
  readonly synopsis: string | null
}

export interface Localiser {
  /** Returns the best translation; fields without translation are in the language of the catalogue. */
  localisedFields(texts: Translatable): LocalisedFields
  /** The languages of all texts that were localised so far, for Content-Language. */
  languages(): readonly string[]
}

/** The rest of a longer header is ignored. */
export const MAX_ACCEPT_LANGUAGE_LENGTH = 500

/** @param catalogueLanguage BCP 47 */
export function createLocaliser (acceptLanguage: string | undefined, catalogueLanguage: string): Localiser {
  const negotiator = new Negotiator({
    headers: { 'accept-language': acceptLanguage?.slice(0, MAX_ACCEPT_LANGUAGE_LENGTH) },
  })
  const preferredByOffer = new Map<string, string>()
  const usedLanguages = new Set<string>()

  function negotiateLanguage (translated: readonly string[]): string {
    const offer = translated.join()
    const cached = preferredByOffer.get(offer)
    if (cached !== undefined) return cached
    const preferred = negotiator.language([catalogueLanguage, ...translated]) ?? catalogueLanguage
    preferredByOffer.set(offer, preferred)
    return preferred
  }

  return {
    localisedFields ({ title, synopsis = null, translations = [] }) {
      const language = translations.length === 0
        ? catalogueLanguage
        : negotiateLanguage(translations.map((one) => one.language))
      const translation = translations.find((one) => one.language === language)
      usedLanguages.add(language)
      return { language, title: translation?.title ?? title, synopsis: translation?.synopsis ?? synopsis }
    },
    languages: () => [...usedLanguages],
  }
}
