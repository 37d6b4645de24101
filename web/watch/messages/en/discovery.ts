// English messages of the search and of the pages of titles, people and collections. They load with these pages.
import collections from './collections.json'
import people from './people.json'
import search from './search.json'
import title from './title.json'
import titleActions from './titleActions.json'
import watched from './watched.json'

const messages = { collections, people, search, title, titleActions, watched }
export type DiscoveryMessages = typeof messages
export default messages
