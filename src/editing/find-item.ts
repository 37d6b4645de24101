// Finds items for administrators by the path parameters of the API, without maturity limits.
import type { Catalogue, CatalogueItem, CatalogueTitle } from '../catalogue/store/catalogue.js'
import { fail, notFound } from '../errors.js'

export interface TitleItem {
  readonly title: CatalogueTitle
  readonly item: CatalogueItem
}

/** @throws DomainError 404 `not-found` */
export function findMovieItem (catalogue: Pick<Catalogue, 'findTitle'>, movieId: string): TitleItem {
  const title = catalogue.findTitle(movieId)
  const item = title?.items[0]
  return title?.kind === 'movie' && item !== undefined ? { title, item } : fail(notFound('movie'))
}

/** @throws DomainError 404 `not-found` */
export function findEpisodeItem (
  catalogue: Pick<Catalogue, 'findTitle'>,
  { showId, season, episode }: { readonly showId: string, readonly season: number, readonly episode: number },
): TitleItem {
  const title = catalogue.findTitle(showId)
  const item = title?.items.find((one) => one.season === season && one.episode === episode)
  return title?.kind === 'show' && item !== undefined ? { title, item } : fail(notFound('episode'))
}
