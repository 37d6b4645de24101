// Finding what may be played: an item of a title that this viewer can see.
import type { Catalogue, CatalogueItem, CatalogueTitle } from '../store/catalogue.js'
import { canSee, type MaturityScope } from '../../domain/maturity.js'
import { notFound } from '../../errors.js'

/** @throws DomainError 404 when there is none, or it is not this viewer's to see */
export function findVisibleItem (
  catalogue: Catalogue,
  viewer: MaturityScope,
  itemId: string,
  now: Date,
): { title: CatalogueTitle, item: CatalogueItem } {
  const item = catalogue.findItem(itemId)
  const title = item === null ? null : catalogue.findTitle(item.titleId)
  if (item === null || title === null || !canSee(viewer, title, now)) throw notFound('movie or episode')
  return { title, item }
}

/** @throws DomainError 404 */
export function findVisibleTitle (
  catalogue: Catalogue,
  viewer: MaturityScope,
  titleId: string,
  now: Date,
): CatalogueTitle {
  const title = catalogue.findTitle(titleId)
  if (title === null || !canSee(viewer, title, now)) throw notFound('movie or show')
  return title
}
