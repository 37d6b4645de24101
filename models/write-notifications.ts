// Tells listeners which documents this process wrote, before the write returns: caches in the same process never show
// an older state to the next request.
import type { Query, Schema, Types } from 'mongoose'

/** Collections whose writes caches, the catalogue and the change feeds follow. */
export type FollowedCollection =
  | 'accounts'
  | 'sessions'
  | 'apitokens'
  | 'serviceaccounts'
  | 'streams'
  | 'changelogs'
  | 'titles'
  | 'media'
  | 'collections'
  | 'webhookendpoints'
  | 'personpictures'

/** @param id of the written document; null when any document of the collection may have changed */
export type WriteListener = (collection: FollowedCollection, id: string | null) => void

const listeners = new Set<WriteListener>()

/** Adds a listener. @returns a function that removes it */
export function onWrite (listener: WriteListener): () => void {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

/** Reports a write that no schema hook sees: one by the driver. */
export function reportWrite (collection: FollowedCollection, id: string | null): void {
  for (const listener of listeners) listener(collection, id)
}

const WRITES_BY_QUERY = [
  'updateOne',
  'updateMany',
  'replaceOne',
  'findOneAndUpdate',
  'findOneAndReplace',
  'findOneAndDelete',
  'deleteOne',
  'deleteMany',
] as const

/** Adds hooks to a schema that report its writes. */
export function reportWritesOf<T> (schema: Schema<T>, collection: FollowedCollection): void {
  schema.post([...WRITES_BY_QUERY], { query: true, document: false }, function (this: Query<unknown, unknown>) {
    reportWrite(collection, idOf(this.getFilter()['_id']))
  })
  schema.post('save', (document) => {
    reportWrite(collection, idOf(document._id))
  })
  schema.post(['insertMany', 'bulkWrite'] as never, () => {
    reportWrite(collection, null)
  })
}

function idOf (value: unknown): string | null {
  if (typeof value === 'string') return value
  const isObjectId = typeof value === 'object' && value !== null && '_bsontype' in value
  return isObjectId ? (value as Types.ObjectId).toString() : null
}
