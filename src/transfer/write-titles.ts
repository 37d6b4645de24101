// Writing many titles at once, past their documents: new ones together, changed ones each only if it still is what was read.
import mongoose, { type Types } from 'mongoose'
import { Title } from '../../models/title.js'
import type { StoredAny } from './build-title.js'

type Id = Types.ObjectId

const DUPLICATE_KEY = 11_000

/** @returns the ids of those that could not be inserted, because somebody else has their place by now */
export async function insertTitles (titles: readonly StoredAny[]): Promise<Set<string>> {
  if (titles.length === 0) return new Set()
  try {
    await Title.collection.insertMany(titles as never, { ordered: false })
    return new Set()
  } catch (error) {
    if (!(error instanceof mongoose.mongo.MongoBulkWriteError)) throw error
    const refused = [error.writeErrors].flat()
    const [other] = refused.filter(({ code }) => code !== DUPLICATE_KEY)
    if (other !== undefined || refused.length === 0) throw error
    return new Set(refused.map(({ index }) => titles[index]?._id.toString() ?? ''))
  }
}

/**
 * Replaces titles whose revision is the one before that of the replacement.
 * @returns the ids of those that were changed or removed meanwhile
 */
export async function replaceTitles (titles: readonly StoredAny[]): Promise<Set<string>> {
  if (titles.length === 0) return new Set()
  // By the id alone, and the revision in the pipeline: so every database finds it by its index.
  const { modifiedCount } = await Title.collection.bulkWrite(titles.map((title) => ({
    updateOne: {
      filter: { _id: title._id },
      update: [{ $replaceWith: { $cond: [{ $eq: ['$__v', title.__v - 1] }, { $literal: title }, '$$ROOT'] } }],
    },
  })) as never, { ordered: false })
  return modifiedCount === titles.length ? new Set() : await findOvertaken(titles)
}

/** Those that do not carry the revision and the moment of this very write. */
async function findOvertaken (titles: readonly StoredAny[]): Promise<Set<string>> {
  const stored = await readTitles(titles.map(({ _id }) => _id))
  return new Set(titles.filter((title) => {
    const now = stored.get(title._id.toString())
    return now?.__v !== title.__v || now.updatedAt.getTime() !== title.updatedAt.getTime()
  }).map(({ _id }) => _id.toString()))
}

/** Whole titles by their ids. */
export async function readTitles (ids: readonly Id[]): Promise<ReadonlyMap<string, StoredAny>> {
  if (ids.length === 0) return new Map()
  const titles = await Title.collection.find<StoredAny>({ _id: { $in: [...ids] } }).toArray()
  return new Map(titles.map((title) => [title._id.toString(), title]))
}
