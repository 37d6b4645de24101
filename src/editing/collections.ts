// Writes collections: ordered series and editorial lists of titles.
import { Types } from 'mongoose'
import type { Static } from 'typebox'
import { Collection, type StoredCollection } from '../../models/collection.js'
import type { Catalogue } from '../catalogue/store/catalogue.js'
import { conflict, fail, notFound, preconditionFailed } from '../errors.js'
import type { CollectionChanges as CollectionChangesSchema, CollectionInput } from '../schemas/collections.js'
import { assertRevision, revisionFilter } from './edit-show.js'
import { saveRevision } from './save-title.js'
import { toStoredTranslations, type EditMode } from './stored-title.js'

type CollectionChanges = Static<typeof CollectionChangesSchema>

interface CollectionDeps {
  readonly catalogue: Pick<Catalogue, 'findTitle' | 'reloadCollection'>
}

/** Values of the fields that a replacing body omits. */
export const COLLECTION_DEFAULTS = {
  kind: 'editorial',
  synopsis: null,
  translations: undefined,
  posterUrl: null,
  titles: [] as Types.ObjectId[],
  published: true,
} as const

/** Maps a body to stored fields; omitted fields are left out. */
export function toCollectionFields (
  { titleIds, translations, ...rest }: CollectionChanges,
): Partial<StoredCollection> {
  return {
    ...rest,
    ...(titleIds === undefined ? {} : { titles: titleIds.map((id) => new Types.ObjectId(id)) }),
    ...(translations === undefined ? {} : { translations: toStoredTranslations(translations) }),
  } as Partial<StoredCollection>
}

/** @throws DomainError 409 `unknown-titles` */
function assertTitlesExist ({ catalogue }: CollectionDeps, { titleIds = [] }: CollectionChanges): void {
  const unknown = titleIds.filter((id) => catalogue.findTitle(id) === null)
  if (unknown.length > 0) {
    throw conflict('unknown-titles', 'Unknown titles', 'The catalogue does not contain these titles. Remove them.', {
      titleIds: unknown,
    })
  }
}

/** @returns the ID of the collection. @throws DomainError 409 `unknown-titles` */
export async function createCollection (deps: CollectionDeps, body: Static<typeof CollectionInput>): Promise<string> {
  assertTitlesExist(deps, body)
  const { _id } = await new Collection({ ...COLLECTION_DEFAULTS, ...toCollectionFields(body) }).save()
  await deps.catalogue.reloadCollection(_id.toString())
  return _id.toString()
}

/** @throws DomainError 404, 409 `unknown-titles`, 412 */
export async function editCollection (
  deps: CollectionDeps,
  id: string,
  body: CollectionChanges,
  mode: EditMode,
  expectedRevision: number | null,
): Promise<void> {
  const collection = await Collection.findById(id) ?? fail(notFound('collection'))
  assertRevision(collection.get('__v') as number, expectedRevision)
  assertTitlesExist(deps, body)
  collection.set({ ...(mode === 'replace' ? COLLECTION_DEFAULTS : {}), ...toCollectionFields(body) })
  await saveRevision(collection, expectedRevision)
  await deps.catalogue.reloadCollection(id)
}

/** Removes a collection; its titles stay. @throws DomainError 404, 412 */
export async function removeCollection (
  { catalogue }: CollectionDeps,
  id: string,
  expectedRevision: number | null,
): Promise<void> {
  const collection = await Collection.findById(id).select('__v').lean<Pick<StoredCollection, '__v'>>() ??
    fail(notFound('collection'))
  assertRevision(collection.__v, expectedRevision)
  const { deletedCount } = await Collection.deleteOne(revisionFilter(id, expectedRevision))
  if (deletedCount === 0) throw expectedRevision === null ? notFound('collection') : preconditionFailed()
  await catalogue.reloadCollection(id)
}
