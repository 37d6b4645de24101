// Messages that load with the pages that need them: the first page loads sooner.
import { detectLocale, type Locale } from '@shared/i18n/locale.js'
import { addMessages, type MessageModule } from '@shared/i18n/message-store.js'
import type { CoreMessages } from './en/index.js'
import type { SettingsMessages } from './en/settings.js'

export type AllMessages = CoreMessages & SettingsMessages

const SETTINGS: Readonly<Record<Locale, () => Promise<MessageModule>>> = {
  en: async () => await import('./en/settings.js'),
  es: async () => await import('./es/settings.js'),
  de: async () => await import('./de/settings.js'),
}

/** Messages of the account and of the lists of a profile. */
export async function loadSettingsMessages (): Promise<void> {
  addMessages((await SETTINGS[detectLocale()]()).default)
}
