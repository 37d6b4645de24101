// Document IDs that are derived from other keys: concurrent writers of the same thing write one document.
import { createHash } from 'node:crypto'
import { Types } from 'mongoose'

/**
 * Derives an ObjectId from keys: the first 12 bytes of the SHA-256 hash of the keys, one per line.
 * The same keys in the same order always give the same ID.
 */
export function derivedId (...keys: readonly string[]): Types.ObjectId {
  return new Types.ObjectId(createHash('sha256').update(keys.join('\n')).digest().subarray(0, 12))
}
