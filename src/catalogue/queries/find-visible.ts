// Looks up titles and items that the maturity limits, publication and availability allow.
import { isVisible, type MaturityScope } from '../../domain/maturity.js'
import { notFound } from '../../errors.js'
import type { Catalogue, CatalogueItem, CatalogueTitle } from '../store/catalogue.js'

type TitleLookup = Pick<Catalogue, 'findTitle'>

/** Returns a title, or null if it does not exist or is not visible. */
export function findVisibleTitle (
  catalogue: TitleLookup,
  scope: MaturityScope,
  titleId: string,
  now: Date,
): CatalogueTitle | null {
  const title = catalogue.findTitle(titleId)
  return title !== null && isVisible(scope, title, now) ? title : null
}

/** The visible titles of a list, in its order. */
export function findVisibleTitles (
  catalogue: TitleLookup,
  scope: MaturityScope,
  titleIds: readonly string[],
  now: Date,
): CatalogueTitle[] {
  return titleIds.map((id) => findVisibleTitle(catalogue, scope, id, now)).filter((title) => title !== null)
}

/** Returns a visible title. @throws DomainError 404 `not-found` */
export function requireVisibleTitle (
  catalogue: TitleLookup,
  scope: MaturityScope,
  titleId: string,
  now: Date,
): CatalogueTitle {
  const title = findVisibleTitle(catalogue, scope, titleId, now)
  if (title === null) throw notFound('movie or show')
  return title
}

/** Returns a movie or an episode of a visible title. @throws DomainError 404 `not-found` */
export function requireVisibleItem (
  catalogue: Pick<Catalogue, 'findTitle' | 'findItem'>,
  scope: MaturityScope,
  itemId: string,
  now: Date,
): { title: CatalogueTitle, item: CatalogueItem } {
  const item = catalogue.findItem(itemId)
  const title = item === null ? null : findVisibleTitle(catalogue, scope, item.titleId, now)
  if (item === null || title === null) throw notFound('movie or episode')
  return { title, item }
}
