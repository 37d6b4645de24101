// English messages of the search and of the pages of lists, titles, people and collections. They load with these pages.
import browse from './browse.json'
import collections from './collections.json'
import people from './people.json'
import search from './search.json'
import title from './title.json'
import titleActions from './titleActions.json'
import watched from './watched.json'

const messages = { browse, collections, people, search, title, titleActions, watched }
export type DiscoveryMessages = typeof messages
export default messages
