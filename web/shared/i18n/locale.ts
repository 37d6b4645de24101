// The language of the interface: the user's choice, else the first language of the browser that the apps have.

export const LOCALES = ['en', 'es', 'de'] as const
export type Locale = typeof LOCALES[number]

const LOCALE_KEY = 'normflix.locale'
/** Languages that are written from right to left, for catalogues to come. */
const RIGHT_TO_LEFT = ['ar', 'fa', 'he', 'ur']

const isLocale = (tag: string): tag is Locale => (LOCALES as readonly string[]).includes(tag)

export function detectLocale (): Locale {
  const chosen = localStorage.getItem(LOCALE_KEY)
  const candidates = [...chosen === null ? [] : [chosen], ...navigator.languages]
  return candidates.map((tag) => tag.split('-')[0] ?? '').find(isLocale) ?? 'en'
}

/** Stores the user's choice; the page loads again with it. */
export function chooseLocale (locale: Locale): void {
  localStorage.setItem(LOCALE_KEY, locale)
  location.reload()
}

export function applyLocale (locale: string): void {
  document.documentElement.lang = locale
  document.documentElement.dir = RIGHT_TO_LEFT.includes(locale) ? 'rtl' : 'ltr'
}
