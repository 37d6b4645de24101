// Lists the documents that changed since a position of the change stream.
import { randomUUID } from 'node:crypto'
import mongoose from 'mongoose'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { CatalogueSnapshot } from '../../models/catalogue-snapshot.js'

const MAX_AWAIT_MS = 500
/** Reading everything is faster than reading more changed documents one by one. */
const MAX_CHANGES = 50_000
/** The server returns each change at once, and the last one when it is written. */
const TIMEOUT_MS = 60_000

interface Change {
  readonly operationType: string
  readonly ns?: { readonly coll: string }
  readonly documentKey?: { readonly _id: unknown }
  readonly updateDescription?: { readonly updatedFields?: { readonly readBy?: string } }
}

const DOCUMENT_CHANGES: ReadonlySet<string> = new Set(['insert', 'update', 'replace', 'delete'])

/**
 * IDs of the documents of a collection that changed since a position, until now.
 * @param snapshotVersion version of the snapshot with that position: a write to its document marks the end
 * @throws Error if the server no longer has all changes since then, or there are too many
 */
export async function listChangesSince (
  position: unknown,
  collection: string,
  snapshotVersion: string,
): Promise<Set<string>> {
  const { db } = mongoose.connection
  if (db === undefined) throw new Error('the database is not connected')
  const end = CatalogueSnapshot.collection.name
  const stream = db.watch([
    { $match: { 'ns.coll': { $in: [collection, end] } } },
    { $project: { operationType: 1, ns: 1, documentKey: 1, 'updateDescription.updatedFields.readBy': 1 } },
  ], { resumeAfter: position as mongoose.mongo.ResumeToken, maxAwaitTimeMS: MAX_AWAIT_MS })
  const readBy = randomUUID()
  const changed = new Set<string>()
  const deadline = performance.now() + TIMEOUT_MS
  try {
    const marked = await CatalogueSnapshot.updateOne({ _id: snapshotVersion }, { $set: { readBy } })
    if (marked.matchedCount === 0) throw new Error('the snapshot was removed')
    while (performance.now() < deadline) {
      const change = await stream.tryNext() as Change | null
      if (change === null) {
        // A stream that has ended returns null at once.
        if (stream.closed) throw new Error('the change stream ended')
        await nextTurn()
        continue
      }
      if (change.updateDescription?.updatedFields?.readBy === readBy) return changed
      if (!DOCUMENT_CHANGES.has(change.operationType)) throw new Error('a collection was dropped or renamed')
      if (change.ns?.coll === collection) changed.add(String(change.documentKey?._id))
      if (changed.size > MAX_CHANGES) throw new Error('too many changes since the snapshot')
    }
    throw new Error('the change stream is too slow')
  } finally {
    await stream.close()
  }
}
