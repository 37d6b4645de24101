// Spanish messages of the account and of the lists of a profile. They load with these pages.
import type { SettingsMessages } from '../en/settings.js'
import account from './account.json'
import avatars from './avatars.json'
import editProfile from './editProfile.json'
import hidden from './hidden.json'
import history from './history.json'
import importHistory from './importHistory.json'
import myStuff from './myStuff.json'
import passwords from './passwords.json'
import planChange from './planChange.json'
import plans from './plans.json'
import ratings from './ratings.json'
import wishlist from './wishlist.json'

export default {
  account,
  avatars,
  editProfile,
  hidden,
  history,
  importHistory,
  myStuff,
  passwords,
  planChange,
  plans,
  ratings,
  wishlist,
} satisfies SettingsMessages
