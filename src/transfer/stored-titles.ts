// Reads and writes many titles at once with the driver. A stored title is replaced only if its revision is unchanged.
import type { Types } from 'mongoose'
import { isDuplicateKey } from '../../models/upsert.js'
import { assertShow } from '../../models/show.js'
import { Title } from '../../models/title.js'
import { isDeepEqual, type StoredTitleDocument } from './build-title.js'

/** @returns the IDs of the titles that could not be inserted because another document has their ID or external ID */
export async function insertTitles (titles: readonly StoredTitleDocument[]): Promise<Set<string>> {
  return await writeTitles(titles, (title) => ({ insertOne: { document: title } }))
}

/**
 * Replaces titles whose stored revision precedes that of the replacement.
 * @returns the IDs of the titles that another writer changed or removed
 */
export async function replaceTitles (titles: readonly StoredTitleDocument[]): Promise<Set<string>> {
  return await writeTitles(titles, (title) => ({
    updateOne: {
      // The filter contains only the ID, and the pipeline checks the revision: then every database uses the index.
      filter: { _id: title._id },
      update: [{ $replaceWith: { $cond: [{ $eq: ['$__v', title.__v - 1] }, { $literal: title }, '$$ROOT'] } }],
    },
  }))
}

/**
 * @returns the IDs of the titles whose stored document differs from the given one after the write
 * @throws DomainError for a show that no hook would accept
 */
async function writeTitles (
  titles: readonly StoredTitleDocument[],
  toOperation: (title: StoredTitleDocument) => object,
): Promise<Set<string>> {
  if (titles.length === 0) return new Set()
  // The driver runs no schema hooks.
  for (const title of titles) if (title.kind === 'show') assertShow(title)
  try {
    const { insertedCount, modifiedCount } = await Title.collection.bulkWrite(titles.map(toOperation) as never, {
      ordered: false,
    })
    if (insertedCount + modifiedCount === titles.length) return new Set()
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    // Some servers stop an unordered bulk write at the first duplicate key, so write the titles one by one.
    for (const title of titles) await Title.collection.bulkWrite([toOperation(title)] as never).catch(ignoreDuplicate)
  }
  const stored = await findTitlesById(titles.map(({ _id }) => _id))
  return new Set(
    titles.filter((title) => !isDeepEqual(stored.get(title._id.toString()), title)).map(({ _id }) => _id.toString()),
  )
}

function ignoreDuplicate (error: unknown): void {
  if (!isDuplicateKey(error)) throw error
}

/** Loads complete titles, indexed by their IDs. */
export async function findTitlesById (
  ids: readonly Types.ObjectId[],
): Promise<ReadonlyMap<string, StoredTitleDocument>> {
  if (ids.length === 0) return new Map()
  const titles = await Title.collection.find<StoredTitleDocument>({ _id: { $in: [...ids] } }).toArray()
  return new Map(titles.map((title) => [title._id.toString(), title]))
}
