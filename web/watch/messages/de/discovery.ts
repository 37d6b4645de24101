// German messages of the search and of the pages of titles, people and collections. They load with these pages.
import type { DiscoveryMessages } from '../en/discovery.js'
import collections from './collections.json'
import people from './people.json'
import search from './search.json'
import title from './title.json'
import titleActions from './titleActions.json'
import watched from './watched.json'

export default { collections, people, search, title, titleActions, watched } satisfies DiscoveryMessages
