// A line of an import that is a collection. There are few of them: each is written through its document.
import { Types } from 'mongoose'
import { Collection, type StoredCollection } from '../../models/collection.js'
import { Title } from '../../models/title.js'
import { COLLECTION_DEFAULTS, storedCollection } from '../editing/collections.js'
import type { CollectionBody } from '../schemas/import-line.js'
import { idOf } from './find-stored.js'
import { rejectedOutcome, type Outcome, type ParsedLine, type WriteOptions } from './import-titles.js'

/** A message is to be read. */
const MAX_NAMED = 5

export async function importCollection (
  { line, body }: ParsedLine<CollectionBody>,
  { mode, isDryRun }: WriteOptions,
): Promise<Outcome> {
  const _id = idOf(body)
  // In a dry run the lines above made no titles.
  const unknown = isDryRun ? [] : await findUnknown(body.titleIds ?? [])
  if (unknown.length > 0) {
    return rejectedOutcome(line, [{
      pointer: '/titleIds',
      message: `are not in the catalogue: ${unknown.slice(0, MAX_NAMED).join(', ')}${
        unknown.length > MAX_NAMED ? ` and ${unknown.length - MAX_NAMED} more` : ''
      }`,
    }])
  }
  const fields = fieldsOf(body)
  const id = _id.toString()
  const existing = await Collection.findById(_id)
  if (existing === null) {
    if (!isDryRun) await new Collection({ _id, ...COLLECTION_DEFAULTS, ...fields }).save()
    return { line, status: 'created', id, kind: 'collection' }
  }
  existing.set({ ...(mode === 'replace' ? COLLECTION_DEFAULTS : {}), ...fields })
  if (!existing.isModified()) return { line, status: 'unchanged', id, kind: 'collection' }
  if (!isDryRun) await existing.save()
  return { line, status: 'updated', id, kind: 'collection' }
}

function fieldsOf ({ kind: _, id: _id, collectionKind, ...body }: CollectionBody): Partial<StoredCollection> {
  return { ...storedCollection(body), ...(collectionKind === undefined ? {} : { kind: collectionKind }) }
}

async function findUnknown (ids: readonly string[]): Promise<string[]> {
  const found = await Title.collection.find({ _id: { $in: ids.map((id) => new Types.ObjectId(id)) } }, {
    projection: { _id: 1 },
  }).toArray()
  const known = new Set(found.map(({ _id }) => _id.toString()))
  return ids.filter((id) => !known.has(id))
}
