// Writing collections: series of films and editorial lists, each an order of titles.
import { Types } from 'mongoose'
import type { Static } from 'typebox'
import { Collection, type StoredCollection } from '../../models/collection.js'
import { conflict, notFound, preconditionFailed } from '../errors.js'
import type { CollectionChanges, CollectionInput } from '../schemas/collections.js'
import { storedTranslations, type EditMode } from './stored-title.js'
import type { Catalogue } from '../catalogue/store/catalogue.js'

interface CollectionDeps {
  readonly catalogue: Catalogue
}
type Body = Static<typeof CollectionChanges>

/** What PUT resets when the body leaves it out. */
export const COLLECTION_DEFAULTS = {
  kind: 'editorial',
  synopsis: null,
  translations: undefined,
  posterUrl: null,
  titles: [] as Types.ObjectId[],
  published: true,
} as const

/** The stored form of what a body says. */
export function storedCollection ({ titleIds, translations, ...rest }: Body): Partial<StoredCollection> {
  return {
    ...rest,
    ...(titleIds === undefined ? {} : { titles: titleIds.map((id) => new Types.ObjectId(id)) }),
    ...(translations === undefined ? {} : { translations: storedTranslations(translations) }),
  } as Partial<StoredCollection>
}

/** @throws DomainError 409 `unknown-titles` */
function assertTitles (catalogue: Catalogue, { titleIds = [] }: Body): void {
  const unknown = titleIds.filter((id) => catalogue.findTitle(id) === null)
  if (unknown.length > 0) {
    throw conflict('unknown-titles', 'Unknown titles', 'A collection names titles of the catalogue. Leave these out.', {
      titleIds: unknown,
    })
  }
}

/** @throws DomainError 409 `unknown-titles` */
export async function createCollection (
  { catalogue }: CollectionDeps,
  body: Static<typeof CollectionInput>,
): Promise<string> {
  assertTitles(catalogue, body)
  const { _id } = await new Collection({ ...COLLECTION_DEFAULTS, ...storedCollection(body) }).save()
  await catalogue.refreshCollection(_id.toString())
  return _id.toString()
}

/** @throws DomainError 404, 409 `unknown-titles`, 412 */
export async function editCollection (
  { catalogue }: CollectionDeps,
  id: string,
  body: Body,
  mode: EditMode,
  revision: number | null,
): Promise<void> {
  const collection = await Collection.findById(id) ?? missing()
  if (revision !== null && collection.get('__v') !== revision) throw preconditionFailed()
  assertTitles(catalogue, body)
  collection.set({ ...(mode === 'replace' ? COLLECTION_DEFAULTS : {}), ...storedCollection(body) })
  await collection.save()
  await catalogue.refreshCollection(id)
}

/** Its titles stay. @throws DomainError 404, 412 */
export async function removeCollection (
  { catalogue }: CollectionDeps,
  id: string,
  revision: number | null,
): Promise<void> {
  const collection = await Collection.findById(id).select('__v').lean<Pick<StoredCollection, '__v'>>() ?? missing()
  if (revision !== null && collection.__v !== revision) throw preconditionFailed()
  await Collection.deleteOne({ _id: id })
  await catalogue.refreshCollection(id)
}

function missing (): never {
  throw notFound('collection')
}
