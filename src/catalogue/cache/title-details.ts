// Cached documents of titles for their pages. Each version is read once, for all requests that need it at the same
// time.
import { LRUCache } from 'lru-cache'
import type { StoredMovie } from '../../../models/movie.js'
import type { StoredShow } from '../../../models/show.js'
import { Title } from '../../../models/title.js'
import type { Catalogue, CatalogueTitle } from '../store/catalogue.js'

/** Documents of pages that are created now: a created page is cached itself. The largest show takes 1 MB. */
const CACHE_MAX_ENTRIES = 100

export interface TitleDetails {
  /** Null if the movie was deleted after the catalogue was last updated. */
  findMovie(title: CatalogueTitle): Promise<StoredMovie | null>
  /** Null if the show was deleted after the catalogue was last updated. */
  findShow(title: CatalogueTitle): Promise<StoredShow | null>
}

export function createTitleDetails (catalogue: Pick<Catalogue, 'titleVersion'>): TitleDetails {
  // Failed reads and missing documents are not cached.
  const documents = new LRUCache<string, StoredMovie | StoredShow, string>({
    max: CACHE_MAX_ENTRIES,
    // An entry that is evicted during its read still resolves for the requests that wait for it.
    ignoreFetchAbort: true,
    // A filter with a second field would not use the index of `_id` on every server.
    fetchMethod: async (_key, _stale, { context: id }) =>
      await Title.findById(id).lean<StoredMovie | StoredShow>() ?? undefined,
  })

  async function find (title: CatalogueTitle): Promise<StoredMovie | StoredShow | null> {
    const key = `${title.id} ${catalogue.titleVersion(title.id)}`
    return await documents.fetch(key, { context: title.id }) ?? null
  }

  return {
    findMovie: async (title) => await find(title) as StoredMovie | null,
    findShow: async (title) => await find(title) as StoredShow | null,
  }
}
