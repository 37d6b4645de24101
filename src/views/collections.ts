// Views of collections.
import type { Localiser } from '../catalogue/queries/localise.js'
import type { Catalogue, CatalogueCollection } from '../catalogue/store/catalogue.js'
import type { AdminCollection, CollectionCard, StoredCollection } from '../schemas/collections.js'
import { toTranslations } from './titles.js'

/** @param titleCount number of titles that are visible to the caller */
export function toCollectionCard (
  collection: CatalogueCollection,
  titleCount: number,
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
    titleCount,
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
