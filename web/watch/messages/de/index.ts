// German messages of the watch app, one file for each subject.
import type { Messages } from '../en/index.js'
import shared from '@shared/messages/de/index.js'
import account from './account.json'
import avatars from './avatars.json'
import browse from './browse.json'
import card from './card.json'
import collections from './collections.json'
import emailLinks from './emailLinks.json'
import hidden from './hidden.json'
import history from './history.json'
import home from './home.json'
import importHistory from './importHistory.json'
import layout from './layout.json'
import logIn from './logIn.json'
import myStuff from './myStuff.json'
import passwords from './passwords.json'
import people from './people.json'
import plans from './plans.json'
import player from './player.json'
import profiles from './profiles.json'
import ratings from './ratings.json'
import search from './search.json'
import signUp from './signUp.json'
import title from './title.json'
import titleActions from './titleActions.json'
import watched from './watched.json'
import wishlist from './wishlist.json'

export default {
  ...shared,
  account,
  avatars,
  browse,
  card,
  collections,
  emailLinks,
  hidden,
  history,
  home,
  importHistory,
  layout,
  logIn,
  myStuff,
  passwords,
  people,
  plans,
  player,
  profiles,
  ratings,
  search,
  signUp,
  title,
  titleActions,
  watched,
  wishlist,
} satisfies Messages
