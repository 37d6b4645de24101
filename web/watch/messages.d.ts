// Types the keys of the messages.
import type { AllMessages } from './messages/parts.js'

declare module 'use-intl' {
  interface AppConfig {
    Messages: AllMessages
  }
}
