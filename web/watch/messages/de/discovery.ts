// German messages of the search and of the pages of lists, titles, people and collections. They load with these pages.
import type { DiscoveryMessages } from '../en/discovery.js'
import browse from './browse.json'
import collections from './collections.json'
import people from './people.json'
import search from './search.json'
import title from './title.json'
import titleActions from './titleActions.json'
import watched from './watched.json'

export default { browse, collections, people, search, title, titleActions, watched } satisfies DiscoveryMessages
