// Taking documents away so that they can be brought back: copied to the trash first, then removed, a batch at a time. A crash
// between the two leaves both, and doing it again ends the same.
import { createHash } from 'node:crypto'
import mongoose, { Types, type Model } from 'mongoose'
import { isDuplicateKey } from '../../../models/upsert.js'
import { Play, type StoredPlay } from '../../../models/play.js'
import { SoftDeleted, Undo, type StoredUndo, type SoftDeletedDocument } from '../../../models/undo.js'
import type { ProfileRef } from '../watching.js'

const BATCH = 500

type Source = SoftDeletedDocument['from']
interface Identified {
  readonly _id: Types.ObjectId
}

/** Moves everything that matches from a collection to the trash of an action. */
export async function softDelete<T extends Identified> (
  undo: Pick<StoredUndo, '_id' | 'account' | 'profile' | 'expiresAt'>,
  from: Source,
  model: Model<T>,
  filter: Record<string, unknown>,
): Promise<void> {
  for (;;) {
    const documents = await model.find(filter as never).limit(BATCH).lean<T[]>()
    if (documents.length === 0) return
    await insertMissing(
      SoftDeleted as unknown as Model<SoftDeletedDocument>,
      documents.map((document) => ({
        _id: trashIdOf(undo._id, document._id),
        undo: undo._id,
        account: undo.account,
        profile: undo.profile,
        from,
        document,
        expiresAt: undo.expiresAt,
      })),
    )
    await model.deleteMany({ _id: among(documents) } as never)
  }
}

/** Hands what an action removed back, a batch at a time; what was taken leaves the trash. */
export async function restore<T extends Identified> (
  undo: Types.ObjectId,
  from: Source,
  restore: (documents: T[]) => Promise<void>,
): Promise<void> {
  for (;;) {
    const trashed = await SoftDeleted.find({ undo, from }).limit(BATCH).lean<SoftDeletedDocument[]>()
    if (trashed.length === 0) return
    await restore(trashed.map(({ document }) => document as T))
    await SoftDeleted.deleteMany({ _id: among(trashed) })
  }
}

/** Inserts the documents whose id is not there yet. */
export async function insertMissing<T extends Identified> (model: Model<T>, documents: readonly T[]): Promise<void> {
  if (documents.length === 0) return
  await model.collection.insertMany(documents as never, { ordered: false }).catch((error: unknown) => {
    if (!isDuplicateKey(error)) throw error
  })
}

export function among (documents: readonly Identified[]): object {
  return mongoose.trusted({ $in: documents.map(({ _id }) => _id) })
}

/** The same document thrown away twice by one action is one document in the trash. */
function trashIdOf (undo: Types.ObjectId, document: Types.ObjectId): Types.ObjectId {
  return new Types.ObjectId(
    createHash('sha256').update(`${undo.toString()}\n${document.toString()}`).digest().subarray(0, 12),
  )
}

/** Those of some plays that a viewer cleared away and could still bring back; as removed ones, which they are. */
export async function findClearedPlays (watcher: ProfileRef, ids: readonly string[]): Promise<StoredPlay[]> {
  const trashed = await findTrashed(watcher, ids.map((id) => new Types.ObjectId(id)))
  return trashed.map(({ document, expiresAt }) => ({ ...document as StoredPlay, removedAt: expiresAt }))
}

/** Brings one removed play back, wherever it went. */
export async function restorePlay (watcher: ProfileRef, { _id }: StoredPlay): Promise<void> {
  const trashed = await findTrashed(watcher, [_id])
  await insertMissing(Play as never, trashed.map(({ document }) => document))
  await SoftDeleted.deleteMany({ _id: among(trashed) })
  await Play.updateOne({ _id }, { $set: { removedAt: null } })
}

/** By the ids that they have in the trash, action by action: they are few, what they removed may be very much. */
async function findTrashed (watcher: ProfileRef, ids: readonly Types.ObjectId[]): Promise<SoftDeletedDocument[]> {
  const actions = await Undo.find({ profile: watcher.profile }).select('_id undoneAt change.kind').lean<
    Array<Pick<StoredUndo, '_id' | 'undoneAt' | 'change'>>
  >()
  const cleared = actions.filter(({ undoneAt, change }) =>
    undoneAt === null && ['cleared-title', 'cleared-history'].includes(change.kind)
  )
  const found = await Promise.all(
    cleared.map(async (undo) =>
      await SoftDeleted.find({ _id: mongoose.trusted({ $in: ids.map((id) => trashIdOf(undo._id, id)) }) }).lean<
        SoftDeletedDocument[]
      >()
    ),
  )
  return found.flat().filter(({ from }) => from === 'plays')
}
