// Messages for problems and rejected fields. Every page can show one; they load after the first page, which then shows
// sooner.
import { detectLocale, type Locale } from '../i18n/locale.js'
import { addMessages } from '../i18n/message-store.js'
import type fieldErrors from './en/fieldErrors.json'
import type problems from './en/problems.json'

interface ErrorMessages {
  readonly fieldErrors: typeof fieldErrors
  readonly problems: typeof problems
}
type Loader = () => Promise<{ readonly default: ErrorMessages }>

const LOADERS: Readonly<Record<Locale, Loader>> = {
  en: async () => await import('./en/errors.js'),
  es: async () => await import('./es/errors.js'),
  de: async () => await import('./de/errors.js'),
}

export async function loadErrorMessages (): Promise<void> {
  addMessages({ ...(await LOADERS[detectLocale()]()).default })
}
