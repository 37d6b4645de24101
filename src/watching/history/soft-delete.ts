// Soft-deletes documents: copies them to their own collection, then removes them, one batch at a time. A crash in
// between leaves both copies; repeating the deletion or the restoration gives the same result.
import mongoose, { Types, type Model } from 'mongoose'
import { Play, type StoredPlay } from '../../../models/play.js'
import { SoftDeleted, type SoftDeletedDocument } from '../../../models/soft-deleted.js'
import { Undo, type StoredUndo } from '../../../models/undo.js'
import { derivedId, isDuplicateKey } from '../../../models/upsert.js'
import type { ProfileRef } from '../deps.js'

const BATCH_SIZE = 500

type Source = SoftDeletedDocument['from']
interface Identified {
  readonly _id: Types.ObjectId
}

/** Soft-deletes the documents that match a filter, on behalf of an action. */
export async function softDelete<T extends Identified> (
  undo: Pick<StoredUndo, '_id' | 'account' | 'profile' | 'expiresAt'>,
  from: Source,
  model: Model<T>,
  filter: Record<string, unknown>,
): Promise<void> {
  for (;;) {
    const documents = await model.find(filter as never).limit(BATCH_SIZE).lean<T[]>()
    if (documents.length === 0) return
    await insertMissing(
      SoftDeleted as unknown as Model<SoftDeletedDocument>,
      documents.map((document) => ({
        _id: deriveSoftDeletedId(undo._id, document._id),
        undo: undo._id,
        account: undo.account,
        profile: undo.profile,
        from,
        document,
        expiresAt: undo.expiresAt,
      })),
    )
    await model.deleteMany({ _id: anyIdOf(documents) } as never)
  }
}

/** Passes the documents that an action soft-deleted to a callback, in batches, and deletes the copies afterwards. */
export async function restore<T extends Identified> (
  undoId: Types.ObjectId,
  from: Source,
  restoreBatch: (documents: T[]) => Promise<void>,
): Promise<void> {
  for (;;) {
    const copies = await SoftDeleted.find({ undo: undoId, from }).limit(BATCH_SIZE).lean<SoftDeletedDocument[]>()
    if (copies.length === 0) return
    await restoreBatch(copies.map(({ document }) => document as T))
    await SoftDeleted.deleteMany({ _id: anyIdOf(copies) })
  }
}

/** Inserts the documents whose ID is not stored yet. */
export async function insertMissing<T extends Identified> (model: Model<T>, documents: readonly T[]): Promise<void> {
  if (documents.length === 0) return
  await model.collection.insertMany(documents as never, { ordered: false }).catch((error: unknown) => {
    if (!isDuplicateKey(error)) throw error
  })
}

/** Filter for `_id`: matches any of the documents. */
export function anyIdOf (documents: readonly Identified[]): object {
  return mongoose.trusted({ $in: documents.map(({ _id }) => _id) })
}

/** An action that deletes a document twice stores one copy. */
function deriveSoftDeletedId (undoId: Types.ObjectId, documentId: Types.ObjectId): Types.ObjectId {
  return derivedId(undoId.toString(), documentId.toString())
}

/** Finds plays among the soft-deleted ones of a profile that can still be restored; their `removedAt` is set. */
export async function findClearedPlays (ref: ProfileRef, ids: readonly string[]): Promise<StoredPlay[]> {
  const copies = await findSoftDeletedPlays(ref, ids.map((id) => new Types.ObjectId(id)))
  return copies.map(({ document, expiresAt }) => ({ ...document as StoredPlay, removedAt: expiresAt }))
}

/** Restores one removed play, whether it is a tombstone or soft-deleted. */
export async function restorePlay (ref: ProfileRef, { _id }: StoredPlay): Promise<void> {
  const copies = await findSoftDeletedPlays(ref, [_id])
  await insertMissing(Play as never, copies.map(({ document }) => document))
  await SoftDeleted.deleteMany({ _id: anyIdOf(copies) })
  await Play.updateOne({ _id }, { $set: { removedAt: null } })
}

/** Looks the copies up by derived ID, per action: actions are few, but one may have removed very many plays. */
async function findSoftDeletedPlays (
  ref: ProfileRef,
  ids: readonly Types.ObjectId[],
): Promise<SoftDeletedDocument[]> {
  const undos = await Undo.find({ profile: ref.profile }).select('_id undoneAt change.kind').lean<
    Array<Pick<StoredUndo, '_id' | 'undoneAt' | 'change'>>
  >()
  const clearing = undos.filter(({ undoneAt, change }) =>
    undoneAt === null && ['cleared-title', 'cleared-history'].includes(change.kind)
  )
  const found = await Promise.all(clearing.map(async (undo) => {
    const copyIds = ids.map((id) => deriveSoftDeletedId(undo._id, id))
    return await SoftDeleted.find({ _id: mongoose.trusted({ $in: copyIds }) }).lean<SoftDeletedDocument[]>()
  }))
  return found.flat().filter(({ from }) => from === 'plays')
}
