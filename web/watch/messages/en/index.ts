// English messages of the watch app, one file for each subject.
import shared from '@shared/messages/en/index.js'
import browse from './browse.json'
import card from './card.json'
import collections from './collections.json'
import emailLinks from './emailLinks.json'
import home from './home.json'
import layout from './layout.json'
import logIn from './logIn.json'
import passwords from './passwords.json'
import people from './people.json'
import plans from './plans.json'
import player from './player.json'
import profiles from './profiles.json'
import search from './search.json'
import signUp from './signUp.json'
import title from './title.json'
import titleActions from './titleActions.json'
import verification from './verification.json'
import watched from './watched.json'

const messages = {
  ...shared,
  browse,
  card,
  collections,
  emailLinks,
  home,
  layout,
  logIn,
  passwords,
  people,
  plans,
  player,
  profiles,
  search,
  signUp,
  title,
  titleActions,
  verification,
  watched,
}
export type CoreMessages = typeof messages
export default messages
