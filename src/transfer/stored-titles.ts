// Reads and writes many titles at once with the driver. A stored title is replaced only if its revision is unchanged.
import type { mongo, Types } from 'mongoose'
import { isDuplicateKey } from '../../models/upsert.js'
import { assertShow } from '../../models/show.js'
import { Title } from '../../models/title.js'
import { toPublishedEvents } from '../editing/save-title.js'
import type { WebhookOutbox } from '../webhooks/outbox.js'
import { isDeepEqual, type StoredTitleDocument } from './build-title.js'

/** @returns the IDs of the titles that could not be inserted because another document has their ID or external ID */
export async function insertTitles (
  events: WebhookOutbox,
  titles: readonly StoredTitleDocument[],
): Promise<Set<string>> {
  return await writeTitles(events, titles, (title) => ({ insertOne: { document: title } }), () => false)
}

/**
 * Replaces titles whose stored revision precedes that of the replacement.
 * @param wasPublished whether the stored title is published
 * @returns the IDs of the titles that another writer changed or removed
 */
export async function replaceTitles (
  events: WebhookOutbox,
  titles: readonly StoredTitleDocument[],
  wasPublished: (title: StoredTitleDocument) => boolean,
): Promise<Set<string>> {
  return await writeTitles(events, titles, (title) => ({
    updateOne: {
      // The filter contains only the ID, and the pipeline checks the revision: then every database uses the index.
      filter: { _id: title._id },
      update: [{ $replaceWith: { $cond: [{ $eq: ['$__v', title.__v - 1] }, { $literal: title }, '$$ROOT'] } }],
    },
  }), wasPublished)
}

type ToOperation = (title: StoredTitleDocument) => object

/** A transaction did not write all titles of its batch. */
class IncompleteWriteError extends Error {}

/**
 * Writes titles, with the events of those that become published.
 * @returns the IDs of the titles that this call did not write and whose stored document differs
 * @throws DomainError for a show that no hook would accept
 */
async function writeTitles (
  events: WebhookOutbox,
  titles: readonly StoredTitleDocument[],
  toOperation: ToOperation,
  wasPublished: (title: StoredTitleDocument) => boolean,
): Promise<Set<string>> {
  // The driver runs no schema hooks.
  for (const title of titles) if (title.kind === 'show') assertShow(title)
  const toEvents = (title: StoredTitleDocument) => wasPublished(title) ? [] : toPublishedEvents(title)
  if (titles.flatMap(toEvents).length === 0) return await writeBatch(titles, toOperation)
  try {
    return await events.writeWithEvents('title.published', async (session) => {
      if (session === null) return await writeBatch(titles, toOperation)
      const { insertedCount, modifiedCount } = await Title.collection.bulkWrite(titles.map(toOperation) as never, {
        session,
      })
      if (insertedCount + modifiedCount !== titles.length) throw new IncompleteWriteError()
      return new Set<string>()
    }, () => titles.flatMap(toEvents))
  } catch (error) {
    if (!isDuplicateKey(error) && !(error instanceof IncompleteWriteError)) throw error
    return await findUnwritten(titles, new Set(await writeEach(events, titles, toOperation, toEvents)))
  }
}

/** Writes each title in its own transaction. @returns the titles that were inserted or modified */
async function writeEach (
  events: WebhookOutbox,
  titles: readonly StoredTitleDocument[],
  toOperation: ToOperation,
  toEvents: (title: StoredTitleDocument) => ReturnType<typeof toPublishedEvents>,
): Promise<StoredTitleDocument[]> {
  const written: StoredTitleDocument[] = []
  for (const title of titles) {
    const isWritten = await events.writeWithEvents('title.published', async (session) => {
      const options = session === null ? {} : { session }
      const result = await Title.collection.bulkWrite([toOperation(title)] as never, options)
      return result.insertedCount + result.modifiedCount > 0
    }, (isWritten) => isWritten ? toEvents(title) : []).catch(ignoreDuplicate)
    if (isWritten === true) written.push(title)
  }
  return written
}

/** Writes titles without events. @returns as `writeTitles` */
async function writeBatch (titles: readonly StoredTitleDocument[], toOperation: ToOperation): Promise<Set<string>> {
  if (titles.length === 0) return new Set()
  let written: ReadonlySet<StoredTitleDocument> = new Set()
  try {
    const { insertedCount, modifiedCount } = await Title.collection.bulkWrite(titles.map(toOperation) as never, {
      ordered: false,
    })
    if (insertedCount + modifiedCount === titles.length) return new Set()
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
    const { inserted, remaining } = insertsBefore(error as mongo.MongoBulkWriteError, titles)
    written = new Set([...inserted, ...await writeOneByOne(remaining, toOperation)])
  }
  return await findUnwritten(titles, written)
}

/** @returns the IDs of the other titles whose stored document differs */
async function findUnwritten (
  titles: readonly StoredTitleDocument[],
  written: ReadonlySet<StoredTitleDocument>,
): Promise<Set<string>> {
  const unconfirmed = titles.filter((title) => !written.has(title))
  const stored = await findTitlesById(unconfirmed.map(({ _id }) => _id))
  return new Set(
    unconfirmed.filter((title) => !isDeepEqual(stored.get(title._id.toString()), title))
      .map(({ _id }) => _id.toString()),
  )
}

/**
 * What an unordered bulk write inserted although it failed. MongoDB attempts every operation; some servers stop at the
 * first duplicate key.
 * @returns the inserted titles, and those that the server did not attempt
 */
function insertsBefore (
  error: mongo.MongoBulkWriteError,
  titles: readonly StoredTitleDocument[],
): { inserted: StoredTitleDocument[], remaining: readonly StoredTitleDocument[] } {
  const failed = new Set([error.writeErrors].flat().map(({ index }) => index))
  const succeeded = titles.filter((_title, index) => !failed.has(index))
  if (error.insertedCount === succeeded.length) return { inserted: succeeded, remaining: [] }
  return error.insertedCount === Math.min(...failed)
    ? { inserted: titles.slice(0, error.insertedCount), remaining: titles.slice(error.insertedCount) }
    : { inserted: [], remaining: titles }
}

/** @returns the titles that were inserted or modified */
async function writeOneByOne (
  titles: readonly StoredTitleDocument[],
  toOperation: (title: StoredTitleDocument) => object,
): Promise<StoredTitleDocument[]> {
  const written: StoredTitleDocument[] = []
  for (const title of titles) {
    const result = await Title.collection.bulkWrite([toOperation(title)] as never).catch(ignoreDuplicate)
    if (result !== undefined && result.insertedCount + result.modifiedCount > 0) written.push(title)
  }
  return written
}

function ignoreDuplicate (error: unknown): undefined {
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
