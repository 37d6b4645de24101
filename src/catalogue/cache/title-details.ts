// Whole titles, for their pages: read once a version, however many ask at the same moment.
import { LRUCache } from 'lru-cache'
import type { StoredMovie } from '../../../models/movie.js'
import type { StoredShow } from '../../../models/show.js'
import { Title } from '../../../models/title.js'
import type { Catalogue, CatalogueTitle } from '../store/catalogue.js'

/** Titles kept; the largest show takes 1 MB. */
const KEPT = 500

export interface TitleDetails {
  /** Null when it was deleted a moment ago. */
  findMovie(title: CatalogueTitle): Promise<StoredMovie | null>
  findShow(title: CatalogueTitle): Promise<StoredShow | null>
}

export function createTitleDetails (catalogue: Pick<Catalogue, 'versionOf'>): TitleDetails {
  const details = new LRUCache<string, Promise<StoredMovie | StoredShow | null>>({ max: KEPT })

  async function read<T extends StoredMovie | StoredShow> (
    title: CatalogueTitle,
    load: () => Promise<T | null>,
  ): Promise<T | null> {
    const key = `${title.id} ${catalogue.versionOf(title.id)}`
    const known = details.get(key) as Promise<T | null> | undefined
    if (known !== undefined) return await known
    const reading = load()
    details.set(key, reading)
    // What failed, or was not there, is asked for again.
    reading.then((found) => {
      if (found === null) details.delete(key)
    }, () => {
      details.delete(key)
    })
    return await reading
  }

  return {
    // By its id alone: a filter of two fields would not be answered from the index of one by every server.
    findMovie: async (title) => await read(title, async () => await Title.findById(title.id).lean<StoredMovie>()),
    findShow: async (title) => await read(title, async () => await Title.findById(title.id).lean<StoredShow>()),
  }
}
