// Views of collections.
import type { Localiser } from '../catalogue/queries/localise.js'
import type { CatalogueCollection } from '../catalogue/store/catalogue.js'
import type { CollectionCard, StoredCollection } from '../schemas/collections.js'
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
