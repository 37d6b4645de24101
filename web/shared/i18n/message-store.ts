// The messages of the interface that are loaded. Some load with the pages that need them.
import { useSyncExternalStore } from 'react'
import type { AbstractIntlMessages } from 'use-intl'

export interface MessageModule {
  readonly default: AbstractIntlMessages
}

let messages: AbstractIntlMessages = {}
const listeners = new Set<() => void>()

export function addMessages (part: AbstractIntlMessages): void {
  if (Object.keys(part).every((subject) => messages[subject] === part[subject])) return
  messages = { ...messages, ...part }
  for (const listener of listeners) listener()
}

function subscribe (listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function useLoadedMessages (): AbstractIntlMessages {
  return useSyncExternalStore(subscribe, () => messages)
}
