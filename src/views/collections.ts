// Views of collections.
import type { Localiser } from '../catalogue/queries/localise.js'
import type { Catalogue, CatalogueCollection, CatalogueTitle } from '../catalogue/store/catalogue.js'
import type { AdminCollection, CollectionCard, StoredCollection } from '../schemas/collections.js'
import { toTranslations } from './titles.js'

/** The poster of a collection is usually that of one of its titles. @returns null for another image */
function findPosterPlaceholder (posterUrl: string | null, titles: readonly CatalogueTitle[]): string | null {
  if (posterUrl === null) return null
  const title = titles.find((one) => one.posterUrl === posterUrl || one.backdropUrl === posterUrl)
  if (title === undefined) return null
  return title.posterUrl === posterUrl ? title.posterPlaceholder : title.backdropPlaceholder
}

/** @param titles those of the collection that are visible to the caller */
export function toCollectionCard (
  collection: CatalogueCollection,
  titles: readonly CatalogueTitle[],
  localiser: Localiser,
): CollectionCard {
  const { language, title, synopsis } = localiser.localisedFields(collection)
  return {
    id: collection.id,
    kind: collection.kind,
    title: title ?? collection.title,
    synopsis,
    language,
    posterUrl: collection.posterUrl,
    posterPlaceholder: findPosterPlaceholder(collection.posterUrl, titles),
    titleCount: titles.length,
  }
}

export function toAdminCollection (
  catalogue: Pick<Catalogue, 'findTitle'>,
  { id, kind, title, posterUrl, published, titleIds }: CatalogueCollection,
): AdminCollection {
  const titles = titleIds.flatMap((titleId) => catalogue.findTitle(titleId) ?? [])
  return {
    id,
    kind,
    title,
    posterUrl,
    posterPlaceholder: findPosterPlaceholder(posterUrl, titles),
    published,
    titleCount: titles.length,
    unpublishedTitleCount: titles.filter((one) => !one.published).length,
  }
}

export function toStoredCollection (collection: CatalogueCollection): StoredCollection {
  const { id, kind, title, synopsis, translations, posterUrl, titleIds, published } = collection
  return {
    id,
    kind,
    title,
    synopsis,
    translations: toTranslations(translations),
    posterUrl,
    titleIds: [...titleIds],
    published,
  }
}
