// Upserts and updates that handle concurrent inserts of the same key, and IDs that such writers share.
import { createHash } from 'node:crypto'
import mongoose, { Types, type PipelineStage } from 'mongoose'

/** The one method that an update needs: models of different schemas have no common type. */
interface UpdatableModel {
  updateOne(filter: never, update: never, options: never): PromiseLike<mongoose.mongo.UpdateResult>
}

/** True for the error of a write that a unique index rejects. */
export function isDuplicateKey (error: unknown): boolean {
  return error instanceof mongoose.mongo.MongoServerError && error.code === 11000
}

/**
 * Runs an upsert again when a concurrent insert of the same key won the race: the second run finds the document.
 * MongoDB reports a duplicate key for such a race instead of retrying.
 */
export async function upsertOnce<T> (upsert: () => Promise<T>): Promise<T> {
  try {
    return await upsert()
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    return await upsert()
  }
}

/**
 * Updates one document by its ID with an aggregation pipeline, so that new values can depend on stored ones.
 * @param options `upsert` inserts the document when it does not exist; further options reach the hooks of the schema
 * @returns true when the document was changed or inserted
 */
export async function updateWithPipeline (
  model: UpdatableModel,
  _id: string | Types.ObjectId,
  pipeline: readonly PipelineStage[],
  options: { readonly upsert?: boolean } & Readonly<Record<string, unknown>> = {},
): Promise<boolean> {
  const { modifiedCount, upsertedCount } = await upsertOnce(async () =>
    await model.updateOne({ _id } as never, pipeline as never, { ...options, updatePipeline: true } as never)
  )
  return modifiedCount > 0 || upsertedCount > 0
}

/**
 * Derives an ObjectId from keys: the first 12 bytes of the SHA-256 hash of the keys, one per line.
 * The same keys in the same order always give the same ID, so that concurrent writers write one document.
 */
export function derivedId (...keys: readonly string[]): Types.ObjectId {
  return new Types.ObjectId(createHash('sha256').update(keys.join('\n')).digest().subarray(0, 12))
}
