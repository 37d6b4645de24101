// Spanish messages of the watch app, one file for each subject.
import type { CoreMessages } from '../en/index.js'
import shared from '@shared/messages/es/index.js'
import card from './card.json'
import home from './home.json'
import layout from './layout.json'
import profiles from './profiles.json'
import verification from './verification.json'

export default {
  ...shared,
  card,
  home,
  layout,
  profiles,
  verification,
} satisfies CoreMessages
