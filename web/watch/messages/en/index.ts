// English messages of the watch app, one file for each subject.
import shared from '@shared/messages/en/index.js'
import card from './card.json'
import home from './home.json'
import layout from './layout.json'
import profiles from './profiles.json'
import verification from './verification.json'

const messages = {
  ...shared,
  card,
  home,
  layout,
  profiles,
  verification,
}
export type CoreMessages = typeof messages
export default messages
