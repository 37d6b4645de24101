// Collections of titles.
import { Type, type Static } from 'typebox'
import { MAX_COLLECTION_TITLES } from '../domain/vocabulary.js'
import { describe, Id, NextCursor, nullable, Placeholder, ref, strict } from './common.js'
import { Name, ImageUrl, Synopsis, Translations } from './title-input.js'
import { Card, CollectionKind, StoredTranslations } from './titles.js'

const collectionFields = {
  kind: Type.Optional(CollectionKind),
  synopsis: Type.Optional(nullable(Synopsis, 'Short description; null: none')),
  translations: Type.Optional(Translations),
  posterUrl: Type.Optional(nullable(ImageUrl, 'URL of the poster; null: none')),
  titleIds: Type.Optional(
    Type.Array(Id, {
      maxItems: MAX_COLLECTION_TITLES,
      uniqueItems: true,
      description: 'Movies and shows in the order of the collection',
    }),
  ),
  published: Type.Optional(Type.Boolean({ description: 'Whether members can see the collection; true by default' })),
}
const Title = describe(Name, 'Title in the language of the catalogue')
export const CollectionInput = strict({ title: Title, ...collectionFields }, {
  $id: 'CollectionInput',
  description: 'A collection, as administrators write it',
})
export const CollectionChanges = strict({ title: Type.Optional(Title), ...collectionFields }, {
  $id: 'CollectionChanges',
  description: 'Fields of a collection to change',
  minProperties: 1,
})

const collection = {
  id: Id,
  kind: CollectionKind,
  title: Type.String({ description: 'Title, localised' }),
  synopsis: nullable(Type.String(), 'Short description, localised; null: none'),
  language: Type.String({ description: 'Language of title and synopsis, BCP 47' }),
  posterUrl: nullable(Type.String(), 'URL of the poster; null: none'),
  posterPlaceholder: Placeholder('poster'),
  titleCount: Type.Integer({ description: 'Number of titles that are visible to the caller' }),
}
export const CollectionCard = Type.Object(collection, { $id: 'CollectionCard', description: 'A collection in a list' })
export type CollectionCard = Static<typeof CollectionCard>

export const Collection = Type.Object({
  ...collection,
  items: Type.Array(ref(Card), { description: 'Titles in the order of the collection' }),
  nextCursor: NextCursor,
}, { $id: 'Collection', description: 'A collection with a page of its titles' })

export const AdminCollection = Type.Object({
  id: Id,
  kind: CollectionKind,
  title: Type.String({ description: 'Title in the language of the catalogue' }),
  posterUrl: nullable(Type.String(), 'URL of the poster; null: none'),
  posterPlaceholder: Placeholder('poster'),
  published: Type.Boolean({
    description: 'Whether members can see the collection; without a visible title they cannot',
  }),
  titleCount: Type.Integer({ minimum: 0, description: 'Number of its movies and shows, unpublished ones included' }),
  unpublishedTitleCount: Type.Integer({ minimum: 0, description: 'Number of them that are not published' }),
}, { $id: 'AdminCollection', description: 'Summary of a collection for administrators' })
export type AdminCollection = Static<typeof AdminCollection>

export const StoredCollection = Type.Object({
  id: Id,
  kind: CollectionKind,
  title: Type.String({ description: 'Title in the language of the catalogue' }),
  synopsis: nullable(Type.String(), 'Short description; null: none'),
  translations: StoredTranslations,
  posterUrl: nullable(Type.String(), 'URL of the poster; null: none'),
  titleIds: Type.Array(Id, { description: 'Movies and shows in the order of the collection' }),
  published: Type.Boolean({ description: 'Whether members can see the collection' }),
}, { $id: 'StoredCollection', description: 'A collection as administrators edit it' })
export type StoredCollection = Static<typeof StoredCollection>
