// Collections of titles, and people, on the wire.
import { Type, type Static } from 'typebox'
import { COLLECTION_KINDS, MAX_COLLECTION_TITLES } from '../domain/vocabulary.js'
import type { Localiser } from '../catalogue/queries/localise.js'
import type { CatalogueCollection } from '../catalogue/store/catalogue.js'
import { Card, toTranslations, WireTranslations } from './catalogue.js'
import { Name, PosterUrl, Text, Translations } from './title-input.js'
import { Id, NextCursor, nullable, ref, strict } from './common.js'

export const CollectionKind = Type.Enum([...COLLECTION_KINDS], {
  description: 'A series of films in their order, or a list that an editor made',
})

const input = {
  kind: Type.Optional(CollectionKind),
  synopsis: Type.Optional(nullable(Text)),
  translations: Type.Optional(Translations),
  posterUrl: Type.Optional(nullable(PosterUrl)),
  titleIds: Type.Optional(
    Type.Array(Id, {
      maxItems: MAX_COLLECTION_TITLES,
      uniqueItems: true,
      description: 'Movies and shows, in their order',
    }),
  ),
  published: Type.Optional(
    Type.Boolean({ description: 'Only published collections are there for members; true when left out' }),
  ),
}
export const CollectionInput = strict({ title: Name, ...input }, { $id: 'CollectionInput' })
export const CollectionChanges = strict({ title: Type.Optional(Name), ...input }, {
  $id: 'CollectionChanges',
  minProperties: 1,
})

const collection = {
  id: Id,
  kind: CollectionKind,
  title: Type.String(),
  synopsis: nullable(Type.String()),
  language: Type.String({ description: 'Of title and synopsis, BCP 47' }),
  posterUrl: nullable(Type.String()),
  titleCount: Type.Integer({ description: 'Titles of it that are there for this viewer' }),
}
export const CollectionCard = Type.Object(collection, { $id: 'CollectionCard' })
export const CollectionDetail = Type.Object({
  ...collection,
  items: Type.Array(ref(Card), { description: 'In their order' }),
  nextCursor: NextCursor,
}, { $id: 'Collection' })
export const StoredCollectionView = Type.Object({
  id: Id,
  kind: CollectionKind,
  title: Type.String(),
  synopsis: nullable(Type.String()),
  translations: WireTranslations,
  posterUrl: nullable(Type.String()),
  titleIds: Type.Array(Id),
  published: Type.Boolean(),
}, { $id: 'StoredCollection', description: 'A collection as administrators edit it' })

export const PersonView = Type.Object({
  id: Id,
  name: Type.String(),
  titleCount: Type.Integer({ description: 'Titles that are there for this viewer' }),
}, { $id: 'Person' })
export const PersonDetail = Type.Object({
  id: Id,
  name: Type.String(),
  titleCount: Type.Integer(),
  items: Type.Array(
    Type.Object({
      title: ref(Card),
      credits: Type.Array(
        Type.Object({
          department: Type.Enum(['cast', 'crew']),
          role: nullable(Type.String(), 'Whom they play, or what they did'),
        }),
      ),
    }),
    { description: 'Newest first' },
  ),
  nextCursor: NextCursor,
}, { $id: 'PersonDetail' })

export function toCollectionCard (
  one: CatalogueCollection,
  titleCount: number,
  localiser: Localiser,
): Static<typeof CollectionCard> {
  const { language, title, synopsis } = localiser.wordsOf(one)
  return {
    id: one.id,
    kind: one.kind,
    title: title ?? one.title,
    synopsis,
    language,
    posterUrl: one.posterUrl,
    titleCount,
  }
}

export function toStoredCollection (one: CatalogueCollection): Static<typeof StoredCollectionView> {
  const { id, kind, title, synopsis, posterUrl, titleIds, published } = one
  return {
    id,
    kind,
    title,
    synopsis,
    translations: toTranslations(one.translations),
    posterUrl,
    titleIds: [...titleIds],
    published,
  }
}
