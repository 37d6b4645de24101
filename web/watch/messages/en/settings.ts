// English messages of the account and of the lists of a profile. They load with these pages.
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

const messages = {
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
}
export type SettingsMessages = typeof messages
export default messages
