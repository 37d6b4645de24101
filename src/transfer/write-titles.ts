// Writing many titles at once, past their documents: new ones together, changed ones each only if it still is what was read.
import type { Types } from 'mongoose'
import { isDuplicateKey } from '../../models/upsert.js'
import { Title } from '../../models/title.js'
import { isSame, type StoredAny } from './build-title.js'

type Id = Types.ObjectId

/** @returns the ids of those that could not be inserted, because somebody else has their place by now */
export async function insertTitles (titles: readonly StoredAny[]): Promise<Set<string>> {
  return await writeAll(titles, (title) => ({ insertOne: { document: title } }))
}

/**
 * Replaces titles whose revision is the one before that of the replacement.
 * @returns the ids of those that were changed or removed meanwhile
 */
export async function replaceTitles (titles: readonly StoredAny[]): Promise<Set<string>> {
  return await writeAll(titles, (title) => ({
    updateOne: {
      // By the id alone, and the revision in the pipeline: so every database finds it by its index.
      filter: { _id: title._id },
      update: [{ $replaceWith: { $cond: [{ $eq: ['$__v', title.__v - 1] }, { $literal: title }, '$$ROOT'] } }],
    },
  }))
}

/** @returns the ids of those that are not stored as they should be */
async function writeAll (
  titles: readonly StoredAny[],
  toOperation: (title: StoredAny) => object,
): Promise<Set<string>> {
  if (titles.length === 0) return new Set()
  try {
    const { insertedCount, modifiedCount } = await Title.collection.bulkWrite(titles.map(toOperation) as never, {
      ordered: false,
    })
    if (insertedCount + modifiedCount === titles.length) return new Set()
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    // Some databases give the rest up at the first key that is taken.
    for (const title of titles) await Title.collection.bulkWrite([toOperation(title)] as never).catch(ignoreDuplicate)
  }
  const stored = await readTitles(titles.map(({ _id }) => _id))
  return new Set(
    titles.filter((title) => !isSame(stored.get(title._id.toString()), title)).map(({ _id }) => _id.toString()),
  )
}

function ignoreDuplicate (error: unknown): void {
  if (!isDuplicateKey(error)) throw error
}

/** Whole titles by their ids. */
export async function readTitles (ids: readonly Id[]): Promise<ReadonlyMap<string, StoredAny>> {
  if (ids.length === 0) return new Map()
  const titles = await Title.collection.find<StoredAny>({ _id: { $in: [...ids] } }).toArray()
  return new Map(titles.map((title) => [title._id.toString(), title]))
}
