// Writes that meet a unique index.
import mongoose from 'mongoose'

/** True for the error of a write that a unique index rejects. */
export function isDuplicateKey (error: unknown): boolean {
  return error instanceof mongoose.mongo.MongoServerError && error.code === 11000
}

/**
 * Runs an upsert again when a concurrent insert of the same key won the race: the second run finds the document.
 * MongoDB reports a duplicate key for such a race instead of retrying by itself.
 */
export async function upsertOnce<T> (upsert: () => Promise<T>): Promise<T> {
  try {
    return await upsert()
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    return await upsert()
  }
}
