// Limits the number of documents: each has a slot, and a unique index gives a slot to one document. A count before or
// after the insert would either admit too many concurrent inserts or reject too many of them.
import { randomInt } from 'node:crypto'
import { isDuplicateKey } from './upsert.js'

/**
 * Inserts a document with a free slot from 0 to `max` - 1.
 * @param findTaken reads the slots that are taken
 * @param insert inserts the document; its errors are thrown, except a duplicate key
 * @returns what `insert` returned; null, without a document, when no slot is free
 */
export async function insertIntoSlot<T> (
  max: number,
  findTaken: () => Promise<readonly number[]>,
  insert: (slot: number) => Promise<T>,
): Promise<T | null> {
  for (let attempt = 0; attempt < max; attempt++) {
    const taken = new Set(await findTaken())
    const free = Array.from({ length: max }, (_, slot) => slot).filter((slot) => !taken.has(slot))
    // A random one: concurrent inserts would all try the first one.
    const slot = free[randomInt(Math.max(free.length, 1))]
    if (slot === undefined) return null
    try {
      return await insert(slot)
    } catch (error) {
      // A concurrent insert took the slot.
      if (!isDuplicateKey(error)) throw error
    }
  }
  return null
}
