// Imports a collection. An import contains few of them, so each is saved as a Mongoose document.
import { Types, type HydratedDocument } from 'mongoose'
import { Collection, type StoredCollection } from '../../models/collection.js'
import { Title } from '../../models/title.js'
import { COLLECTION_DEFAULTS, toCollectionFields } from '../editing/collections.js'
import type { CollectionBody } from '../schemas/import-line.js'
import { rejectLine, type LineOutcome, type ParsedLine, type WriteOptions } from './import-titles.js'
import { foldedNameId, importedId, isDocumentOf } from './match-titles.js'

/** Number of unknown titles that an error message lists. */
const MAX_LISTED_IDS = 5

export async function importCollection (
  { line, body }: ParsedLine<CollectionBody>,
  { mode, isDryRun }: WriteOptions,
): Promise<LineOutcome> {
  // A dry run does not create the titles of earlier lines, so it cannot check the IDs.
  const unknownIds = isDryRun ? [] : await findUnknownTitleIds(body.titleIds ?? [])
  if (unknownIds.length > 0) {
    const listed = unknownIds.slice(0, MAX_LISTED_IDS).join(', ')
    const more = unknownIds.length > MAX_LISTED_IDS ? ` and ${unknownIds.length - MAX_LISTED_IDS} more` : ''
    return rejectLine(line, [{ pointer: '/titleIds', message: `are not in the catalogue: ${listed}${more}` }])
  }
  const fields = toStoredFields(body)
  const existing = await findExisting(body)
  const _id = existing?._id ?? importedId(body)
  const id = _id.toString()
  if (existing === null) {
    if (!isDryRun) await new Collection({ _id, ...COLLECTION_DEFAULTS, ...fields }).save()
    return { line, status: 'created', id, kind: 'collection' }
  }
  existing.set({ ...(mode === 'replace' ? COLLECTION_DEFAULTS : {}), ...fields })
  if (!existing.isModified()) return { line, status: 'unchanged', id, kind: 'collection' }
  if (!isDryRun) await existing.save()
  return { line, status: 'updated', id, kind: 'collection' }
}

async function findExisting (body: CollectionBody): Promise<HydratedDocument<StoredCollection> | null> {
  const found = await Collection.findById(importedId(body))
  if (found !== null || body.id !== undefined) return found
  const older = await Collection.findById(foldedNameId(body))
  return older !== null && isDocumentOf(body, older) ? older : null
}

function toStoredFields ({ kind: _, id: _id, collectionKind, ...body }: CollectionBody): Partial<StoredCollection> {
  return { ...toCollectionFields(body), ...(collectionKind === undefined ? {} : { kind: collectionKind }) }
}

async function findUnknownTitleIds (ids: readonly string[]): Promise<string[]> {
  const found = await Title.collection.find({ _id: { $in: ids.map((id) => new Types.ObjectId(id)) } }, {
    projection: { _id: 1 },
  }).toArray()
  const knownIds = new Set(found.map(({ _id }) => _id.toString()))
  return ids.filter((id) => !knownIds.has(id))
}
