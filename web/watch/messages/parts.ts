// Messages that load with the pages that need them: the first page loads sooner.
import { detectLocale, type Locale } from '@shared/i18n/locale.js'
import { addMessages, type MessageModule } from '@shared/i18n/message-store.js'
import type { DiscoveryMessages } from './en/discovery.js'
import type { CoreMessages } from './en/index.js'
import type { PlaybackMessages } from './en/playback.js'
import type { SettingsMessages } from './en/settings.js'
import type { VisitorMessages } from './en/visitor.js'

export type AllMessages =
  & CoreMessages
  & DiscoveryMessages
  & PlaybackMessages
  & SettingsMessages
  & VisitorMessages

type Loaders = Readonly<Record<Locale, () => Promise<MessageModule>>>

const DISCOVERY: Loaders = {
  en: async () => await import('./en/discovery.js'),
  es: async () => await import('./es/discovery.js'),
  de: async () => await import('./de/discovery.js'),
}
const PLAYBACK: Loaders = {
  en: async () => await import('./en/playback.js'),
  es: async () => await import('./es/playback.js'),
  de: async () => await import('./de/playback.js'),
}
const SETTINGS: Loaders = {
  en: async () => await import('./en/settings.js'),
  es: async () => await import('./es/settings.js'),
  de: async () => await import('./de/settings.js'),
}
const VISITOR: Loaders = {
  en: async () => await import('./en/visitor.js'),
  es: async () => await import('./es/visitor.js'),
  de: async () => await import('./de/visitor.js'),
}

async function loadPart (loaders: Loaders): Promise<void> {
  addMessages((await loaders[detectLocale()]()).default)
}

/** Messages of the search and of the pages of titles, people and collections. */
export async function loadDiscoveryMessages (): Promise<void> {
  await loadPart(DISCOVERY)
}

/** Messages of the player. */
export async function loadPlaybackMessages (): Promise<void> {
  await loadPart(PLAYBACK)
}

/** Messages of the account and of the lists of a profile. */
export async function loadSettingsMessages (): Promise<void> {
  await loadPart(SETTINGS)
}

/** Messages of pages before the log-in, and of the log-in of devices. */
export async function loadVisitorMessages (): Promise<void> {
  await loadPart(VISITOR)
}
