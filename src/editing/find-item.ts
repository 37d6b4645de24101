// The movie or the episode that an address of the administration names.
import { fail, notFound } from '../errors.js'
import type { Catalogue, CatalogueItem, CatalogueTitle } from '../catalogue/store/catalogue.js'

export interface TitleItem {
  readonly title: CatalogueTitle
  readonly item: CatalogueItem
}

/** @throws DomainError 404 */
export function findMovieItem (catalogue: Catalogue, movieId: string): TitleItem {
  const title = catalogue.findTitle(movieId)
  const item = title?.items[0]
  return title?.kind === 'movie' && item !== undefined ? { title, item } : fail(notFound('movie'))
}

/** @throws DomainError 404 */
export function findEpisodeItem (
  catalogue: Catalogue,
  { showId, season, episode }: { readonly showId: string, readonly season: number, readonly episode: number },
): TitleItem {
  const title = catalogue.findTitle(showId)
  const item = title?.items.find((one) => one.season === season && one.episode === episode)
  return title?.kind === 'show' && item !== undefined ? { title, item } : fail(notFound('episode'))
}
