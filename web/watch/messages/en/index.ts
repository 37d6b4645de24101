// English messages of the watch app, one file for each subject.
import shared from '@shared/messages/en/index.js'
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

const messages = {
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
}
export type CoreMessages = typeof messages
export default messages
