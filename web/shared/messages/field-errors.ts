// Messages for rejected fields. Every page can show one; they load after the first page, which then shows sooner.
import { detectLocale, type Locale } from '../i18n/locale.js'
import { addMessages } from '../i18n/message-store.js'
import type fieldErrors from './en/fieldErrors.json'

type Loader = () => Promise<{ readonly default: typeof fieldErrors }>

const LOADERS: Readonly<Record<Locale, Loader>> = {
  en: async () => await import('./en/fieldErrors.json'),
  es: async () => await import('./es/fieldErrors.json'),
  de: async () => await import('./de/fieldErrors.json'),
}

export async function loadFieldErrorMessages (): Promise<void> {
  addMessages({ fieldErrors: (await LOADERS[detectLocale()]()).default })
}
