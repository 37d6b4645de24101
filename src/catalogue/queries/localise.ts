// Chooses the language of titles and synopses from the translations and the Accept-Language header.
import { LRUCache } from 'lru-cache'
import Negotiator from 'negotiator'
import { limitEntries } from '../../domain/cache-limits.js'

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
  /** The language of `localisedFields`. */
  languageOf(texts: Translatable): string
  /** The languages of all texts that were localised so far, for Content-Language. */
  languages(): readonly string[]
  /** The different lists of translations of all texts so far. Clients who get the same language of each are equal. */
  offers(): readonly LanguageOffer[]
}

/** Languages of translations, BCP 47, separated by commas. */
export type LanguageOffer = string

/** Returns the language that a client gets of texts that have these translations. */
export type ChooseLanguage = (offer: LanguageOffer) => string

/** Finds the choices of a client. */
export interface LanguageNegotiation {
  /** @param acceptLanguage value of the header */
  chooserFor(acceptLanguage: string | undefined): ChooseLanguage
}

/** The rest of a longer header is ignored. */
const MAX_ACCEPT_LANGUAGE_LENGTH = 500
const CACHE_MAX_HEADERS = 500
const CACHE_MAX_OFFERS = 200

/** @param catalogueLanguage BCP 47 */
export function createLanguageNegotiation (catalogueLanguage: string): LanguageNegotiation {
  const choosers = new LRUCache<string, ChooseLanguage>({ max: CACHE_MAX_HEADERS })

  function createChooser (acceptLanguage: string | undefined): ChooseLanguage {
    const negotiator = new Negotiator({ headers: { 'accept-language': acceptLanguage } })
    const choices = new LRUCache<LanguageOffer, string>(limitEntries(CACHE_MAX_OFFERS))
    return (offer) => {
      if (offer === '') return catalogueLanguage
      const known = choices.get(offer)
      if (known !== undefined) return known
      const choice = negotiator.language([catalogueLanguage, ...offer.split(',')]) ?? catalogueLanguage
      choices.set(offer, choice)
      return choice
    }
  }

  const withoutHeader = createChooser(undefined)
  return {
    chooserFor (acceptLanguage) {
      if (acceptLanguage === undefined) return withoutHeader
      const header = acceptLanguage.slice(0, MAX_ACCEPT_LANGUAGE_LENGTH)
      let chooser = choosers.get(header)
      if (chooser === undefined) {
        chooser = createChooser(header)
        choosers.set(header, chooser)
      }
      return chooser
    },
  }
}

const NO_TRANSLATIONS: NonNullable<Translatable['translations']> = []

export function createLocaliser (chooseLanguage: ChooseLanguage): Localiser {
  const usedLanguages = new Set<string>()
  const usedOffers = new Set<LanguageOffer>()

  function languageOf ({ translations = NO_TRANSLATIONS }: Translatable): string {
    const offer = translations.length === 0 ? '' : translations.map(({ language }) => language).join()
    if (offer !== '') usedOffers.add(offer)
    const language = chooseLanguage(offer)
    usedLanguages.add(language)
    return language
  }

  return {
    languageOf,
    localisedFields (texts) {
      const { title, synopsis = null, translations = NO_TRANSLATIONS } = texts
      const language = languageOf(texts)
      const translation = translations.find((one) => one.language === language)
      return { language, title: translation?.title ?? title, synopsis: translation?.synopsis ?? synopsis }
    },
    languages: () => [...usedLanguages],
    offers: () => [...usedOffers],
  }
}
