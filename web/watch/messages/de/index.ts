// German messages of the watch app, one file for each subject.
import type { CoreMessages } from '../en/index.js'
import shared from '@shared/messages/de/index.js'
import card from './card.json'
import emailLinks from './emailLinks.json'
import home from './home.json'
import layout from './layout.json'
import logIn from './logIn.json'
import passwords from './passwords.json'
import plans from './plans.json'
import profiles from './profiles.json'
import signUp from './signUp.json'
import verification from './verification.json'

export default {
  ...shared,
  card,
  emailLinks,
  home,
  layout,
  logIn,
  passwords,
  plans,
  profiles,
  signUp,
  verification,
} satisfies CoreMessages
