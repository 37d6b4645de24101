// Types the keys of the messages.
import type { Messages } from './messages/en/index.js'

declare module 'use-intl' {
  interface AppConfig {
    Messages: Messages
  }
}
